"""Who changed what when: every saved edit with what it did; and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from scamps.actions.restoring import restore
from scamps.actions.saving import EditConflict, NotADraft
from scamps.core.compare import Comparison
from scamps.core.history import changes_between, touching
from scamps.core.named import named_parts, part_words
from scamps.models import Edit, State, Version
from scamps.permissions import may_write
from scamps.views.aftermath import after_save
from scamps.views.found import demand, find_version

SHOWN = 15  # edits on a page
LOOKED_AT = 300  # edits among which those of one part are looked for


@dataclass(frozen=True)
class Row:
    """One edit with its differences, the weightiest effect first."""

    edit: Edit
    effects: tuple
    is_latest: bool

    @property
    def is_begun(self) -> bool:
        """Whether it began the draft."""
        return self.edit.note == "Begun"


def history(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show the edits of a version, the newest first, or those of one part.

    `?part=nodes/risk` filters; `?before=` goes on from an edit.
    """
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    place = request.GET.get("part", "")
    found = list(islice(_rows(version, place, _before(request)), SHOWN + 1))
    rows = found[:SHOWN]
    context = {
        "version": version,
        "plan": version.plan,
        "rows": rows,
        "next": rows[-1].edit.pk if len(found) > SHOWN else None,
        "parts": list(named_parts(version.plan)),
        "place": place,
        "place_words": _words(version, place),
        "is_draft": version.current_state == State.DRAFT,
        "looked_at": LOOKED_AT,
    }
    return render(request, "scamps/history.html", context)


def _words(version: Version, place: str) -> str:
    section, _, key = place.partition("/")
    return part_words(version.plan, section, key) or place


def _before(request: HttpRequest) -> int | None:
    asked = request.GET.get("before", "")
    return int(asked) if asked.isascii() and asked.isdecimal() else None


def _rows(version: Version, place: str, before: int | None) -> Iterator[Row]:
    """The edits that touch *place*, each with what it did there."""
    edits = version.edits.select_related("by", "before", "after").order_by("-pk")
    newest = edits.values_list("pk", flat=True).first()
    shown = edits.filter(pk__lt=before) if before else edits
    for edit in shown[:LOOKED_AT]:
        done = changes_between(edit.before and edit.before.plan, edit.after.plan)
        changes = touching(done, place)
        if changes or not place:
            effects = Comparison.of(changes).by_effect()
            yield Row(edit, effects, edit.pk == newest)


def restoring(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Show what going back to an earlier state would change; on POST, go back."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    edits = version.edits.select_related("by", "after")
    edit = get_object_or_404(edits, pk=pk)
    if version.current_state != State.DRAFT:
        return redirect("scamps:review", key, number)
    stale = False
    if request.method == "POST":
        stale = not _restore(request, version, edit)
        if not stale:
            return redirect("scamps:history", key, number)
        version = find_version(request, key, number)
    done = changes_between(version.plan, edit.after.plan)
    context = {
        "version": version,
        "plan": version.plan,
        "edit": edit,
        "effects": Comparison.of(done).by_effect(),
        "stale": stale,
    }
    return render(request, "scamps/restore.html", context, status=409 if stale else 200)


def _restore(request: HttpRequest, version: Version, edit: Edit) -> bool:
    """Whether it was restored."""
    seen = request.POST.get("seen", "")
    try:
        restore(
            version=version, edit=edit, seen=seen, by=request.user, at=timezone.now()
        )
    except (EditConflict, NotADraft):
        return False
    messages.success(request, "Restored. What was there before is in the history.")
    after_save(request, version)
    return True
