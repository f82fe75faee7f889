"""Evidence alerts of a plan: raised, read, reviewed in haste, closed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from scamps.actions import alerts as actions
from scamps.actions.committee import TooFewMembers, UnderReview, members_of
from scamps.actions.expedited import rule_of, set_rule
from scamps.core.definition import words
from scamps.forms import ReasonForm
from scamps.forms.alerts import AddressForm, AlertForm, RuleForm
from scamps.models import Alert, Scamp, State, Version
from scamps.permissions import may_raise_alert, may_set_rules, may_write
from scamps.views.found import demand, problems_of

REFUSED = {
    actions.AuthorAlone: "Who raised it does not close it: ask a colleague.",
    actions.AlertClosed: "Somebody closed it already.",
    actions.AlertOpen: "It is open already.",
    actions.NotAddressed: "That version is not in use, or is not a later one.",
    actions.InReview: "A version is being judged without it. Return that one to draft, "
    "or finish it, and then begin.",
}
SAID = {
    "expedite": "The expedited review has begun.",
    "address": "Closed.",
    "dismiss": "Closed.",
    "reopen": "Open again.",
}


def find_scamp(request: HttpRequest, key: str) -> Scamp:
    return get_object_or_404(Scamp.objects.visible_to(request.user), key=key)


def standing_of(scamp: Scamp) -> Version:
    """The version whose steps an alert names: the active one, else the newest."""
    return get_object_or_404(Version.objects.standing().filter(scamp=scamp))


def alerts(request: HttpRequest, key: str) -> HttpResponse:
    """List the alerts; on POST, raise one."""
    scamp = find_scamp(request, key)
    version = standing_of(scamp)
    may_raise = may_raise_alert(request.user, version)
    data = request.POST if request.method == "POST" else None
    form = AlertForm(data, nodes=_nodes(version))
    if form.is_bound:
        demand(may_raise)
        if form.is_valid():
            return _raise(request, version, dict(form.cleaned_data))
    rule = rule_of(scamp)
    found = list(scamp.alerts.with_state().select_related("by", "version"))
    context = {
        "scamp": scamp,
        "version": version,
        "plan": version.plan,
        "rows": [_row(one, version, rule) for one in found],
        "open": sum(_is_open(one) for one in found),
        "rule": rule,
        "may_raise": may_raise,
        "may_write": may_write(request.user, scamp),
        "may_set": may_set_rules(request.user, scamp),
        "form": form,
        "problems": problems_of(form) if form.is_bound else [],
    }
    status = 422 if form.is_bound else 200
    return render(request, "scamps/alerts.html", context, status=status)


def _nodes(version: Version) -> list[tuple[str, str]]:
    plan = version.plan
    return [(node.key, words(node.title, "en", plan.language)) for node in plan.nodes]


def _raise(
    request: HttpRequest, version: Version, told: dict[str, Any]
) -> HttpResponse:
    who = {"by": request.user, "at": timezone.now()}
    expedite = told.pop("expedite")
    alert = actions.raise_alert(version=version, **told, **who)
    messages.success(request, "Raised. It stands beside the advice of these steps now.")
    if expedite and may_write(request.user, version.scamp):
        _take(request, alert, "expedite", {})
    return redirect(alert)


def _is_open(alert: Alert) -> bool:
    return alert.last_kind in (None, "reopened")


def _row(alert: Alert, version: Version, rule: Any) -> dict[str, Any]:
    """An alert with the steps it names, in words, and by when it is to be decided."""
    titles = dict(_nodes(alert.version))
    due_on = rule.due_on(alert) if rule and _is_open(alert) else None
    return {
        "alert": alert,
        "is_open": _is_open(alert),
        "nodes": [
            (node, titles.get(node, node), node in version.plan.node)
            for node in alert.nodes
        ],
        "due_on": due_on,
        "is_overdue": bool(due_on and due_on < timezone.now().date()),
    }


def alert(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Show one alert with all that was done about it; on POST, take a step."""
    scamp = find_scamp(request, key)
    related = Alert.objects.with_state().select_related("scamp", "version__content")
    found = get_object_or_404(related.select_related("by"), scamp=scamp, pk=pk)
    may_act = may_write(request.user, scamp)
    then, bound = request.POST.get("then", ""), None
    if request.method == "POST":
        demand(may_act)
        bound = _forms(found, request.POST).get(then)
        if then == "expedite" or (bound is not None and bound.is_valid()):
            _take(request, found, then, bound.cleaned_data if bound else {})
            return redirect(found)
    offered = _forms(found) if may_act else {}
    if bound is not None:
        offered[then] = bound
    context = {
        "scamp": scamp,
        "row": _row(found, standing_of(scamp), rule_of(scamp)),
        "alert": found,
        "version": standing_of(scamp),
        "steps": found.steps.select_related("by", "version__scamp"),
        "forms": offered,
        "may_act": may_act,
        "opened": then,
        "problems": problems_of(bound) if bound is not None else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "scamps/alert.html", context, status=status)


def _forms(found: Alert, data: Any = None) -> dict[str, forms.Form]:
    """What can be told now, by the name of its button."""
    if not _is_open(found):
        label = "Why open it again?"
        form = ReasonForm(data, label=label, required=True, auto_id="reopen-%s")
        return {"reopen": form}
    later = found.scamp.versions.in_state(State.ACTIVE, State.PILOT).filter(
        number__gt=found.version.number
    )
    numbers = later.order_by("-number").values_list("number", flat=True)
    why = "Why does it change nothing?"
    offered: dict[str, forms.Form] = {
        "dismiss": ReasonForm(data, label=why, required=True, auto_id="dismiss-%s")
    }
    if numbers:
        offered["address"] = AddressForm(data, numbers=numbers, auto_id="address-%s")
    return offered


def _take(request: HttpRequest, alert: Alert, then: str, told: dict[str, Any]) -> None:
    """Take the step, or say why it was refused."""
    who: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    try:
        match then:
            case "expedite":
                actions.begin_expedited(alert=alert, **who)
            case "address":
                version = alert.scamp.versions.get(number=told["number"])
                said = told["words"]
                actions.address(alert=alert, version=version, words=said, **who)
            case "dismiss":
                actions.dismiss(alert=alert, words=told["reason"], **who)
            case "reopen":
                actions.reopen(alert=alert, words=told["reason"], **who)
    except tuple(REFUSED) as refusal:
        messages.error(request, REFUSED[type(refusal)])
    else:
        messages.success(request, SAID[then])


def rule(request: HttpRequest, key: str) -> HttpResponse:
    """Say how expedited versions are judged; on POST, change it."""
    scamp = find_scamp(request, key)
    demand(may_set_rules(request.user, scamp))
    held = rule_of(scamp)
    initial = {"quorum": held.quorum, "days": held.days} if held else {}
    form = RuleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _set(request, scamp, form):
        return redirect("scamps:alerts", key)
    context = {
        "scamp": scamp,
        "form": form,
        "members": members_of(scamp),
        "rules": scamp.expedited_rules.select_related("by"),
        "problems": problems_of(form) if form.is_bound else [],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "scamps/alert_rule.html", context, status=status)


def _set(request: HttpRequest, scamp: Scamp, form: RuleForm) -> bool:
    who = {"by": request.user, "at": timezone.now()}
    try:
        set_rule(scamp=scamp, **form.cleaned_data, **who)
    except UnderReview:
        said = "A version is in review. The rules change before it, or after it."
        form.add_error("quorum", said)
    except TooFewMembers as few:
        said = f"Only {few.members} sit on the committee: enter at most {few.members}."
        form.add_error("quorum", said)
    else:
        messages.success(request, "From now on expedited versions are judged so.")
        return True
    return False
