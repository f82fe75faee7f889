"""Calculated values on the pages: live beside the form, and on what was signed."""

from datetime import date

import pytest
from django.urls import reverse

from tests.carepaths.factories import PatientFactory, episode, opened, publish, signed
from tests.carepaths.plan import FEVER
from tests.carepaths.test_views import body, client, clinician, site
from tests.carepaths.test_views_encounters import form

__all__ = ["client", "clinician", "site"]  # fixtures
GROWING = FEVER.replace(
    "elements:",
    """elements:
  - {key: kilos, label: Weight, type: decimal, precision: 1, unit: kg, code: {system: "http://loinc.org", code: 29463-7, display: Body weight}}
  - {key: tall, label: Height, type: decimal, precision: 1, unit: cm, code: {system: "http://loinc.org", code: 8302-2, display: Body height}}""",
).replace(
    "          - element: guarding\n",
    "          - element: guarding\n          - element: kilos\n          - element: tall\n",
)


@pytest.fixture
def plan(db):
    return publish(GROWING).scamp


@pytest.fixture
def child(site):
    born = {"birth_date": date(2017, 3, 10), "birth_date_precision": "day"}
    fields = {f"identity__{key}": value for key, value in born.items()}
    return PatientFactory(site=site, identity__sex="female", **fields)


def test_the_advice_calculates_from_what_is_typed(client, clinician, plan, child):
    draft = opened(episode(scamp=plan, patient=child, by=clinician), by=clinician)
    advice = reverse("carepaths:advice", args=[draft.pk])

    lacking = body(client.post(advice, form(draft, kilos="28,5")))
    complete = body(client.post(advice, form(draft, kilos="28,5", tall="133")))

    assert "needs height" in lacking
    assert "16.1 kg/m²" in complete
    assert "WHO 2006" in complete
    assert "CDC 2000" in complete


def test_what_was_signed_is_calculated_from_the_frozen_birth_date(
    client, clinician, plan, child
):
    visit = signed(
        episode(scamp=plan, patient=child, by=clinician),
        by=clinician,
        kilos="28.5",
        tall="133.0",
        guarding=True,
    )
    child.identity.birth_date = date(2010, 1, 1)
    child.identity.save()

    page = body(client.get(visit.get_absolute_url()))

    assert "9 years" in page
    assert "16.1 kg/m²" in page
    assert "percentile" in page


BY_AGE = FEVER.replace(
    "unit: Cel",
    "unit: Cel\n    by_age: [{until_months: 12, plausible: {low: 36, high: 38}}]",
)


@pytest.mark.parametrize(
    ("born", "flags"),
    [
        ({"birth_date": date(2025, 9, 10), "birth_date_precision": "day"}, 1),
        ({"birth_date": date(2025, 3, 10), "birth_date_precision": "day"}, 0),
        ({"birth_date": date(2025, 9, 1), "birth_date_precision": "month"}, 0),
        ({}, 0),
    ],
    ids=["half a year", "one year", "known to the month", "not known"],
)
def test_what_is_usual_depends_on_the_age_at_the_visit(
    client, clinician, site, born, flags
):
    fields = {f"identity__{key}": value for key, value in born.items()}
    baby = PatientFactory(site=site, **fields)
    scamp = publish(BY_AGE).scamp
    draft = opened(episode(scamp=scamp, patient=baby, by=clinician), by=clinician)

    client.post(draft.get_absolute_url(), form(draft, temperature="39"))

    draft.refresh_from_db()
    said = body(client.get(draft.get_absolute_url()))
    assert draft.answers["temperature"].get("flags", []) == ["implausible"] * flags
    assert ("Usually 36 to 38 °C" in said) == bool(flags)
