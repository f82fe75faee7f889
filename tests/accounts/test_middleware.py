"""Sessions that end by themselves; roles asked once per request."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/accounts/logout/"


def age_session(client, **changes: int) -> None:
    """Put the session's own marks *changes* seconds into the past."""
    session = client.session
    for mark, seconds in changes.items():
        session[mark] = int(timezone.now().timestamp()) - seconds
    session.save()


def test_a_session_ends_after_idle_minutes(client):
    client.force_login(UserFactory())
    client.get(PAGE)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert "/login/" in client.get(PAGE).url


def test_a_request_starts_the_idle_time_anew(client):
    client.force_login(UserFactory())
    client.get(PAGE)
    age_session(client, used=120)
    Session.objects.update(expire_date=timezone.now() + timedelta(seconds=20))

    client.get(PAGE)

    left = Session.objects.get().expire_date - timezone.now()
    assert left > timedelta(seconds=settings.SESSION_COOKIE_AGE - 60)


def test_polling_does_not_start_the_idle_time_anew(client):
    client.force_login(UserFactory())
    client.get(PAGE)
    age_session(client, used=120)
    soon = timezone.now() + timedelta(seconds=20)
    Session.objects.update(expire_date=soon)

    client.get(PAGE, headers={"X-Background": "1"})

    assert Session.objects.get().expire_date == soon


def test_a_session_ends_with_the_shift_however_busy(client):
    client.force_login(UserFactory())
    client.get(PAGE)
    age_session(client, began=settings.SESSION_LONGEST_HOURS * 3600 + 5)

    assert "/login/" in client.get("/accounts/password/change/").url
    assert "_auth_user_id" not in client.session


def test_a_page_asks_for_the_roles_once(client, django_assert_max_num_queries):
    membership = MembershipFactory()
    client.force_login(membership.user)
    client.get(PAGE)

    with django_assert_max_num_queries(4):  # session, user, roles, sandbox
        client.get(PAGE)
