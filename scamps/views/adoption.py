"""A site's own plan: adopted from a shared one, and kept in step with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from scamps.actions.adoption import (
    NotAdopted,
    NothingNew,
    NotShared,
    adopt,
    update,
    upstream_of,
)
from scamps.actions.drafts import DraftExists, under_way_of
from scamps.actions.saving import EditConflict, NotADraft
from scamps.core.definition import words
from scamps.forms import AdoptForm
from scamps.models import Adoption, Scamp, Version
from scamps.permissions import may_adopt, may_write, sites_to_adopt_for
from scamps.views.arrivals import collided, saved
from scamps.views.found import demand, find_version, problems_of


def adopt_plan(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Ask for which site, and under which name; then begin its own plan."""
    version = find_version(request, key, number)
    demand(may_adopt(request.user, version))
    sites = sites_to_adopt_for(request.user, version)
    data = request.POST if request.method == "POST" else None
    form = AdoptForm(data, sites=sites, initial=_proposed(version, sites.first()))
    if form.is_bound and form.is_valid() and (made := _adopt(request, version, form)):
        messages.success(request, f"{made.scamp} is a draft of your own.")
        return redirect("scamps:upstream", made.scamp.key)
    context = {
        "version": version,
        "plan": version.plan,
        "form": form,
        "problems": problems_of(form) if form.is_bound else [],
    }
    status = 422 if form.is_bound else 200
    return render(request, "scamps/adopt.html", context, status=status)


def _proposed(version: Version, site) -> dict[str, object]:
    title = words(version.plan.title, version.plan.language)
    key = f"{version.scamp.key[:30]}-{site.key[:19]}".strip("-")
    return {"site": site, "title": f"{title}, {site.name}"[:200], "key": key}


def _adopt(request: HttpRequest, version: Version, form: AdoptForm) -> Version | None:
    try:
        return adopt(
            upstream=version, by=request.user, at=timezone.now(), **form.cleaned_data
        )
    except DraftExists:
        form.add_error("key", "There is a plan of this key already.")
    except NotShared:
        form.add_error(None, "Only a version in force of a shared plan can be adopted.")
    return None


def upstream(request: HttpRequest, key: str) -> HttpResponse:
    """Show where a plan comes from and what is new there; on POST, merge it in."""
    scamps = Scamp.objects.visible_to(request.user)
    scamp = get_object_or_404(scamps, key=key)
    try:
        found = upstream_of(scamp)
    except NotAdopted:
        raise Http404 from None
    demand(may_write(request.user, scamp))
    if request.method == "POST":
        return _update(request, scamp)
    draft = under_way_of(scamp)
    context = {
        "scamp": scamp,
        "found": found,
        "draft": draft,
        "version": draft or scamp.versions.order_by("-number").first(),
        "waiting": draft.arrivals.waiting().filter(kind="upstream") if draft else (),
        "history": Adoption.objects.filter(scamp=scamp)
        .select_related("upstream__scamp", "by", "version", "arrival")
        .order_by("-pk"),
    }
    return render(request, "scamps/upstream.html", context)


def _update(request: HttpRequest, scamp: Scamp) -> HttpResponse:
    here = reverse("scamps:upstream", args=[scamp.key])
    try:
        version = update(scamp=scamp, by=request.user, at=timezone.now())
    except EditConflict as conflict:
        return collided(conflict, here)
    except NothingNew:
        messages.info(request, "Nothing is new upstream.")
    except NotADraft as refused:
        messages.info(
            request, f"{refused.args[0]} is in review: return it to draft first."
        )
    else:
        return saved(request, version, here)
    return redirect(here)
