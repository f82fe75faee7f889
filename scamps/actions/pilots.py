"""Pilots: where a version is tried, before it is published everywhere."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts import trail
from accounts.models import Site, User
from scamps.actions.publishing import against
from scamps.actions.reviews import NotReady
from scamps.actions.states import locked, move
from scamps.models import PilotSite, State, Version


@transaction.atomic
def start_pilot(
    *, version: Version, sites: Collection[Site], reason: str, by: User, at: datetime
) -> Version:
    """Try an approved version at *sites*: what opens there follows it, from now on;
    elsewhere the active version stays.

    It takes what publishing takes: the sign-offs and all evidence. It ends by being
    published, withdrawn, or overtaken by a later version.

    Raises: NotFromHere; NotReady: something stands against it, no site is named, made-up
        and real ones are mixed, or another version is tried already.
    """
    tried = locked(version)
    move(tried, State.PILOT, reason=reason, by=by, at=at)
    if problems := [*against(tried), *_wrong(tried, sites)]:
        raise NotReady(problems)
    PilotSite.objects.bulk_create(
        PilotSite(version=tried, site=site, by=by, at=at) for site in sites
    )
    names = sorted(site.key for site in sites)
    trail.record(by, "piloted", tried, at=at, digest=tried.content_id, sites=names)
    return tried


def _wrong(version: Version, sites: Collection[Site]) -> list[str]:
    """What stands against trying *version* at *sites*, in words."""
    found = []
    if not sites:
        found.append("no site is chosen")
    if len({site.is_sandbox for site in sites}) > 1:
        found.append("made-up and real sites are chosen together")
    if version.plan.demonstration and any(not site.is_sandbox for site in sites):
        found.append("a demonstration is tried at made-up sites only")
    others = version.scamp.versions.in_state(State.PILOT).exclude(pk=version.pk)
    return found + [f"version {one.number} is in pilot already" for one in others]
