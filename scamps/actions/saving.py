"""Saving a draft: by compare-and-set, else merged with what others saved meanwhile."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from scamps.actions.states import locked
from scamps.core.definition import Plan, canonical, digest, digest_of
from scamps.core.merge import Choices, Merged, merge
from scamps.models import Arrival, Content, Edit, State, Version


class NotADraft(Exception):
    """Only a draft can be changed."""


class EditConflict(Exception):
    """The draft was changed by somebody else since it was read.

    `arrival` keeps what was written, to be settled; None if nothing is known of what
    it was written on.
    """

    def __init__(self, version: Version, arrival: Arrival | None = None) -> None:
        self.version, self.arrival = version, arrival
        super().__init__(str(version))


class AnotherPlan(Exception):
    """The document is of another Scamp: its key is not this one's."""


class Settled(Exception):
    """Somebody has settled this already."""


def content_of(plan: Plan, at: datetime) -> Content:
    """The stored content of *plan*; made if nobody stored it before."""
    text = canonical(plan)
    content, _ = Content.objects.get_or_create(
        digest=digest_of(text),
        defaults={"text": text, "document": json.loads(text), "recorded_at": at},
    )
    return content


def save_draft(
    *, version: Version, plan: Plan, seen: str, note: str = "", by: User, at: datetime
) -> Version:
    """Save *plan* as the content of the draft.

    If others saved since the author read it, both are merged: the returned version
    then carries the `arrival` that says what came in. Where they collide, nothing is
    saved, and what was written is kept to be settled.

    Args: seen: the hash of the content that was changed; it is the ETag.
    Raises: NotADraft, AnotherPlan, EditConflict.
    """
    try:
        return save_exactly(
            version=version, plan=plan, seen=seen, note=note, by=by, at=at
        )
    except EditConflict as stale:
        if not knows(version, seen):
            raise
        base = Content.objects.get(pk=seen)
        if digest(plan) == base.pk:
            return stale.version
    arrival = receive(
        version=version, plan=plan, base=base, kind="author", note=note, by=by, at=at
    )
    return settle(arrival=arrival, choices={}, by=by, at=at)


@transaction.atomic
def save_exactly(
    *, version: Version, plan: Plan, seen: str, note: str = "", by: User, at: datetime
) -> Version:
    """Save *plan* if the draft still is what the author saw.

    Raises: NotADraft, EditConflict, AnotherPlan.
    """
    draft = locked(version)
    if draft.current_state != State.DRAFT:
        raise NotADraft(draft)
    if plan.key != draft.scamp.key:
        raise AnotherPlan(plan.key)
    if draft.content_id != seen:
        raise EditConflict(draft)
    content = content_of(plan, at)
    if content.pk == draft.content_id:
        return draft
    Edit.objects.create(
        version=draft, before=draft.content, after=content, note=note, by=by, at=at
    )
    draft.content = content
    draft.save(update_fields=["content"])
    return draft


def knows(version: Version, seen: str) -> bool:
    """Whether the content *seen* ever was that of this draft."""
    was = Edit.objects.filter(Q(after=seen) | Q(before=seen), version=version)
    return was.exists()


@transaction.atomic
def receive(
    *,
    version: Version,
    plan: Plan,
    base: Content,
    kind: str,
    note: str = "",
    by: User,
    at: datetime,
) -> Arrival:
    """Keep *plan*, which was made of *base*, until it is merged. Sent twice, it is one.

    Raises: AnotherPlan.
    """
    draft = locked(version)
    if plan.key != draft.scamp.key:
        raise AnotherPlan(plan.key)
    told = {"version": draft, "kind": kind, "base": base}
    told |= {"content": content_of(plan, at), "by": by}
    waiting = Arrival.objects.waiting().filter(**told).first()
    return waiting or Arrival.objects.create(**told, note=note, at=at)


def merge_of(
    arrival: Arrival, draft: Version, choices: Choices | None = None
) -> Merged:
    """What the arrival and the draft as it is now make together."""
    mine, theirs = arrival.sides(draft.plan)
    is_author = arrival.kind == Arrival.Kind.AUTHOR
    otherwise = "theirs" if is_author else "mine"
    base = arrival.base.plan
    return merge(base, mine, theirs, choices, otherwise=otherwise)


@transaction.atomic
def settle(
    *,
    arrival: Arrival,
    choices: Choices,
    seen: str | None = None,
    by: User,
    at: datetime,
) -> Version:
    """Merge the arrival into its draft, by *choices* where they collide.

    Args: seen: the hash of the draft that was chosen beside; None if nothing was shown.
    Raises: NotADraft; Settled; EditConflict: a choice is open, or the draft is not
        the one seen any more.
    """
    draft = locked(arrival.version)
    waits = Arrival.objects.select_for_update().get(pk=arrival.pk)
    if waits.settled_at:
        raise Settled(waits)
    merged = merge_of(waits, draft, choices)
    if merged.open or seen not in (None, draft.content_id):
        raise EditConflict(draft, waits)
    beside = draft.content
    saved = save_exactly(
        version=draft,
        plan=merged.plan,
        seen=beside.pk,
        note=waits.note or waits.get_kind_display(),
        by=by,
        at=at,
    )
    waits.beside, waits.result = beside, saved.content
    waits.settled_by, waits.settled_at = by, at
    waits.save(update_fields=["beside", "result", "settled_by", "settled_at"])
    saved.arrival = waits
    return saved
