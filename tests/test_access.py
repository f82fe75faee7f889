"""Who gets what from each address: every URL x every role, in one table.

A row is a method, a URL name, and the status for each of ROLES. The second test fails
when a URL is in no row. Addresses with arguments are made by `ARGUMENTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from accounts.actions import sync_roles
from accounts.models import Site, User
from carepaths.actions.merging import propose_merge
from carepaths.actions.outcomes import record_outcome
from carepaths.actions.remarks import tell
from carepaths.models import (
    Decision,
    Encounter,
    Enrolment,
    Merge,
    Opportunity,
    Outcome,
    Patient,
    Remark,
    Task,
)
from feedback.actions.limits import set_limits
from feedback.actions.reports import compute, freeze
from feedback.models import LimitMark, ReplayRun, Report
from scamps.actions.alerts import raise_alert
from scamps.actions.comments import begin_thread
from scamps.actions.saving import receive
from scamps.models import Alert, Arrival, PlanCase, Thread, Version
from tests.carepaths.factories import (
    OPERATE,
    PatientFactory,
    episode,
    move,
    opened,
    publish,
    signed,
)
from tests.factories import (
    LONG_AGO,
    MembershipFactory,
    SeatFactory,
    SiteFactory,
    UserFactory,
    active_version,
)

# Who asks. A stranger is signed in and holds nothing; the others hold one role at the
# site whose rows are asked for; "elsewhere" is a clinician of another site.
ROLES = [
    "anonymous",
    "stranger",
    "operator",
    "auditor",
    "committee",
    "elsewhere",
    "clinician",
]
SEATED = {"committee": "committee member"}

OPEN = [200] * 7  # everybody
SIGNED_IN = [302] + [200] * 6  # whoever is signed in
CLOSED = [302] + [403] * 6  # superusers only
MEMBERS = [302, 404] + [200] * 5  # whoever has a role or a seat
# Pages of one patient: 404 where the patient is not seen, 403 where only reading is.
SEEN = [302, 404, 404, 200, 404, 404, 200]
ACTED_ON = [302, 404, 404, 403, 404, 404, 200]
SENT_EMPTY = [302, 404, 404, 403, 404, 404, 409]  # not for this patient: refused
SEATED_ONLY = [302, 404, 403, 403, 200, 403, 403]
REPORT = [302, 404, 404] + [200] * 4
API = [403] + [200] * 6
API_MEMBERS = [403, 404] + [200] * 5
GATE = [302] * 7  # sends elsewhere
NOT_SET_UP = [302] + [404] * 6  # until there is a second factor

ACCESS: list[tuple[str, str, list[int]]] = [
    ("get", "health", OPEN),
    # one's own account
    ("get", "account_login", [200] + [302] * 6),
    ("get", "account_signup", [200] + [302] * 6),
    ("post", "account_signup", [200] + [302] * 6),
    ("get", "account_inactive", OPEN),
    ("get", "account_logout", SIGNED_IN),
    ("get", "account_reauthenticate", SIGNED_IN),
    ("get", "kept_forms", SIGNED_IN),
    ("get", "kept_form", [302] + [404] * 6),  # the author's alone
    ("post", "kept_form", [302] + [404] * 6),
    ("get", "account_change_password", SIGNED_IN),
    ("get", "account_set_password", GATE),
    ("get", "account_reset_password", OPEN),
    ("get", "account_reset_password_done", OPEN),
    ("get", "account_reset_password_from_key", OPEN),
    ("get", "account_reset_password_from_key_done", OPEN),
    ("get", "mfa_index", SIGNED_IN),
    ("get", "mfa_authenticate", GATE),
    ("get", "mfa_reauthenticate", GATE),
    ("get", "mfa_activate_totp", GATE),
    ("get", "mfa_deactivate_totp", NOT_SET_UP),
    ("get", "mfa_view_recovery_codes", NOT_SET_UP),
    ("get", "mfa_generate_recovery_codes", GATE),
    ("get", "mfa_download_recovery_codes", NOT_SET_UP),
    # patients on plans
    ("get", "carepaths:worklist", SIGNED_IN),  # holds what one may see
    ("get", "carepaths:patients", SIGNED_IN),
    ("post", "carepaths:patients", SIGNED_IN),  # a search
    ("get", "carepaths:register", [302, 403, 403, 403, 403, 200, 200]),
    ("post", "carepaths:register", [302, 403, 403, 403, 403, 422, 422]),
    ("get", "carepaths:similar", [302] + [405] * 6),
    ("post", "carepaths:similar", [302, 403, 403, 403, 403, 200, 200]),
    ("get", "carepaths:propose_merge", ACTED_ON),
    ("post", "carepaths:propose_merge", SENT_EMPTY),
    ("get", "carepaths:merge", ACTED_ON),
    ("post", "carepaths:merge", SENT_EMPTY),
    ("get", "carepaths:correct", ACTED_ON),
    ("post", "carepaths:correct", SENT_EMPTY),
    ("get", "carepaths:patient", SEEN),
    ("get", "carepaths:enrol", [302, 404, 404, 403, 404, 404, 404]),  # names no plan
    ("get", "carepaths:decline", ACTED_ON),
    ("post", "carepaths:decline", SENT_EMPTY),
    ("get", "carepaths:undo", [302] + [405] * 6),
    ("post", "carepaths:undo", SENT_EMPTY),
    ("get", "carepaths:leave", ACTED_ON),
    ("post", "carepaths:leave", SENT_EMPTY),
    ("get", "carepaths:open", ACTED_ON),
    ("post", "carepaths:open", SENT_EMPTY),
    ("get", "carepaths:outcomes", ACTED_ON),
    ("post", "carepaths:outcomes", SENT_EMPTY),
    ("get", "carepaths:encounter", SEEN),
    ("post", "carepaths:encounter", SENT_EMPTY),
    ("get", "carepaths:advice", [302] + [405] * 6),
    ("post", "carepaths:advice", SENT_EMPTY),
    ("get", "carepaths:basis", SEEN),
    ("get", "carepaths:remark", [302, 404, 404, 403, 404, 404, 404]),  # names no step
    ("post", "carepaths:remark", SENT_EMPTY),
    ("get", "carepaths:remarked", [302] + [404] * 6),  # somebody else's
    ("post", "carepaths:remarked", [302] + [404] * 6),
    ("get", "carepaths:remarks", [302, 404, 404, 404, 200, 404, 404]),
    ("post", "carepaths:remarks", [302, 404, 404, 404, 404, 404, 404]),  # names none
    ("get", "carepaths:recall", [302, 404, 403, 200, 403, 200, 200]),
    ("post", "carepaths:recall", [302, 404, 403, 422, 403, 422, 422]),  # chose none
    ("get", "carepaths:recall_review", [302, 404, 403, 200, 403, 404, 200]),
    ("post", "carepaths:recall_review", [302, 404, 403, 403, 403, 404, 409]),
    ("get", "carepaths:drafts", [302, 404, 403, 403, 200, 200, 200]),
    ("post", "carepaths:drafts", [302, 404, 403, 403, 302, 302, 302]),  # chose none
    ("get", "carepaths:bulk_move", [302] + [404] * 6),  # of no draft of theirs
    ("post", "carepaths:bulk_move", [302] + [404] * 6),
    ("get", "carepaths:autosave", [405] * 7),
    ("post", "carepaths:autosave", [401, *SENT_EMPTY[1:]]),
    ("get", "carepaths:move", ACTED_ON),
    ("post", "carepaths:move", SENT_EMPTY),
    ("post", "carepaths:move_back", SENT_EMPTY),
    ("get", "carepaths:compare", [302] + [405] * 6),
    ("post", "carepaths:compare", SENT_EMPTY),
    ("get", "carepaths:state", [401, *SEEN[1:]]),
    ("get", "carepaths:sign", ACTED_ON),
    ("post", "carepaths:sign", SENT_EMPTY),
    ("get", "carepaths:void", ACTED_ON),
    ("post", "carepaths:void", SENT_EMPTY),
    ("get", "carepaths:amend", ACTED_ON),
    ("post", "carepaths:amend", SENT_EMPTY),
    ("get", "carepaths:chart", SEEN),
    ("get", "carepaths:note", SEEN),
    ("get", "carepaths:note_text", SEEN),
    ("get", "carepaths:note_pdf", SEEN),
    ("get", "carepaths:performances", ACTED_ON),
    ("post", "carepaths:performances", SENT_EMPTY),
    ("get", "carepaths:decisions", SEEN),
    ("get", "carepaths:void_decision", ACTED_ON),
    ("post", "carepaths:void_decision", SENT_EMPTY),
    ("get", "carepaths:void_outcome", ACTED_ON),
    ("post", "carepaths:void_outcome", SENT_EMPTY),
    ("get", "carepaths:task", SEEN),
    ("post", "carepaths:task_done", SENT_EMPTY),
    ("post", "carepaths:task_reschedule", SENT_EMPTY),
    ("post", "carepaths:task_lost", SENT_EMPTY),
    ("post", "carepaths:task_hand_over", SENT_EMPTY),
    ("post", "carepaths:task_cancel", SENT_EMPTY),
    ("post", "carepaths:task_undo", SENT_EMPTY),
    ("get", "carepaths:decide", ACTED_ON),
    ("post", "carepaths:decide", SENT_EMPTY),
    # plans
    ("get", "scamps:scamps", SIGNED_IN),  # a stranger finds none there
    ("get", "scamps:version", MEMBERS),
    ("get", "scamps:changes", MEMBERS),
    ("get", "scamps:alerts", MEMBERS),
    ("post", "scamps:alerts", [302, 404, 403, 403, 422, 403, 403]),
    ("get", "scamps:alert", MEMBERS),
    ("post", "scamps:alert", [302, 404, 403, 403, 422, 403, 403]),
    ("get", "scamps:alert_rule", [302, 404, 403, 403, 403, 403, 403]),  # the chair's
    ("post", "scamps:alert_rule", [302, 404, 403, 403, 403, 403, 403]),
    ("get", "scamps:tree", MEMBERS),
    # the workshop: of those who sit on the Scamp
    ("get", "scamps:begin", CLOSED),
    ("post", "scamps:begin", CLOSED),
    ("get", "scamps:revise", [302] + [405] * 6),
    ("post", "scamps:revise", [302, 404, 403, 403, 302, 403, 403]),
    ("get", "scamps:edit", [302, 404, 403, 403, 302, 403, 403]),
    ("get", "scamps:begin_empty", CLOSED),
    ("post", "scamps:begin_empty", CLOSED),
    ("get", "scamps:outline", [302, 404, 403, 403, 302, 403, 403]),
    ("post", "scamps:outline_undo", [302, 404, 403, 403, 302, 403, 403]),
    ("get", "scamps:add", [302, 404, 403, 403, 302, 403, 403]),
    ("post", "scamps:add", [302, 404, 403, 403, 302, 403, 403]),
    ("get", "scamps:part", [302, 404, 403, 403, 302, 403, 403]),
    ("post", "scamps:part", [302, 404, 403, 403, 302, 403, 403]),
    ("get", "scamps:part_step", [302, 404, 403, 403, 302, 403, 403]),
    ("post", "scamps:part_step", [302, 404, 403, 403, 302, 403, 403]),
    ("get", "scamps:criterion", [302] + [405] * 6),
    ("post", "scamps:criterion", SEATED_ONLY),
    ("get", "scamps:rows", [302] + [405] * 6),
    ("post", "scamps:rows", SEATED_ONLY),
    ("get", "scamps:review", SEATED_ONLY),
    ("post", "scamps:review", [302, 404, 403, 403, 422, 403, 403]),
    ("get", "scamps:committee", SEATED_ONLY),
    ("post", "scamps:committee", [302, 404, 403, 403, 403, 403, 403]),
    ("get", "scamps:step", SEATED_ONLY),
    # cases: of those who sit on the Scamp
    ("get", "scamps:cases", SEATED_ONLY),
    ("get", "scamps:cases_yaml", SEATED_ONLY),
    ("get", "scamps:cases_file", SEATED_ONLY),
    ("post", "scamps:cases_file", [302, 404, 403, 403, 422, 403, 403]),
    ("get", "scamps:case_new", SEATED_ONLY),
    ("post", "scamps:case_new", [302, 404, 403, 403, 422, 403, 403]),
    ("get", "scamps:case_proof", [302] + [405] * 6),
    ("post", "scamps:case_proof", [302, 404, 403, 403, 404, 403, 403]),  # names none
    ("get", "scamps:case", SEATED_ONLY),
    ("get", "scamps:case_edit", SEATED_ONLY),
    ("post", "scamps:case_edit", [302, 404, 403, 403, 422, 403, 403]),
    ("get", "scamps:case_confirm", [302] + [405] * 6),
    ("post", "scamps:case_confirm", [302, 404, 403, 403, 302, 403, 403]),
    ("get", "scamps:case_remove", SEATED_ONLY),
    ("post", "scamps:case_remove", [302, 404, 403, 403, 422, 403, 403]),
    ("get", "scamps:case_restore", [302] + [405] * 6),
    ("post", "scamps:case_restore", [302, 404, 403, 403, 302, 403, 403]),
    ("get", "scamps:prove", [302] + [405] * 6),
    ("post", "scamps:prove", [302, 404, 403, 403, 302, 403, 403]),
    ("get", "scamps:history", SEATED_ONLY),
    ("get", "scamps:restore", [302, 404, 403, 403, 404, 403, 403]),  # never edited
    ("post", "scamps:restore", [302, 404, 403, 403, 404, 403, 403]),
    ("get", "scamps:comments", SEATED_ONLY),
    ("post", "scamps:comments", [302, 404, 403, 403, 422, 403, 403]),
    ("get", "scamps:thread", SEATED_ONLY),
    ("post", "scamps:thread", [302, 404, 403, 403, 422, 403, 403]),
    ("get", "carepaths:preview", SEATED_ONLY),
    ("post", "carepaths:preview", [302, 404, 403, 403, 422, 403, 403]),  # no visit
    ("get", "carepaths:preview_advice", [302] + [405] * 6),
    ("post", "carepaths:preview_advice", SEATED_ONLY),
    ("get", "scamps:upstream", [302] + [404] * 6),  # comes from nowhere else
    ("get", "scamps:adopt", [302, 404] + [403] * 5),  # publishers of a site
    ("post", "scamps:adopt", [302, 404] + [403] * 5),
    ("get", "scamps:document", MEMBERS),
    ("get", "scamps:presence", [302] + [405] * 6),
    ("post", "scamps:presence", SEATED_ONLY),
    ("get", "scamps:arrival", SEATED_ONLY),
    ("post", "scamps:arrival", SEATED_ONLY),  # no draft any more: it is shown
    ("get", "carepaths:paper", MEMBERS),
    ("get", "carepaths:paper_pdf", MEMBERS),
    # earlier patients at the point where one is
    ("get", "feedback:earlier", SEEN),
    # what a version would have advised: for those who sit on the Scamp
    ("get", "feedback:replay", SEATED_ONLY),
    ("get", "feedback:replay_state", SEATED_ONLY),
    ("get", "feedback:replay_patients", [302, 404, 403, 403, 404, 403, 403]),  # none
    ("get", "feedback:start_replay", [302] + [405] * 6),
    ("post", "feedback:start_replay", [302, 404, 403, 403, 302, 403, 403]),
    ("get", "feedback:cancel_replay", [302] + [405] * 6),
    ("post", "feedback:cancel_replay", [302, 404, 403, 403, 302, 403, 403]),
    # a visit made a case: of those who see the patient and sit on the Scamp
    ("get", "feedback:case", [302, 404, 404, 403, 404, 404, 403]),
    ("post", "feedback:case", [302, 404, 404, 403, 404, 404, 403]),
    # for one's own eyes: no address takes a user, whoever asks
    ("get", "feedback:became", SIGNED_IN),
    ("get", "feedback:news", SIGNED_IN),
    ("get", "feedback:own_figures", SIGNED_IN),
    # reports: of the sites open to one, or of a Scamp on whose committee one sits
    ("get", "feedback:reports", SIGNED_IN),
    ("get", "feedback:report", REPORT),
    ("get", "feedback:over_time", REPORT),
    ("post", "feedback:over_time", [302, 404, 404, 403, 422, 403, 403]),
    ("get", "feedback:take_limits_back", SEATED_ONLY),
    ("post", "feedback:take_limits_back", [302, 404, 403, 403, 422, 403, 403]),
    ("get", "feedback:age", REPORT),
    ("get", "feedback:report_csv", REPORT),
    ("get", "feedback:frozen", [302, 404, 404, 200, 200, 404, 200]),
    ("get", "feedback:freeze", [302] + [405] * 6),
    ("post", "feedback:freeze", [302, 404, 404, 403, 302, 403, 403]),
    ("get", "api:report", [403, 404, 404] + [200] * 4),
    ("get", "api:schema", API),
    ("get", "api:scamps", API),
    ("get", "api:scamp", API_MEMBERS),
    ("get", "api:version", API_MEMBERS),
    ("get", "api:plan", API_MEMBERS),
    ("get", "api:changes", API_MEMBERS),
    ("get", "api:replays", [403] + [405] * 6),
    ("post", "api:replays", [403, 404, 403, 403, 409, 403, 403]),  # has no past
    ("get", "api:replay", [403, 404, 404, 404, 200, 404, 404]),
    ("post", "api:cancel_replay", [403, 404, 404, 404, 200, 404, 404]),
    ("get", "api:replay_result", [403, 404, 404, 404, 409, 404, 404]),
    ("get", "api:replay_otherwise", [403, 404, 404, 404, 200, 404, 404]),
    ("get", "api:adoption", [403] + [404] * 6),  # comes from nowhere else
    ("get", "api:check", [403, 403] + [405] * 5),
    ("post", "api:check", [403, 403] + [415] * 5),  # neither JSON
    ("post", "api:compare", [403, 403] + [415] * 5),
    ("post", "api:scamps", [403] + [405] * 6),
    ("delete", "api:scamp", [403] + [405] * 6),
]


def _of(rows: models.QuerySet) -> Callable[[], dict[str, object]]:
    """The key of the one row that the patient here has."""
    return lambda: {"pk": rows.all().get().pk}


def _recalled() -> tuple[dict[str, object], dict[str, object]]:
    """The address of a recalled version, and of a patient whom it reached."""
    version = Version.objects.get(scamp__key="fever")
    patient = Patient.objects.filter(enrolments__isnull=False).distinct().get()
    if version.current_state != "recalled":
        move(version, "recalled")
    return {"key": "fever", "number": 1}, {"pk": patient.pk}


def _first_case() -> dict[str, object]:
    first = PlanCase.objects.filter(scamp__key="small-plan").first()
    return {"key": "small-plan", "number": 1, "pk": first.pk}


def _alert() -> Alert:
    version = Version.objects.get(scamp__key="small-plan")
    told = {"title": "A trial", "source": "A journal", "words": "Do not cool."}
    given = {"kind": "trial", "nodes": ["cool"], **told}
    return raise_alert(version=version, **given, by=UserFactory(), at=timezone.now())


def _limits() -> LimitMark:
    """What was decided about the limits of a chart of the small plan."""
    mark = LimitMark.objects.first()
    return mark or set_limits(
        scamp=Version.objects.get(scamp__key="small-plan", number=1).scamp,
        measure="cool/cool",
        origin="prospective",
        sandbox=False,
        kind="rebase",
        month=timezone.now().date(),
        reason="A new level",
        by=User.objects.first(),
        at=timezone.now(),
    )


PATIENT, ENROLMENT = (
    _of(Patient.objects.filter(enrolments__isnull=False).distinct()),
    _of(Enrolment.objects.all()),
)
DRAFT, SIGNED = _of(Encounter.objects.drafts()), _of(Encounter.objects.signed())
ARGUMENTS: dict[str, dict[str, object] | Callable[[], dict[str, object]]] = {
    "carepaths:patient": PATIENT,
    "carepaths:enrol": PATIENT,
    "carepaths:correct": PATIENT,
    "carepaths:propose_merge": PATIENT,
    "carepaths:merge": _of(Merge.objects.all()),
    **dict.fromkeys(
        [
            f"carepaths:{verb}"
            for verb in ("decline", "leave", "undo", "open", "outcomes")
        ],
        ENROLMENT,
    ),
    **dict.fromkeys(
        [
            f"carepaths:{verb}"
            for verb in ("encounter", "advice", "basis", "remark", "sign", "void")
        ],
        DRAFT,
    ),
    **dict.fromkeys(
        [
            f"carepaths:{name}"
            for name in ["autosave", "compare", "state", "move", "move_back"]
        ],
        DRAFT,
    ),
    **dict.fromkeys(
        [f"carepaths:{page}" for page in ("amend", "note", "note_text", "note_pdf")],
        SIGNED,
    ),
    "feedback:earlier": DRAFT,
    "feedback:case": SIGNED,
    "carepaths:chart": ENROLMENT,
    "carepaths:remarked": _of(Remark.objects.all()),
    "carepaths:remarks": {"key": "small-plan"},
    "carepaths:decide": _of(Opportunity.objects.all()),
    "carepaths:performances": SIGNED,
    "carepaths:decisions": _of(Opportunity.objects.all()),
    "carepaths:void_decision": _of(Decision.objects.all()),
    "carepaths:void_outcome": _of(Outcome.objects.all()),
    **dict.fromkeys(
        ["carepaths:task"]
        + [
            f"carepaths:task_{verb}"
            for verb in ("done", "reschedule", "lost", "hand_over", "cancel", "undo")
        ],
        _of(Task.objects.all()),
    ),
    "kept_form": {"key": "5b1c8a4e-2f5c-4a8e-9d0a-1f6f0d7f7c11"},
    "account_reset_password_from_key": {"uidb36": "a", "key": "b-c"},
    "scamps:version": {"key": "small-plan", "number": 1},
    "scamps:cases": {"key": "small-plan", "number": 1},
    "scamps:cases_yaml": {"key": "small-plan", "number": 1},
    "scamps:cases_file": {"key": "small-plan", "number": 1},
    "scamps:case_new": {"key": "small-plan", "number": 1},
    "scamps:case_proof": {"key": "small-plan", "number": 1},
    **dict.fromkeys(
        [
            f"scamps:case{verb}"
            for verb in ("", "_edit", "_confirm", "_remove", "_restore")
        ],
        _first_case,
    ),
    "scamps:revise": {"key": "small-plan", "number": 1},
    "scamps:edit": {"key": "small-plan", "number": 1},
    "scamps:outline": {"key": "small-plan", "number": 1},
    "scamps:outline_undo": {"key": "small-plan", "number": 1},
    "scamps:add": {"key": "small-plan", "number": 1, "section": "nodes"},
    "scamps:part": {
        "key": "small-plan",
        "number": 1,
        "section": "nodes",
        "part": "look",
    },
    "scamps:part_step": {
        "key": "small-plan",
        "number": 1,
        "section": "nodes",
        "part": "look",
        "verb": "delete",
    },
    "scamps:criterion": {"key": "small-plan", "number": 1},
    "scamps:rows": {"key": "small-plan", "number": 1},
    "scamps:review": {"key": "small-plan", "number": 1},
    "scamps:upstream": {"key": "small-plan"},
    "scamps:document": {"key": "small-plan", "number": 1, "form": "yaml"},
    "api:adoption": {"key": "small-plan"},
    "scamps:adopt": {"key": "small-plan", "number": 1},
    "scamps:presence": {"key": "small-plan", "number": 1},
    "scamps:arrival": lambda: {"key": "small-plan", "number": 1, "pk": _arrived().pk},
    "scamps:committee": {"key": "small-plan"},
    "scamps:step": {"key": "small-plan", "number": 1, "verb": "return"},
    "scamps:prove": {"key": "small-plan", "number": 1},
    "scamps:tree": {"key": "small-plan", "number": 1},
    "scamps:history": {"key": "small-plan", "number": 1},
    "scamps:restore": {"key": "small-plan", "number": 1, "pk": 1},
    "scamps:comments": {"key": "small-plan", "number": 1},
    "scamps:thread": lambda: {
        "key": "small-plan",
        "number": 1,
        "pk": Thread.objects.get().pk,
    },
    "scamps:changes": {"key": "small-plan", "number": 1, "earlier": 1},
    "carepaths:preview": {"key": "small-plan", "number": 1},
    "carepaths:preview_advice": {"key": "small-plan", "number": 1},
    "scamps:alerts": {"key": "small-plan"},
    "scamps:alert_rule": {"key": "small-plan"},
    "scamps:alert": lambda: {"key": "small-plan", "pk": _alert().pk},
    "carepaths:drafts": {"key": "small-plan"},
    "carepaths:bulk_move": {"key": "5b1c8a4e-2f5c-4a8e-9d0a-1f6f0d7f7c11"},
    "carepaths:recall": lambda: _recalled()[0],
    "carepaths:recall_review": lambda: {**_recalled()[0], **_recalled()[1]},
    "carepaths:paper": {"key": "small-plan", "number": 1},
    "carepaths:paper_pdf": {"key": "small-plan", "number": 1},
    **{
        f"feedback:{name}": {"key": "small-plan", "number": 1}
        for name in (
            "replay",
            "replay_state",
            "replay_patients",
            "start_replay",
            "cancel_replay",
        )
    },
    "api:replays": {"key": "small-plan", "number": 1},
    **dict.fromkeys(
        [
            f"api:{name}"
            for name in ("replay", "cancel_replay", "replay_result", "replay_otherwise")
        ],
        _of(ReplayRun.objects.all()),
    ),
    "feedback:report": {"key": "small-plan", "number": 1},
    "feedback:over_time": {"key": "small-plan", "number": 1},
    "feedback:take_limits_back": lambda: {"pk": _limits().pk},
    "feedback:age": {"key": "small-plan", "number": 1},
    "feedback:report_csv": {"key": "small-plan", "number": 1},
    "feedback:freeze": {"key": "small-plan", "number": 1},
    "api:report": {"key": "small-plan", "number": 1},
    "feedback:frozen": _of(Report.objects.all()),
    "api:scamp": {"key": "small-plan"},
    "api:version": {"key": "small-plan", "number": 1},
    "api:plan": {"key": "small-plan", "number": 1},
    "api:changes": {"key": "small-plan", "number": 1, "earlier": 1},
}


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, Client]]:
    """A client for each of ROLES; made once, for the table is long."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _clients()
        transaction.set_rollback(True)


@pytest.fixture
def clients(world: dict[str, Client], db: None) -> dict[str, Client]:
    """The clients; what one row changes is taken back before the next."""
    return world


def _clients() -> dict[str, Client]:
    sync_roles(roles=settings.ROLES)
    site, version = SiteFactory(key="here"), active_version()
    scamp = version.scamp
    read = {"version": version, "sites": [site]}
    freeze(report=compute(**read), by=None, at=timezone.now(), **read)
    told = {"base": version.content, "kind": "author", "by": UserFactory()}
    receive(version=version, plan=version.plan, at=timezone.now(), **told)
    begin_thread(
        version=version,
        section="nodes",
        key="hot",
        words="Why?",
        by=UserFactory(),
        at=timezone.now(),
    )
    _patient_with_a_draft_and_a_signed_encounter(site)
    same = {"content": version.content, "base": version.content}
    asked = {"sites": ["here"], "is_sandbox": False, "by": UserFactory()}
    ReplayRun.objects.create(version=version, **same, **asked)
    signed_in = {"anonymous": None, "stranger": UserFactory()}
    for role in ("operator", "auditor", "clinician"):
        signed_in[role] = _member(role, site)
    signed_in["elsewhere"] = _member("clinician", SiteFactory(key="elsewhere"))
    for name, role in SEATED.items():
        group = Group.objects.get(name=role)
        seat = SeatFactory(role=group, scamp=scamp, starts_on=LONG_AGO)
        signed_in[name] = seat.user
    return {role: _client(signed_in[role]) for role in ROLES}


def _patient_with_a_draft_and_a_signed_encounter(site: Site) -> None:
    enrolment = episode(scamp=publish().scamp, site=site)
    followed = {"operate/operate": {"choice": "followed"}}
    done = signed(enrolment, intentions=followed, **OPERATE)
    told = {"key": "ill", "value": False, "known_how": "Asked"}
    who = {"by": UserFactory(), "at": timezone.now()}
    record_outcome(enrolment=enrolment, **told, **who)
    opened(enrolment)
    who = {"by": UserFactory(), "at": timezone.now()}
    tell(encounter=done, node="operate", kind="unclear", words="", **who)
    twice = {"kept": enrolment.patient, "merged": PatientFactory(site=site)}
    propose_merge(**twice, reason="Same", by=UserFactory(), at=timezone.now())


def _arrived() -> Arrival:
    """What somebody wrote on the version while it was a draft."""
    return Arrival.objects.get()


def _member(role: str, site: object) -> object:
    return MembershipFactory(role=Group.objects.get(name=role), site=site).user


def _client(user: object) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("method", "name", "expected"), ACCESS, ids=[f"{m} {n}" for m, n, _ in ACCESS]
)
def test_each_role_gets_what_the_table_says(clients, method, name, expected):
    arguments = ARGUMENTS.get(name)
    url = reverse(name, kwargs=arguments() if callable(arguments) else arguments)

    got = [getattr(clients[role], method)(url).status_code for role in ROLES]

    assert dict(zip(ROLES, got, strict=True)) == dict(zip(ROLES, expected, strict=True))


def test_every_address_is_in_the_table():
    named = {name for _, name, _ in ACCESS}

    assert set(names_of(get_resolver())) - named == set()


def test_the_table_names_no_address_that_is_gone():
    named = {name for _, name, _ in ACCESS}

    assert named - set(names_of(get_resolver())) == set()


def test_every_admin_page_is_closed_to_all_but_superusers(clients):
    addresses = [
        reverse(name)
        for name in names_of(get_resolver(), "admin")
        if name.endswith(("_changelist", "_add", ":index"))
    ]

    for address in addresses:
        codes = [clients[role].get(address).status_code for role in ROLES]
        assert codes[0] == 302, address
        assert set(codes[1:]) <= {302, 403}, address


def names_of(resolver: URLResolver, only: str = "", space: str = "") -> Iterator[str]:
    """The full names of all addresses; those of *only* one namespace, or all but admin.

    An address without a name stands as its pattern, and so is in no table.
    """
    for entry in resolver.url_patterns:
        match entry:
            case URLResolver():
                inner = ":".join(filter(None, [space, entry.namespace]))
                yield from names_of(entry, only, inner)
            case URLPattern() if (space == "admin") is (only == "admin"):
                yield ":".join(filter(None, [space, entry.name or str(entry.pattern)]))
