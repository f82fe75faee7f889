"""What the browser prints of a paper form: the version and the number on each page."""

from __future__ import annotations

import pypdfium2
from django.urls import reverse
from playwright.sync_api import Page

from accounts.models import User
from tests.carepaths.factories import DAY, NOON, episode, signed
from tests.factories import PASSWORD, MembershipFactory, library_version


def sign_in(page: Page, base: str, user: User) -> None:
    page.goto(base + reverse("account_login"))
    page.fill("[name=login]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)


def test_each_printed_page_has_its_number_and_the_version(
    page: Page, live_server, tmp_path
):
    version = library_version()
    member = MembershipFactory()
    sign_in(page, live_server.url, member.user)
    address = reverse("carepaths:paper", args=[version.scamp.key, version.number])

    for size in ("A4", "Letter"):
        page.goto(live_server.url + address)
        page.pdf(path=tmp_path / "paper.pdf", format=size)
        document = pypdfium2.PdfDocument(tmp_path / "paper.pdf")
        found = [one.get_textpage().get_text_bounded() for one in document]

        assert len(found) > 3
        for number, text in enumerate(found, 1):
            assert f"version 1, SHA-256 {version.content_id[:12]}" in text
            assert f"Page {number} of {len(found)}" in " ".join(text.split())


def test_yes_and_no_differ_on_paper(page: Page, live_server, tmp_path):
    member = MembershipFactory(site__is_sandbox=True)
    scamp = library_version().scamp
    enrolment = episode(scamp=scamp, site=member.site, by=member.user)
    for visit, yes in enumerate([True, True, False]):
        signed(enrolment, by=member.user, visit_time=NOON + visit * DAY, nausea=yes)
    sign_in(page, live_server.url, member.user)
    page.goto(live_server.url + reverse("carepaths:chart", args=[enrolment.pk]))

    page.pdf(path=tmp_path / "chart.pdf", format="A4")  # without backgrounds

    inked = []
    for name in ("yes", "no"):
        box = page.locator(f".marks .pip-{name}").first
        edge = box.evaluate("each => parseFloat(getComputedStyle(each).borderTopWidth)")
        inked.append(2 * edge / box.evaluate("each => each.offsetWidth"))
    assert inked[0] >= 1  # filled by its edge, which paper keeps
    assert inked[1] < 0.5
    assert (tmp_path / "chart.pdf").stat().st_size > 0
