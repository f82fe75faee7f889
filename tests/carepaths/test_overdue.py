"""A plan past its next review says so wherever it is used or read."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from scamps.models import State
from tests.carepaths.factories import OPERATE, episode, move, opened, publish, saved
from tests.carepaths.plan import FEVER
from tests.carepaths.test_views import body, client, clinician, site

__all__ = ["client", "clinician", "site"]  # fixtures
FLAG = "and the committee has not renewed it"


def reviewed_by(days):
    day = timezone.now().date() + timedelta(days=days)
    return publish(f"{FEVER}provenance: {{next_review: {day.isoformat()}}}\n")


def pages_of(version, site, clinician):
    """Every page on which the version is used or read, by its name."""
    enrolment = episode(scamp=version.scamp, site=site, by=clinician)
    draft = saved(opened(enrolment, by=clinician), **OPERATE)
    key = [version.scamp.key, version.number]
    return {
        "step": draft.get_absolute_url(),
        "sign": reverse("carepaths:sign", args=[draft.pk]),
        "open": reverse("carepaths:open", args=[enrolment.pk]),
        "version": version.get_absolute_url(),
        "paper": reverse("carepaths:paper", args=key),
        "report": reverse("feedback:report", args=key),
    }


def test_a_plan_past_its_review_says_so_wherever_it_is_used_or_read(
    client, site, clinician
):
    pages = pages_of(reviewed_by(-1), site, clinician)

    silent = [name for name, url in pages.items() if FLAG not in body(client.get(url))]

    assert silent == []
    assert "Review overdue since" in body(client.get(reverse("scamps:scamps")))


@pytest.mark.parametrize("days", [0, 400], ids=["today", "in a year"])
def test_before_its_day_is_over_nothing_is_flagged(client, site, clinician, days):
    pages = pages_of(reviewed_by(days), site, clinician)

    assert [name for name, url in pages.items() if FLAG in body(client.get(url))] == []


def test_two_months_before_the_list_of_plans_tells(client):
    reviewed_by(30)

    page = body(client.get(reverse("scamps:scamps")))

    assert "Review due by" in page
    assert "Review overdue" not in page


def test_what_was_taken_back_is_not_reviewed_any_more(client):
    move(reviewed_by(-1), State.WITHDRAWN)

    assert "Review overdue" not in body(client.get(reverse("scamps:scamps")))
