"""An evidence alert stands beside the advice of the very steps it touches."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scamps.actions.alerts import dismiss, raise_alert
from tests.carepaths.factories import HOME, OPERATE, SCAN, saved
from tests.carepaths.test_autosave import autosave
from tests.carepaths.test_views import body, client, clinician, draft, fever, site
from tests.carepaths.test_views_encounters import form
from tests.factories import UserFactory

__all__ = ["client", "clinician", "draft", "fever", "site"]  # fixtures
WORDS = "Wait for a second opinion."


@pytest.fixture
def alert(draft):
    return raise_alert(
        version=draft.version,
        kind="trial",
        title="Operating harms",
        source="Lancet 2026",
        words=WORDS,
        nodes=["operate", "result"],
        by=UserFactory(),
        at=timezone.now(),
    )


def test_it_stands_beside_the_advice_of_its_step_and_of_no_other(client, draft, alert):
    saved(draft, **HOME)
    assert WORDS not in body(client.get(draft.get_absolute_url()))

    saved(draft, **OPERATE)

    page = body(client.get(draft.get_absolute_url()))
    assert WORDS in page
    assert alert.get_absolute_url() in page


def test_it_stands_where_the_plan_waits_at_its_step(client, draft, alert):
    saved(draft, **SCAN)  # waits at `result`

    assert WORDS in body(client.get(draft.get_absolute_url()))


def test_it_comes_with_the_next_save_of_an_open_form(client, draft, alert):
    sent = form(draft, guarding="true")

    assert WORDS in body(autosave(client, draft, sent, "?advice"))


def test_closed_it_stands_no_more(client, draft, alert):
    saved(draft, **OPERATE)
    dismiss(alert=alert, words="Another kind", by=UserFactory(), at=timezone.now())

    assert WORDS not in body(client.get(draft.get_absolute_url()))


def test_it_costs_the_page_no_query(client, draft, request):
    saved(draft, **OPERATE)
    client.get(draft.get_absolute_url())
    with CaptureQueriesContext(connection) as before:
        client.get(draft.get_absolute_url())
    request.getfixturevalue("alert")

    with CaptureQueriesContext(connection) as after:
        assert WORDS in body(client.get(draft.get_absolute_url()))

    assert len(after) == len(before)
