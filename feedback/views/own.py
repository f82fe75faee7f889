"""For the eyes of the one who decided: what became of it, and the own figures.

No address here takes a user: everybody sees only what is their own.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import User
from accounts.permissions import is_only_in_sandbox
from carepaths.core.said import outcome_words
from carepaths.models import Decision, Outcome
from carepaths.views.signed import advised_with
from feedback.actions.own import (
    outcomes_since,
    own_decisions,
    own_figures,
    read_outcomes,
    read_until,
    unread,
)
from scamps.core.definition import words

SHOWN = 40  # outcomes on the page


@transaction.atomic
def became(request: HttpRequest) -> HttpResponse:
    """What became of own decisions, the latest outcome first; then it is read."""
    read = read_until(request.user)
    rows = _rows(request.user, read)
    read_outcomes(by=request.user, at=timezone.now())
    return render(request, "feedback/became.html", {"rows": rows, "most": SHOWN})


def news(request: HttpRequest) -> HttpResponse:
    """One small line for the worklist: how many outcomes have arrived since."""
    return render(request, "feedback/_news.html", {"unread": unread(request.user)})


def figures(request: HttpRequest) -> HttpResponse:
    """The own figures of the last twelve months, beside all others'."""
    sandbox = is_only_in_sandbox(request.user)
    found = own_figures(request.user, sandbox=sandbox, at=timezone.now())
    return render(request, "feedback/own_figures.html", {"found": found})


def _rows(user: User, read: Any) -> list[dict[str, Any]]:
    """Episodes with news: the own decisions on them, and the outcomes since."""
    found = list(outcomes_since(user).select_related("by")[:SHOWN])
    decided: dict[int, list[Decision]] = {}
    for decision in _decisions_on({row.enrolment_id for row in found}, user):
        episode = decision.opportunity.encounter.enrolment_id
        decided.setdefault(episode, []).append(decision)
    by_episode: dict[int, list[Outcome]] = {}
    for row in found:
        by_episode.setdefault(row.enrolment_id, []).append(row)
    return [
        _row(decided[episode], outcomes, user, read)
        for episode, outcomes in by_episode.items()
    ]


def _decisions_on(episodes: set[int], user: User) -> list[Decision]:
    mine = own_decisions(user).filter(opportunity__encounter__enrolment__in=episodes)
    related = mine.select_related(
        "opportunity__encounter__version__content",
        "opportunity__encounter__version__scamp",
        "opportunity__encounter__site",
        "opportunity__encounter__enrolment__patient__identity",
        "opportunity__encounter__enrolment__patient__site",
    )
    return list(related.order_by("opportunity__encounter", "opportunity__position"))


def _row(
    decisions: list[Decision], outcomes: list[Outcome], user: User, read: Any
) -> dict[str, Any]:
    encounter = decisions[-1].opportunity.encounter
    declared = {outcome.key: outcome for outcome in encounter.version.plan.outcomes}
    return {
        "encounter": encounter,
        "patient": encounter.enrolment.patient,
        "decisions": [_decided(decision) for decision in decisions],
        "outcomes": [
            {
                "row": row,
                "label": words(declared[row.key].label, "en"),
                "said": outcome_words(declared[row.key], row.value),
                "is_new": row.by_id != user.pk
                and (read is None or row.recorded_at > read),
            }
            for row in outcomes
            if row.key in declared
        ],
    }


def _decided(decision: Decision) -> dict[str, Any]:
    opportunity = decision.opportunity
    advised = advised_with(opportunity.encounter, opportunity, decision)
    return {
        "decision": decision,
        "encounter": opportunity.encounter,
        "words": advised.words,
        "said": advised.said,
        "dot": {"followed": "f", "modified": "d", "deviated": "d"}.get(
            decision.choice, ""
        ),
    }
