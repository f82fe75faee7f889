"""The note of a visit, to copy into the health record: page, plain text, PDF."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.trail import record
from carepaths.core.note import as_text
from carepaths.core.printing import Unprintable, to_pdf
from carepaths.models import Encounter
from carepaths.views.noting import note_of
from carepaths.views.subjects import find_encounter

TEXT = "text/plain; charset=utf-8"


def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the note as text, with a button that copies it."""
    encounter = find_encounter(request, pk)
    record(request.user, "saw", encounter, encounter.site, part="note")
    return _page(request, encounter)


def note_text(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the note as a text file."""
    encounter = find_encounter(request, pk)
    record(request.user, "printed", encounter, encounter.site, part="note", form="text")
    return HttpResponse(as_text(note_of(encounter)) + "\n", content_type=TEXT)


def note_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the note as PDF, or say why the text must do."""
    encounter = find_encounter(request, pk)
    try:
        made = to_pdf("note", asdict(note_of(encounter)))
    except Unprintable as lacking:
        return _page(request, encounter, lacking.characters)
    record(request.user, "printed", encounter, encounter.site, part="note", form="pdf")
    return pdf_response(made, f"visit-{encounter.pk}.pdf")


def pdf_response(made: bytes, name: str) -> HttpResponse:
    """A PDF to be shown; *name* is what it is called when it is kept."""
    shown = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(made, content_type="application/pdf", headers=shown)


def _page(
    request: HttpRequest, encounter: Encounter, lacking: str = ""
) -> HttpResponse:
    said = note_of(encounter)
    context = {
        "encounter": encounter,
        "patient": encounter.enrolment.patient,
        "note": said,
        "text": as_text(said),
        "lacking": lacking,
    }
    status = 422 if lacking else 200
    return render(request, "carepaths/note.html", context, status=status)
