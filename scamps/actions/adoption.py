"""A site makes a shared plan its own, and takes over what changes upstream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import trail
from accounts.models import Site, User
from scamps.actions.cases import copy_cases
from scamps.actions.drafts import (
    NotADraft,
    begin_scamp,
    content_of,
    start_draft,
    under_way_of,
)
from scamps.actions.saving import EditConflict, receive, settle
from scamps.core.compare import Comparison, compare
from scamps.core.definition import Plan
from scamps.core.merge import Conflict, merge
from scamps.models import Adoption, Arrival, Scamp, State, Version


class NotShared(Exception):
    """Only a version in force, of a plan that is not a site's own, can be adopted."""


class NotAdopted(Exception):
    """The plan came from nowhere else."""


class NothingNew(Exception):
    """The plan has all that stands upstream."""


@dataclass(frozen=True)
class Upstream:
    """Where a plan comes from, and what an update would bring.

    *own* is what the site changed, *news* what upstream changed since. *conflicts* are
    in both. *newer* is None if there is nothing new.
    """

    adoption: Adoption
    newer: Version | None
    own: Comparison
    news: Comparison
    conflicts: tuple[Conflict, ...]


@transaction.atomic
def adopt(
    *, upstream: Version, site: Site, key: str, title: str, by: User, at: datetime
) -> Version:
    """Begin *site*'s own plan with the content and the cases of *upstream*; *by* sits
    on it.

    Raises: NotShared; DraftExists: there is a plan of this key.
    """
    is_own = Adoption.objects.filter(scamp=upstream.scamp_id).exists()
    if upstream.current_state != State.ACTIVE or is_own:
        raise NotShared(upstream)
    plan = upstream.plan.model_copy(update={"key": key, "title": title})
    version = begin_scamp(plan=plan, by=by, at=at)
    told = {"upstream": upstream, "content": upstream.content, "version": version}
    copy_cases(of=upstream, to=version, by=by, at=at)
    made = Adoption.objects.create(scamp=version.scamp, site=site, by=by, at=at, **told)
    trail.record(by, "adopted", made, site, at=at, digest=upstream.content_id)
    return version


def update(*, scamp: Scamp, by: User, at: datetime) -> Version:
    """Merge what stands upstream into the draft of *scamp*, which is begun if need be.

    Raises: NotAdopted; NothingNew; NotADraft: a version is in review; EditConflict:
        what collides waits to be settled, in its `arrival`.
    """
    arrival = _fetch(scamp, by, at)
    return settle(arrival=arrival, choices={}, by=by, at=at)


@transaction.atomic
def _fetch(scamp: Scamp, by: User, at: datetime) -> Arrival:
    Scamp.objects.select_for_update().get(pk=scamp.pk)
    last, newer = _last_and_newer(scamp)
    if newer is None:
        raise NothingNew(scamp)
    draft = _draft_of(scamp, by, at)
    arrival = receive(
        version=draft,
        plan=_named(newer.plan, scamp),
        base=content_of(_named(last.content.plan, scamp), at),
        kind=Arrival.Kind.UPSTREAM,
        note=f"Update from {newer}"[:200],
        by=by,
        at=at,
    )
    told = {"scamp": scamp, "site": last.site, "version": draft, "by": by, "at": at}
    Adoption.objects.get_or_create(
        arrival=arrival,
        defaults={"upstream": newer, "content": newer.content, **told},
    )
    return arrival


def _draft_of(scamp: Scamp, by: User, at: datetime) -> Version:
    """The draft of *scamp*; begun from what stands if nothing is under way.

    Raises: NotADraft.
    """
    if there := under_way_of(scamp):
        if there.current_state != State.DRAFT:
            raise NotADraft(there)
        return there
    return start_draft(plan=_standing(scamp).plan, by=by, at=at)


def _standing(scamp: Scamp) -> Version:
    """What people work with: the draft, else the active version, else the newest."""
    newest = scamp.versions.order_by("-number").first()
    return under_way_of(scamp) or scamp.active_version or newest


def _last_and_newer(scamp: Scamp) -> tuple[Adoption, Version | None]:
    """What the plan was last merged with, and what stands upstream if it is another.

    Raises: NotAdopted.
    """
    last = Adoption.objects.filter(scamp=scamp).merged().first()
    if last is None:
        raise NotAdopted(scamp)
    newer = last.upstream.scamp.active_version
    has_it = newer is None or newer.content_id == last.content_id
    return last, None if has_it else newer


def _named(plan: Plan, scamp: Scamp) -> Plan:
    """*plan* under the key of *scamp*: a site's own plan has another."""
    return plan.model_copy(update={"key": scamp.key})


def upstream_of(scamp: Scamp) -> Upstream:
    """Where *scamp* comes from, what it changed, what an update would bring.

    Raises: NotAdopted.
    """
    last, newer = _last_and_newer(scamp)
    base, own = _named(last.content.plan, scamp), _standing(scamp).plan
    there = _named(newer.plan, scamp) if newer else base
    return Upstream(
        adoption=last,
        newer=newer,
        own=compare(base, own),
        news=compare(base, there),
        conflicts=merge(base, own, there).conflicts,
    )


__all__ = [
    "EditConflict",
    "NotAdopted",
    "NotShared",
    "NothingNew",
    "Upstream",
    "adopt",
    "update",
    "upstream_of",
]
