"""Drafts: begun from a version or from nothing, and taken back step by step."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from scamps.actions.saving import (
    AnotherPlan,
    EditConflict,
    NotADraft,
    content_of,
    save_draft,
    save_exactly,
)
from scamps.actions.seats import SEAT_ROLES, grant_seat
from scamps.actions.states import locked
from scamps.core.definition import Plan, words
from scamps.models import Edit, Scamp, State, Version

__all__ = [
    "AnotherPlan",
    "DraftExists",
    "EditConflict",
    "NotADraft",
    "NothingToUndo",
    "begin_scamp",
    "content_of",
    "save_draft",
    "start_draft",
    "under_way_of",
    "undo_edit",
]
OPEN = (State.IN_REVIEW, State.APPROVED)


class DraftExists(Exception):
    """The Scamp has a version under way: there is one at a time."""

    def __init__(self, version: Version) -> None:
        self.version = version
        super().__init__(str(version))


class NothingToUndo(Exception):
    """The draft is as it was begun."""


@transaction.atomic
def start_draft(*, plan: Plan, by: User, at: datetime) -> Version:
    """Begin the next version of the Scamp that *plan* names, which may be new.

    Raises: DraftExists.
    """
    title = words(plan.title, plan.language)
    defaults = {"title": title, "created_at": at}
    Scamp.objects.get_or_create(key=plan.key, defaults=defaults)
    scamp = Scamp.objects.select_for_update().get(key=plan.key)
    if under_way := under_way_of(scamp):
        raise DraftExists(under_way)
    newest = scamp.versions.order_by("-number").first()
    version = Version.objects.create(
        scamp=scamp,
        number=newest.number + 1 if newest else 1,
        content=content_of(plan, at),
        created_at=at,
        created_by=by,
    )
    base = newest.content if newest else None
    Edit.objects.create(
        version=version, before=base, after=version.content, note="Begun", by=by, at=at
    )
    return version


@transaction.atomic
def begin_scamp(*, plan: Plan, by: User, at: datetime) -> Version:
    """Begin a Scamp that nobody has yet; *by* sits on it from today.

    Raises: DraftExists: there is a Scamp of this key.
    """
    if there := Version.objects.filter(scamp__key=plan.key).first():
        raise DraftExists(there)
    version = start_draft(plan=plan, by=by, at=at)
    seat = {"user": by, "scamp": version.scamp, "starts_on": at.date()}
    for role in SEAT_ROLES:
        grant_seat(**seat, role=role, by=by, at=at)
    return version


def under_way_of(scamp: Scamp) -> Version | None:
    """The version of *scamp* that is a draft, in review or approved, if any."""
    for version in scamp.versions.with_state().order_by("-number"):
        if version.state in (None, State.DRAFT, *OPEN):
            return version
    return None


@transaction.atomic
def undo_edit(*, version: Version, seen: str, by: User, at: datetime) -> Version:
    """Take the last saved change of a draft back; that, too, is an edit.

    Raises: NotADraft, EditConflict, NothingToUndo.
    """
    draft = locked(version)
    last = draft.edits.order_by("-pk").first()
    if last is None or last.before_id is None or last.note == "Begun":
        raise NothingToUndo(draft)
    before = last.before.plan
    return save_exactly(
        version=draft, plan=before, seen=seen, note="Undone", by=by, at=at
    )
