"""A signed encounter: answers, decisions, what was done, and how it came about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from carepaths.core.advised import Setting, advised_action
from carepaths.core.elsewhere import CHOICES, CONFLICT
from carepaths.models import (
    Decision,
    Encounter,
    Opportunity,
    Origin,
    Performance,
    Revision,
)
from carepaths.permissions import may_amend, may_decide, may_record_outcome, may_void
from carepaths.views.desk import Desk, desk_of_revision, today_at
from carepaths.views.revisions import asked_for, desk_shown, history
from scamps.core.definition import Action, words
from scamps.permissions import has_seat

DONE = {"done": "Done", "not-done": "Not done", "unknown": "Not known"}
DOTS = {"followed": "f", "deviated": "d", "modified": "d"}


def signed_page(request: HttpRequest, encounter: Encounter) -> HttpResponse:
    """Show what holds, or the revision asked for; advice and decisions as signed."""
    revisions = list(encounter.revisions.select_related("by").order_by("number"))
    sealed = [row for row in revisions if row.is_sealed]
    as_signed = desk_of_revision(encounter, sealed[0])
    shown = asked_for(request, revisions)
    void = encounter.voids.select_related("by").first()
    opportunities = list(encounter.opportunities.all())
    context = {
        **desk_shown(encounter, shown, sealed[0]).page(),
        "advice": as_signed.advice,
        "history": history(encounter, revisions, shown),
        "shown": shown,
        "is_latest": shown == sealed[-1],
        "otherwise": sealed[-1].advises_otherwise,
        "void": void,
        "decisions": decision_rows(encounter, opportunities),
        "performances": performance_rows(encounter, opportunities),
        "settled": settled_conflicts(as_signed.intentions),
        "may_decide": not void
        and bool(opportunities)
        and may_decide(request.user, opportunities[0]),
        "may_tell": not void and may_record_outcome(request.user, encounter.enrolment),
        "may_amend": not void and may_amend(request.user, encounter),
        "may_void": not void and may_void(request.user, encounter),
        "may_make_case": not void and has_seat(request.user, encounter.version.scamp),
    }
    return render(request, "carepaths/signed.html", context)


def settled_conflicts(intentions: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was decided at signing where two plans conflicted."""
    chosen = {
        int(key.rpartition("/")[2]): said["choice"]
        for key, said in intentions.items()
        if key.startswith(CONFLICT)
    }
    if not chosen:
        return []
    others = Opportunity.objects.filter(pk__in=chosen).select_related(
        "encounter__version__scamp", "encounter__version__content"
    )
    return [
        {
            "words": words(action_of(one.encounter, one).words, "en"),
            "scamp": one.encounter.version.scamp,
            "said": CHOICES[chosen[one.pk]],
        }
        for one in others
    ]


def decision_rows(
    encounter: Encounter, opportunities: Iterable[Opportunity]
) -> list[dict[str, Any]]:
    """What was advised, each with the decision that holds, in words."""
    mine = Decision.objects.held().filter(opportunity__encounter=encounter)
    held = {row.opportunity_id: row for row in mine.select_related("by")}
    return [decision_row(encounter, one, held.get(one.pk)) for one in opportunities]


def decision_row(
    encounter: Encounter, opportunity: Opportunity, decision: Decision | None
) -> dict[str, Any]:
    """One advised action with the decision about it, in words."""
    advised = advised_with(encounter, opportunity, decision)
    looks_back = encounter.origin == Origin.RETROSPECTIVE
    return {
        "opportunity": opportunity,
        "words": advised.words,
        "decision": decision,
        "said": advised.said or "No decision",
        "dot": DOTS.get(decision.choice, "") if decision else "",
        "wanting": _wanting(decision, looks_back),
    }


def _wanting(decision: Decision | None, looks_back: bool) -> str:
    """What is still to be told about a decision, as a button says it."""
    if decision is None:
        return "Decide"
    if decision.choice == "deferred":
        return "Decide now"
    if decision.choice == "deviated" and not decision.reason and not looks_back:
        return "Give the reason"
    return ""


def advised_with(
    encounter: Encounter, opportunity: Opportunity, decision: Decision | None
) -> Any:
    """The advised action of a signed opportunity, with the decision that holds."""
    plan = encounter.version.plan
    intention = as_intention(decision) if decision else {}
    setting = Setting(
        {opportunity.key: intention}, encounter.origin, today_at(encounter)
    )
    action = action_of(encounter, opportunity)
    return advised_action(plan, opportunity.node, action, setting)


def action_of(encounter: Encounter, opportunity: Opportunity) -> Action:
    """The action of the plan that an opportunity is about."""
    actions = encounter.version.plan.node[opportunity.node].actions
    return next(action for action in actions if action.key == opportunity.action)


def as_intention(decision: Decision) -> dict[str, Any]:
    due_on: date | None = decision.due_on
    return {
        "choice": decision.choice,
        "kind": decision.kind,
        "reason": decision.reason,
        "words": decision.words,
        "due_on": due_on.isoformat() if due_on else None,
    }


def performance_rows(
    encounter: Encounter, opportunities: Iterable[Opportunity]
) -> list[dict[str, Any]]:
    """What is known to have been done, and whether it was advised."""
    rows = Performance.objects.held().filter(encounter=encounter)
    return performances_told(encounter, opportunities, rows)


def performances_told(
    encounter: Encounter,
    opportunities: Iterable[Opportunity],
    rows: Iterable[Performance],
) -> list[dict[str, Any]]:
    """Performances of *encounter* in words, each with whether it was advised."""
    advised = {one.resource for one in opportunities if one.direction == "do"}
    titles = {
        one.key: words(one.title, "en") for one in encounter.version.plan.resources
    }
    return [
        {
            "title": titles.get(row.resource, row.resource),
            "said": DONE[row.status],
            "advised": row.resource in advised or row.status != "done",
            "done_at": row.done_at,
            "place": row.place,
            "known_how": row.known_how,
        }
        for row in rows
    ]


def latest_sealed(encounter: Encounter) -> Revision:
    """The revision that an amendment starts from."""
    return encounter.revisions.sealed().order_by("-number")[0]


def shown_desk(encounter: Encounter) -> tuple[Desk, Mapping[str, Any]]:
    """The desk of the latest signed or amended answers, and those answers."""
    revision = latest_sealed(encounter)
    return desk_of_revision(encounter, revision), revision.answers
