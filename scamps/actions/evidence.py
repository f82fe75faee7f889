"""Evidence: what must be known of a version before it is signed off and published."""

from __future__ import annotations

from scamps.actions.cases import cases_for
from scamps.models import Evidence, State, Version


def standing_before(version: Version) -> Version | None:
    """The version that *version* would take over from: the active, else the last."""
    others = version.scamp.versions.exclude(pk=version.pk).filter(
        number__lt=version.number
    )
    active = others.in_state(State.ACTIVE).order_by("-number").first()
    return active or others.order_by("-number").first()


def required(version: Version) -> list[Evidence.Kind]:
    """The evidence that must be on file before anybody signs, and to publish: with a
    version before it, a difference and a replay too."""
    kind = Evidence.Kind
    kinds = [kind.CHECKS, kind.PROOF, kind.CASES]
    return [*kinds, kind.DIFFERENCE, kind.REPLAY] if standing_before(version) else kinds


def missing(version: Version) -> list[str]:
    """Which required evidence is not on file for the content of *version*, in words."""
    on_file = Evidence.objects.filter(content=version.content_id, holds=True)
    held = set(on_file.values_list("kind", flat=True)) - _of_other_cases(version)
    return [
        f"no {kind.label.lower()} of this content is on file"
        for kind in required(version)
        if kind not in held
    ]


def _of_other_cases(version: Version) -> set[str]:
    """The kind cases, if what was run last is not what the cases say now, or failed."""
    kind = Evidence.Kind.CASES
    last = (
        Evidence.objects.filter(content=version.content_id, kind=kind)
        .order_by("-pk")
        .first()
    )
    ran = [one["revision"] for one in last.result["cases"]] if last else []
    now = [one.revision for one in cases_for(version)]
    return set() if last and last.holds and ran == now else {kind}
