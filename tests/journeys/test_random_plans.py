"""No plan and no answers make a page fail."""

from random import Random
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.carepaths.factories import episode, opened, publish
from tests.factories import MembershipFactory, SiteFactory
from tests.random_plans import random_answers, random_plan


@pytest.mark.parametrize("seed", range(12))
def test_random_plans_and_answers_never_break_a_page(db, seed):
    """Given a random plan, when nonsense is sent, then every page answers."""
    rng = Random(seed)  # noqa: S311 — repeatable, not secret
    version = publish(random_plan(rng))
    site = SiteFactory()
    clinician = MembershipFactory(site=site).user
    client = Client()
    client.force_login(clinician)
    draft = opened(episode(scamp=version.scamp, site=site, by=clinician), by=clinician)
    keys = [one.key for one in version.plan.elements]

    for _ in range(3):
        draft.refresh_from_db()
        sent = random_answers(rng, keys) | {
            "patient": draft.enrolment.patient_id,
            "edit": draft.edit,
            "submission": str(uuid4()),
            "d.advise-0/act.asked": "1",
            "d.advise-0/act.choice": rng.choice(["followed", "deviated", "?"]),
        }
        for name in ("encounter", "advice", "sign"):
            address = reverse(f"carepaths:{name}", args=[draft.pk])
            assert client.post(address, sent).status_code < 500
            assert client.get(address).status_code < 500
    page = reverse("scamps:version", args=[version.scamp.key, version.number])
    assert client.get(page).status_code == 200
