"""Proofs and their warnings: what must be known, and accepted, before a review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from scamps.actions.cases import run_cases
from scamps.core.definition import digest_of, findings
from scamps.core.prove.apart import prove_apart
from scamps.core.prove.found import Found, read_patient
from scamps.models import Evidence, Version

SECONDS = 30.0  # a plan of 40 nodes takes under one


@dataclass(frozen=True)
class Doubt:
    """One warning about a version; it is accepted by its name."""

    name: str
    words: str


def attach_proof(
    *, version: Version, by: User | None, at: datetime, seconds: float = SECONDS
) -> Evidence:
    """Prove the content of *version* and keep what came of it. Once per content, unless
    something stayed undecided.

    Not in a transaction of its own, for it takes seconds.
    """
    if (kept := _proof_of(version)) and kept.holds and not kept.result["undecided"]:
        return kept
    proof = prove_apart(version.plan, seconds=seconds)
    return Evidence.objects.create(
        kind=Evidence.Kind.PROOF,
        content=version.content,
        holds=proof.holds,
        result=proof.to_json(),
        by=by,
        at=at,
    )


def _proof_of(version: Version) -> Evidence | None:
    proofs = Evidence.objects.filter(
        kind=Evidence.Kind.PROOF, content=version.content_id
    )
    return proofs.order_by("-pk").first()


def doubts_of(version: Version) -> tuple[Doubt, ...]:
    """The warnings of the checks and of the last proof, and what no case comes to: each
    must be accepted."""
    found = [
        Doubt(one.name, one.message)
        for one in findings(version.plan)
        if one.level == "warning"
    ]
    if proof := _proof_of(version):
        found += [
            Doubt(f"{one['code']} {one['where']}", one["message"])
            for one in proof.result["found"]
            if one["level"] == "warning"
        ]
        found += [
            Doubt(
                f"undecided {one['code']} {one['where']}", f"Not decided: {one['why']}"
            )
            for one in proof.result["undecided"]
        ]
    if left := run_cases(version).not_covered:
        told = ", ".join(map(str, left))
        name = f"not-covered {digest_of(told)[:8]}"
        found.append(Doubt(name, f"No case comes to: {told}"))
    return tuple({one.name: one for one in found}.values())


def errors_of(version: Version) -> tuple[str, ...]:
    """What stands against a review, in words: errors of the checks, cases that fail,
    errors of the proof."""
    found = [str(one) for one in findings(version.plan) if one.level == "error"]
    found += [] if found else run_cases(version).against()
    proof = _proof_of(version)
    if proof is None:
        return (*found, "It has not been proven as it stands now.")
    wrong = [one for one in proof.result["found"] if one["level"] == "error"]
    return (*found, *map(_said, wrong))


def _said(one: dict[str, Any]) -> str:
    """A stored finding in words, with the patient who shows it."""
    people = {key: read_patient(one.get(key)) for key in ("patient", "other")}
    return str(Found(**one | people))
