"""Review: the content is frozen, evidence is attached, members sign it off."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from scamps.actions.cases import attach_cases
from scamps.actions.evidence import missing, standing_before
from scamps.actions.expedited import quorum_of
from scamps.actions.proofs import attach_proof, doubts_of, errors_of
from scamps.actions.states import NotFromHere, locked, move
from scamps.core.compare import compare
from scamps.core.definition import findings
from scamps.core.definition.gaps import gaps
from scamps.models import Edit, Evidence, SignOff, State, Verdict, Version


class NotReady(Exception):
    """Something stands against the review; `problems` says what, in words."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


class StaleContent(Exception):
    """What is signed off is not what the version holds."""


def submit(
    *,
    version: Version,
    accepted: Collection[str] = (),
    note: str = "",
    by: User,
    at: datetime,
) -> Version:
    """Freeze the draft for review: its checks, proof, cases and difference attached.

    It is proven first, which takes seconds and holds nobody up.

    Args: accepted: the names of the warnings that the author accepts; all there are.
    Raises: NotFromHere; NotReady: it has errors, a patient for whom it goes wrong, a
        case that fails, or a warning that is not accepted.
    """
    draft = Version.objects.select_related("content").get(pk=version.pk)
    if not any(one.level == "error" for one in findings(draft.plan)):
        attach_proof(version=draft, by=by, at=at)
    return _freeze(version, accepted, note, by, at)


@transaction.atomic
def _freeze(
    version: Version, accepted: Collection[str], note: str, by: User, at: datetime
) -> Version:
    draft = locked(version)
    if errors := errors_of(draft):
        raise NotReady(errors)
    doubts = doubts_of(draft)
    if left := [one.words for one in doubts if one.name not in accepted]:
        raise NotReady(f"Not accepted: {words}" for words in left)
    move(draft, State.IN_REVIEW, by=by, at=at, reason=note)
    attach_cases(version=draft, by=by, at=at)
    told = [{"name": one.name, "words": one.words} for one in doubts]
    checked = {"accepted": told, "open": [asdict(one) for one in gaps(draft.plan)]}
    _attach(draft, Evidence.Kind.CHECKS, None, checked, by, at)
    if base := standing_before(draft):
        changes = [asdict(one) for one in compare(base.plan, draft.plan).changes]
        result = {"base": base.number, "changes": changes}
        _attach(draft, Evidence.Kind.DIFFERENCE, base, result, by, at)
    return draft


def _attach(
    version: Version,
    kind: str,
    base: Version | None,
    result: dict[str, Any],
    by: User,
    at: datetime,
) -> None:
    Evidence.objects.create(
        kind=kind,
        content=version.content,
        base=base.content if base else None,
        holds=True,
        result=result,
        by=by,
        at=at,
    )


@transaction.atomic
def sign_off(
    *,
    version: Version,
    digest: str,
    verdict: str,
    interests: str,
    words: str = "",
    by: User,
    at: datetime,
) -> SignOff:
    """Put a member's word on the content with the hash *digest*.

    The version is approved with the word that makes the quorum: so many members as
    the committee has set, one of whom at least has not written in it, and nobody
    objects.

    Args: interests: declared conflicts of interest, or that there are none.
    Raises: NotFromHere: not in review; StaleContent; NotReady: some required evidence
        is not on file yet; ValueError: interests are not declared, or an objection has
        no words.
    """
    reviewed = locked(version)
    state = reviewed.current_state
    if state != State.IN_REVIEW:
        raise NotFromHere(reviewed, state, State.APPROVED)
    if reviewed.content_id != digest:
        raise StaleContent(reviewed)
    if unknown := missing(reviewed):
        raise NotReady(unknown)
    if not interests.strip():
        raise ValueError("Say which interests you have, or that you have none.")
    if verdict == Verdict.OBJECT and not words.strip():
        raise ValueError("Say what you object to.")
    made = SignOff.objects.create(
        version=reviewed,
        content=reviewed.content,
        verdict=verdict,
        interests=interests.strip(),
        words=words.strip(),
        by=by,
        at=at,
    )
    if not lacking(reviewed):
        move(reviewed, State.APPROVED, by=by, at=at, reason="The quorum approves")
    return made


def lacking(version: Version) -> list[str]:
    """What is still missing for an approval, in words; empty if nothing is."""
    held = list(SignOff.objects.on(version).held().select_related("by"))
    objects = [str(one.by) for one in held if one.verdict == Verdict.OBJECT]
    approving = {one.by_id for one in held if one.verdict == Verdict.APPROVE}
    authors = set(Edit.objects.filter(version=version).values_list("by", flat=True))
    found = [f"{name} objects" for name in objects]
    if (more := quorum_of(version).number - len(approving)) > 0:
        found.append(f"{more} more must approve")
    elif not approving - authors:
        found.append("somebody who has not written in it must approve")
    return found


@transaction.atomic
def return_to_draft(
    *, version: Version, reason: str, by: User, at: datetime
) -> Version:
    """Open the version for changes again; what was signed off is void once it changes.

    Raises: NotFromHere.
    """
    reviewed = locked(version)
    move(reviewed, State.DRAFT, by=by, at=at, reason=reason)
    return reviewed
