"""Adherence over time: what the page draws, who may say what about its limits."""

from __future__ import annotations

import random
import re
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent, Site, User
from feedback.actions.limits import AlreadySet, NoReason, set_limits
from feedback.models import Count, LimitMark, Rollup
from scamps.models import Version
from tests.factories import MembershipFactory, SeatFactory, SiteFactory

NODE, ACTION = "low", "no-ultrasound"
MEASURE = f"{NODE}/{ACTION}"
QUERY = {"origin": "prospective", "measure": MEASURE}


def month_of(index: int) -> date:
    return date(2022 + index // 12, index % 12 + 1, 1)


def count_month(
    version: Version, site: Site, index: int, followed: int, deviated: int
) -> None:
    """Put one month of decisions into the roll-ups, as counting them would."""
    rollup = Rollup.objects.create(
        version=version,
        site=site,
        month=month_of(index),
        origin="prospective",
        counted_at=timezone.now(),
    )
    for choice, count in (("followed", followed), ("deviated", deviated)):
        Count.objects.create(
            rollup=rollup,
            measure="decision",
            node=NODE,
            item=ACTION,
            value=choice,
            count=count,
        )


def count_months(version: Version, site: Site, share: float, months: range) -> None:
    dice = random.Random(months.start)  # noqa: S311 (made-up counts)
    for index in months:
        followed = sum(dice.random() < share for _ in range(60))
        count_month(version, site, index, followed, 60 - followed)


@pytest.fixture
def charted(version: Version, sites: list[Site]) -> Version:
    """Thirty months about 60 % at two sites, of one version."""
    for site in sites:
        count_months(version, site, 0.6, range(30))
    return version


@pytest.fixture
def committee(version: Version) -> User:
    return SeatFactory(scamp=version.scamp).user


@pytest.fixture
def client(committee: User) -> Client:
    client = Client()
    client.force_login(committee)
    return client


def address() -> str:
    return reverse("feedback:over_time", args=["suspected-appendicitis", 1])


def page(client: Client, **query: str) -> str:
    response = client.get(address(), QUERY | query)
    assert response.status_code == 200
    return response.content.decode()


def decide(client: Client, **data: str):
    query = "&".join(f"{key}={value}" for key, value in QUERY.items())
    return client.post(f"{address()}?{query}", data)


def table(text: str) -> list[list[str]]:
    """The rows of the table over time, as texts."""
    found = text[text.index("Table over time") :]
    body = re.search(r"<tbody>(.*?)</tbody>", found, re.DOTALL)[1]
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def test_the_table_holds_every_month_of_the_roll_ups(
    client: Client, charted: Version, sites: list[Site]
) -> None:
    decided = Count.objects.filter(measure="decision", item=ACTION)
    followed = decided.filter(value="followed").aggregate(n=Sum("count"))["n"]

    rows = table(page(client))

    assert len(rows) == 30
    assert sum(int(row[1]) for row in rows) == followed
    assert sum(int(row[2]) for row in rows) == 30 * 60 * 2
    assert rows[0][0] == "Jun 2024"  # the newest first
    assert rows[0][4].endswith("%")


def test_a_chart_without_change_says_so_and_colours_nothing(
    client: Client, charted: Version
) -> None:
    text = page(client)

    assert 'class="plane"' in text
    assert "for the better" not in text
    assert "Limits from 24 months, Jan 2022 to Dec 2023" in text


def test_a_change_of_level_is_more_than_chance(
    client: Client, charted: Version, sites: list[Site]
) -> None:
    count_months(charted, sites[0], 0.95, range(30, 38))

    text = page(client)

    assert "are more than chance, the last one among them" in text
    assert "outside the process limits" in table(text)[0][6]


def test_a_version_draws_a_line_and_moves_no_limit(
    client: Client, charted: Version, sites: list[Site]
) -> None:
    before = table(page(client))
    second = Version.objects.create(
        scamp=charted.scamp, number=2, content=charted.content
    )
    count_months(second, sites[0], 0.6, range(30, 34))

    text = page(client)

    assert ">Version 2<" in text
    assert [row[5] for row in table(text)[4:]] == [row[5] for row in before]


def test_before_and_after_a_version_is_said_to_be_observational(
    client: Client, charted: Version, sites: list[Site]
) -> None:
    assert "Before and after" not in page(client)
    second = Version.objects.create(
        scamp=charted.scamp, number=2, content=charted.content
    )
    count_months(second, sites[0], 0.9, range(30, 40))

    text = page(client)

    found = re.search(
        r"After Version 2: the share followed is (\d+) percentage points higher "
        r"than the months before led to expect",
        text,
    )
    assert 15 <= int(found[1]) <= 45  # 30 are true
    assert "This is observational" in text
    assert "Nobody noted what else changed." in text
    assert "Before and after" not in page(client, each="quarter")


def test_a_rebase_is_kept_with_its_reason_and_begins_new_limits(
    client: Client, committee: User, charted: Version, sites: list[Site]
) -> None:
    for site in sites:
        count_months(charted, site, 0.9, range(30, 44))

    response = decide(client, kind="rebase", month="2024-07", reason="Teaching worked")

    assert response.status_code == 302
    mark = LimitMark.objects.get()
    assert (mark.by, mark.measure, mark.month) == (committee, MEASURE, date(2024, 7, 1))
    text = client.get(response["Location"]).content.decode()
    assert "Teaching worked" in text
    assert ">rebased<" in text
    centres = [int(row[5].removesuffix(" %")) for row in table(text)]
    assert centres[0] == pytest.approx(90, abs=2)
    assert centres[-1] == pytest.approx(60, abs=2)
    assert AccessEvent.objects.filter(verb="set limits", user=committee).exists()


def test_a_freeze_holds_beside_a_rebase(client: Client, charted: Version) -> None:
    decide(client, kind="rebase", month="2022-07", reason="The pilot ended")

    decide(client, kind="freeze", month="2023-09", reason="Enough seen")

    text = page(client)
    assert "Limits from 15 months, Jul 2022 to Sep 2023, frozen there" in text
    assert "No limits yet: 6 of at least 12 points." in text  # before the rebase


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "rebase", "month": "2023-01", "reason": " "},
        {"kind": "rebase", "month": "1999-01", "reason": "Before there was any"},
        {"kind": "colour", "month": "2023-01", "reason": "Red"},
    ],
    ids=["no reason", "no such month", "no such kind"],
)
def test_what_makes_no_sense_is_refused(
    client: Client, charted: Version, data: dict[str, str]
) -> None:
    response = decide(client, **data)

    assert response.status_code == 422
    assert not LimitMark.objects.exists()


def test_the_same_month_is_decided_once(client: Client, charted: Version) -> None:
    data = {"kind": "freeze", "month": "2023-06", "reason": "Enough seen"}
    decide(client, **data)

    response = decide(client, **data)

    assert response.status_code == 422
    assert "already decided" in response.content.decode()
    assert LimitMark.objects.count() == 1


def test_a_decision_taken_back_stays_readable_and_holds_no_more(
    client: Client, charted: Version
) -> None:
    before = table(page(client))
    decide(client, kind="rebase", month="2023-01", reason="A new level")
    mark = LimitMark.objects.get()
    take_back = reverse("feedback:take_limits_back", args=[mark.pk])

    empty = client.post(take_back, {"reason": ""})
    response = client.post(take_back, {"reason": "It was one odd month"})

    assert empty.status_code == 422
    assert response.status_code == 302
    text = client.get(response["Location"]).content.decode()
    assert "A new level" in text
    assert "Taken back: It was one odd month" in text
    assert table(text) == before
    assert client.post(take_back, {"reason": "Again"}).status_code == 404


def test_only_the_committee_decides_about_limits(
    charted: Version, sites: list[Site]
) -> None:
    reader = Client()
    reader.force_login(MembershipFactory(site=sites[0]).user)

    response = decide(reader, kind="rebase", month="2023-01", reason="I say so")

    assert response.status_code == 403
    text = page(reader)
    assert "Rebase or freeze" not in text
    assert table(text)[0][2] == "60"  # the decisions of the own site alone
    assert "Across sites" not in text


def test_the_database_refuses_to_change_what_was_decided(
    committee: User, charted: Version
) -> None:
    mark = set_limits(**chart_of(charted), by=committee, at=timezone.now())

    for change in (
        lambda: LimitMark.objects.filter(pk=mark.pk).update(reason="Another"),
        lambda: mark.delete(),
    ):
        with pytest.raises(DatabaseError, match="never"), transaction.atomic():
            change()


def chart_of(version: Version) -> dict[str, object]:
    return {
        "scamp": version.scamp,
        "measure": MEASURE,
        "origin": "prospective",
        "sandbox": False,
        "kind": "freeze",
        "month": date(2023, 6, 1),
        "reason": "Enough seen",
    }


def test_limits_are_set_once_and_with_a_reason(
    committee: User, charted: Version
) -> None:
    said = chart_of(charted) | {"by": committee, "at": timezone.now()}
    set_limits(**said)

    with pytest.raises(AlreadySet):
        set_limits(**said)
    with pytest.raises(NoReason):
        set_limits(**said | {"reason": " ", "kind": "rebase"})


def test_sites_stand_side_by_side_with_small_counts_hidden(
    client: Client, charted: Version
) -> None:
    small = SiteFactory(name="Small place")
    count_month(charted, small, 3, 41, 6)

    text = page(client)

    across = text[text.index("Across sites") :]
    row = re.search(r"<tr><th scope=\"row\">Small place</th>.*?</tr>", across)[0]
    assert re.findall(r"<td[^>]*>(.*?)</td>", row) == [
        "40",
        "40 to 47",
        "",
        "",
        "too small to be shown",
    ]
    assert 'class="plane"' in across


def test_quarters_add_up_months(client: Client, charted: Version) -> None:
    rows = table(page(client, each="quarter"))

    assert len(rows) == 10
    assert rows[-1][2] == "360"


def test_the_number_of_queries_does_not_grow_with_the_months(
    client: Client, charted: Version, sites: list[Site]
) -> None:
    page(client)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(client)
    for site in sites:
        count_months(charted, site, 0.6, range(30, 90))
    for month in ("2022-05", "2023-05", "2024-05"):
        decide(client, kind="freeze", month=month, reason="Enough seen")

    with CaptureQueriesContext(connection) as many:
        page(client)

    assert len(many) == len(few)
    assert len(many) <= 14


def test_an_unknown_measure_or_plan_is_not_there(
    client: Client, charted: Version
) -> None:
    assert client.get(address(), {"measure": "nowhere/nothing"}).status_code == 404
    other = reverse("feedback:over_time", args=["no-such-plan", 1])
    assert client.get(other).status_code == 404


def test_nothing_decided_yet_is_said(client: Client, version: Version) -> None:
    SiteFactory()

    text = page(client)

    assert "Nothing has been decided yet." in text
