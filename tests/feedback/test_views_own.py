"""What became of own decisions, and the own figures: for one's own eyes only."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Site, User
from carepaths.actions.decisions import decide
from carepaths.actions.outcomes import record_outcome
from carepaths.models import Encounter
from feedback.actions.rollups import refresh_all
from scamps.models import Version
from tests.carepaths.factories import DAY, HOME, OPERATE, episode, publish, signed
from tests.factories import LONG_AGO, MembershipFactory, UserFactory

NOW = timezone.now()
FOLLOWED = {"choice": "followed"}
LEFT_OUT = {"choice": "deviated", "kind": "omitted", "reason": "night"}
NO_REASON = {"choice": "deviated", "kind": "omitted", "reason": ""}


@pytest.fixture
def fever(db: None) -> Version:
    return publish()


@pytest.fixture
def member(db: None) -> Membership:
    return MembershipFactory()


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def visit(
    version: Version, site: Site, by: User, intention: dict, **fields
) -> Encounter:
    """A patient whom the plan advised to operate, signed by *by*."""
    one = episode(scamp=version.scamp, site=site, by=by)
    wish = {"operate/operate": intention}
    when = {"visit_time": NOW - 9 * DAY, "at": NOW - 8 * DAY} | fields
    return signed(one, by=by, intentions=wish, **when, **OPERATE)


def tell(encounter: Encounter, value: bool = True, by: User | None = None) -> None:
    record_outcome(
        enrolment=encounter.enrolment, key="ill", value=value, known_how="a letter",
        by=by or UserFactory(), at=timezone.now(),
    )  # fmt: skip


def text_of(client: Client, name: str) -> str:
    answer = client.get(reverse(f"feedback:{name}"))
    assert answer.status_code == 200
    main = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)
    said = main[0] if main else answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", said))


def test_an_outcome_stands_beside_the_advice_and_the_decision(
    fever: Version, member: Membership
) -> None:
    mine = as_user(member.user)
    encounter = visit(fever, member.site, member.user, LEFT_OUT)
    assert "Nothing has arrived yet" in text_of(mine, "became")
    tell(encounter)

    assert "1 outcome of your patients has arrived" in text_of(mine, "news")
    text = text_of(mine, "became")

    place = [text.index(word) for word in ("Operate.", "Deviated", "Ill", "Yes")]
    assert place == sorted(place)
    assert "New" in text
    assert "a letter" in text
    assert "arrived" not in text_of(mine, "news")
    assert "New" not in text_of(mine, "became")


def test_the_latest_outcome_comes_first_and_own_entries_are_no_news(
    fever: Version, member: Membership
) -> None:
    mine = as_user(member.user)
    first, second = (visit(fever, member.site, member.user, FOLLOWED) for _ in "ab")
    tell(second)
    tell(first, by=member.user)

    assert "1 outcome of" in text_of(mine, "news")
    names = [f"R-{encounter.enrolment.patient_id}" for encounter in (first, second)]
    text = text_of(mine, "became")
    assert text.index(names[0]) < text.index(names[1])


def test_what_was_known_before_or_decided_by_others_is_not_shown(
    fever: Version, member: Membership
) -> None:
    colleague = MembershipFactory(site=member.site).user
    early = episode(scamp=fever.scamp, site=member.site)
    record_outcome(
        enrolment=early, key="ill", value=True, known_how="x", by=colleague,
        at=NOW - 30 * DAY,
    )  # fmt: skip
    wish = {"operate/operate": FOLLOWED}
    when = {"visit_time": NOW - 9 * DAY, "at": NOW - 8 * DAY}
    signed(early, by=member.user, intentions=wish, **when, **OPERATE)
    taken_over = visit(fever, member.site, member.user, LEFT_OUT)
    decide(
        opportunity=taken_over.opportunities.get(),
        **(FOLLOWED | {"by": colleague, "at": timezone.now()}),
    )
    tell(taken_over)

    assert "Nothing has arrived yet" in text_of(as_user(member.user), "became")
    assert "Followed" in text_of(as_user(colleague), "became")


def test_a_patient_who_is_not_open_any_more_is_not_shown(
    fever: Version, member: Membership
) -> None:
    tell(visit(fever, member.site, member.user, FOLLOWED))
    member.ends_on = LONG_AGO
    member.save()

    assert "Nothing has arrived yet" in text_of(as_user(member.user), "became")
    assert "arrived" not in text_of(as_user(member.user), "news")


@pytest.fixture
def team(fever: Version, member: Membership) -> list[User]:
    """Three colleagues: each followed four times; the member 2 of 5, one unreasoned."""
    others = [MembershipFactory(site=member.site).user for _ in range(3)]
    for by in others:
        for _ in range(4):
            tell(visit(fever, member.site, by, FOLLOWED), value=False)
    for number, wish in enumerate([FOLLOWED, FOLLOWED, LEFT_OUT, LEFT_OUT, NO_REASON]):
        tell(visit(fever, member.site, member.user, wish), value=number == 0)
    refresh_all(at=timezone.now())
    return others


def test_own_figures_stand_beside_all_others(
    team: list[User], member: Membership
) -> None:
    text = text_of(as_user(member.user), "own_figures")

    assert "you followed 2 of 5. 1 of 3 departures lack a reason." in text
    assert "Followed, of what to do 2 of 5, 40 % 5\u201385 % 12 of 12, 100 %" in text
    assert "Left out 3 of 3, 100 % 29\u2013100 % none" in text
    assert "Departed without a reason 1 of 3, 33 % 1\u201391 % none" in text
    assert "Ill, version 1 1 of 5, 20 % 1\u201372 % 0 of 12, 0 %" in text


def test_others_are_not_shown_while_fewer_than_three_stand_behind(
    fever: Version, member: Membership
) -> None:
    for by in [MembershipFactory(site=member.site).user for _ in range(2)]:
        visit(fever, member.site, by, FOLLOWED)
    visit(fever, member.site, member.user, FOLLOWED)
    refresh_all(at=timezone.now())

    text = text_of(as_user(member.user), "own_figures")

    assert "1 of 1, 100 %" in text
    assert "not shown" in text
    assert "2 of 2" not in text


def test_nobody_opens_the_figures_of_another(
    team: list[User], member: Membership
) -> None:
    auditor = MembershipFactory(site=member.site, role__name="auditor").user
    auditor.is_superuser = True
    auditor.save()
    names = ("became", "news", "own_figures")

    for name in names:
        address = reverse(f"feedback:{name}")
        assert not re.search(r"\d", address)  # no address names a user
        with_query = f"{address}?user={member.user.pk}&by={member.user.pk}"
        for asked in (address, with_query):
            text = as_user(auditor).get(asked).content.decode()
            assert "of 5" not in text
            assert "Deviated" not in text
            assert "arrived" not in text.replace("Nothing has arrived", "")
    assert Group.objects.filter(name="auditor").exists()


def test_old_decisions_are_not_in_the_figures(
    fever: Version, member: Membership
) -> None:
    past = NOW - 500 * DAY
    visit(fever, member.site, member.user, FOLLOWED, visit_time=past, at=past)
    refresh_all(at=timezone.now())

    assert "You have not decided" in text_of(as_user(member.user), "own_figures")


def test_the_queries_do_not_grow_with_what_others_do(
    team: list[User], fever: Version, member: Membership
) -> None:
    mine = as_user(member.user)
    counts = []
    for _ in range(2):
        for name in ("became", "news", "own_figures"):
            text_of(mine, name)
            with CaptureQueriesContext(connection) as seen:
                text_of(mine, name)
            counts.append(len(seen))
        for by in team:
            tell(visit(fever, member.site, by, NO_REASON))
            home = episode(scamp=fever.scamp, site=member.site)
            signed(home, by=by, visit_time=NOW - 9 * DAY, at=NOW - 8 * DAY, **HOME)
        refresh_all(at=timezone.now())

    assert counts[:3] == counts[3:]
    assert max(counts) <= 20
