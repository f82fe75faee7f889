"""What a clinician waits for at the bedside, whatever has been stored before.

The step page (a draft with advice) and the fragment of earlier patients are asked for
with 1,000 and with 1,000,000 opportunities of the same plan at the clinician's own
site; and the step page beside a signed-in page that only extends the base. The machine
is never quiet, so each is told in units of that plain page, asked for in turns.
At last a whole visit, from opening to signed, as the page sends it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from statistics import median
from time import perf_counter

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, override_settings
from django.urls import include, path, reverse
from django.utils import timezone

from accounts.models import Membership, Site, User
from benchmarks.bench_rollups import (
    ANSWERS,
    INTENTIONS,
    fill,
    own_database,
    publish,
    tidy,
)
from benchmarks.bounds import hold
from carepaths.actions.encounters import open_encounter, save_draft
from carepaths.actions.enrolments import enrol
from carepaths.models import Encounter, Enrolment, Identity, Opportunity, Patient
from feedback.actions.rollups import rebuild_all
from scamps.models import Version

ROUNDS = 40
SIZES = (1_000, 1_000_000)
MONTHS = 60  # over which the history is spread
DAY = datetime(2026, 3, 10, 11, tzinfo=UTC)
PLAIN = (
    '{% extends "base.html" %}{% block content %}<h1>Nothing here</h1>{% endblock %}'
)
PAGES = ("plain", "step", "earlier")


def plain(request: HttpRequest) -> HttpResponse:
    """A signed-in page that only extends the base."""
    template = engines["django"].from_string(PLAIN)
    return HttpResponse(template.render({}, request))


urlpatterns = [path("plain/", plain), path("", include("config.urls"))]


def main() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    with own_database(), override_settings(ROOT_URLCONF=__name__):
        version, by = publish()
        site = Site.objects.get(key="touched")
        clinician = Group.objects.get_or_create(name="clinician")[0]
        Membership.objects.create(
            user=by,
            role=clinician,
            site=site,
            starts_on=datetime(2020, 1, 1).date(),  # noqa: DTZ001
        )
        draft = fill_in(version, site, by)
        units = {}
        for stored in SIZES:
            missing = stored - Opportunity.objects.count()
            fill(version, by, "touched", 1, missing // 2, months=MONTHS)
            rebuild_all(at=timezone.now())
            tidy()
            times = ask_in_turns(client_of(by), draft)
            told(stored, times)
            units[stored] = {page: times[page] / times["plain"] for page in PAGES}
        small, large = (units[stored] for stored in SIZES)
        hold(
            "Step page, 1,000,000 to 1,000", large["step"] / small["step"], at_most=1.3
        )
        hold(
            "Earlier, 1,000,000 to 1,000",
            large["earlier"] / small["earlier"],
            at_most=1.3,
        )
        hold("Step page to plain page", large["step"], at_most=4)
        hold("A visit, opening to signed", visit(version, site, by), "s", at_most=5)


def client_of(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def person(version: Version, site: Site, by: User) -> Enrolment:
    patient = Patient.objects.create(site=site)
    Identity.objects.create(patient=patient, site=site, record_number=f"B-{patient.pk}")
    return enrol(patient=patient, scamp=version.scamp, by=by, at=timezone.now())


def fill_in(version: Version, site: Site, by: User) -> Encounter:
    """A draft that is advised something, with a decision."""
    who = {"by": by, "at": timezone.now()}
    draft = open_encounter(
        enrolment=person(version, site, by),
        visit="first",
        visit_time=DAY,
        origin="",
        **who,
    )
    return save_draft(
        encounter=draft, answers=ANSWERS, intentions=INTENTIONS, edit=draft.edit, **who
    )


def ask_in_turns(client: Client, draft: Encounter) -> dict[str, float]:
    """The median seconds of each page, asked for in turns."""
    addresses = {
        "plain": "/plain/",
        "step": draft.get_absolute_url(),
        "earlier": reverse("feedback:earlier", args=[draft.pk]) + "?node=low&decided",
    }
    seconds: dict[str, list[float]] = {page: [] for page in PAGES}
    for _ in range(ROUNDS):
        for page in PAGES:
            seconds[page].append(timed(lambda at=addresses[page]: client.get(at)))
    return {page: median(times[5:]) for page, times in seconds.items()}


def timed(ask: Callable[[], HttpResponse]) -> float:
    start = perf_counter()
    answer = ask()
    assert answer.status_code in (200, 302), answer.status_code
    return perf_counter() - start


def told(stored: int, times: dict[str, float]) -> None:
    for page in PAGES:
        hold(f"{page.capitalize()} page with {stored:,}", 1000 * times[page], "ms")


def visit(version: Version, site: Site, by: User) -> float:
    """The server's seconds for one visit: opened, typed in, decided, looked at, signed."""
    client = Session(client_of(by))
    enrolment = person(version, site, by)
    client.get(reverse("carepaths:open", args=[enrolment.pk]))
    opened = client.send(client.at)
    draft = Encounter.objects.filter(enrolment=enrolment).get()
    client.get(opened)
    autosave = reverse("carepaths:autosave", args=[draft.pk]) + "?advice"
    for key, answer in ANSWERS.items():
        value = answer["value"]
        said = str(value).lower() if isinstance(value, bool) else str(value)
        client.save(autosave, {f"a.{key}": said})
    for action in ("low/no-ultrasound", "low/observe"):
        client.save(
            autosave, {f"d.{action}.asked": "1", f"d.{action}.choice": "followed"}
        )
    client.get(reverse("feedback:earlier", args=[draft.pk]) + "?decided", read=False)
    client.get(reverse("carepaths:sign", args=[draft.pk]))
    client.get(client.send(client.at))
    assert Encounter.objects.get(pk=draft.pk).signed_at
    return client.seconds


class Fields(HTMLParser):
    """The fields of the largest form of a page, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.forms: list[dict[str, str]] = []
        self.select = ""
        self.feed(page)
        self.sent = max(self.forms, key=len)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        name, value = at.get("name") or "", at.get("value") or ""
        chosen = at.get("type") not in ("radio", "checkbox") or "checked" in at
        if tag == "form":
            self.sent = {}
            self.forms.append(self.sent)
        elif tag == "select":
            self.select = name
        elif tag == "option" and ("selected" in at or self.select not in self.sent):
            self.sent[self.select] = value
        elif tag == "input" and name and chosen:
            self.sent[name] = value


class Session:
    """Somebody at a browser; what the server takes is added up."""

    def __init__(self, client: Client) -> None:
        self.client, self.seconds, self.at = client, 0.0, ""
        self.fields: dict[str, str] = {}

    def get(self, address: str, *, read: bool = True) -> None:
        answer = self._timed("get", address)
        if read:
            self.at, self.fields = address, Fields(answer.content.decode()).sent

    def send(self, address: str) -> str:
        answer = self._timed("post", address, self.fields)
        assert answer.status_code == 302, answer.content.decode()[:2000]
        return answer.url

    def save(self, address: str, changes: dict[str, str]) -> None:
        self.fields |= changes
        answer = self._timed("post", address, self.fields)
        assert answer.status_code == 200, answer.content.decode()[:2000]
        self.fields["edit"] = str(json.loads(answer.headers["X-Saved"])["edit"])

    def _timed(self, verb: str, address: str, *sent: dict[str, str]) -> HttpResponse:
        start = perf_counter()
        answer = getattr(self.client, verb)(address, *sent)
        self.seconds += perf_counter() - start
        return answer
