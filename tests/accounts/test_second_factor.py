"""A second factor, from turning it on to signing in with it."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def code_of(secret: str) -> str:
    """What an app on a phone shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_in(client: Client, username: str) -> str:
    """The address that signing in leads to."""
    form = {"login": username, "password": PASSWORD}
    return client.post(reverse("account_login"), form).url


def confirm(client: Client) -> None:
    """Say once more that it is you, as whoever changes the protection must."""
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


@pytest.fixture
def protected(client):
    """A user who turned the second factor on, signed out again; and the secret."""
    user = UserFactory()
    sign_in(client, user.username)
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    client.post(reverse("account_logout"))
    return user, secret


def test_the_page_shows_a_picture_and_the_secret_in_words(client):
    user = UserFactory()
    sign_in(client, user.username)
    confirm(client)

    page = client.get(reverse("mfa_activate_totp"))

    text = page.content.decode()
    assert 'src="data:image/svg+xml' in text
    assert page.context["form"].secret in text


def test_changing_the_protection_asks_for_the_password_again(client):
    user = UserFactory()
    sign_in(client, user.username)

    response = client.get(reverse("mfa_activate_totp"))

    assert reverse("account_reauthenticate") in response.url


def test_a_password_alone_no_longer_opens_the_account(client, protected):
    user, _ = protected

    assert sign_in(client, user.username) == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_a_wrong_code_opens_nothing(client, protected):
    user, _ = protected
    sign_in(client, user.username)

    response = client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_code_of_the_app_opens_the_account_once(client, protected):
    user, secret = protected
    code = code_of(secret)

    for opened in (True, False):
        sign_in(client, user.username)
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert ("_auth_user_id" in client.session) is opened
        client.post(reverse("account_logout"))


def test_a_recovery_code_opens_the_account_once(client, protected):
    user, _ = protected
    codes = user.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()

    for opened in (True, False):
        sign_in(client, user.username)
        client.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert ("_auth_user_id" in client.session) is opened
        client.post(reverse("account_logout"))
