"""Moves in bulk: tried dry first, each draft by itself, and taken back together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from carepaths.actions.moves import check_target, last_move, move_back, move_locked
from carepaths.actions.refusals import NoActiveVersion, NotMoved, Refusal
from carepaths.core.carrying import LeftBehind, left_behind
from carepaths.models import Encounter, Revision
from scamps.models import Version


@dataclass(frozen=True)
class Prospect:
    """What a move would do to one draft; `against` says why it cannot be moved."""

    encounter: Encounter
    version: Version | None
    left: tuple[LeftBehind, ...] = ()
    against: str = ""

    @property
    def carried(self) -> int:
        return len(self.encounter.answers) - len(self.left)

    @property
    def decided(self) -> int:
        """Decisions that would be asked again."""
        return len(self.encounter.intentions)

    @property
    def loses_nothing(self) -> bool:
        return not (self.against or self.left or self.decided)


@dataclass(frozen=True)
class Moves:
    """What became of the drafts of one bulk move, or of taking it back."""

    batch: UUID
    done: tuple[Encounter, ...]
    refused: tuple[tuple[Encounter, str], ...]


def prospect(draft: Encounter, to: Version | None) -> Prospect:
    """Return what a move of *draft* to the version *to* would do; nothing is changed.

    Args: to: None: there is no version to move to.
    """
    try:
        if to is None:
            raise NoActiveVersion(draft)
        check_target(draft, to)
    except Refusal as refusal:
        return Prospect(draft, to, against=refusal.words)
    left = left_behind(draft.version.plan, to.plan, draft.answers)
    return Prospect(draft, to, left)


def move_drafts(*, seen: Mapping[int, int], by: User, at: datetime) -> Moves:
    """Move each draft that nobody changed since it was seen; the others stay.

    Args: seen: for the id of each draft, the count of its saves as it was seen.
    """
    batch = uuid4()
    return _each(
        batch,
        Encounter.objects.filter(pk__in=seen).order_by("pk"),
        lambda one: move_locked(one, seen[one.pk], by, at, str(batch)),
    )


def move_drafts_back(
    *, batch: UUID, among: Iterable[int], by: User, at: datetime
) -> Moves:
    """Put the drafts of a bulk move back as they stood; those *among* which one may.

    One that was signed or moved again since stays. What was answered since is kept as a
    revision.
    """
    before = Revision.objects.moved_with(str(batch)).filter(encounter__in=among)
    numbers = dict(before.values_list("encounter", "number"))

    def put_back(one: Encounter) -> None:
        last = last_move(one)
        if last is None or last.number != numbers[one.pk]:
            raise NotMoved(one)
        move_back(encounter=one, edit=one.edit, by=by, at=at)

    drafts = Encounter.objects.filter(pk__in=numbers).order_by("pk")
    return _each(batch, drafts, put_back)


def _each(
    batch: UUID, drafts: QuerySet[Encounter], act: Callable[[Encounter], object]
) -> Moves:
    """Do *act* to each draft by itself: what one refuses holds no other up."""
    done, refused = [], []
    related = ("enrolment__patient__identity", "site", "version__scamp")
    for draft in drafts.select_related(*related):
        try:
            with transaction.atomic():
                act(draft)
        except Refusal as refusal:
            refused.append((draft, refusal.words))
        else:
            done.append(draft)
    return Moves(batch, tuple(done), tuple(refused))
