"""The report as JSON, as `build_report --json` prints it; and replays of drafts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from feedback.actions.reports import compute
from feedback.actions.runs import (
    AlreadyEnded,
    CannotReplay,
    cancel_replay,
    start_replay,
)
from feedback.actions.subjects import NothingToRead, subject_of
from feedback.models import AdvisedOtherwise, ReplayRun, RunState
from feedback.permissions import may_read_replay, may_replay
from feedback.tasks import run_replay
from scamps.models import Version


class ReportView(APIView):
    """The numbers of one version of a plan, at the sites the user may see."""

    @extend_schema(
        parameters=[
            OpenApiParameter("origin", str, description="Origins are never pooled."),
            OpenApiParameter("sandbox", str, description="Made-up patients instead."),
            OpenApiParameter("cut_off", OpenApiTypes.DATETIME),
        ],
        responses={200: OpenApiTypes.OBJECT},
    )
    def get(self, request: Request, key: str, number: int) -> Response:
        try:
            subject = subject_of(
                user=request.user, key=key, number=number, asked=request.query_params
            )
        except NothingToRead as nothing:
            raise NotFound from nothing
        found: dict[str, Any] = compute(
            version=subject.version,
            sites=subject.sites,
            origin=subject.origin,
            cut_off=_moment(request.query_params.get("cut_off")),
        )
        return Response(found)


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValidationError({"cut_off": "A time with its offset: 2026-09-30T12:00Z"})
    return moment


class Conflict(APIException):
    """What is asked does not fit the state it is in."""

    status_code = status.HTTP_409_CONFLICT


class ReplaySerializer(serializers.ModelSerializer):
    """A replay: what is walked again, who asked, how far it has come."""

    scamp = serializers.SlugRelatedField("key", source="version.scamp", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    digest = serializers.CharField(source="content_id", read_only=True)
    base_digest = serializers.CharField(source="base_id", read_only=True)
    state_url = serializers.HyperlinkedIdentityField("api:replay")
    result_url = serializers.HyperlinkedIdentityField("api:replay_result")

    class Meta:
        model = ReplayRun
        fields = (
            "id", "scamp", "version", "digest", "base_digest", "is_sandbox", "sites",
            "state", "walked", "total", "attempts", "failure", "at", "started_at",
            "ended_at", "state_url", "result_url",
        )  # fmt: skip
        read_only_fields = fields


class ReplayStart(generics.GenericAPIView):
    """Ask for a replay of what a version is now. If one is under way, that one answers.

    It walks every counted encounter of the plan, of all sites and origins, under the
    version it was seen with and under this one. A worker does it: follow `state_url`.
    """

    serializer_class = ReplaySerializer

    def get_queryset(self) -> QuerySet[Version]:
        of_scamp = Version.objects.filter(scamp__key=self.kwargs["key"])
        return of_scamp.visible_to(self.request.user).with_content()

    @extend_schema(request=None, responses={202: ReplaySerializer})
    def post(self, request: Request, key: str, number: int) -> Response:
        version = get_object_or_404(self.get_queryset(), number=number)
        if not may_replay(request.user, version.scamp):
            self.permission_denied(request)
        try:
            run = start_replay(version=version, by=request.user, at=timezone.now())
        except CannotReplay as refused:
            raise Conflict(str(refused)) from refused
        run_replay.delay_on_commit(run.pk)
        told = {"Location": reverse("api:replay", [run.pk], request=request)}
        return Response(self.get_serializer(run).data, 202, headers=told)


class _Replays(generics.GenericAPIView):
    serializer_class = ReplaySerializer

    def get_queryset(self) -> QuerySet[ReplayRun]:
        return ReplayRun.objects.select_related("version__scamp", "evidence")

    def get_object(self) -> ReplayRun:
        run = super().get_object()
        if not may_read_replay(self.request.user, run):
            raise NotFound
        return run


class ReplayState(_Replays, generics.RetrieveAPIView):
    """How far a replay has come: `walked` of `total` encounters."""


class ReplayCancel(_Replays):
    """Cancel a replay that is not done. A worker that is at it stops within a second."""

    @extend_schema(request=None, responses=ReplaySerializer)
    def post(self, request: Request, pk: int) -> Response:
        run = self.get_object()
        try:
            cancel_replay(run=run, by=request.user, at=timezone.now())
        except AlreadyEnded as late:
            raise Conflict("It has ended.") from late
        return Response(self.get_serializer(run).data)


class ReplayResult(_Replays):
    """What a replay found, as it is frozen: per origin the four numbers, what was not
    collected, the flow from node to node, use and cost of resources, outcomes."""

    @extend_schema(responses={200: OpenApiTypes.OBJECT, 409: OpenApiTypes.OBJECT})
    def get(self, request: Request, pk: int) -> Response:
        run = self.get_object()
        if run.evidence is None:
            raise Conflict(f"It is {RunState(run.state).label.lower()}.")
        return Response(run.evidence.result)


class AdvisedOtherwiseSerializer(serializers.ModelSerializer):
    """An encounter that would have been advised otherwise: where walks end, and which
    advice (direction/resource/key) it would have lost and gained."""

    class Meta:
        model = AdvisedOtherwise
        fields = ("encounter", "before", "after", "lost", "gained")
        read_only_fields = fields


class ReplayOtherwise(generics.ListAPIView):
    """Encounters that would have been advised otherwise, of patients one may open."""

    serializer_class = AdvisedOtherwiseSerializer

    def get_queryset(self) -> QuerySet[AdvisedOtherwise]:
        runs = ReplayRun.objects.select_related("version__scamp")
        run = get_object_or_404(runs, pk=self.kwargs["pk"])
        if not may_read_replay(self.request.user, run):
            raise NotFound
        return run.otherwise.visible_to(self.request.user)
