"""Plans for programs: read-only, to whoever may read them on the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from scamps.core.compare import EFFECTS, compare
from scamps.models import Scamp, State, Transition, Version


class VersionLink(serializers.HyperlinkedIdentityField):
    """The address of a version, which its Scamp's key and its number make."""

    def get_url(self, obj: Version, view_name: str, request: Any, format: Any) -> str:  # noqa: A002
        kwargs = {"key": obj.scamp.key, "number": obj.number}
        return self.reverse(view_name, kwargs=kwargs, request=request, format=format)


class VersionBrief(serializers.ModelSerializer):
    """A version without its document."""

    state = serializers.ChoiceField(State.choices, read_only=True)
    digest = serializers.CharField(source="content_id", read_only=True)
    url = VersionLink("api:version")

    class Meta:
        model = Version
        fields = ("number", "state", "digest", "change_note", "created_at", "url")


class ScampSerializer(serializers.ModelSerializer):
    """A care plan over time, with its versions, newest first."""

    versions = VersionBrief(many=True, read_only=True)
    url = serializers.HyperlinkedIdentityField("api:scamp", lookup_field="key")

    class Meta:
        model = Scamp
        fields = ("key", "title", "url", "versions")


class TransitionSerializer(serializers.ModelSerializer):
    """One change of a version's state."""

    by = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = Transition
        fields = ("to", "reason", "by", "at")


class VersionSerializer(VersionBrief):
    """A version, its document, and how it came to its state."""

    scamp = serializers.SlugRelatedField("key", read_only=True)
    plan_url = VersionLink("api:plan")
    transitions = TransitionSerializer(many=True, read_only=True)
    plan = serializers.JSONField(source="content.document", read_only=True)

    class Meta(VersionBrief.Meta):
        fields = ("scamp", *VersionBrief.Meta.fields, "plan_url", "transitions", "plan")


class ChangeSerializer(serializers.Serializer):
    """One difference between two versions, in the plan's words."""

    effect = serializers.ChoiceField(list(EFFECTS.items()))
    kind = serializers.ChoiceField(["added", "removed", "changed", "moved"])
    where = serializers.CharField(help_text="By keys: nodes/low")
    field = serializers.CharField(help_text="Empty: the thing as a whole")
    before = serializers.CharField()
    after = serializers.CharField()
    words = serializers.CharField()


class _Scamps(generics.GenericAPIView):
    permission_classes = [IsAuthenticated]
    serializer_class = ScampSerializer
    lookup_field = "key"

    def get_queryset(self) -> QuerySet[Scamp]:
        versions = Version.objects.with_content().order_by("-number")
        return Scamp.objects.visible_to(self.request.user).prefetch_related(
            Prefetch("versions", versions)
        )


class ScampList(_Scamps, generics.ListAPIView):
    """The care plans, with their versions."""


class ScampDetail(_Scamps, generics.RetrieveAPIView):
    """One care plan, with its versions."""


class _Versions(generics.GenericAPIView):
    permission_classes = [IsAuthenticated]
    serializer_class = VersionSerializer
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Version]:
        of_scamp = Version.objects.filter(scamp__key=self.kwargs["key"])
        transitions = Prefetch("transitions", Transition.objects.newest_first())
        visible = of_scamp.visible_to(self.request.user)
        return visible.with_content().prefetch_related(transitions)


class VersionDetail(_Versions, generics.RetrieveAPIView):
    """One version: its document, its hash, and how it came to its state."""


class PlanDocument(_Versions):
    """The document of a version, byte for byte as it is hashed (SHA-256)."""

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    def get(self, request: Request, key: str, number: int) -> HttpResponse:
        content = self.get_object().content
        response = HttpResponse(content.text, content_type="application/json")
        response["ETag"] = f'"{content.digest}"'
        return response


class VersionChanges(_Versions):
    """What differs between an earlier version and this one, the weightiest first."""

    serializer_class = ChangeSerializer
    pagination_class = None

    @extend_schema(responses=ChangeSerializer(many=True))
    def get(self, request: Request, key: str, number: int, earlier: int) -> Response:
        version = self.get_object()
        before = get_object_or_404(self.get_queryset(), number=earlier)
        comparison = compare(before.plan, version.plan)
        return Response(ChangeSerializer(comparison.changes, many=True).data)
