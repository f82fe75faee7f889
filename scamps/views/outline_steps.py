"""What is done to a part as a whole: moved, doubled, renamed, deleted, taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from scamps.actions.drafts import EditConflict, NothingToUndo, save_draft, undo_edit
from scamps.core.definition import Plan
from scamps.core.definition.parts import KEBAB, NAME
from scamps.core.definition.reading import PATTERNS
from scamps.core.edit import (
    KeyTaken,
    NoSuchPart,
    Sheet,
    Sort,
    duplicated,
    moved,
    renamed,
    sheet,
    title_of,
    uses,
    without,
)
from scamps.core.edit.sections import own_key, parts_of
from scamps.models import Version
from scamps.views.aftermath import after_save
from scamps.views.arrivals import collided
from scamps.views.outline import arrived, find_draft
from scamps.views.workbench import part_url, show

MOVES = {"up": -1, "down": 1}


@require_POST
def undo(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Take the last saved change back, and be where one was."""
    if (version := find_draft(request, key, number)) is None:
        return redirect("scamps:review", key, number)
    who = {"by": request.user, "at": timezone.now()}
    try:
        undo_edit(version=version, seen=request.POST.get("seen", ""), **who)
        after_save(request, version)
    except NothingToUndo:
        messages.info(request, "The draft is as it was begun.")
    except EditConflict:
        messages.error(request, "Somebody changed the draft meanwhile: look again.")
    return redirect(_back(request, version))


def _back(request: HttpRequest, version: Version) -> str:
    """The page one was at, if what it shows is still there."""
    home = reverse("scamps:outline", args=[version.scamp.key, version.number])
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    steps = back.removeprefix(home).strip("/").split("/")
    if not is_ours or not back.startswith(home) or len(steps) != 2:
        return home
    version.refresh_from_db()
    return part_url(version, *steps)


def step(
    request: HttpRequest, key: str, number: int, section: str, part: str, verb: str
) -> HttpResponse:
    """Do to a part what *verb* says; renaming and deleting ask first."""
    if (version := find_draft(request, key, number)) is None:
        return redirect("scamps:review", key, number)
    try:
        found = sheet(version.plan, section, part)
    except NoSuchPart as error:
        raise Http404(str(error)) from None
    if not found.section.is_keyed or verb not in VERBS:
        raise Http404(verb)
    if request.method != "POST" and verb not in ("rename", "delete"):
        return HttpResponseNotAllowed(["POST"])
    return VERBS[verb](request, version, found, verb)


def _move(
    request: HttpRequest, version: Version, found: Sheet, verb: str
) -> HttpResponse:
    plan = moved(version.plan, found.section, found.key, MOVES[verb])
    return _save(request, version, plan, found, f"Moved {verb}", found.key)


def _duplicate(
    request: HttpRequest, version: Version, found: Sheet, verb: str
) -> HttpResponse:
    plan, double = duplicated(version.plan, found.section, found.key)
    return _save(request, version, plan, found, "Duplicated", double)


def _rename(
    request: HttpRequest, version: Version, found: Sheet, verb: str
) -> HttpResponse:
    to = request.POST.get("to", "").strip()
    error = ""
    if request.method == "POST":
        try:
            plan = renamed(version.plan, found.section, found.key, to)
        except KeyTaken:
            error = f"Another {found.section.one} has the key “{to}”."
        except ValidationError:
            own = own_key(found.fields)
            error = PATTERNS[NAME if own and own.kind == "name" else KEBAB]
            error = f"{error[:1].upper()}{error[1:]}."
        else:
            return _save(request, version, plan, found, "Renamed", to)
    return _ask(request, version, found, "outline_rename", to, error)


def _delete(
    request: HttpRequest, version: Version, found: Sheet, verb: str
) -> HttpResponse:
    used = uses(version.plan, Sort(found.section.name), found.key)
    if request.method == "POST" and (not used or request.POST.get("sure")):
        plan = without(version.plan, found.section, found.key)
        return _save(request, version, plan, found, "Deleted", "")
    return _ask(request, version, found, "outline_delete")


VERBS = {
    "up": _move,
    "down": _move,
    "duplicate": _duplicate,
    "rename": _rename,
    "delete": _delete,
}


def _ask(
    request: HttpRequest,
    version: Version,
    found: Sheet,
    template: str,
    to: str = "",
    error: str = "",
) -> HttpResponse:
    """Say what depends on the part, and ask."""
    section, plan = found.section.name, version.plan
    used = uses(plan, Sort(section), found.key)
    context = {
        "sheet": found,
        "title": _title(found, plan),
        "uses": [
            (one, part_url(version, one.sheet.section.name, one.sheet.key))
            for one in used
        ],
        "to": to or found.key,
        "error": error,
        "problems": [("to", error)] if error else (),
        "published": _published(version, found),
    }
    status = 422 if request.method == "POST" else 200
    place = {"section": section, "key": found.key, "status": status}
    return show(request, version, template, context, **place)


def _published(version: Version, found: Sheet) -> bool:
    """Whether an earlier version has data under this key."""
    earlier = version.scamp.versions.filter(number__lt=version.number)
    last = earlier.order_by("-number").select_related("content").first()
    if last is None:
        return False
    return any(one.key == found.key for one in parts_of(last.plan, found.section))


def _title(found: Sheet, plan: Plan) -> str:
    named = [p for p in parts_of(plan, found.section) if p.key == found.key]
    return title_of(named[0], plan)


def _save(
    request: HttpRequest,
    version: Version,
    plan: Plan,
    found: Sheet,
    done: str,
    at: str,
) -> HttpResponse:
    """Save, say what was done, and be at the part *at*."""
    title = _title(found, version.plan)
    try:
        saved = save_draft(
            version=version,
            plan=plan,
            seen=request.POST.get("seen", ""),
            note=f"{done}: the {found.section.one} “{title}”"[:200],
            by=request.user,
            at=timezone.now(),
        )
    except EditConflict as conflict:
        here = part_url(version, found.section.name, found.key)
        if conflict.arrival:
            return collided(conflict, here)
        messages.error(request, "Somebody changed the draft meanwhile: look again.")
        return redirect(here)
    return arrived(request, saved, part_url(saved, found.section.name, at))
