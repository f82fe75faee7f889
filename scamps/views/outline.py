"""The outline of a draft, and the form of each of its parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from scamps.actions.drafts import EditConflict, save_draft
from scamps.core.definition import Plan
from scamps.core.definition.parts import LANGUAGE
from scamps.core.edit import (
    Faults,
    NoSuchPart,
    Outcome,
    Sent,
    Sheet,
    Showing,
    Sort,
    Use,
    as_kind,
    blank,
    dropped_as,
    find_section,
    findings_in,
    noted,
    part_of,
    rearranged,
    sheet,
    taken_in,
    title_of,
    uses,
)
from scamps.core.edit.changes import Data, data_of, held
from scamps.core.edit.fixed import choice_words
from scamps.core.edit.languages import languages_of
from scamps.core.edit.sections import KINDS, needs_rows, parts_of
from scamps.core.edit.shapes import Field, Group, Rows
from scamps.core.edit.shown import places_of
from scamps.models import Content, State, Version
from scamps.permissions import may_write
from scamps.views.aftermath import after_save
from scamps.views.arrivals import collided, saved
from scamps.views.found import demand, find_version
from scamps.views.workbench import findings_of, part_url, show


def find_draft(request: HttpRequest, key: str, number: int) -> Version | None:
    """The draft that the reader may write; None if the version has left draft."""
    version = find_version(request, key, number)
    demand(may_write(request.user, version.scamp))
    return version if version.current_state == State.DRAFT else None


def outline(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The whole outline beside the tree, and what is wrong with the draft."""
    if (version := find_draft(request, key, number)) is None:
        return redirect("scamps:review", key, number)
    found = [
        (one, part_url(version, *part_of(one.where)))
        for one in findings_of(version.content)
    ]
    return show(request, version, "outline", {"findings": found})


def part(
    request: HttpRequest, key: str, number: int, section: str, part: str
) -> HttpResponse:
    """The form of one part of a draft; on POST its rows are moved, or it is saved."""
    if (version := find_draft(request, key, number)) is None:
        return redirect("scamps:review", key, number)
    desk = _desk(request, version, section, part)
    return _sent(request, desk) if request.method == "POST" else _shown(request, desk)


def add(request: HttpRequest, key: str, number: int, section: str) -> HttpResponse:
    """The empty form of a new part of a draft; on POST it is added."""
    if (version := find_draft(request, key, number)) is None:
        return redirect("scamps:review", key, number)
    desk = _desk(request, version, section, "")
    if section == "nodes" and _kind(request) not in KINDS:
        context = {"section": desk.sheet.section, "after": desk.after}
        return show(request, version, "outline_kinds", context, section=section)
    return _sent(request, desk) if request.method == "POST" else _shown(request, desk)


@dataclass(frozen=True)
class Desk:
    """What one form is about: the part, in the plan as its author saw it."""

    version: Version
    plan: Plan
    seen: str
    sheet: Sheet
    before: Data
    languages: list[str]
    after: str | None


def _also(request: HttpRequest) -> str:
    """A further language that the author asked for; empty for none, or for no language."""
    given = request.POST if request.method == "POST" else request.GET
    wanted = given.get("also", "").strip()
    return wanted if re.fullmatch(LANGUAGE, wanted) else ""


def _has_texts(fields: Sequence[Field]) -> bool:
    """Whether a form holds words that may be said in several languages."""
    return any(
        _has_texts((one.of,))
        if isinstance(one, Rows)
        else _has_texts(one.fields)
        if isinstance(one, Group)
        else one.kind == "text"
        for one in fields
    )


def _kind(request: HttpRequest) -> str:
    given = request.POST if request.method == "POST" else request.GET
    return given.get("kind", "")


def _desk(request: HttpRequest, version: Version, section: str, key: str) -> Desk:
    given = request.POST if request.method == "POST" else request.GET
    seen, plan = _seen(version, given.get("over") or given.get("seen", ""))
    kind = _kind(request) if _kind(request) in KINDS else ""
    try:
        found = find_section(section)
        if not key and not found.is_keyed:
            raise NoSuchPart(section)
        form = sheet(plan, section, key, kind) if key else blank(found, kind)
    except NoSuchPart as error:
        raise Http404(str(error)) from None
    before = as_kind(plan, form) if form.kind and key else held(data_of(plan), form)
    languages = languages_of(plan, _also(request))
    return Desk(version, plan, seen, form, before, languages, given.get("after"))


def _seen(version: Version, seen: str) -> tuple[str, Plan]:
    """The content that the author of a form saw, if it is of this draft, else today's."""
    was = Q(after=seen) | Q(before=seen)
    is_known = seen and version.edits.filter(was).exists()
    content = Content.objects.get(pk=seen) if is_known else version.content
    return content.pk, content.plan


def _shown(request: HttpRequest, desk: Desk) -> HttpResponse:
    values = noted(desk.sheet.fields, desk.before)
    for rows in needs_rows(desk.sheet.fields):
        if not values.get(rows.name):
            values = rearranged(values, f"add:{rows.name}")
    return _page(request, desk, values, Faults(findings=_findings(desk)))


def _findings(desk: Desk) -> dict[str, list[str]]:
    found = findings_in(findings_of(desk.version.content), desk.sheet)
    return {name: [one.message for one in each] for name, each in found.items()}


def _sent(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Rearrange the rows, or save."""
    sent = Sent(dict(request.POST.lists()), desk.languages[0])
    values = sent.read(desk.sheet.fields, desk.before)
    if desk.sheet.kind:
        values["kind"] = desk.sheet.kind
    order = request.POST.get("do", "save")
    if order not in ("save", "another"):
        return _page(request, desk, rearranged(values, order), Faults(), sent=sent)
    outcome = taken_in(desk.plan, desk.sheet, sent, values, desk.after)
    if outcome.plan is None:
        faults = Faults(errors=outcome.errors)
        return _page(request, desk, values, faults, sent=sent, status=422)
    if outcome.lost and not request.POST.get("sure"):
        told = {"sent": sent, "lost": outcome}
        return _page(request, desk, values, Faults(), **told, status=422)
    return _saved(request, desk, outcome, values, sent)


def _saved(
    request: HttpRequest, desk: Desk, outcome: Outcome, values: Data, sent: Sent
) -> HttpResponse:
    section = desk.sheet.section.name
    try:
        version = save_draft(
            version=desk.version,
            plan=outcome.plan,
            seen=desk.seen,
            note=_note(desk, outcome),
            by=request.user,
            at=timezone.now(),
        )
    except EditConflict as conflict:
        if conflict.arrival:
            return collided(conflict, request.path)
        told = {"sent": sent, "clash": True}
        return _page(request, desk, values, Faults(), **told, status=409)
    at = part_url(version, section, outcome.key)
    if request.POST.get("do") == "another":
        at = request.path
    return arrived(request, version, at)


def arrived(request: HttpRequest, version: Version, at: str) -> HttpResponse:
    """Go on *at* a page; say what came in with the save, if anything did."""
    if getattr(version, "arrival", None):
        return saved(request, version, at)
    after_save(request, version)
    return redirect(at)


def _note(desk: Desk, outcome: Outcome) -> str:
    """What was done, in words for the history."""
    section = desk.sheet.section
    if section.fixed is not None:
        return f"Changed: {section.title.lower()}, {desk.sheet.title.lower()}"
    named = [
        title_of(one, outcome.plan)
        for one in parts_of(outcome.plan, section)
        if one.key == outcome.key
    ]
    done = "Changed" if desk.sheet.key else "Added"
    return f"{done} the {section.one} “{named[0]}”"[:200]


def _used(desk: Desk) -> tuple[Use, ...]:
    """What depends on the part's key."""
    if not desk.sheet.key or not desk.sheet.section.is_keyed:
        return ()
    return uses(desk.version.plan, Sort(desk.sheet.section.name), desk.sheet.key)


def _kinds(desk: Desk) -> list[tuple[str, str, bool]]:
    """What a step may do instead: the kind, its words, whether it is this one."""
    if not desk.sheet.kind or not desk.sheet.key:
        return []
    return [
        (kind, choice_words("Node", "kind", kind), kind == desk.sheet.kind)
        for kind in KINDS
    ]


def _page(
    request: HttpRequest,
    desk: Desk,
    values: Data,
    faults: Faults,
    *,
    sent: Sent | None = None,
    lost: Outcome | None = None,
    clash: bool = False,
    status: int = 200,
) -> HttpResponse:
    sheet = desk.sheet
    where = ".".join([*map(str, sheet.section.path), sheet.key or "?"])
    if sheet.section.fixed is not None:
        where = ".".join(map(str, sheet.path))
    coming = {key: title for _, key, title in sent.new} if sent else {}
    showing = Showing(desk.plan, where, desk.languages, faults, coming)
    fields = showing.fields(sheet.fields, values)
    named = [f for f in fields if f.name != "key" or not sheet.key]
    context = {
        "sheet": sheet,
        "seen": desk.seen,
        "fields": named,
        "rare": [one for one in named if one.folded],
        "faults": faults,
        "problems": places_of(fields),
        "unplaced": faults.errors.get("", ()) or faults.findings.get("", ()),
        "after": desk.after,
        "kinds": _kinds(desk),
        "dropped": dropped_as(desk.plan, sheet) if sheet.kind and sheet.key else (),
        "also": _also(request),
        "has_texts": _has_texts(sheet.fields),
        "changed": request.method == "POST",
        "clash": clash,
        "uses": _used(desk),
        "lost": [
            (use, part_url(desk.version, use.sheet.section.name, use.sheet.key))
            for use in lost.lost
        ]
        if lost
        else (),
    }
    section, key = sheet.section.name, sheet.key
    names = {"section": section, "key": key, "status": status}
    return show(request, desk.version, "outline_part", context, **names)
