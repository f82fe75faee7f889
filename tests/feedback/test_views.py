"""The report pages: what they say, to whom, at what cost."""

from __future__ import annotations

import csv
import re
from datetime import datetime
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessEvent, Site, User
from carepaths.models import Mark
from feedback.actions.reports import compute
from feedback.actions.rollups import rebuild_all
from feedback.core.releases import PARTS, TOTALS
from feedback.core.report import digest
from feedback.models import Report
from scamps.models import Version
from tests.factories import LONG_AGO, MembershipFactory, SeatFactory, SiteFactory
from tests.feedback.cohorts import START, Maker

ADDRESS = ("feedback:report", ["suspected-appendicitis", 1])


@pytest.fixture
def committee(version: Version) -> User:
    return SeatFactory(scamp=version.scamp).user


@pytest.fixture
def client(committee: User) -> Client:
    client = Client()
    client.force_login(committee)
    return client


@pytest.fixture
def counted(version: Version, sites: list[Site], clinician: User) -> Maker:
    maker = Maker(version, clinician, seed=4)
    maker.cohort(sites, patients=12)
    rebuild_all(at=START)
    return maker


def page(client: Client, query: str = "") -> str:
    response = client.get(reverse(ADDRESS[0], args=ADDRESS[1]) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_begins_with_the_answers(client: Client, counted: Maker) -> None:
    text = page(client)

    questions = [
        "Is the plan followed?",
        "Did our predictions hold?",
        "Where the patients",
    ]
    places = [text.index(question) for question in questions]
    assert places == sorted(places)
    assert re.search(r"In \d of 10 decisions", text)
    assert "of 122" not in text


def test_the_number_of_queries_does_not_grow_with_the_data(
    client: Client, counted: Maker, sites: list[Site]
) -> None:
    page(client)
    with CaptureQueriesContext(connection) as few:
        page(client)
    counted.cohort(sites, patients=12)
    rebuild_all(at=START)
    with CaptureQueriesContext(connection) as many:
        page(client)

    assert len(many) == len(few) <= 16


def test_every_colour_is_a_token_and_no_style_is_inline(
    client: Client, counted: Maker
) -> None:
    text = page(client)

    assert " style=" not in text
    assert "<script>" not in text
    assert set(re.findall(r'(?:fill|stroke|color)="([^"]+)"', text)) <= {
        "none", "currentColor", "var(--followed)", "var(--deviated)", "var(--muted)",
        "var(--line)", "var(--surface)", "var(--here)", "var(--here-soft)",
        "var(--bs-border-color)",
    }  # fmt: skip


def test_numbers_in_drawings_do_not_follow_the_readers_language(
    client: Client, counted: Maker
) -> None:
    german = client.get(
        reverse(ADDRESS[0], args=ADDRESS[1]), headers={"Accept-Language": "de"}
    ).content.decode()

    drawn = re.findall(r'(?:cx|x|y|width|height)="([^"]+)"', german)
    assert len(drawn) > 20
    assert not [number for number in drawn if "," in number]


def test_before_the_plan_nobody_follows_or_deviates(
    client: Client, version: Version, sites: list[Site], clinician: User
) -> None:
    Maker(version, clinician, seed=4, origins=("retrospective",)).cohort(sites, 12)
    rebuild_all(at=START)

    text = page(client)

    assert "practice before the plan" in text
    assert "discordant" in text
    assert "deviated" not in re.sub(r'var\(--deviated\)|color="[^"]*"', "", text)
    assert "Why the advice was not followed" not in text


def test_sandbox_and_real_are_pages_apart(
    version: Version, counted: Maker, clinician: User
) -> None:
    sandbox = SiteFactory(is_sandbox=True)
    Maker(version, clinician, seed=9, origins=("sandbox",)).cohort([sandbox], 5)
    rebuild_all(at=START)
    member = MembershipFactory(site=sandbox).user
    client = Client()
    client.force_login(member)

    text = page(client)

    found = compute(version=version, sites=[sandbox])
    assert "Sandbox: made up" in text
    assert f"{found['encounters']} encounters of {found['patients']} patient" in text


def test_a_clinician_reads_about_the_own_site_only(
    version: Version, counted: Maker, sites: list[Site]
) -> None:
    client = Client()
    client.force_login(MembershipFactory(site=sites[0]).user)

    text = page(client)

    found = compute(version=version, sites=[sites[0]])
    both = compute(version=version, sites=sites)
    assert f"{found['encounters']} encounters of {found['patients']} patient" in text
    assert found["encounters"] < both["encounters"]


def test_an_empty_report_says_what_will_be_there(
    client: Client, sites: list[Site]
) -> None:
    assert "No signed encounters yet" in page(client)


def test_the_page_says_how_old_its_figures_are(client: Client, counted: Maker) -> None:
    assert "counted 12:00:00 UTC" in page(client)

    Mark.objects.create(
        version=counted.version,
        site=Site.objects.real()[0],
        month=None,
        origin="prospective",
    )
    age = client.get(reverse("feedback:age", args=ADDRESS[1])).content.decode()
    assert "1 change to come" in age
    assert age.strip().startswith("<span")


def export(client: Client, **query: str) -> list[dict[str, str]]:
    response = client.get(reverse("feedback:report_csv", args=ADDRESS[1]), query)
    assert response.status_code == 200
    return list(csv.DictReader(StringIO(response.content.decode())))


def test_an_export_hides_small_counts_by_default(
    client: Client, version: Version, counted: Maker, sites: list[Site]
) -> None:
    exact = compute(version=version, sites=sites)["opportunities"]

    rows = export(client)

    assert len(rows) == len(exact)
    for row, was in zip(rows, exact, strict=True):
        for name in ("followed", "modified", "deviated", "missing"):
            if was[name] <= 7:
                assert row[name] == "≤7"
            elif row[name] != "withheld":
                assert int(row[name]) % 5 == 0
                assert abs(int(row[name]) - was[name]) <= 2
    assert any("≤7" in row.values() for row in rows)


def test_no_table_of_an_export_gives_a_small_count_away(
    client: Client, version: Version, counted: Maker, sites: list[Site]
) -> None:
    exact = compute(version=version, sites=sites)

    for table, columns in PARTS.items():
        for row, was in zip(export(client, table=table), exact[table], strict=True):
            for column in {*columns, *TOTALS.get(table, {})} & set(row):
                shown = re.fullmatch(r"(\d+)(?: to (\d+))?", row[column])
                if shown:  # no single number that is small, and none that is exact
                    low, high = (int(part or shown[1]) for part in shown.groups())
                    assert max(low, high) > 7
                    assert low % 5 == 0
                    assert low == high or was[column] != high - low


def test_exact_counts_are_for_those_who_answer_for_them(
    client: Client, version: Version, counted: Maker, sites: list[Site]
) -> None:
    exact = compute(version=version, sites=sites)["opportunities"]
    stranger = Client()
    stranger.force_login(MembershipFactory(site=sites[0]).user)
    address = reverse("feedback:report_csv", args=ADDRESS[1])

    rows = export(client, counts="exact")

    assert [int(row["deviated"]) for row in rows] == [row["deviated"] for row in exact]
    assert stranger.get(address, {"counts": "exact"}).status_code == 403
    assert stranger.get(address).status_code == 200
    assert client.get(address, {"table": "patients"}).status_code == 404
    event = AccessEvent.objects.filter(verb="exported").first()
    assert event.detail == {
        "table": "opportunities",
        "origin": "prospective",
        "exact": True,
    }


def test_a_frozen_report_stays_what_it_was(
    client: Client, version: Version, counted: Maker, sites: list[Site], committee: User
) -> None:
    answer = client.post(reverse("feedback:freeze", args=ADDRESS[1]))
    kept = Report.objects.get()
    before = client.get(answer["Location"]).content.decode()
    counted.cohort(sites, patients=5)
    rebuild_all(at=START)

    after = client.get(answer["Location"]).content.decode()

    assert kept.by == committee
    assert kept.digest in before

    def shown(text: str) -> str:
        return re.sub(
            r'name="(csrfmiddlewaretoken|written_by)" value="[^"]+"', "", text
        )

    assert shown(after) == shown(before)
    assert digest(kept.numbers) == kept.digest


def test_the_database_refuses_to_change_a_frozen_report(
    client: Client, version: Version, counted: Maker
) -> None:
    client.post(reverse("feedback:freeze", args=ADDRESS[1]))

    for change in (Report.objects.all().delete, lambda: Report.objects.update(text="")):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


def test_only_the_committee_freezes(
    version: Version, counted: Maker, sites: list[Site]
) -> None:
    client = Client()
    client.force_login(MembershipFactory(site=sites[0]).user)

    answer = client.post(reverse("feedback:freeze", args=ADDRESS[1]))

    assert answer.status_code == 403
    assert not Report.objects.exists()


def test_the_list_leads_to_every_report(client: Client, counted: Maker) -> None:
    text = client.get(reverse("feedback:reports")).content.decode()

    assert reverse(ADDRESS[0], args=ADDRESS[1]) in text
    assert "encounters" in text


def test_the_api_gives_what_the_command_prints(
    client: Client, version: Version, counted: Maker, sites: list[Site]
) -> None:
    cut_off = "2026-04-01T00:00:00+00:00"
    address = reverse("api:report", args=ADDRESS[1])

    found = client.get(address, {"cut_off": cut_off}).json()

    expected = compute(
        version=version, sites=sites, cut_off=datetime.fromisoformat(cut_off)
    )
    assert found["encounters"] == expected["encounters"] > 0
    assert found["opportunities"] == expected["opportunities"]
    assert client.get(address, {"cut_off": "yesterday"}).status_code == 400


def test_a_seat_ends_with_its_last_day(version: Version, sites: list[Site]) -> None:
    seat = SeatFactory(scamp=version.scamp, starts_on=LONG_AGO, ends_on=LONG_AGO)
    client = Client()
    client.force_login(seat.user)

    assert client.get(reverse(ADDRESS[0], args=ADDRESS[1])).status_code == 404
    assert Group.objects.filter(name="committee member").exists()
