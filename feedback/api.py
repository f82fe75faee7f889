"""The report as JSON, computed from the rows: what `build_report --json` prints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback.actions.reports import compute
from feedback.actions.subjects import NothingToRead, subject_of


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
