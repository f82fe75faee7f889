"""The admin shows rows and changes none."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.admin import ReadOnlyAdmin
from tests.factories import MembershipFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_everything_in_the_admin_is_read_only():
    shown = admin.site._registry.values()

    assert shown
    assert all(isinstance(one, ReadOnlyAdmin) for one in shown)


def test_the_admin_has_no_sign_in_page_of_its_own(client):
    response = client.get(reverse("admin:login") + "?next=/admin/")

    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/admin/"


def test_no_table_that_names_patients_is_in_the_admin():
    shown = {model._meta.label_lower for model in admin.site._registry}

    assert not shown & {"carepaths.patient", "carepaths.identity"}


def test_an_admin_page_offers_no_change(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    site = SiteFactory()

    page = client.get(reverse("admin:accounts_site_change", args=[site.pk]))
    refused = client.post(
        reverse("admin:accounts_site_change", args=[site.pk]), {"name": "Other"}
    )

    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert refused.status_code == 403


def test_the_admin_never_shows_a_password_hash(client):
    user = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(user)

    page = client.get(reverse("admin:accounts_user_change", args=[user.pk]))

    assert user.password not in page.content.decode()


def test_staff_who_are_no_superusers_see_no_rows(client):
    membership = MembershipFactory(user__is_staff=True)
    client.force_login(membership.user)

    response = client.get(reverse("admin:accounts_membership_changelist"))

    assert response.status_code == 403
