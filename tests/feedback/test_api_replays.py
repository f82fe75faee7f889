"""Replays over the API: asked for, followed, cancelled, read."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from feedback.actions.runs import carry_on
from feedback.models import ReplayRun, RunState
from scamps.actions.drafts import start_draft
from scamps.models import Version
from tests.carepaths.factories import NOON, OPERATE, episode, publish, signed
from tests.factories import MembershipFactory, SeatFactory, SiteFactory, UserFactory
from tests.feedback.test_views_replays import MILDER, of

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return SeatFactory(scamp=publish().scamp).user


@pytest.fixture
def draft(reader: User) -> Version:
    return start_draft(plan=MILDER, by=reader, at=NOON)


@pytest.fixture
def client(reader: User) -> Client:
    return of(reader)


def ask(client: Client, number: int = 2):
    return client.post(reverse("api:replays", args=["fever", number]))


def test_a_replay_is_asked_for_and_its_state_is_told(client, draft):
    answer = ask(client)

    assert answer.status_code == 202
    state = client.get(answer["Location"]).json()
    assert (state["state"], state["version"]) == ("waiting", 2)
    assert state["digest"] == draft.content_id
    assert ask(client).json()["id"] == state["id"]


def test_the_result_is_what_is_frozen(client, draft, reader):
    mine = SiteFactory()
    MembershipFactory(user=reader, site=mine)
    seen = signed(episode(scamp=draft.scamp, site=mine), **OPERATE)
    signed(episode(scamp=draft.scamp), **OPERATE)
    told = ask(client).json()
    assert client.get(told["result_url"]).status_code == 409

    run = carry_on(run=ReplayRun.objects.get(), at=NOON)

    found = client.get(told["result_url"]).json()
    assert found == run.evidence.result
    assert found["origins"][0]["numbers"]["changed"] == 2
    listed = client.get(reverse("api:replay_otherwise", args=[run.pk])).json()
    assert listed["results"] == [
        {
            "encounter": seen.pk,
            "before": "operate",
            "after": "home",
            "lost": ["do/surgery/operate"],
            "gained": ["do/watching/watch", "do-not/scan/no-scan"],
        }
    ]


def test_a_replay_is_cancelled_once(client, draft):
    ask(client)
    cancel = reverse("api:cancel_replay", args=[ReplayRun.objects.get().pk])

    assert client.post(cancel).json()["state"] == RunState.CANCELLED
    assert client.post(cancel).status_code == 409


def test_a_replay_is_nobody_elses(client, draft):
    told = ask(client).json()

    for user in (UserFactory(), MembershipFactory().user):
        assert of(user).get(told["state_url"]).status_code == 404


def test_the_schema_tells_of_replays(client):
    schema = client.get(reverse("api:schema"), {"format": "json"}).json()

    start = schema["paths"]["/api/v1/scamps/{key}/versions/{number}/replays/"]["post"]
    assert list(start["responses"]) == ["202"]
    assert "ReplaySerializer" not in str(schema)
    assert schema["components"]["schemas"]["Replay"]["properties"]["walked"]
