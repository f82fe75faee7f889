"""Plans that ship with the product become versions, as demonstrations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from accounts.models import User
from scamps.actions.cases import may_change_cases, replace_cases
from scamps.core.cases import Case
from scamps.core.definition import Plan, canonical, digest_of, words
from scamps.models import (
    CaseRevision,
    CaseSource,
    Content,
    Scamp,
    State,
    Transition,
    Version,
)

REASON = "Library demonstration"


class NotADemonstration(Exception):
    """The library holds demonstrations only: a site's own plan is published."""


class InOtherHands(Exception):
    """People have published a version since: the library does not replace theirs."""


@dataclass(frozen=True)
class Loaded:
    """What became of a plan of the library, and the version that now stands."""

    version: Version
    what: Literal["new", "unchanged"]


@transaction.atomic
def load_plan(
    *, plan: Plan, cases: Iterable[Case] = (), by: User | None, at: datetime
) -> Loaded:
    """Make *plan* the active version of its Scamp, unless its newest one already is.

    A changed document becomes a new version, and the one before is superseded. One
    that was withdrawn stays withdrawn until its document changes. Its *cases* become
    those of the library, unless people have changed them.

    Raises: NotADemonstration; InOtherHands: a person made a version of this Scamp.
    """
    if not plan.demonstration:
        raise NotADemonstration(plan.key)
    title = words(plan.title, plan.language)
    Scamp.objects.get_or_create(
        key=plan.key, defaults={"title": title, "created_at": at}
    )
    scamp = Scamp.objects.select_for_update().get(key=plan.key)
    text = canonical(plan)
    newest = scamp.versions.order_by("-number").first()
    if newest and newest.content_id == digest_of(text):
        _load_cases(newest, cases, by, at)
        return Loaded(newest, "unchanged")
    if scamp.versions.exclude(created_by=None).exists():
        raise InOtherHands(plan.key)
    version = _next_version(scamp, newest, text, by, at)
    Scamp.objects.filter(pk=scamp.pk).update(title=title)
    _load_cases(version, cases, by, at)
    return Loaded(version, "new")


def _load_cases(
    version: Version, cases: Iterable[Case], by: User | None, at: datetime
) -> None:
    written = CaseRevision.objects.filter(case__scamp=version.scamp)
    theirs = written.exclude(by=None).exists()
    if (given := tuple(cases)) and not theirs and may_change_cases(version):
        source = CaseSource.LIBRARY
        replace_cases(version=version, cases=given, source=source, by=by, at=at)


def _next_version(
    scamp: Scamp, newest: Version | None, text: str, by: User | None, at: datetime
) -> Version:
    content, _ = Content.objects.get_or_create(
        digest=digest_of(text),
        defaults={"text": text, "document": json.loads(text), "recorded_at": at},
    )
    version = Version.objects.create(
        scamp=scamp,
        number=newest.number + 1 if newest else 1,
        content=content,
        change_note="The library's document changed." if newest else "",
        created_at=at,
        created_by=by,
    )
    for standing in scamp.versions.in_state(State.ACTIVE):
        _move(standing, State.SUPERSEDED, by, at)
    _move(version, State.ACTIVE, by, at)
    return version


def _move(version: Version, to: State, by: User | None, at: datetime) -> Transition:
    return Transition.objects.create(
        version=version, to=to, reason=REASON, by=by, at=at
    )
