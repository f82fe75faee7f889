"""The chart of a patient on a plan: what happened, in order, and what is not known."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessEvent
from carepaths.actions.decisions import record_performance
from carepaths.actions.encounters import save_draft
from carepaths.actions.outcomes import record_outcome
from carepaths.actions.signing import amend, sign
from carepaths.actions.voids import void_encounter
from carepaths.core.chart import Visit, chart
from carepaths.core.sparkline import Point, sparkline
from carepaths.models import Task
from scamps.core.definition import load_yaml
from tests.carepaths.factories import (
    DAY,
    NOON,
    OPERATE,
    UserFactory,
    answers,
    episode,
    opened,
    signed,
)
from tests.carepaths.plan import FEVER
from tests.carepaths.test_views import body, client, clinician, draft, fever, site, url

__all__ = ["client", "clinician", "draft", "fever", "site"]  # fixtures


def visit(day, plan=None, hidden=(), **kept):
    plan = plan or load_yaml(FEVER)
    return Visit(NOON + day * DAY, f"day {day}", plan, kept, frozenset(hidden))


def said(value, **more):
    return {"value": value, "missing": None} | more


def series_of(groups, key):
    return next(one for group in groups for one in group.series if one.key == key)


@pytest.fixture
def enrolment(fever, site, clinician):
    return episode(scamp=fever, site=site, by=clinician)


def test_a_number_over_time_has_its_unit_and_a_gap_with_its_reason():
    groups = chart(
        [
            visit(0, temperature=said("38.5")),
            visit(1, temperature={"value": None, "missing": "refused"}),
            visit(3, temperature=said("43.0", flags=["implausible"])),
            visit(4),
        ]
    )

    series = series_of(groups, "temperature")
    told = [(one.day, one.said, one.known) for one in series.readings]
    assert told == [
        ("day 0", "38.5 °C", True),
        ("day 1", "Refused or unable", False),
        ("day 3", "43.0 °C", True),
        ("day 4", "Not asked", False),
    ]
    assert [one.unusual for one in series.readings] == [False, False, True, False]
    assert (series.last, series.unit) == ("43.0 °C", "°C")
    assert len(series.line.gaps) == 2
    assert series.line.runs == ()  # no line leads across what is not known


def test_visits_stand_where_their_times_are():
    groups = chart([visit(day, days_ill=said(day)) for day in (0, 1, 10)])

    places = [dot.x for dot in series_of(groups, "days_ill").line.dots]

    assert places == [5.0, 28.0, 235.0]


def test_yes_no_and_choices_are_marks():
    groups = chart(
        [
            visit(0, guarding=said(True), look=said("ill")),
            visit(1, guarding=said(False), look={"value": None, "missing": "not-done"}),
        ]
    )

    guarding, look = series_of(groups, "guarding"), series_of(groups, "look")
    assert guarding.line is None
    assert [one.mark for one in guarding.readings] == ["yes", "no"]
    assert [one.mark for one in look.readings] == ["Ill", "gap"]


def test_an_answer_that_did_not_count_is_a_gap_that_says_so():
    groups = chart([visit(0, hidden=["scan_positive"], scan_positive=said(True))])

    reading = series_of(groups, "scan_positive").readings[0]

    assert (reading.said, reading.known) == ("Not used: Yes", False)


def test_a_number_in_another_unit_is_told_and_never_drawn_on_the_same_line():
    then = load_yaml(
        FEVER.replace("    unit: Cel", '    unit: "[degF]"').replace(
            "'Cel'", "'[degF]'"
        )
    )
    groups = chart(
        [
            visit(0, plan=then, temperature=said("101.3")),
            visit(1, temperature=said("38.0")),
        ]
    )

    series = series_of(groups, "temperature")

    assert series.readings[0].said == "101.3 °F (in another form then)"
    assert len(series.line.dots) == 1


@pytest.mark.parametrize(
    ("values", "runs", "dots"),
    [([5], 0, 1), ([5, 5, 5], 1, 3), ([1, None, 2, 3], 1, 3), (range(40), 1, 1)],
    ids=["one", "level", "with a gap", "forty"],
)
def test_a_sparkline_is_drawn_for_any_number_of_readings(values, runs, dots):
    points = [
        Point(n / max(1, len(values) - 1), None if v is None else Decimal(v))
        for n, v in enumerate(values)
    ]

    drawn = sparkline(points, Decimal(2), Decimal(4))

    assert (len(drawn.runs), len(drawn.dots)) == (runs, dots)
    assert all(0 <= dot.y <= drawn.height for dot in drawn.dots)


def test_the_chart_has_it_all_in_order(client, enrolment, clinician):
    first = signed(
        enrolment,
        by=clinician,
        intentions={"operate/operate": {"choice": "deviated", "reason": "night"}},
        **OPERATE,
    )
    record_performance(
        encounter=first,
        resource="scan",
        status="done",
        done_at=NOON,
        place="Ward 3",
        known_how="Seen",
        by=clinician,
        at=NOON,
    )
    wrong = signed(
        enrolment,
        by=clinician,
        visit_time=NOON + DAY,
        temperature="44.0",
        guarding=False,
    )
    void_encounter(encounter=wrong, reason="Twin", by=UserFactory(), at=NOON)
    signed(
        enrolment,
        by=clinician,
        visit_time=NOON + 2 * DAY,
        temperature="38.5",
        guarding=False,
    )
    opened(enrolment, by=clinician, visit_time=NOON + 3 * DAY)
    record_outcome(
        enrolment=enrolment,
        key="stay",
        value=4,
        known_how="Letter",
        by=clinician,
        at=NOON,
    )

    page = body(client.get(url("chart", enrolment.pk)))

    order = ["10 Mar 2026", "11 Mar 2026", "12 Mar 2026", "13 Mar 2026"]
    heads = [page.index(f">{day}, 12:00, First") for day in order]
    assert heads == sorted(heads)
    assert "2 signed visits, 10 Mar 2026 to 12 Mar 2026." in page
    assert "Deviated: left out. It is night" in page.replace(". Deviated", " Deviated")
    assert "Scan: done, 10 Mar 2026, 12:00, Ward 3" in page
    assert "Not advised" in page
    assert "Entered in error" in page
    assert "44.0 °C" not in page  # what was entered in error is no reading
    assert "38.5 °C" in page
    assert "Draft, saved by" in page
    assert "4 days" in page


def test_the_chart_shows_the_answers_as_amended(client, enrolment, clinician):
    encounter = signed(enrolment, by=clinician, temperature="38.5", guarding=False)
    amend(
        encounter=encounter,
        answers=answers(temperature="37.5", guarding=False),
        reason="Misread",
        by=clinician,
        at=NOON + DAY,
    )

    page = body(client.get(url("chart", enrolment.pk)))

    assert "37.5 °C" in page
    assert "38.5 °C" not in page


def test_open_tasks_stand_on_the_chart(client, enrolment, clinician):
    values = answers(guarding=False, temperature="38.5")
    values["scan_positive"] = {"value": None, "missing": "pending"}
    values["scanned"] = said(True)
    encounter = save_draft(
        encounter=opened(enrolment, by=clinician),
        answers=values,
        intentions={},
        edit=0,
        by=clinician,
        at=NOON,
    )
    sign(encounter=encounter, edit=1, by=clinician, at=NOON)

    page = body(client.get(url("chart", enrolment.pk)))

    count = Task.objects.filter(enrolment=enrolment).open().count()
    assert count
    assert f" {count} task" in page
    assert (
        "Scan positive" in page[page.index('id="tasks"') : page.index('id="answers"')]
    )


def test_an_empty_chart_says_what_will_be_there(client, enrolment):
    page = body(client.get(url("chart", enrolment.pk)))

    assert "No visit is signed yet" in page
    assert url("open", enrolment.pk) in page


def test_forty_visits_take_as_many_queries_as_one(client, enrolment, clinician):
    def visit_on(day):
        signed(
            enrolment,
            by=clinician,
            visit_time=NOON + day * DAY,
            guarding=False,
            temperature="36.5",
            performances=[{"resource": "scan", "status": "done", "known_how": "Seen"}],
            intentions={"home/watch": {"choice": "followed"}},
        )

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = body(client.get(url("chart", enrolment.pk)))
        return len(queries), page.count("<circle"), page.count("visit-head")

    visit_on(0)
    one = asked()
    for day in range(1, 40):
        visit_on(day)
    forty = asked()

    assert forty[0] == one[0]
    assert one[0] <= 20
    assert (one[2], forty[2]) == (1, 40)


def test_looking_at_a_chart_is_in_the_trail_and_only_for_the_site(
    client, enrolment, fever
):
    elsewhere = episode(scamp=fever)

    client.get(url("chart", enrolment.pk))

    seen = AccessEvent.objects.get(subject="enrolment", subject_id=str(enrolment.pk))
    assert seen.verb == "saw"
    assert client.get(url("chart", elsewhere.pk)).status_code == 404


def test_the_patients_page_leads_to_the_chart(client, enrolment, clinician):
    signed(enrolment, by=clinician, **OPERATE)

    page = body(client.get(enrolment.patient.get_absolute_url()))

    assert f'href="{url("chart", enrolment.pk)}"' in page
