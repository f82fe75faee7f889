"""Home: what waits for this clinician, and the patients seen last."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.models import Site, User
from accounts.permissions import (
    CLINICAL_ROLES,
    CLINICIAN,
    DATA_MANAGER,
    has_any_role,
)
from carepaths.models import Encounter, Opportunity, Patient
from carepaths.views.enrolments import DECLINED, eligible_rows
from carepaths.views.signed import action_of
from scamps.core.definition import words

SHOWN = 50


def worklist(request: HttpRequest) -> HttpResponse:
    """Show drafts to finish, reasons to complete, and recent patients."""
    user = request.user
    drafts = (
        Encounter.objects.visible_to(user)
        .drafts()
        .worked_on_by(user)
        .select_related("enrolment__patient__identity", "version__scamp", "site")
        .select_related("edited_by")
        .defer("answers", "intentions")
        .order_by("-edited_at")[:SHOWN]
    )
    reasons = [
        {"opportunity": one, "words": words(action_of(one.encounter, one).words, "en")}
        for one in _without_reason(user)
    ]
    eligible = eligible_rows(user, SHOWN)
    context = {
        "drafts": drafts,
        "reasons": reasons,
        "waiting": len(drafts) + len(reasons) + len(eligible),
        "eligible": eligible,
        "decline_reasons": DECLINED,
        "recent": Patient.objects.visible_to(user).last_seen_by(user),
        "sees_patients": has_any_role(user, CLINICAL_ROLES),
        "may_register": Site.objects.open_to(user, CLINICIAN, DATA_MANAGER).exists(),
    }
    return render(request, "carepaths/worklist.html", context)


def _without_reason(user: User) -> QuerySet[Opportunity]:
    """What *user* signed as deviated and gave no reason for yet, the oldest first."""
    mine = Opportunity.objects.visible_to(user).filter(encounter__signed_by=user)
    return (
        mine.without_reason(timezone.now())
        .select_related("encounter__enrolment__patient__identity", "encounter__site")
        .select_related("encounter__version__scamp", "encounter__version__content")
        .order_by("encounter__signed_at")[:SHOWN]
    )
