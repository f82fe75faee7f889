"""Plan documents that a program sends: checked, proven, compared; nothing is stored."""

from __future__ import annotations

import json
from decimal import Decimal
from io import TextIOWrapper
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from scamps.api.plans import ChangeSerializer
from scamps.core.compare import compare
from scamps.core.definition import Finding, Plan, digest, review
from scamps.core.prove.apart import prove_apart
from scamps.models import Scamp, Version

MOST_SECONDS = 10
EITHER = "Send either text or document."
OF_THREE = "Send one of text, document, or scamp with number."


class ExactJSONParser(JSONParser):
    """JSON whose decimals are kept as they were written."""

    def parse(self, stream: Any, media_type: Any = None, context: Any = None) -> Any:
        charset = (context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            text = TextIOWrapper(stream, encoding=charset).read()
            return json.loads(text, parse_float=Decimal, parse_constant=_refused)
        except (ValueError, RecursionError) as error:
            raise ParseError(f"JSON parse error - {error}") from None


def _refused(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


class ReadsPlans(BasePermission):
    """Whoever may read plans: a current membership or a seat."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return Scamp.objects.may_be_read_by(request.user)


class ProofThrottle(UserRateThrottle):
    """Proofs take seconds of a processor: so many a minute for each user."""

    scope = "proof"
    THROTTLE_RATES = {"proof": "12/min"}

    def allow_request(self, request: Request, view: APIView) -> bool:
        asks = isinstance(request.data, dict) and request.data.get("proof")
        return not asks or super().allow_request(request, view)


class DocumentSerializer(serializers.Serializer):
    """A plan document: as text (YAML or JSON), or as JSON itself."""

    text = serializers.CharField(
        required=False, max_length=1_000_000, trim_whitespace=False
    )
    document = serializers.DictField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs.keys() & {"text", "document"}) != 1:
            raise serializers.ValidationError(EITHER)
        return attrs


class CheckSerializer(DocumentSerializer):
    """A document to be checked; a proof takes up to so many seconds."""

    proof = serializers.BooleanField(default=False)
    seconds = serializers.IntegerField(
        default=5, min_value=1, max_value=MOST_SECONDS, help_text="For the proof"
    )


class FindingSerializer(serializers.Serializer):
    """One thing wrong (error) or doubtful (warning)."""

    level = serializers.ChoiceField(["error", "warning"])
    code = serializers.CharField()
    message = serializers.CharField()
    where = serializers.CharField(help_text="By keys: nodes.low.branches[0].when")
    path = serializers.CharField(help_text="By places: nodes[3].branches[0].when")
    line = serializers.IntegerField(allow_null=True)
    column = serializers.IntegerField(allow_null=True)


class ProofSerializer(serializers.Serializer):
    """What a solver found about all patients the plan could ever meet."""

    asked = serializers.IntegerField(help_text="So many questions")
    found = serializers.ListField(child=serializers.DictField())
    undecided = serializers.ListField(child=serializers.DictField())


class CheckedSerializer(serializers.Serializer):
    """What is known of a document. Its digest is null if it has not the shape of one."""

    digest = serializers.CharField(allow_null=True)
    holds = serializers.BooleanField(help_text="No error was found")
    findings = FindingSerializer(many=True)
    proof = ProofSerializer(
        allow_null=True, help_text="Null: not asked for, or errors stand before it"
    )


class SideSerializer(DocumentSerializer):
    """One side of a comparison: a document, or a stored version."""

    scamp = serializers.SlugField(required=False)
    number = serializers.IntegerField(required=False, min_value=1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if set(attrs) not in ({"text"}, {"document"}, {"scamp", "number"}):
            raise serializers.ValidationError(OF_THREE)
        return attrs


class CompareSerializer(serializers.Serializer):
    """Two documents to be compared."""

    before = SideSerializer()
    after = SideSerializer()


class ComparedSerializer(serializers.Serializer):
    """How the one differs from the other, the weightiest first."""

    before = serializers.CharField(help_text="The hash of the document")
    after = serializers.CharField(help_text="The hash of the document")
    wording_only = serializers.BooleanField()
    changes = ChangeSerializer(many=True)


class _Documents(APIView):
    permission_classes = [IsAuthenticated, ReadsPlans]
    parser_classes = [ExactJSONParser]


class CheckDocument(_Documents):
    """Check a plan document, and prove it if asked to; nothing is stored."""

    throttle_classes = [ProofThrottle]

    @extend_schema(
        operation_id="check", request=CheckSerializer, responses=CheckedSerializer
    )
    def post(self, request: Request) -> Response:
        sent = CheckSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        plan, found = _read(sent.validated_data)
        holds = not any(one.level == "error" for one in found)
        proof = None
        if plan and holds and sent.validated_data["proof"]:
            proof = prove_apart(plan, seconds=sent.validated_data["seconds"])
            holds = proof.holds
        answer = {
            "digest": digest(plan) if plan else None,
            "holds": holds,
            "findings": found,
            "proof": proof.to_json() if proof else None,
        }
        return Response(CheckedSerializer(answer).data)


class CompareDocuments(_Documents):
    """Compare two plan documents, or stored versions, in the plan's words."""

    @extend_schema(
        operation_id="compare", request=CompareSerializer, responses=ComparedSerializer
    )
    def post(self, request: Request) -> Response:
        sent = CompareSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        sides = sent.validated_data
        before, after = (_plan(request, sides, name) for name in ("before", "after"))
        found = compare(before, after)
        answer = {
            "before": digest(before),
            "after": digest(after),
            "wording_only": found.is_wording_only,
            "changes": found.changes,
        }
        return Response(ComparedSerializer(answer).data)


def _read(sent: dict[str, Any]) -> tuple[Plan | None, list[Finding]]:
    if "text" in sent:
        return review(sent["text"], "text")
    return review(json.dumps(sent["document"], default=str), "document.json")


def _plan(request: Request, sides: dict[str, Any], name: str) -> Plan:
    """The plan of one side; 400 says what is wrong with it."""
    side = sides[name]
    if "scamp" in side:
        visible = Version.objects.visible_to(request.user).with_content()
        place = {"scamp__key": side["scamp"], "number": side["number"]}
        if version := visible.filter(**place).first():
            return version.plan
        raise serializers.ValidationError({name: "There is no such version."})
    plan, found = _read(side)
    if plan is None:
        raise serializers.ValidationError({name: [str(one) for one in found]})
    return plan
