"""A form that arrives when its author is signed out is kept, for its author alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import parking
from accounts.models import ParkedForm
from accounts.tasks import forget_parked_forms
from tests.carepaths.factories import OPERATE, saved
from tests.carepaths.test_views import body, clinician, draft, fever, site, url
from tests.carepaths.test_views_encounters import form
from tests.factories import PASSWORD, MembershipFactory, UserFactory

__all__ = ["clinician", "draft", "fever", "site"]  # fixtures
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def browser(clinician):
    client = Client()
    client.force_login(clinician)
    return client


def page_of(browser, draft) -> dict[str, str]:
    """The hidden fields of the draft's page, as a browser would send them."""
    page = body(browser.get(draft.get_absolute_url()))
    return dict(HIDDEN.findall(page.split('id="encounter"')[1].split("<div")[0]))


def end_session(browser):
    del browser.cookies[settings.SESSION_COOKIE_NAME]


def sign_in(browser, user, next_):
    sent = {"login": user.username, "password": PASSWORD, "next": next_}
    return browser.post(reverse("account_login"), sent)


def sent_too_late(browser, draft, **answers):
    hidden = page_of(browser, draft)
    end_session(browser)
    sent = hidden | {f"a.{key}": value for key, value in answers.items()}
    return browser.post(draft.get_absolute_url(), sent)


def test_a_draft_sent_after_the_session_ended_is_kept_and_sent_after_sign_in(
    browser, draft, clinician
):
    asked = sent_too_late(browser, draft, guarding="true", remark="typed at length")

    parked = ParkedForm.objects.get()
    assert asked.url == f"{reverse('account_login')}?next={parked.get_absolute_url()}"
    assert "What you sent is kept" in body(browser.get(asked.url))
    assert sign_in(browser, clinician, parked.get_absolute_url()).status_code == 302
    page = body(browser.get(parked.get_absolute_url()))
    assert draft.enrolment.patient.identity.record_number in page
    kept_form = page.split(f'action="{draft.get_absolute_url()}"')[1]
    replayed = browser.post(
        draft.get_absolute_url(), dict(HIDDEN.findall(kept_form.split("</form>")[0]))
    )

    draft.refresh_from_db()
    assert replayed.status_code == 302
    assert draft.answers["remark"]["value"] == "typed at length"
    assert not ParkedForm.objects.exists()


def test_nobody_else_sees_what_is_kept(browser, draft, site):
    sent_too_late(browser, draft, remark="secret")
    other = MembershipFactory(site=site).user
    address = ParkedForm.objects.get().get_absolute_url()
    sign_in(browser, other, address)

    assert browser.get(address).status_code == 404
    assert browser.post(address).status_code == 404
    assert "Nothing waits for you" in body(browser.get(reverse("kept_forms")))
    assert ParkedForm.objects.exists()


def test_it_rests_encrypted(browser, draft):
    sent_too_late(browser, draft, remark="secret")

    parked = ParkedForm.objects.get()

    assert b"secret" not in bytes(parked.sealed)
    assert ("a.remark", "secret") in parking.opened(parked).fields


def test_the_same_form_sent_twice_is_kept_once(browser, draft):
    hidden = page_of(browser, draft) | {"a.remark": "once"}
    end_session(browser)

    for _ in range(2):
        browser.post(draft.get_absolute_url(), hidden)

    assert ParkedForm.objects.count() == 1


def test_without_a_valid_token_nothing_is_kept(draft, clinician):
    stranger = Client()
    forged = f"{clinician.pk}:1xxxxx:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

    for token in ("", "1", forged):
        sent = form(draft, remark="x") | {"written_by": token}
        asked = stranger.post(draft.get_absolute_url(), sent)
        assert asked.url.startswith(reverse("account_login"))

    assert not ParkedForm.objects.exists()


def test_a_password_is_never_kept(clinician):
    token = parking.written_by(clinician)
    sent = {"oldpassword": "a", "password1": "b", "written_by": token}

    Client().post(reverse("account_change_password"), sent)

    assert not ParkedForm.objects.exists()


def test_what_a_script_sends_is_not_kept(draft, clinician):
    sent = form(draft, remark="x") | {"written_by": parking.written_by(clinician)}

    Client().post(url("advice", draft.pk), sent, headers={"HX-Request": "true"})
    Client().post(url("advice", draft.pk), sent, headers={"Sec-Fetch-Mode": "cors"})

    assert not ParkedForm.objects.exists()


def test_it_is_deleted_after_its_hours(browser, draft, clinician):
    sent_too_late(browser, draft, remark="x")
    past = timezone.now() - timedelta(minutes=1)
    ParkedForm.objects.update(expires_at=past)
    browser.force_login(clinician)
    assert browser.get(ParkedForm.objects.get().get_absolute_url()).status_code == 404

    forget_parked_forms()

    assert not ParkedForm.objects.exists()


def test_it_is_thrown_away_on_request(browser, draft, clinician):
    sent_too_late(browser, draft, remark="x")
    browser.force_login(clinician)

    browser.post(ParkedForm.objects.get().get_absolute_url())

    assert not ParkedForm.objects.exists()


def test_whoever_signs_in_by_another_way_is_told_first(browser, draft, clinician):
    sent_too_late(browser, draft, remark="x")

    answer = sign_in(browser, clinician, "")

    assert answer.url == reverse("kept_forms")
    assert "R-" in body(browser.get(answer.url))


def test_a_form_older_than_the_last_sign_in_is_kept_too(draft, clinician):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(clinician)
    hidden = page_of(browser, draft) | {"a.remark": "before"}
    browser.cookies.pop("csrftoken")  # a sign-in elsewhere gives another

    refused = browser.post(draft.get_absolute_url(), hidden)

    address = ParkedForm.objects.get().get_absolute_url()
    assert refused.status_code == 403
    assert address in body(refused)
    assert "Send it now" in body(browser.get(address))


def test_under_another_user_the_stale_form_is_kept_for_its_author(draft, clinician):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(clinician)
    hidden = page_of(browser, draft) | {"a.remark": "secret"}
    browser.force_login(UserFactory())
    browser.cookies.pop("csrftoken")

    refused = browser.post(draft.get_absolute_url(), hidden)

    assert "secret" not in body(refused)
    assert "Sign in as that person" in body(refused)
    assert ParkedForm.objects.get().user == clinician


def test_a_conflict_after_coming_back_loses_neither_side(browser, draft, clinician):
    sent_too_late(browser, draft, remark="mine")
    saved(draft, remark="theirs", **OPERATE)
    browser.force_login(clinician)
    kept = parking.opened(ParkedForm.objects.get())

    answer = browser.post(kept.path, dict(kept.fields) | {"kept": str(kept.parked.key)})

    assert answer.status_code == 409
    assert "mine" in body(answer)
    assert "theirs" in body(answer)


def test_a_page_of_another_user_is_not_saved_in_the_wrong_name(draft, clinician, site):
    other = Client()
    other.force_login(MembershipFactory(site=site).user)
    sent = form(draft, remark="x") | {"written_by": parking.written_by(clinician)}

    answer = other.post(url("autosave", draft.pk), sent)

    draft.refresh_from_db()
    assert (answer.status_code, answer.json()["reason"]) == (401, "another-user")
    assert draft.answers == {}
