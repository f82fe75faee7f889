"""Every page is read by axe-core, wide and narrow, light and dark, and finds no fault.

Pages of other parts are added to PAGES; what they need to exist, to `world`.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page

from accounts.actions.parking import park
from accounts.models import Membership, Site, User
from carepaths.actions.decisions import decide
from carepaths.actions.enrolments import find_eligible
from carepaths.actions.followup import lose
from carepaths.actions.merging import propose_merge
from carepaths.actions.moving import move_drafts
from carepaths.actions.outcomes import record_outcome
from carepaths.actions.remarks import tell
from carepaths.actions.signing import amend
from carepaths.models import Encounter, Enrolment, Identity, Merge, Patient, Task
from feedback.actions.rollups import refresh_all
from feedback.actions.runs import carry_on, start_replay
from feedback.models import ReplayRun
from scamps.actions.adoption import adopt
from scamps.actions.alerts import raise_alert
from scamps.actions.cases import keep_case
from scamps.actions.comments import answer as say
from scamps.actions.comments import begin_thread
from scamps.actions.drafts import EditConflict, save_draft
from scamps.actions.expedited import set_rule
from scamps.actions.presence import be_here
from scamps.core.cases import Case, Expected
from scamps.core.definition import canonical, load_json
from scamps.models import Arrival, Edit, Scamp, Thread, Version
from tests.carepaths.factories import (
    DAY,
    HOME,
    NOON,
    OPERATE,
    answers,
    episode,
    move,
    opened,
    publish,
    saved,
    signed,
)
from tests.carepaths.plan import FEVER
from tests.carepaths.test_note_eligible import OF_BELLY, other_plan
from tests.factories import (
    LONG_AGO,
    MembershipFactory,
    ScampFactory,
    SeatFactory,
    UserFactory,
    VersionFactory,
    active_version,
    library_plan,
    library_version,
    small_plan,
)

AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

OUTLINE = "/plans/outlined/1/outline/"
# What the picture is of, who looks, the address.
PAGES = [
    ("sign-in", "nobody", "/accounts/login/"),
    ("forgotten password", "nobody", "/accounts/password/reset/"),
    ("plans", "clinician", "/plans/"),
    ("no plans", "stranger", "/plans/"),
    ("a plan", "clinician", "/plans/suspected-appendicitis/1/"),
    ("what a version changes", "clinician", "/plans/suspected-appendicitis/2/since/1/"),
    ("paper form", "clinician", "/plans/suspected-appendicitis/1/paper/"),
    ("a new plan", "publisher", "/plans/begin/"),
    ("an empty plan", "publisher", "/plans/begin/empty/"),
    ("the outline", "publisher", OUTLINE),
    ("a step of the outline", "publisher", f"{OUTLINE}nodes/risk/"),
    ("an action of the outline", "publisher", f"{OUTLINE}nodes/low/"),
    ("an element of the outline", "publisher", f"{OUTLINE}elements/temperature/"),
    ("a form of the outline", "publisher", f"{OUTLINE}forms/sonography/"),
    ("a new step", "publisher", f"{OUTLINE}nodes/"),
    ("a new outcome", "publisher", f"{OUTLINE}outcomes/"),
    ("rename a key", "publisher", f"{OUTLINE}elements/wbc/rename/"),
    ("delete a used part", "publisher", f"{OUTLINE}nodes/low/delete/"),
    ("write a version", "publisher", "/plans/suspected-appendicitis/2/edit/"),
    ("review a version", "publisher", "/plans/suspected-appendicitis/2/review/"),
    ("a tree alone", "clinician", "/plans/suspected-appendicitis/1/tree/"),
    ("a tree on sheets", "clinician", "/plans/suspected-appendicitis/1/tree/?sheets"),
    ("preview", "publisher", "/plans/suspected-appendicitis/1/preview/"),
    ("preview of somebody", "publisher", "/plans/suspected-appendicitis/1/{tried}"),
    ("the committee", "publisher", "/plans/suspected-appendicitis/committee/"),
    ("cases", "publisher", "/plans/suspected-appendicitis/2/cases/"),
    ("a case", "publisher", "/plans/suspected-appendicitis/2/cases/{case}/"),
    (
        "a case that fails",
        "publisher",
        "/plans/suspected-appendicitis/2/cases/{fails}/",
    ),
    ("a new case", "publisher", "/plans/suspected-appendicitis/2/cases/new/"),
    (
        "remove a case",
        "publisher",
        "/plans/suspected-appendicitis/2/cases/{case}/remove/",
    ),
    ("cases from a file", "publisher", "/plans/suspected-appendicitis/2/cases/file/"),
    ("who changed what", "publisher", "/plans/suspected-appendicitis/2/history/"),
    ("restore", "publisher", "/plans/suspected-appendicitis/2/history/{edit}/restore/"),
    ("a replay", "clinician", "/plans/torus-fracture/2/replay/"),
    (
        "advised otherwise",
        "clinician",
        "/plans/torus-fracture/2/replay/patients/",
    ),
    ("a replay in review", "clinician", "/plans/torus-fracture/2/review/"),
    ("a replay under way", "publisher", "/plans/torus-fracture/2/replay/"),
    ("not replayed yet", "publisher", "/plans/suspected-appendicitis/2/replay/"),
    ("comments", "publisher", "/plans/suspected-appendicitis/2/comments/?all"),
    ("a comment", "publisher", "/plans/suspected-appendicitis/2/comments/{thread}/"),
    ("what two authors wrote", "publisher", "{arrival}"),
    ("what came together", "publisher", "{settled}"),
    ("adopt a plan", "publisher", "/plans/shared/2/adopt/"),
    ("upstream of a plan", "publisher", "/plans/shared-here/upstream/"),
    ("a plan of a site's own", "publisher", "{own}"),
    ("take a step", "publisher", "/plans/suspected-appendicitis/1/step/withdraw/"),
    ("change password", "clinician", "/accounts/password/change/"),
    ("second factor", "clinician", "/accounts/2fa/"),
    ("kept for you", "clinician", "/accounts/kept/"),
    ("a kept form", "clinician", "{kept}"),
    ("nothing here", "clinician", "/nowhere/"),
    ("worklist", "clinician", "/"),
    ("empty worklist", "stranger", "/"),
    ("patients", "clinician", "/patients/"),
    ("no patients", "stranger", "/patients/"),
    ("register", "clinician", "/patients/new/"),
    ("propose a merge", "clinician", "/patients/{patient}/merge/"),
    ("a merge", "clinician", "/merges/{merge}/"),
    ("correct", "clinician", "/patients/{patient}/correct/"),
    ("a patient", "clinician", "/patients/{patient}/"),
    ("enrol", "clinician", "/patients/{patient}/enrol/?scamp=suspected-appendicitis"),
    ("decline", "clinician", "/enrolments/{enrolment}/decline/"),
    ("open", "clinician", "/enrolments/{enrolment}/open/"),
    ("outcomes", "clinician", "/enrolments/{enrolment}/outcomes/"),
    ("a draft", "clinician", "/encounters/{draft}/"),
    ("a draft with advice", "clinician", "/encounters/{advised}/"),
    ("the basis", "clinician", "/encounters/{advised}/basis/"),
    ("the basis as signed", "clinician", "/encounters/{signed}/basis/"),
    ("two sides of a draft", "clinician", "/encounters/{advised}/"),
    ("a draft with an error", "clinician", "/encounters/{draft}/"),
    ("two plans in conflict", "clinician", "/encounters/{conflict}/"),
    ("tell", "clinician", "/encounters/{advised}/remark/?node=operate-peritonitis"),
    ("told", "clinician", "/remarks/{remark}/"),
    ("remarks", "clinician", "/plans/suspected-appendicitis/remarks/"),
    ("move a draft", "clinician", "/encounters/{advised}/move/"),
    ("sign", "clinician", "/encounters/{advised}/sign/"),
    ("try at chosen sites", "publisher", "/plans/suspected-appendicitis/2/step/pilot/"),
    ("evidence alerts", "committee", "/plans/recalled/alerts/"),
    ("an evidence alert", "committee", "{alert}"),
    ("the rule of haste", "committee", "/plans/recalled/alerts/rule/"),
    ("advice under an alert", "clinician", "{alerted}"),
    ("open drafts", "clinician", "/plans/recalled/drafts/"),
    ("drafts in total", "committee", "/plans/recalled/drafts/"),
    ("moved drafts", "clinician", "{moved}"),
    ("a recall", "clinician", "/plans/recalled/1/recall/"),
    ("a patient after a recall", "clinician", "/plans/recalled/1/recall/{patient}/"),
    ("a signed encounter", "clinician", "/encounters/{signed}/"),
    ("an amended visit", "clinician", "/encounters/{amended}/"),
    ("as it was signed", "clinician", "/encounters/{amended}/?revision=1"),
    ("amend", "clinician", "/encounters/{signed}/amend/"),
    ("chart", "clinician", "/enrolments/{enrolment}/"),
    ("note", "clinician", "/encounters/{signed}/note/"),
    ("void", "clinician", "/encounters/{draft}/void/"),
    ("decide", "clinician", "/opportunities/{opportunity}/decide/"),
    ("the site's tasks", "clinician", "/?show=site"),
    ("one section of tasks", "clinician", "/?show=site&section=coming"),
    ("an action to do", "clinician", "/tasks/{action}/"),
    ("a visit to come", "clinician", "/tasks/{visit}/"),
    ("a closed task", "clinician", "/tasks/{closed}/"),
    ("what was done", "clinician", "/encounters/{signed}/done/"),
    ("all decisions", "clinician", "/opportunities/{opportunity}/decisions/"),
    ("void a decision", "clinician", "/decisions/{decision}/void/"),
    ("void an outcome", "clinician", "/outcomes/{outcome}/void/"),
    ("a visit made a case", "clinician", "/feedback/case/{signed}/"),
    ("earlier patients", "clinician", "/feedback/earlier/{advised}/"),
    ("what became of own patients", "clinician", "/feedback/own/"),
    ("no own patients", "stranger", "/feedback/own/"),
    ("own figures", "clinician", "/feedback/own/figures/"),
    ("no own figures", "stranger", "/feedback/own/figures/"),
    ("no earlier patients", "clinician", "/feedback/earlier/{draft}/"),
    ("reports", "clinician", "/reports/"),
    ("a report", "clinician", "/reports/suspected-appendicitis/1/"),
    ("over time", "clinician", "/reports/suspected-appendicitis/1/over-time/"),
]
# What is sent from the page first, for pages that only a form leads to.
SENT = {
    "two sides of a draft": {"edit": "0", "a.temperature": "38"},
    "a draft with an error": {"a.temperature": "warm"},
}
SEND = """fields => {
    const form = document.getElementById('encounter')
    for (const [name, value] of Object.entries(fields)) form.elements[name].value = value
    form.submit()
}"""
TRIED = {
    "visit": "first",
    "answers": {"peritonitis": "generalized", "temperature": "43.0"},
    "context": {"visit_date": "2026-11-22", "birth_date": "2015-03-14"},
}
MIDDLE = dict.fromkeys(("pain_migration", "nausea", "rlq_tenderness"), True) | {
    **dict.fromkeys(("anorexia", "cough_pain", "neutrophilia"), False),
    "temperature": "37.0",
    "wbc": "9.1",
}
TOO_WIDE = """() => document.documentElement.scrollWidth > innerWidth
    ? ['the page is wider than its window'] : []"""
# A target whose hit area is a pseudo-element over its parent is as large as the parent.
TOO_SMALL = """() => [...document.querySelectorAll(
        'button, .btn, .form-control, .form-select, summary, .topbar a, .jump a')]
    .filter(each => each.checkVisibility() && !each.closest('.skip, [aria-hidden=true]'))
    .filter(each => each.getBoundingClientRect().height < 44
        && getComputedStyle(each, '::after').position !== 'absolute')
    .map(each => `less than 44 px high: ${each.innerText || each.name}`)"""
COLOURS = ["color-contrast", "link-in-text-block"]
PARTS = 8  # so many tests share the pages out: making the world takes long
# Each page in each width and scheme takes minutes: every run does three of the six looks,
# `AXE=whole make test PYTEST=tests/test_accessibility.py` does them all.
WHOLE = [(width, scheme) for width in (1280, 820, 390) for scheme in ("light", "dark")]
LOOKS = (
    WHOLE
    if os.environ.get("AXE") == "whole"
    else [(1280, "light"), (820, "dark"), (390, "light")]
)


@pytest.fixture
def world(transactional_db: None) -> dict[str, object]:
    """The users who look, and what they look at."""
    scamp = library_version("suspected-appendicitis").scamp
    draft = VersionFactory(scamp=scamp, number=2)
    outlined = ScampFactory(key="outlined", title="Outlined")
    VersionFactory(scamp=outlined, number=1, content__plan=library_plan())
    cases = _cases(draft)  # before the next draft, which freezes them
    newest = VersionFactory(scamp=scamp, number=3, content__plan=library_plan())
    member = MembershipFactory(site__is_sandbox=True)
    publisher = SeatFactory(role__name="publisher", scamp=scamp).user
    SeatFactory(role__name="publisher", scamp=outlined, user=publisher)
    return {
        "nobody": None,
        "stranger": UserFactory(),
        "clinician": member.user,
        "publisher": publisher,
        "kept": _kept_for(member),
        "thread": _talked(scamp).pk,
        "edit": _edited(draft).pk,
        "tried": f"preview/?{urlencode({'patient': json.dumps(TRIED)})}",
        **cases,
        **_at_the_bedside(scamp, member),
        **_afterwards(member),
        **_replayed(member, publisher),
        **_two_sides(newest),
        **_of_its_own(publisher, member.site),
    }


def _replayed(member: Membership, publisher: User) -> dict[str, int]:
    """A version that advises less, replayed by one and asked for by another."""
    document = json.loads(canonical(library_plan("torus-fracture")))
    (splint,) = (node for node in document["nodes"] if node["key"] == "splint")
    splint["actions"] = splint["actions"][:1]
    plan = load_json(json.dumps(document), "less.json")
    scamp = Scamp.objects.get(key="torus-fracture")
    for user in (member.user, publisher):
        SeatFactory(user=user, scamp=scamp)
    draft = VersionFactory(scamp=scamp, number=2, content__plan=plan)
    run = start_replay(version=draft, by=member.user, at=timezone.now())
    carry_on(run=run, at=timezone.now())
    waits = start_replay(version=draft, by=publisher, at=timezone.now())
    under_way = ReplayRun.objects.filter(pk=waits.pk)
    under_way.update(state="running", walked=40_000, total=90_000)
    return {"replay": run.pk}


def _two_sides(draft: Version) -> dict[str, str]:
    """A draft with a colleague at it, on which two wrote: merged once, colliding once."""
    seen, plan = draft.content_id, draft.plan
    start, *rest = plan.nodes
    changed = [
        {"title": "Appendicitis", "summary": "Ours."},
        {"nodes": (start.model_copy(update={"title": "Begin"}), *rest)},
        {"title": "Suspected appendicitis", "nodes": (*rest, start)},
    ]
    Edit.objects.create(version=draft, after=draft.content, by=UserFactory())
    for fields in changed:
        new = plan.model_copy(update=fields)
        with suppress(EditConflict):
            save_draft(version=draft, plan=new, seen=seen, **_now())
    be_here(version=draft, part="nodes/risk", **_now())
    settled, waits = Arrival.objects.filter(version=draft).order_by("pk")
    return {"arrival": waits.get_absolute_url(), "settled": settled.get_absolute_url()}


def _of_its_own(publisher: User, site: Site) -> dict[str, str]:
    """A plan that a site adopted, under a title that has changed upstream since."""
    MembershipFactory(user=publisher, site=site, role__name="publisher")
    upstream = active_version(small_plan(key="shared"))
    named = {"site": site, "key": "shared-here", "title": "Small plan, here"}
    own = adopt(upstream=upstream, **named, by=publisher, at=timezone.now())
    active_version(small_plan(key="shared", title="Smaller plan", summary="New."))
    return {"own": own.get_absolute_url()}


def _cases(draft: Version) -> dict[str, int]:
    """A case that walks as it says, and one that walks otherwise."""
    walks = {"case": ["look", "hot", "cool"], "fails": ["look", "hot", "home"]}
    made = {}
    for key, path in walks.items():
        says = Expected(path=path, actions=("cool",))
        case = Case(f"Hot, to {path[-1]}", "first", {"fever": True}, {}, says)
        made[key] = keep_case(version=draft, case=case, **_now()).case_id
    return made


def _edited(draft: Version) -> Edit:
    """A draft begun from the version before, and changed all over."""
    whole, told = draft.scamp.versions.get(number=1).content, {"version": draft}
    begun = Edit.objects.create(after=whole, note="Begun", **told, **_now())
    Edit.objects.create(before=whole, after=draft.content, **told, **_now())
    return begun


def _talked(scamp: Scamp) -> Thread:
    """One comment that is resolved, and one open with an answer."""
    version = scamp.versions.get(number=1)
    done = begin_thread(
        version=version, section="elements", key="wbc", words="Unit?", **_now()
    )
    turn = {"version": version, "turn": "resolved"}
    say(thread=done, words="Settled.", **turn, **_now())
    held = begin_thread(
        version=version, section="nodes", key="risk", words="Too low?", **_now()
    )
    say(thread=held, version=version, words="See the last report.", **_now())
    return held


def _kept_for(member: Membership) -> str:
    """The address of a form that came after its author was signed out."""
    fields = [("a.temperature", "38.4")]
    who = {"author": member.user.pk, "at": timezone.now()}
    return park(path="/encounters/1/", fields=fields, **who).get_absolute_url()


def _at_the_bedside(scamp: Scamp, member: Membership) -> dict[str, object]:
    """A patient with an empty draft, one with a decision, and a signed encounter."""
    enrolment = episode(scamp=scamp, site=member.site, by=member.user)
    draft = opened(enrolment, by=member.user)
    deviates = {"operate-peritonitis/operate": {"choice": "deviated", "reason": ""}}
    advised = saved(
        opened(enrolment, by=member.user),
        intentions=deviates,
        peritonitis="generalized",
        us_performed=False,
        appendix_seen=True,
        temperature="43.0",
    )
    done = signed(
        enrolment, by=member.user, intentions=deviates, peritonitis="generalized"
    )
    _became(done)
    return {
        **_recalled(enrolment.patient, member),
        "patient": enrolment.patient.pk,
        "enrolment": enrolment.pk,
        "draft": draft.pk,
        "advised": advised.pk,
        "signed": done.pk,
        "opportunity": done.opportunities.get().pk,
        "merge": _twice(enrolment.patient, member).pk,
        "amended": _amended(enrolment, member).pk,
        **_told(done, member),
        **_in_conflict(enrolment, member),
    }


def _in_conflict(enrolment: Enrolment, member: Membership) -> dict[str, int]:
    """A draft that asks for a test that another plan advises against."""
    text = FEVER.replace("resource: scan", "resource: ultrasound")
    text = text.replace("{key: scan, title: Scan", "{key: ultrasound, title: Scan")
    other = publish(text.replace("window: P3D", "window: P9Y")).scamp
    signed(episode(scamp=other, patient=enrolment.patient), origin="sandbox", **HOME)
    draft = saved(opened(enrolment, by=member.user), peritonitis="none", **MIDDLE)
    return {"conflict": draft.pk}


def _recalled(patient: Patient, member: Membership) -> dict[str, object]:
    """A recalled version that advised the patient, who has a task and a draft of it."""
    text = FEVER.replace("key: fever\n", "key: recalled\n")
    version = publish(text)
    enrolment = episode(scamp=version.scamp, patient=patient)
    given = {"by": member.user, "origin": "sandbox"}
    signed(enrolment, **given, **OPERATE)
    opened(enrolment, **given)
    draft = saved(opened(enrolment, **given), look="well", **HOME)
    saved(opened(enrolment, **given), look="well", **HOME)
    move(version, "recalled")
    fine = ("{key: well, label: Well}", "{key: fine, label: Fine}")
    publish(text, scamp=version.scamp, replacing=fine)
    seen = {draft.pk: draft.edit}
    moved = move_drafts(seen=seen, by=member.user, at=timezone.now())
    seat = SeatFactory(scamp=version.scamp, is_chair=True)
    Membership.objects.create(
        user=seat.user, role=seat.role, site=member.site, starts_on=LONG_AGO
    )
    return {
        "moved": f"/moves/{moved.batch}/",
        "committee": seat.user,
        **_alerted(version.scamp, enrolment, member),
    }


def _alerted(scamp: Scamp, enrolment: Enrolment, member: Membership) -> dict[str, str]:
    """An alert on a step, and a draft that is advised there."""
    draft = saved(opened(enrolment, by=member.user, origin="sandbox"), **OPERATE)
    alert = raise_alert(
        version=scamp.active_version,
        kind="product",
        title="Stapler recalled by its maker",
        source="https://example.org/recall",
        words="Use sutures until it is replaced.",
        nodes=["operate", "result"],
        **_now(),
    )
    told = {"quorum": 1, "days": 7, "reason": "Agreed in May"}
    set_rule(scamp=scamp, **told, **_now())
    return {"alert": alert.get_absolute_url(), "alerted": draft.get_absolute_url()}


def _became(done: Encounter) -> None:
    """What became of the patient is told by somebody else, and counted."""
    told = {"known_how": "A letter", "by": UserFactory(), "at": timezone.now()}
    for key, value in (("complicated_appendicitis", True), ("length_of_stay", 4)):
        record_outcome(enrolment=done.enrolment, key=key, value=value, **told)
    refresh_all(at=timezone.now())


def _twice(patient: Patient, member: Membership) -> Merge:
    """A second record of the patient, which somebody else proposes to merge."""
    enrolment = episode(scamp=other_plan(OF_BELLY), site=member.site)
    fields = {"name": "Sample, Alex", "birth_date": date(2015, 3, 14)}
    for one in (patient, enrolment.patient):
        Identity.objects.filter(patient=one).update(
            **fields, birth_date_precision="day", sex="female"
        )
    find_eligible(patient=patient, scamp=enrolment.scamp, **_now())
    merged = enrolment.patient
    return propose_merge(kept=patient, merged=merged, reason="Wristband", **_now())


def _now() -> dict[str, object]:
    return {"by": UserFactory(), "at": timezone.now()}


def _amended(enrolment: Enrolment, member: Membership) -> Encounter:
    """A later visit whose answers were amended."""
    visit_time = NOON + 2 * DAY
    made = signed(enrolment, by=member.user, visit_time=visit_time, temperature="38.5")
    amend(
        encounter=made,
        answers=answers(temperature="43.0", nausea=True),
        reason="Read from the wrong line",
        by=member.user,
        at=timezone.now(),
    )
    return made


def _told(done: Encounter, member: Membership) -> dict[str, int]:
    """A remark of the clinician, and somebody on the committee who reads it."""
    said = {"node": "risk", "kind": "other", "words": "The bands are too wide."}
    told = tell(encounter=done, by=member.user, at=timezone.now(), **said)
    role = Group.objects.get_or_create(name="committee member")[0]
    seat = {"role": role, "scamp": done.version.scamp, "starts_on": LONG_AGO}
    SeatFactory(user=member.user, **seat)
    return {"remark": told.pk}


def _afterwards(member: Membership) -> dict[str, int]:
    """Tasks of several kinds, and a decision and an outcome of a colleague."""
    colleague, now = UserFactory(), timezone.now()
    torus = episode(
        scamp=library_version("torus-fracture").scamp, site=member.site, by=member.user
    )
    day = (now.date() + timedelta(days=2)).isoformat()
    shifted = {"choice": "deviated", "kind": "timing", "due_on": day}
    followed = {"splint/splint": shifted, "splint/follow-up": {"choice": "followed"}}
    when = now - timedelta(days=3)
    given = {"by": member.user, "intentions": followed, "torus_fracture": True}
    done = signed(torus, visit_time=when, **given)
    other = signed(torus, visit_time=when - timedelta(days=60), **given)
    closed = Task.objects.open().get(encounter=other, kind="action")
    lose(task=closed, contact="no-contact", tries=3, by=member.user, at=now)
    outcome = {"key": "repeated_radiographs", "value": True, "known_how": "Seen"}
    return {
        "action": Task.objects.get(encounter=done, kind="action").pk,
        "visit": Task.objects.get(encounter=done, kind="visit").pk,
        "closed": closed.pk,
        "decision": decide(
            opportunity=done.opportunities.get(action="follow-up"),
            choice="followed",
            by=colleague,
            at=now,
        ).pk,
        "outcome": record_outcome(enrolment=torus, **outcome, by=colleague, at=now).pk,
    }


@pytest.fixture
def look(page: Page, context: BrowserContext, live_server, world):
    """Open an address as somebody."""

    def open_page(who: str, address: str) -> Page:
        context.clear_cookies()
        if user := world[who]:
            client = Client()
            client.force_login(user)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value}
            context.add_cookies([cookie | {"url": live_server.url}])
        page.goto(live_server.url + address.format(**world))
        return page

    return open_page


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_for_every_eye_and_finger(look, part: int):
    faults: dict[str, dict[tuple[int, str], list[str]]] = {}
    for name, who, address in PAGES[part::PARTS]:
        page = look(who, address)
        if name in SENT:
            with page.expect_navigation():
                page.evaluate(SEND, SENT[name])
        # By the debugger, because the page's own policy lets no foreign script in.
        page.evaluate(AXE.read_text())
        found = {look: _faults(page, *look) for look in LOOKS}
        if any(found.values()):
            faults[name] = {look: said for look, said in found.items() if said}

    assert faults == {}


def _faults(page: Page, width: int, scheme: str) -> list[str]:
    """What axe finds, what runs out of the page, what is too small for a finger.

    A scheme changes nothing but colours: in the dark, axe judges only those.
    """
    # As high as the page: a bar that sticks to the edge covers nothing then.
    page.set_viewport_size({"width": width, "height": 900})
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(900, height), 9000)})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    rules = RULES if scheme == "light" else COLOURS
    found = page.evaluate("rules => axe.run({runOnly: rules})", rules)["violations"]
    shape = [said for js in (TOO_WIDE, TOO_SMALL) for said in page.evaluate(js)]
    return [*map(_fault, found), *shape]


def _fault(violation: dict) -> str:
    places = [node["target"] for node in violation["nodes"][:3]]
    return f"{violation['id']}: {violation['help']} at {places}"
