"""A decision after signing: a reason completed later, or a decision taken anew."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from carepaths.actions import decisions as actions
from carepaths.core.advised import AdvisedAction, Setting, advised_action
from carepaths.forms.decisions import open_questions, read_intention
from carepaths.forms.performances import CHOICES
from carepaths.models import Decision, Opportunity, Performance
from carepaths.permissions import may_decide, may_record_performance
from carepaths.views.desk import today_at, visit_day
from carepaths.views.signed import action_of, as_intention
from carepaths.views.subjects import find_opportunity, refusals_as_pages, switched
from scamps.core.definition import words
from scamps.views.found import demand

KNOWN_HOW = "Told by the clinician after signing"


@refusals_as_pages
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide about one signed action; the last decision holds, all stay readable."""
    opportunity = find_opportunity(request, pk)
    encounter = opportunity.encounter
    patient = encounter.enrolment.patient
    demand(may_decide(request.user, opportunity) and not encounter.is_open)
    held = Decision.objects.held().filter(opportunity=opportunity).first()
    intention, problem = as_intention(held) if held else {}, ""
    if request.method == "POST":
        if refused := switched(request, patient):
            return refused
        intention = read_intention(request.POST, f"d.{opportunity.key}.")
    advised = _advised(opportunity, intention)
    if request.method == "POST":
        problem = _lacks(opportunity, advised)
        if not problem:
            _decide(request, opportunity, intention)
            return redirect(encounter)
    context = {
        "encounter": encounter,
        "patient": patient,
        "advised": advised,
        "wants_reason": bool(held and held.choice == "deviated" and not held.reason),
        "problems": [(f"d-{advised.id}", problem)] if problem else [],
        "resource": _resource(opportunity),
        "done_choices": CHOICES,
        "done": request.POST.get("done") or _done(opportunity),
    }
    status = 422 if problem else 200
    return render(request, "carepaths/decide.html", context, status=status)


@transaction.atomic
def _decide(
    request: HttpRequest, opportunity: Opportunity, intention: dict[str, Any]
) -> None:
    who = {"by": request.user, "at": timezone.now()}
    actions.decide(opportunity=opportunity, **intention, **who)
    _tell_what_was_done(request, opportunity, who)


def _advised(opportunity: Opportunity, intention: dict[str, Any]) -> AdvisedAction:
    encounter = opportunity.encounter
    plan, origin = encounter.version.plan, encounter.origin
    held, today = {opportunity.key: intention}, today_at(encounter)
    setting = Setting(held, origin, today, visit_day(encounter))
    action = action_of(encounter, opportunity)
    return advised_action(plan, opportunity.node, action, setting)


def _lacks(opportunity: Opportunity, advised: AdvisedAction) -> str:
    if not advised.intention["choice"]:
        return "Choose one."
    return open_questions(opportunity.encounter.version.plan, advised)


def _resource(opportunity: Opportunity) -> str:
    resources = opportunity.encounter.version.plan.resources
    titles = {one.key: words(one.title, "en") for one in resources}
    return titles[opportunity.resource]


def _done(opportunity: Opportunity) -> str:
    """What is known to have been done so far; empty if nothing is."""
    rows = Performance.objects.held().filter(encounter=opportunity.encounter)
    mine = rows.filter(resource=opportunity.resource)
    return mine.values_list("status", flat=True).first() or ""


def _tell_what_was_done(
    request: HttpRequest, opportunity: Opportunity, who: dict[str, Any]
) -> None:
    """Record what was done, apart from what was intended, if it is news."""
    status = request.POST.get("done", "")
    news = status in Performance.Status.values and status != _done(opportunity)
    if news and may_record_performance(request.user, opportunity.encounter):
        actions.record_performance(
            encounter=opportunity.encounter,
            resource=opportunity.resource,
            status=status,
            known_how=KNOWN_HOW,
            **who,
        )
