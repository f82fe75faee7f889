"""Make what the pictures show, as a person would: by clicking through a trial run.

`prepare` makes it once and finds it again by its name; it returns the numbers that the
addresses of `screenshots.PAGES` hold in braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urljoin

from playwright.sync_api import Page

PLAN = "suspected-appendicitis"
NAME = "Sample, Alex"
HIGH = {
    "pain_migration": "Yes",
    "nausea": "Yes",
    "anorexia": "No",
    "rlq_tenderness": "Yes",
    "cough_pain": "Yes",
    "peritonitis": "Local",
    "neutrophilia": "No",
}
SignIn = Callable[[str], Page]  # a page of the user of that name


def prepare(base: str, signed_in: SignIn) -> dict[str, str]:
    """Number by word, of what PAGES shows; made where it is not there yet."""
    page = signed_in("clinician")
    page.goto(base + "/patients/")
    _search(page, NAME)
    if not page.locator("#found .list-link", has_text=NAME).count():
        _make(page, base)
    return _found(page, base) | _plan(signed_in("publisher"), base)


def _search(page: Page, words: str) -> None:
    page.fill("#q", words)
    page.get_by_role("button", name="Search").click()
    page.wait_for_load_state("networkidle")


def _make(page: Page, base: str) -> None:
    """A patient registered twice; a signed visit that deviated, and a draft."""
    _register(page, base, "00-4712", "Sampel, Alex")
    _register(page, base, "00-4711", NAME)
    patient = page.url
    page.goto(f"{patient}enrol/?scamp={PLAN}")
    page.get_by_role("button", name="Enrol and open an encounter").click()
    _open(page)
    _answer(page)
    page.locator(".decide-deviated").first.click()
    page.locator(".reasons label").nth(1).click()
    _saved(page)
    page.get_by_role("button", name="Review and sign").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_load_state("networkidle")
    for _ in range(2):
        page.goto(patient)
        page.get_by_role("link", name="Open an encounter").first.click()
        _open(page)
    _answer(page)
    _tell(page)
    page.goto(f"{patient}merge/")
    page.fill("[name=record_number]", "00-4712")
    page.fill("[name=reason]", "The same wristband")
    page.get_by_role("button", name="Propose the merge").click()
    page.wait_for_load_state("networkidle")


def _register(page: Page, base: str, number: str, name: str) -> None:
    page.goto(base + "/patients/new/")
    site = page.locator("#id_site option")
    if site.count():
        page.locator("#id_site").select_option(index=1)
    page.fill("[name=record_number]", number)
    page.fill("[name=name]", name)
    page.fill("[name=birth_day]", "14")
    page.locator("[name=birth_month]").select_option(index=3)
    page.fill("[name=birth_year]", "2015")
    page.locator("label", has_text="Female").click()
    page.get_by_role("button", name="Register").click()
    page.wait_for_load_state("networkidle")
    taken = page.get_by_role("link", name="Open the patient who has this number")
    if taken.count():
        taken.click()
    elif page.url.endswith("/new/"):
        page.get_by_role("button", name="Another person: go on").click()
    page.wait_for_url(re.compile(r"/patients/\d+/$"))


def _open(page: Page) -> None:
    page.wait_for_url("**/open/")
    page.get_by_role("button", name="Open", exact=True).click()
    page.wait_for_url(re.compile(r"/encounters/\d+/$"))


def _answer(page: Page) -> None:
    for key, label in HIGH.items():
        words = re.compile(f"^{label}$")
        page.locator(f"#i-{key} .choice label", has_text=words).click()
    page.fill("#a-temperature", "38.4")
    page.fill("#a-wbc", "9.1")
    page.press("#a-wbc", "Tab")
    page.locator(".one-action").first.wait_for()
    _saved(page)


def _saved(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)  # a pause in typing, after which it saves


def _tell(page: Page) -> None:
    page.locator(".tell-button").first.click()
    page.wait_for_load_state("networkidle")


def _found(page: Page, base: str) -> dict[str, str]:
    """What the patient's pages lead to."""
    page.goto(base + "/patients/")
    _search(page, NAME)
    page.locator("#found .list-link", has_text=NAME).first.click()
    page.wait_for_url(re.compile(r"/patients/\d+/$"))
    found = {"patient": _number(page.url)}
    found["enrolment"] = _first(page, r"/enrolments/(\d+)/$")
    encounters = _all(page, r"/encounters/(\d+)/$")
    for one in encounters:
        page.goto(f"{base}/encounters/{one}/")
        found |= _standing(page, one)
    page.goto(f"{base}/encounters/{found['signed']}/")
    found["opportunity"] = _first(page, r"/opportunities/(\d+)/decisions/$")
    page.goto(f"{base}/encounters/{found['advised']}/basis/")
    found["node"] = _first(page, r"/remark/\?node=([\w-]+)$")
    page.goto(base + "/?show=site")
    found["task"] = _first(page, r"/tasks/(\d+)/$")
    page.goto(f"{base}/patients/{found['patient']}/")
    found["merge"] = _first(page, r"/merges/(\d+)/$")
    if not _first(page, r"/enrolments/(\d+)/decline/$"):
        page.goto(urljoin(page.url, "enrol/?scamp=pediatric-chest-pain"))
        page.get_by_role("button", name="Fits, decide later").click()
        page.goto(f"{base}/patients/{found['patient']}/")
    found["waiting"] = _first(page, r"/enrolments/(\d+)/decline/$")
    found["other"] = _first(page, r"/enrol/\?scamp=([\w-]+)$")
    return found | _seen(page, base)


def _standing(page: Page, encounter: str) -> dict[str, str]:
    if not page.locator("#encounter").count():
        return {"signed": encounter}
    is_advised = page.locator("#advice .one-action").count()
    return {"advised": encounter} if is_advised else {"empty": encounter}


def _seen(page: Page, base: str) -> dict[str, str]:
    """Somebody with a signed visit and an outcome."""
    page.goto(base + "/patients/")
    for address in _all(page, r"(/patients/\d+/)$")[:30]:
        page.goto(base + address)
        if page.locator("h3", has_text="Outcomes").count():
            if not (seen := _first(page, r"/enrolments/(\d+)/$")):
                continue
            page.goto(f"{base}/enrolments/{seen}/outcomes/")
            outcome = _first(page, r"/outcomes/(\d+)/void/$")
            found = {"seen": seen, "outcome": outcome}
            return found | _decision(page, f"{base}/enrolments/{seen}/")
    return {}


def _decision(page: Page, chart: str) -> dict[str, str]:
    """A decision of somebody else, which a colleague may void."""
    page.goto(chart)
    page.goto(urljoin(chart, _first(page, r"(/encounters/\d+/)$")))
    page.goto(urljoin(chart, _first(page, r"(/opportunities/\d+/decisions/)$")))
    return {"decision": _first(page, r"/decisions/(\d+)/void/$")}


def _plan(page: Page, base: str) -> dict[str, str]:
    """A draft of the plan's next version, commented on, and replayed over the past."""
    if page.goto(f"{base}/plans/{PLAN}/2/edit/").status != 200:
        page.goto(f"{base}/plans/{PLAN}/1/")
        page.get_by_role("button", name="Write the next version").click()
        page.wait_for_load_state("networkidle")
        _change(page, f"{base}/plans/{PLAN}/2/")
    page.goto(f"{base}/plans/{PLAN}/2/cases/")
    case = _all(page, r"/cases/(\d+)/")[0]
    return {"case": case, "alert": _alert(page, f"{base}/plans/torus-fracture/")}


def _alert(page: Page, plan: str) -> str:
    """An evidence alert on a step of another plan; raised once."""
    page.goto(f"{plan}alerts/")
    if not (made := _first(page, r"/alerts/(\d+)/$")):
        page.locator("#id_kind").select_option("product")
        page.fill("#id_title", "A splint recalled by its maker")
        page.fill("#id_source", "Notice of the maker, no. 2026-114")
        page.fill("#id_words", "Use another splint until the batch is replaced.")
        page.locator("#id_nodes input").last.check()
        page.get_by_role("button", name="Raise it").click()
        page.wait_for_load_state("networkidle")
        page.goto(f"{plan}alerts/")
        made = _first(page, r"/alerts/(\d+)/$")
    return made


def _change(page: Page, version: str) -> None:
    """Image from a score of 3, ask about it, and see what that would have done."""
    page.goto(f"{version}edit/")
    text = page.locator("textarea[name=text]")
    text.fill(text.input_value().replace("pas <= 3", "pas <= 2"))
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{version}comments/?part=nodes/risk")
    page.fill("#id_words", "Do we have enough beds for the ultrasounds at night?")
    page.get_by_role("button", name="Comment").click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{version}replay/")
    page.get_by_role("button", name="Replay over past patients").click()
    page.get_by_role("button", name="Replay again").wait_for(timeout=60_000)


def _all(page: Page, pattern: str) -> list[str]:
    links = page.locator("main a").evaluate_all("all => all.map(a => a.href)")
    paths = [re.search(pattern, urljoin(page.url, one)) for one in links]
    return list(dict.fromkeys(one.group(1) for one in paths if one))


def _first(page: Page, pattern: str) -> str:
    return next(iter(_all(page, pattern)), "")


def _number(address: str) -> str:
    return re.findall(r"\d+", address)[-1]
