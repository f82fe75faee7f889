"""Synthetic patients: declared, deterministic, sandbox only, and of every kind."""

from collections import Counter
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Count

from accounts.models import Site, User
from carepaths.actions.context import context_of
from carepaths.actions.marks import bucket_of
from carepaths.core.context import to_json
from carepaths.core.seal import seal
from carepaths.models import (
    Cause,
    Decision,
    Encounter,
    Enrolment,
    EnrolmentChange,
    Identity,
    Mark,
    Opportunity,
    Origin,
    Outcome,
    Patient,
    Performance,
    Revision,
    Void,
)
from tests.carepaths.factories import SiteFactory, UserFactory, publish

PLANS = ["pediatric-chest-pain", "suspected-appendicitis", "torus-fracture"]
UNTIL = datetime(2026, 6, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def library(key: str) -> str:
    return (settings.BASE_DIR / "library" / key / "plan.yaml").read_text()


def simulate(key: str, patients: int = 120, seed: int = 7, **options) -> str:
    out = StringIO()
    given = {"until": date(2026, 6, 1)} | options
    call_command(
        "simulate_cohort", key, patients=patients, seed=seed, stdout=out, **given
    )
    return out.getvalue()


def told():
    """Everything that was made up, without ids and moments of recording."""
    rows = Revision.objects.order_by(
        "encounter__enrolment__patient__identity__record_number",
        "encounter__enrolment__episode",
        "encounter__visit_time",
        "number",
    )
    return list(
        rows.values_list(
            "encounter__enrolment__patient__identity__record_number",
            "encounter__visit_time",
            "number",
            "answers",
            "path",
            "recorded_at",
        )
    )


@pytest.mark.parametrize("key", PLANS)
def test_every_library_plan_can_be_simulated(key):
    publish(library(key))

    line = simulate(key, 60)

    assert "60 synthetic patients made, 0 there before" in line
    assert Patient.objects.count() == 60
    assert set(Encounter.objects.values_list("origin", flat=True)) == {Origin.SANDBOX}
    assert not Patient.objects.real().exists()
    assert Site.objects.count() == 2
    names = Identity.objects.values_list("name", flat=True)
    assert all(name.startswith("Synthetic ") for name in names)


@pytest.fixture
def appendicitis():
    version = publish(library("suspected-appendicitis"))
    simulate("suspected-appendicitis", 400)
    return version


def test_every_state_occurs(appendicitis):
    as_of = UNTIL
    states = Opportunity.objects.with_decision(as_of).values_list("state", flat=True)

    choices = {"followed", "modified", "deviated", "not-applicable"}
    assert set(states) - {"deferred"} == choices | {"missing"}
    assert Decision.objects.filter(choice="deferred").exists()
    assert Opportunity.objects.overdue(as_of).exists()
    assert Opportunity.objects.without_reason(as_of).exists()
    assert Encounter.objects.amended_otherwise().exists()
    assert Encounter.objects.drafts().exists()
    assert Encounter.objects.with_pending_answers().exists()
    assert Revision.objects.filter(stopped=True).exists()
    assert Revision.objects.exclude(flagged=[]).exists()
    assert Decision.objects.filter(reason="other").exclude(words="").exists()
    for kind in ("encounter", "decision", "outcome"):
        assert Void.objects.filter(**{f"{kind}__isnull": False}).exists()
    assert set(EnrolmentChange.objects.values_list("to", flat=True)) == {
        "eligible", "enrolled", "declined", "left",
    }  # fmt: skip
    assert Enrolment.objects.filter(episode=2).exists()
    assert set(Performance.objects.values_list("status", flat=True)) == {
        "done", "not-done", "unknown",
    }  # fmt: skip
    corrected = Decision.objects.values("opportunity").annotate(n=Count("pk"))
    assert corrected.filter(n__gt=1).exists()


def test_nothing_happens_from_the_last_day_on(appendicitis):
    assert not Encounter.objects.filter(visit_time__gte=UNTIL).exists()
    assert not Encounter.objects.filter(signed_at__gte=UNTIL).exists()
    for model in (Revision, Decision, Outcome, Void, EnrolmentChange, Performance):
        assert not model.objects.filter(recorded_at__gte=UNTIL).exists()
    first = Encounter.objects.order_by("visit_time").first()
    assert first.visit_time > datetime(2024, 5, 1, tzinfo=UTC)


def test_the_same_seed_makes_the_same_patients():
    publish(library("torus-fracture"))
    simulate("torus-fracture", 30)
    first = told()
    sites = list(Site.objects.all())
    for site in sites:  # elsewhere, so that nothing is there before
        Site.objects.filter(pk=site.pk).update(key=f"old-{site.key}")

    simulate("torus-fracture", 30)

    again = told()
    assert len(again) == 2 * len(first)
    assert Counter(map(str, again)) == Counter({str(row): 2 for row in first})


def test_another_seed_makes_others():
    publish(library("torus-fracture"))
    simulate("torus-fracture", 10, seed=1)
    simulate("torus-fracture", 10, seed=2)

    answers = [str(row[3:]) for row in told()]
    assert Patient.objects.count() == 20
    assert len(set(answers)) > 15


def test_twice_is_once_and_more_adds():
    publish(library("torus-fracture"))
    simulate("torus-fracture", 10)
    before = told()

    assert "0 synthetic patients made, 10 there before" in simulate(
        "torus-fracture", 10
    )
    assert told() == before
    assert "5 synthetic patients made, 10 there before" in simulate(
        "torus-fracture", 15
    )
    assert [row for row in told() if row in before] == before


def test_signed_rows_are_what_the_core_makes_of_them(appendicitis):
    compiled = appendicitis.content.compiled
    for revision in Revision.objects.filter(cause=Cause.SIGNED)[:60]:
        encounter = revision.encounter
        context = context_of(encounter)
        sealed = seal(
            compiled, revision.answers, visit=encounter.visit, context=context
        )
        assert to_json(context) == revision.context
        assert {k: getattr(revision, k) for k in sealed.columns()} == sealed.columns()
        keys = [row.key for row in encounter.opportunities.all()]
        assert keys == list(sealed.advice)


def test_follow_ups_read_the_visit_before():
    publish(library("torus-fracture"))
    simulate("torus-fracture", 120)

    follow_ups = Revision.objects.filter(cause=Cause.SIGNED, previous__isnull=False)
    assert follow_ups.count() > 30
    amended = Encounter.objects.filter(revisions__cause=Cause.AMENDED)
    steady = follow_ups.exclude(previous__encounter__in=amended)
    for revision in steady:
        assert to_json(context_of(revision.encounter)) == revision.context
        assert revision.previous.encounter.visit_time < revision.encounter.visit_time


def test_every_bucket_is_marked(appendicitis):
    site = "site__time_zone"
    signed = Encounter.objects.signed().select_related("site").order_by(site)
    marks = Mark.objects.filter(version__isnull=False)

    marked = set(marks.values_list("version", "site", "month", "origin"))

    assert marked == {bucket_of(encounter) for encounter in signed}
    enrolled = set(Mark.objects.filter(scamp__isnull=False).values_list("month"))
    opened = Enrolment.objects.dates("opened_at", "month")
    assert enrolled == {(month,) for month in opened}


def test_the_demo_clinician_finds_work():
    publish(library("suspected-appendicitis"))
    demo = UserFactory(username="clinician")

    simulate("suspected-appendicitis", 60)

    drafts = Encounter.objects.drafts()
    assert drafts.count() >= 2
    assert {draft.opened_by for draft in drafts} == {demo}
    assert Encounter.objects.signed().filter(signed_by=demo).exists()


def test_simulated_clinicians_cannot_sign_in(appendicitis):
    for user in User.objects.filter(username__startswith="simulated"):
        assert not user.is_active
        assert not user.has_usable_password()


def test_no_synthetic_patient_at_a_real_site():
    publish(library("torus-fracture"))
    site = SiteFactory()

    with pytest.raises(CommandError, match="sandbox sites only"):
        simulate("torus-fracture", 5, site=site.key)

    assert not Patient.objects.exists()


def test_one_site_can_be_named():
    publish(library("torus-fracture"))
    site = SiteFactory(is_sandbox=True)

    simulate("torus-fracture", 5, site=site.key)

    assert set(Patient.objects.values_list("site", flat=True)) == {site.pk}


def test_queries_do_not_follow_the_patients(django_assert_max_num_queries):
    publish(library("torus-fracture"))
    simulate("torus-fracture", 4)

    with django_assert_max_num_queries(80):
        simulate("torus-fracture", 204)


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ("element: temperature", "element: heat", "'heat' is not known"),
        ("truth: {other: 55", "truth: {nobody: 55", "given|not known"),
        ("actions: [ultrasound]", "actions: [scan]", "'scan' is not known"),
        ("no-sonographer: 5", "moon: 5", "'moon' is not known"),
        ("visit: first", "visit: last", "'last' is not known"),
        ("letter: A", "letter: AB", "match"),
    ],
)
def test_a_wrong_simulation_is_refused_with_its_line(tmp_path, was, now, words):
    publish(library("suspected-appendicitis"))
    source = settings.BASE_DIR / "library/suspected-appendicitis/simulation.yaml"
    path = tmp_path / "simulation.yaml"
    path.write_text(Path(source).read_text().replace(was, now, 1))

    with pytest.raises(CommandError, match=rf"simulation.yaml:\d+:\d+ .*({words})"):
        simulate("suspected-appendicitis", 5, simulation=path)
