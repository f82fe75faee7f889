"""Signing in and out, and what a browser is told about the pages."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def sign_in(client: Client, username: str, password: str = PASSWORD) -> int:
    """The status of an attempt to sign in: 302 is success, 200 a refusal."""
    form = {"login": username, "password": password}
    return client.post(reverse("account_login"), form).status_code


def test_a_user_signs_in_with_name_and_password(client):
    user = UserFactory()

    assert sign_in(client, user.username) == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_wrong_password_signs_nobody_in(client):
    user = UserFactory()

    assert sign_in(client, user.username, "wrong") == 200
    assert "_auth_user_id" not in client.session


def test_an_inactive_user_does_not_sign_in(client):
    user = UserFactory(is_active=False)

    sign_in(client, user.username)

    assert "_auth_user_id" not in client.session


def test_guessing_a_password_is_stopped_even_with_the_right_one(client):
    user = UserFactory()

    for _ in range(5):
        sign_in(client, user.username, "wrong")

    assert sign_in(client, user.username) == 200
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client):
    form = {"username": "new", "password1": PASSWORD, "password2": PASSWORD}

    response = client.post(reverse("account_signup"), form)

    assert "Nobody signs up here" in response.content.decode()
    assert not type(UserFactory.build()).objects.filter(username="new").exists()


def test_a_link_elsewhere_is_never_followed_after_signing_in(client):
    user = UserFactory()
    form = {"login": user.username, "password": PASSWORD}

    response = client.post(
        reverse("account_login") + "?next=https://evil.invalid/", form
    )

    assert response.url == "/plans/"


def test_signing_in_leads_to_the_first_page_that_the_role_opens(client):
    user = MembershipFactory(role__name="operator").user
    form = {"login": user.username, "password": PASSWORD}

    response = client.post(reverse("account_login"), form)

    assert response.url == "/plans/"


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_logout",
        "mfa_index",
        "account_reauthenticate",
    ],
)
def test_pages_of_the_account_stand_in_the_frame_and_are_not_kept(client, name):
    client.force_login(UserFactory())

    response = client.get(reverse(name))

    assert '<main id="main"' in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_an_unknown_address_says_what_to_do(client):
    client.force_login(UserFactory())

    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert "Go to the first page" in response.content.decode()
