"""Take the pictures of the documents from a running trial run.

    python docs/screenshots.py [http://localhost:8000] [--only plans] [--phone] [--whole]

Each page is taken at 1280 and 820 wide, light and dark, into docs/screenshots/: what is
seen without scrolling, or the whole of it.
It needs the demo users (`make run`) and Debian's Chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "screenshots"
PASSWORD = "sandbox-demo"  # noqa: S105  the public password of demo users
HEIGHT = 1150
PHONE = 390

# Name of the picture, who looks (None: nobody yet), the way there: the address to
# begin with, then the words of the links to follow, one by one.
PAGES: list[tuple[str, str | None, str, list[str]]] = [
    ("sign-in", None, "/accounts/login/", []),
    ("worklist", "clinician", "/", []),
    ("patients", "clinician", "/patients/", []),
    ("register", "clinician", "/patients/new/", []),
    ("encounter", "clinician", "/", ["Suspected appendicitis"]),
    ("chart", "clinician", "/patients/?q=SB-0001", ["SB-0001", "Chart"]),
    ("reports", "committee-member", "/reports/", []),
    ("report", "committee-member", "/reports/suspected-appendicitis/1/", []),
    ("plans", "clinician", "/plans/", []),
    ("plan", "clinician", "/plans/suspected-appendicitis/1/", []),
    ("paper", "clinician", "/plans/suspected-appendicitis/1/paper/", []),
    ("second-factor", "clinician", "/accounts/2fa/", []),
    ("not-found", "clinician", "/nowhere/", []),
]


def sign_in(page: Page, base: str, username: str) -> None:
    """Sign in as a demo user."""
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def looks(widths: list[int]) -> Iterator[tuple[int, str]]:
    """Each width in light and in dark."""
    return product(widths, ("light", "dark"))


def take(browser: Browser, base: str, chosen: argparse.Namespace) -> None:
    """Take each picture of PAGES that was asked for (all, if none was named)."""
    widths = [PHONE] if chosen.phone else [1280, 820]
    for (width, scheme), user in product(looks(widths), _users(chosen.only)):
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHT}, color_scheme=scheme
        )
        page = context.new_page()
        if user:
            sign_in(page, base, user)
        for name, seen_by, address, links in PAGES:
            if seen_by == user and (not chosen.only or name in chosen.only):
                page.goto(base + address)
                for words in links:
                    page.get_by_role("link", name=words).first.click()
                page.wait_for_load_state("networkidle")
                path = chosen.to / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=path, full_page=chosen.whole)
        context.close()


def _users(names: list[str]) -> list[str | None]:
    asked = [user for name, user, *_ in PAGES if not names or name in names]
    return list(dict.fromkeys(asked))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", nargs="?", default="http://localhost:8000")
    parser.add_argument("--only", nargs="*", default=[], help="names of pictures")
    parser.add_argument("--phone", action="store_true", help="390 wide instead")
    parser.add_argument("--whole", action="store_true", help="to the page's end")
    parser.add_argument("--to", type=Path, default=FOLDER, help="where they go")
    chosen = parser.parse_args()
    chosen.to.mkdir(parents=True, exist_ok=True)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # as Chromium demands
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=as_root
        )
        take(browser, chosen.base.rstrip("/"), chosen)
        browser.close()


if __name__ == "__main__":
    main()
