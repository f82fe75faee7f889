"""What the browser prints of a paper form: the version and the number on each page."""

from __future__ import annotations

import pypdfium2
from django.urls import reverse
from playwright.sync_api import Page

from tests.factories import PASSWORD, MembershipFactory, library_version


def test_each_printed_page_has_its_number_and_the_version(
    page: Page, live_server, tmp_path
):
    version = library_version()
    member = MembershipFactory()
    page.goto(live_server.url + reverse("account_login"))
    page.fill("[name=login]", member.user.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)
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
