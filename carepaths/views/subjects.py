"""Whom and what a page is about, found among what the user may see."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID, uuid4

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import ResolverMatch

from accounts.models import User
from accounts.permissions import CLINICAL_ROLES, sites_where
from carepaths.actions.refusals import PayloadDiffers, Refusal
from carepaths.models import Encounter, Enrolment, Opportunity, Patient, Remark
from carepaths.templatetags.clinical import display_name, person
from scamps.models import Version

CHANGES_WITH_THE_PAGE = ("csrfmiddlewaretoken", "written_by", "kept")
SENT_BEFORE = "This form was sent before, filled in otherwise."


def find_patient(request: HttpRequest, pk: int) -> Patient:
    patients = Patient.objects.visible_to(request.user)
    return get_object_or_404(patients.select_related("identity", "site"), pk=pk)


def find_enrolment(request: HttpRequest, pk: int) -> Enrolment:
    enrolments = Enrolment.objects.visible_to(request.user).with_state()
    related = enrolments.select_related("scamp", "patient__identity", "patient__site")
    return get_object_or_404(related, pk=pk)


def find_encounter(request: HttpRequest, pk: int) -> Encounter:
    """The encounter, if its patient is seen: as `visible_to`, in two short queries.

    `has_told` says whether the user told the committee something about its version.
    The version is asked for by itself: eight tables in one query take PostgreSQL longer
    to plan than both take to answer.
    """
    mine = sites_where(request.user, CLINICAL_ROLES)
    encounters = Encounter.objects.filter(enrolment__patient__site__in=mine)
    related = encounters.select_related(
        "enrolment__patient__identity", "enrolment__patient__site"
    )
    told = Remark.objects.filter(by=request.user.pk, version=OuterRef("version"))
    found = get_object_or_404(related.annotate(has_told=Exists(told)), pk=pk)
    found.version = Version.objects.at_hand(found.version_id)
    _fill_from_hand(found, request.user)
    return found


def _fill_from_hand(found: Encounter, user: User) -> None:
    """Name rows that are known already: mostly the patient's site, and the user."""
    if found.site_id == (site := found.enrolment.patient.site).pk:
        found.site = site
    if found.edited_by_id == user.pk:
        found.edited_by = user


def find_opportunity(request: HttpRequest, pk: int) -> Opportunity:
    opportunities = Opportunity.objects.visible_to(request.user)
    related = opportunities.select_related(
        "encounter__enrolment__patient__identity",
        "encounter__enrolment__patient__site",
        "encounter__version__scamp",
        "encounter__version__content",
        "encounter__site",
    )
    return get_object_or_404(related, pk=pk)


def subject_of(request: HttpRequest, match: ResolverMatch) -> str:
    """Whom a form sent to *match* is about, in words; empty if not one patient."""
    finders = {
        "patients": lambda pk: find_patient(request, pk),
        "enrolments": lambda pk: find_enrolment(request, pk).patient,
        "encounters": lambda pk: find_encounter(request, pk).enrolment.patient,
        "opportunities": lambda pk: (
            find_opportunity(request, pk).encounter.enrolment.patient
        ),
    }
    find = finders.get(match.route.partition("/")[0])
    if find is None or "pk" not in match.kwargs:
        return ""
    try:
        patient = find(match.kwargs["pk"])
    except Http404:
        return ""
    identity = patient.identity
    number = f"no. {identity.record_number}"
    return ", ".join([display_name(identity), person(patient), number])


def switched(request: HttpRequest, patient: Patient) -> HttpResponse | None:
    """Refuse a form that was shown for another patient than the one it would change."""
    if request.POST.get("patient") == str(patient.pk):
        return None
    context = {"patient": patient}
    return render(request, "carepaths/switched.html", context, status=409)


def edit_of(request: HttpRequest) -> int:
    """The counter of the draft that the form was shown with; -1 if it has none."""
    edit = request.POST.get("edit", "")
    return int(edit) if edit.isascii() and edit.isdecimal() else -1


def submission_key(request: HttpRequest) -> UUID:
    """The key of this form: sent again it gives the same result, never a second one."""
    try:
        return UUID(request.POST.get("submission", ""))
    except ValueError:
        return uuid4()


def payload_of(request: HttpRequest) -> dict[str, list[str]]:
    """What was sent, less the tokens that change with each page."""
    sent = dict(request.POST.lists())
    for name in CHANGES_WITH_THE_PAGE:
        sent.pop(name, None)
    return sent


def refusals_as_pages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 409 with a page that says why, where an action refuses the state it met."""

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PayloadDiffers:
            context = {"words": SENT_BEFORE, "back": request.path}
            return render(request, "carepaths/refused.html", context, status=409)
        except Refusal as refusal:
            context = {"words": refusal.words, "back": request.path}
            return render(request, "carepaths/refused.html", context, status=409)

    return answered
