"""Where a site's own plan comes from, and what is new there, for programs."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from scamps.actions.adoption import NotAdopted, Upstream, upstream_of
from scamps.api.plans import ChangeSerializer, VersionBrief
from scamps.models import Scamp


class ConflictSerializer(serializers.Serializer):
    """One thing that both sides changed in different ways, in the plan's words."""

    section = serializers.CharField()
    key = serializers.CharField()
    where = serializers.CharField(help_text="By keys: nodes/low")
    field = serializers.CharField(help_text="Empty: one side took the thing away")
    place = serializers.CharField()
    base = serializers.CharField()
    mine = serializers.CharField(help_text="In this plan")
    theirs = serializers.CharField(help_text="Upstream")


class AdoptionSerializer(serializers.Serializer):
    """What a plan was made of, how it differs, and what an update would bring."""

    site = serializers.CharField(source="adoption.site.key")
    upstream = serializers.CharField(source="adoption.upstream.scamp.key")
    number = serializers.IntegerField(source="adoption.upstream.number")
    digest = serializers.CharField(source="adoption.content_id")
    at = serializers.DateTimeField(source="adoption.at")
    newer = VersionBrief(allow_null=True, help_text="Null: nothing is new upstream")
    own = ChangeSerializer(many=True, source="own.changes")
    news = ChangeSerializer(many=True, source="news.changes")
    conflicts = ConflictSerializer(many=True)


class AdoptionDetail(APIView):
    """Where a plan was adopted from, and what is new there. 404: it was not."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="adoption", responses=AdoptionSerializer)
    def get(self, request: Request, key: str) -> Response:
        scamps = Scamp.objects.visible_to(request.user)
        found = _upstream(get_object_or_404(scamps, key=key))
        told = AdoptionSerializer(found, context={"request": request})
        return Response(told.data)


def _upstream(scamp: Scamp) -> Upstream:
    try:
        return upstream_of(scamp)
    except NotAdopted:
        raise Http404 from None
