"""Cases of a plan: written, confirmed, removed, and run as evidence.

What a case expects is only ever what a person has confirmed; a case that now fails is
never changed by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from scamps.actions.drafts import under_way_of
from scamps.actions.states import locked
from scamps.core.cases import (
    Case,
    Held,
    Results,
    expected_of,
    fingerprint,
    read_stored,
    run,
    to_stored,
)
from scamps.core.walk import compile_plan
from scamps.models import (
    CaseRevision,
    CaseSource,
    Evidence,
    PlanCase,
    Scamp,
    State,
    Version,
)

OPEN_STATES = (State.DRAFT, State.ACTIVE)


class CasesFrozen(Exception):
    """Cases change with a draft, or with the version that stands, if none is written."""


class NameTaken(ValueError):
    """Another case of the plan has this name."""


class StaleCase(Exception):
    """The case was changed by somebody else since it was read."""


class NotAsShown(Exception):
    """The plan walks this case otherwise than the page showed."""


def cases_for(version: Version) -> tuple[Held, ...]:
    """The cases that hold for *version*."""
    revisions = CaseRevision.objects.holding_for(version)
    return tuple(Held(one.case_id, one.pk, one.data) for one in revisions)


def run_cases(version: Version) -> Results:
    """Run the cases on the content of *version*: milliseconds."""
    return run(version.plan, cases_for(version))


def cases_said(version: Version) -> str:
    """How many cases fail on what *version* holds now, in words; empty if none does."""
    results = run_cases(version)
    if results.refused or not (failing := len(results.failing)):
        return ""
    return f"{failing} of {len(results.ran)} cases do not walk as they say."


def attach_cases(*, version: Version, by: User | None, at: datetime) -> Evidence:
    """Run the cases and keep what came of them under the content's hash."""
    results = run_cases(version)
    return Evidence.objects.create(
        kind=Evidence.Kind.CASES,
        content=version.content,
        holds=results.holds,
        result=results.to_json(),
        by=by,
        at=at,
    )


def home_of(scamp: Scamp) -> Version | None:
    """The version whose cases can be changed: the draft that is written, or the one that
    stands while none is. What is in review or on trial is frozen, and its cases too."""
    on_trial = scamp.versions.in_state(State.PILOT).first()
    home = under_way_of(scamp) or on_trial or scamp.active_version
    return home if home and home.current_state in OPEN_STATES else None


def may_change_cases(version: Version) -> bool:
    """Whether the cases of *version* can be changed now."""
    return home_of(version.scamp) == version


@transaction.atomic
def keep_case(
    *,
    version: Version,
    case: Case,
    of: PlanCase | None = None,
    seen: int | None = None,
    source: str = CaseSource.WRITTEN,
    reason: str = "",
    by: User | None,
    at: datetime,
) -> CaseRevision:
    """Keep a new case, or what an old one says from now on.

    Args: of: the old one; seen: the revision that was changed, which is the ETag.
    Raises: CasesFrozen, NameTaken, StaleCase.
    """
    before = _last(version, of, seen)
    _refuse_same_name(version, case.name, of)
    return _write(
        version,
        of or PlanCase.objects.create(scamp=version.scamp),
        to_stored(case),
        position=before.position if before else _next_position(version),
        source=source,
        reason=reason[:500],
        by=by,
        at=at,
    )


@transaction.atomic
def confirm_walk(
    *,
    version: Version,
    of: PlanCase,
    seen: int,
    shown: str,
    reason: str = "",
    by: User,
    at: datetime,
) -> CaseRevision:
    """A person says that the walk the plan gives now is the right one.

    Args: shown: the fingerprint of the walk that the page showed.
    Raises: CasesFrozen, StaleCase, NotAsShown; PlanError: the plan has errors.
    """
    last = _last(version, of, seen)
    case, problems = read_stored(version.plan, last.data)
    if problems:
        raise NotAsShown("; ".join(problems))
    walk = expected_of(case.walk(compile_plan(version.plan)))
    if fingerprint(walk) != shown:
        raise NotAsShown(str(last))
    told = {"source": last.source, "reason": reason[:500], "by": by, "at": at}
    data = {**last.data, "walk": to_stored(_with(case, walk))["walk"]}
    return _write(version, of, data, position=last.position, **told)


@transaction.atomic
def remove_case(
    *, version: Version, of: PlanCase, seen: int, reason: str, by: User, at: datetime
) -> CaseRevision:
    """Take a case away, from this version on; what it said is kept.

    Raises: CasesFrozen, StaleCase; ValueError: no reason is given.
    """
    if not reason.strip():
        raise ValueError("Say why it is removed.")
    last = _last(version, of, seen)
    told = {"source": last.source, "reason": reason.strip()[:500], "by": by, "at": at}
    return _write(
        version, of, last.data, position=last.position, is_removed=True, **told
    )


@transaction.atomic
def restore_case(
    *, version: Version, of: PlanCase, seen: int, by: User, at: datetime
) -> CaseRevision:
    """Bring back a case that was removed, as it was.

    Raises: CasesFrozen, StaleCase, NameTaken.
    """
    last = _last(version, of, seen)
    _refuse_same_name(version, last.name, of)
    told = {"source": last.source, "reason": "Restored", "by": by, "at": at}
    return _write(version, of, last.data, position=last.position, **told)


@transaction.atomic
def replace_cases(
    *,
    version: Version,
    cases: Iterable[Case],
    source: str = CaseSource.FILE,
    by: User | None,
    at: datetime,
) -> list[CaseRevision]:
    """Make *cases* the cases of *version*, told apart by name; what is not among them
    is removed, what is as it was is left as it is.

    Raises: CasesFrozen.
    """
    _refuse_frozen(version)
    left = {one.name: one for one in CaseRevision.objects.holding_for(version)}
    told = {"source": source, "by": by, "at": at}
    written, new = [], []
    for position, case in enumerate(cases):
        last, data = left.pop(case.name, None), to_stored(case)
        if last is None:
            new.append({**data, **told, "position": position})
        elif (last.position, last.data) != (position, data):
            written.append(_write(version, last.case, data, position=position, **told))
    written += _begin(version, new)
    for last in left.values():
        gone = {"is_removed": True, "reason": "Not in the file"}
        written.append(
            _write(
                version, last.case, last.data, position=last.position, **gone, **told
            )
        )
    return written


@transaction.atomic
def copy_cases(*, of: Version, to: Version, by: User, at: datetime) -> None:
    """Give *to*, a plan made of the content of *of*, the cases that hold there."""
    for one in CaseRevision.objects.holding_for(of):
        case = PlanCase.objects.create(scamp=to.scamp)
        told = {"position": one.position, "source": one.source, "by": by, "at": at}
        _write(to, case, one.data, reason=f"From {of}"[:500], **told)


def _begin(version: Version, new: list[dict[str, Any]]) -> list[CaseRevision]:
    """New cases of the Scamp with their first revisions, in two queries."""
    cases = PlanCase.objects.bulk_create(PlanCase(scamp=version.scamp) for _ in new)
    return CaseRevision.objects.bulk_create(
        CaseRevision(version=version, case=case, **said)
        for case, said in zip(cases, new, strict=True)
    )


def _with(case: Case, walk: Any) -> Case:
    return Case(
        case.name, case.visit, case.answers, case.context, walk, case.like, case.note
    )


def _write(
    version: Version, of: PlanCase, data: Mapping[str, Any], **told: Any
) -> CaseRevision:
    return CaseRevision.objects.create(version=version, case=of, **data, **told)


def _last(version: Version, of: PlanCase | None, seen: int | None) -> CaseRevision:
    """What the case said last, with the Scamp locked; None for a new one."""
    _refuse_frozen(version)
    if of is None:
        return None
    last = CaseRevision.objects.last_said_for(version).filter(case=of).first()
    if last is None or last.pk != seen:
        raise StaleCase(of)
    return last


def _refuse_frozen(version: Version) -> None:
    if not may_change_cases(locked(version)):
        raise CasesFrozen(version)


def _refuse_same_name(version: Version, name: str, of: PlanCase | None) -> None:
    others = CaseRevision.objects.holding_for(version).filter(name=name)
    if others.exclude(case=of).exists():
        raise NameTaken(f"There is a case “{name}” already.")


def _next_position(version: Version) -> int:
    last = CaseRevision.objects.last_said_for(version).order_by("-position").first()
    return last.position + 1 if last else 0


def case_of_proof(version: Version, finding: str, who: str) -> Case | None:
    """The counter-example of a finding of the last proof, by its name; None if there is
    none. Nobody has confirmed its walk: it is there because something is wrong with it.

    Args: who: `patient`, or `other`, the same patient once an unknown is known.
    """
    proofs = Evidence.objects.filter(
        kind=Evidence.Kind.PROOF, content=version.content_id
    )
    proof = proofs.order_by("-pk").first()
    for one in proof.result["found"] if proof else ():
        patient = one.get(who) if who in ("patient", "other") else None
        if patient and f"{one['code']} {one['where']}" == finding:
            data = {
                "name": f"{one['where']}: {one['code']}"[:180]
                + (" (once known)" if who == "other" else ""),
                "note": one["message"],
                "like": "",
                "walk": None,
                **patient,
            }
            return read_stored(version.plan, data)[0]
    return None
