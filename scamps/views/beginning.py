"""A new plan, begun with a title and a key alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from scamps.actions.drafts import DraftExists, begin_scamp
from scamps.core.edit import empty_plan
from scamps.forms import BeginForm
from scamps.permissions import may_begin
from scamps.views.found import demand, problems_of


def begin_empty(request: HttpRequest) -> HttpResponse:
    """Begin a Scamp whose draft says nothing yet; it is written in the outline."""
    demand(may_begin(request.user))
    form = BeginForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        plan = empty_plan(**form.cleaned_data)
        try:
            made = begin_scamp(plan=plan, by=request.user, at=timezone.now())
        except DraftExists:
            form.add_error("key", f"There is a plan “{plan.key}” already.")
        else:
            return redirect("scamps:outline", made.scamp.key, made.number)
    context = {"form": form, "problems": problems_of(form)}
    status = 422 if form.errors else 200
    return render(request, "scamps/begin_empty.html", context, status=status)
