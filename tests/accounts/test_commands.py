"""What an operator does from the command line: sites, users, roles."""

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actions import add_demo_users, sync_roles
from accounts.models import Site, User
from accounts.permissions import has_role, is_clinician_at
from tests.factories import PASSWORD, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles(db):
    sync_roles(roles=settings.ROLES)


def test_a_new_user_chooses_a_password_once_at_the_printed_address(client, capsys):
    call_command("add_user", "new", name="New")
    link = capsys.readouterr().out.splitlines()[-1]

    form_at = client.get(link).url
    client.post(form_at, {"password1": PASSWORD, "password2": PASSWORD})

    assert User.objects.get(username="new").check_password(PASSWORD)
    assert "no longer works" in client.get(link).content.decode()


def test_a_user_needs_a_name_that_can_stand_beside_a_signature():
    with pytest.raises(CommandError, match="--name"):
        call_command("add_user", "new")


def test_a_taken_user_name_is_refused():
    UserFactory(username="taken")

    with pytest.raises(CommandError, match="already exists"):
        call_command("add_user", "taken", name="New")


def test_a_role_is_granted_and_ended_from_tomorrow():
    user, site = UserFactory(), SiteFactory()

    call_command("grant_role", user.username, "clinician", site.key)
    assert is_clinician_at(user, site)
    call_command("grant_role", user.username, "clinician", site.key, end=True)

    membership = user.memberships.get()
    assert membership.ends_on == timezone.now().date()


def test_a_demo_user_is_refused_a_real_site():
    add_demo_users(password=PASSWORD, is_trial=True, at=timezone.now())
    site = SiteFactory()

    with pytest.raises(CommandError, match="stays in the sandbox"):
        call_command("grant_role", "clinician", "clinician", site.key)

    assert not has_role(User.objects.get(username="clinician"), "clinician", site)


@pytest.mark.parametrize("role", ["family", "surgeon"])
def test_a_role_that_opens_nothing_is_refused(role):
    user, site = UserFactory(), SiteFactory()

    with pytest.raises(CommandError):
        call_command("grant_role", user.username, role, site.key)


def test_a_site_is_opened_with_its_time_zone():
    call_command("add_site", "ward-3", "Ward 3", time_zone="Europe/Berlin")

    assert not Site.objects.get(key="ward-3").is_sandbox


def test_a_time_zone_that_does_not_exist_is_refused():
    with pytest.raises(CommandError, match="time zone"):
        call_command("add_site", "ward-3", "Ward 3", time_zone="Mars")
