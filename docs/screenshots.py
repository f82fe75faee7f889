"""Take the pictures of the documents from a running trial run: every page.

    python docs/screenshots.py [http://localhost:8000] [--only plan sign] [--whole]
        [--width 1280 390] [--scheme light] [--to FOLDER]

Each page is taken at 1280 and 820 wide, light and dark, into docs/screenshots/: what is
seen without scrolling, or the whole of it. It needs the demo users and some made-up
patients (`make run`), and Debian's Chromium. It makes what it needs to see once: a visit
with an advice, a signed one and its amendment, a remark, a merge, a draft of a plan. A
page that cannot be reached is named at the end, and the exit status is then 1.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright
from scenes import PLAN, prepare

FOLDER = Path(__file__).parent / "screenshots"
PASSWORD = "sandbox-demo"  # noqa: S105  the public password of demo users
HEIGHT = 1150
WIDTHS = [1280, 820]
SCHEMES = ["light", "dark"]

# Name of the picture, who looks (None: nobody yet), the address. Words in braces are
# numbers that `scenes.prepare` finds on the pages.
PAGES: list[tuple[str, str | None, str]] = [
    ("sign-in", None, "/accounts/login/"),
    ("forgotten-password", None, "/accounts/password/reset/"),
    ("worklist", "clinician", "/"),
    ("worklist-site", "clinician", "/?show=site"),
    ("task", "clinician", "/tasks/{task}/"),
    ("patients", "clinician", "/patients/"),
    ("register", "clinician", "/patients/new/"),
    ("patient", "clinician", "/patients/{patient}/"),
    ("correct", "clinician", "/patients/{patient}/correct/"),
    ("propose-merge", "clinician", "/patients/{patient}/merge/"),
    ("enrol", "clinician", "/patients/{patient}/enrol/?scamp={other}"),
    ("decline", "clinician", "/enrolments/{waiting}/decline/"),
    ("open", "clinician", "/enrolments/{enrolment}/open/"),
    ("chart", "clinician", "/enrolments/{seen}/"),
    ("outcomes", "clinician", "/enrolments/{seen}/outcomes/"),
    ("encounter-empty", "clinician", "/encounters/{empty}/"),
    ("encounter", "clinician", "/encounters/{advised}/"),
    ("earlier", "clinician", "/feedback/earlier/{advised}/"),
    ("basis", "clinician", "/encounters/{advised}/basis/"),
    ("remark", "clinician", "/encounters/{advised}/remark/?node={node}"),
    ("move", "clinician", "/encounters/{advised}/move/"),
    ("void", "clinician", "/encounters/{advised}/void/"),
    ("sign", "clinician", "/encounters/{advised}/sign/"),
    ("signed", "clinician", "/encounters/{signed}/"),
    ("amend", "clinician", "/encounters/{signed}/amend/"),
    ("note", "clinician", "/encounters/{signed}/note/"),
    ("done", "clinician", "/encounters/{signed}/done/"),
    ("decide", "clinician", "/opportunities/{opportunity}/decide/"),
    ("decisions", "clinician", "/opportunities/{opportunity}/decisions/"),
    ("void-decision", "clinician", "/decisions/{decision}/void/"),
    ("became", "clinician", "/feedback/own/"),
    ("own-figures", "clinician", "/feedback/own/figures/"),
    ("kept", "clinician", "/accounts/kept/"),
    ("password", "clinician", "/accounts/password/change/"),
    ("second-factor", "clinician", "/accounts/2fa/"),
    ("not-found", "clinician", "/nowhere/"),
    ("plans", "clinician", "/plans/"),
    ("plan", "clinician", f"/plans/{PLAN}/1/"),
    ("paper", "clinician", f"/plans/{PLAN}/1/paper/"),
    ("remarks", "committee-member", f"/plans/{PLAN}/remarks/"),
    ("reports", "committee-member", "/reports/"),
    ("report", "committee-member", f"/reports/{PLAN}/1/"),
    ("over-time", "committee-member", f"/reports/{PLAN}/1/over-time/"),
    ("merge", "clinician", "/merges/{merge}/"),
    ("void-outcome", "data-manager", "/outcomes/{outcome}/void/"),
    ("outline", "publisher", f"/plans/{PLAN}/2/outline/"),
    ("outline-part", "publisher", f"/plans/{PLAN}/2/outline/nodes/risk/"),
    ("edit-plan", "publisher", f"/plans/{PLAN}/2/edit/"),
    ("tree", "publisher", f"/plans/{PLAN}/1/tree/"),
    ("preview", "publisher", f"/plans/{PLAN}/2/preview/"),
    ("comments", "publisher", f"/plans/{PLAN}/2/comments/"),
    ("history", "publisher", f"/plans/{PLAN}/2/history/"),
    ("replay", "publisher", f"/plans/{PLAN}/2/replay/"),
    ("alerts", "publisher", "/plans/torus-fracture/alerts/"),
    ("alert", "publisher", "/plans/torus-fracture/alerts/{alert}/"),
    ("drafts", "clinician", f"/plans/{PLAN}/drafts/"),
    ("committee", "publisher", f"/plans/{PLAN}/committee/"),
    ("cases", "publisher", f"/plans/{PLAN}/2/cases/"),
    ("case", "publisher", f"/plans/{PLAN}/2/cases/{{case}}/"),
    ("case-new", "publisher", f"/plans/{PLAN}/2/cases/new/"),
    ("review-plan", "publisher", f"/plans/{PLAN}/2/review/"),
    ("changes", "publisher", f"/plans/{PLAN}/2/since/1/"),
    ("step", "publisher", f"/plans/{PLAN}/1/step/withdraw/"),
]


def sign_in(page: Page, base: str, username: str) -> None:
    """Sign in as a demo user."""
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "login" not in url)


def take(browser: Browser, base: str, chosen: argparse.Namespace) -> list[str]:
    """Take each picture that was asked for (all, if none was named); what failed."""
    entered: dict[str | None, list] = {}

    def signed_in(user: str | None) -> Page:
        if user not in entered:
            page = browser.new_context(locale="en-GB").new_page()
            page.set_default_timeout(10_000)
            if user:
                sign_in(page, base, user)
            entered[user] = page
        return entered[user]

    numbers = prepare(base, signed_in)
    missed = []
    for name, user, address in PAGES:
        if not chosen.only or name in chosen.only:
            try:
                take_one(signed_in(user), base, (name, address, numbers), chosen)
            except (Error, KeyError, NotShown) as problem:
                missed.append(f"{name}: {problem}".splitlines()[0])
    return missed


class NotShown(Exception):
    """The address answers no page to this user."""


def take_one(
    page: Page,
    base: str,
    asked: tuple[str, str, dict[str, str]],
    chosen: argparse.Namespace,
) -> None:
    """One page in all looks that were asked for."""
    name, address, numbers = asked
    at = address.format_map(numbers)
    shown = page.goto(base + at)
    expected = 404 if name == "not-found" else 200
    if "//" in at or shown is None or shown.status != expected:
        raise NotShown(f"{at} answers {shown and shown.status}")
    page.wait_for_load_state("networkidle")
    for width, scheme in product(chosen.widths, chosen.schemes):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate("scrollTo(0, 0)")
        path = chosen.to / f"{name}-{width}-{scheme}.png"
        page.screenshot(path=path, full_page=chosen.whole)


def asked() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base", nargs="?", default="http://localhost:8000")
    parser.add_argument("--only", nargs="*", default=[], help="names of pictures")
    parser.add_argument("--width", dest="widths", type=int, nargs="*", default=WIDTHS)
    parser.add_argument("--scheme", dest="schemes", nargs="*", default=SCHEMES)
    parser.add_argument("--whole", action="store_true", help="to the page's end")
    parser.add_argument("--to", type=Path, default=FOLDER, help="where they go")
    return parser.parse_args()


def main() -> None:
    chosen = asked()
    chosen.to.mkdir(parents=True, exist_ok=True)
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # as Chromium demands
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=as_root
        )
        missed = take(browser, chosen.base.rstrip("/"), chosen)
        browser.close()
    if missed:
        sys.exit("\n".join(["Not taken:", *missed]))


if __name__ == "__main__":
    main()
