"""Comments on a version: all its threads, those of one part, and each by itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from scamps.actions.comments import (
    AlreadyResolved,
    NoSuchPart,
    StillOpen,
    answer,
    begin_thread,
)
from scamps.core.named import named_parts, part_words
from scamps.forms import AnswerForm, CommentForm
from scamps.models import Thread, Turn, Version
from scamps.permissions import may_comment
from scamps.views.found import demand, find_version, problems_of

TURNS = {"say": Turn.SAID, "resolve": Turn.RESOLVED, "reopen": Turn.REOPENED}
MOVED = {
    AlreadyResolved: "It was resolved meanwhile. Open it again to go on.",
    StillOpen: "It was opened again meanwhile.",
}


def comments(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Show the open threads of a version, or of one part (`?part=nodes/risk`).

    `?all` shows the resolved ones too. On POST, begin a thread.
    """
    version = find_version(request, key, number)
    demand(may_comment(request.user, version.scamp))
    place = request.GET.get("part", "")
    parts = list(named_parts(version.plan))
    form = CommentForm(request.POST or None, parts=parts, initial={"place": place})
    if request.method == "POST" and form.is_valid() and _begin(request, version, form):
        return _back(request, version, *_split(form.cleaned_data["place"]))
    context = {
        "version": version,
        "plan": version.plan,
        "form": form,
        "problems": problems_of(form) if form.is_bound else [],
        "threads": _threads(request, version, place),
        "place": place,
        "place_words": part_words(version.plan, *_split(place)) if place else "",
        "shows_all": "all" in request.GET,
    }
    status = 422 if form.errors or request.method == "POST" else 200
    return render(request, "scamps/comments.html", context, status=status)


def _threads(request: HttpRequest, version: Version, place: str) -> list[Thread]:
    found = Thread.objects.standing_on(version).in_full().order_by("-pk")
    if place:
        found = found.about(*_split(place))
    return list(found if "all" in request.GET else found.open())


def _begin(request: HttpRequest, version: Version, form: CommentForm) -> bool:
    section, key = _split(form.cleaned_data["place"])
    try:
        begin_thread(
            version=version,
            section=section,
            key=key,
            words=form.cleaned_data["words"],
            by=request.user,
            at=timezone.now(),
        )
    except NoSuchPart:
        form.add_error("place", "The plan has no such part any more. Choose another.")
        return False
    return True


def _back(
    request: HttpRequest, version: Version, section: str, key: str
) -> HttpResponse:
    """To the form of the part it was said beside, else to all comments."""
    address = [version.scamp.key, version.number]
    is_there = part_words(version.plan, section, key) is not None
    if request.POST.get("back") == "part" and is_there:
        return redirect("scamps:part", *address, section, key)
    return redirect("scamps:comments", *address)


def _split(place: str) -> tuple[str, str]:
    section, _, key = place.partition("/")
    return (section, key) if key else ("", "")


def thread(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Show one thread; on POST say something in it, resolve it, or open it again."""
    version = find_version(request, key, number)
    demand(may_comment(request.user, version.scamp))
    found = Thread.objects.standing_on(version).in_full()
    held = get_object_or_404(found, pk=pk)
    turn = TURNS.get(request.POST.get("then", "say"), Turn.SAID)
    form = AnswerForm(
        request.POST if request.method == "POST" else None, needed=turn == Turn.SAID
    )
    moved = ""
    if form.is_valid() and not (moved := _answer(request, version, held, turn, form)):
        return _back(request, version, held.section, held.key)
    context = {
        "version": version,
        "plan": version.plan,
        "thread": get_object_or_404(found, pk=pk),
        "form": form,
        "problems": problems_of(form) if form.is_bound else [],
        "moved": moved,
    }
    status = 409 if moved else 422 if form.errors else 200
    return render(request, "scamps/thread.html", context, status=status)


def _answer(
    request: HttpRequest, version: Version, held: Thread, turn: str, form: AnswerForm
) -> str:
    """Say it; return why it was refused, or nothing."""
    try:
        answer(
            thread=held,
            version=version,
            turn=turn,
            words=form.cleaned_data["words"],
            by=request.user,
            at=timezone.now(),
        )
    except (AlreadyResolved, StillOpen) as refused:
        return MOVED[type(refused)]
    if turn != Turn.SAID and request.POST.get("back") != "part":
        messages.success(request, f"{turn.label}.")
    return ""
