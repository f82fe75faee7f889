"""All open drafts of a plan: what a move of each would lose, moved and put back in bulk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import User
from accounts.permissions import CLINICIAN, is_only_in_sandbox, sites_where
from accounts.trail import record
from carepaths.actions.moving import Moves, move_drafts, move_drafts_back, prospect
from carepaths.core.carrying import left_behind
from carepaths.models import Encounter, Revision
from carepaths.models.encounters import MOVED_FROM, EncounterQuerySet
from scamps.models import Scamp, Version
from scamps.permissions import has_seat
from scamps.views.found import demand

ON_A_PAGE = 50
COUNTED = 1000  # drafts that the committee's dry run reads, the last saved first


@dataclass(frozen=True)
class Total:
    """What a move of all drafts would lose, without naming any patient."""

    drafts: int
    without_loss: int
    against: int
    sites: tuple[tuple[str, int], ...]
    lost: tuple[tuple[str, str, int], ...]  # question, why, in how many drafts


def drafts(request: HttpRequest, key: str) -> HttpResponse:
    """Show dry what a move to the version in use would lose; POST: move the chosen.

    Whoever sits on the Scamp sees it in total, and for any version (`?to=3`).
    """
    scamp = get_object_or_404(Scamp.objects.visible_to(request.user), key=key)
    active = scamp.active_version
    here = sites_where(request.user, [CLINICIAN])
    targets = {site: scamp.version_at(site) for site in here}
    mine = _mine(scamp, targets)
    sits = has_seat(request.user, scamp)
    demand(sits or bool(here))
    if request.method == "POST":
        return _move(request, mine)
    to = (_target(request, scamp) if sits else None) or active
    page = Paginator(mine, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "scamp": scamp,
        "active": active,
        "is_one": len(set(targets.values())) == 1,
        "to": to,
        "versions": scamp.versions.order_by("-number") if sits else (),
        "total": _total(_all(request.user, scamp, to), to) if sits else None,
        "page": page,
        "rows": [prospect(one, targets[one.site_id]) for one in page.object_list],
    }
    return render(request, "carepaths/drafts.html", context)


def _mine(scamp: Scamp, targets: Mapping[int, Version | None]) -> EncounterQuerySet:
    """The drafts that may be moved: of the sites of *targets*, not on their version."""
    found = Encounter.objects.drafts_of(scamp).filter(site__in=targets)
    for site, version in targets.items():
        if version is not None:
            found = found.exclude(site=site, version=version)
    return found


def _all(user: User, scamp: Scamp, to: Version | None) -> list[Encounter]:
    """The drafts of the world that *user* is in, not on the version to move to."""
    found = Encounter.objects.drafts_of(scamp)
    found = found.filter(site__is_sandbox=is_only_in_sandbox(user))
    found = found.exclude(version=to) if to else found
    return list(found[:COUNTED])


def _target(request: HttpRequest, scamp: Scamp) -> Version | None:
    if not (asked := request.GET.get("to", "")).isdecimal():
        return None
    visible = Version.objects.with_content().filter(scamp=scamp)
    return get_object_or_404(visible, number=int(asked))


def _total(found: list[Encounter], to: Version | None) -> Total:
    prospects = [prospect(one, to) for one in found]
    lost = Counter((row.label, row.why) for one in prospects for row in one.left)
    return Total(
        len(prospects),
        sum(one.loses_nothing for one in prospects),
        sum(bool(one.against) for one in prospects),
        tuple(sorted(Counter(str(one.site) for one in found).items())),
        tuple((label, why, n) for (label, why), n in lost.most_common()),
    )


def _move(request: HttpRequest, mine: EncounterQuerySet) -> HttpResponse:
    seen = _seen(request)
    if not seen:
        messages.error(request, "Choose the drafts to move.")
        return redirect(request.get_full_path())
    chosen = mine.filter(pk__in=seen).values_list("pk", flat=True)
    allowed = {pk: seen[pk] for pk in chosen}
    moves = move_drafts(seen=allowed, by=request.user, at=timezone.now())
    _record(request, "moved", moves)
    _say(request, moves, "moved")
    if not moves.done:
        return redirect(request.get_full_path())
    return redirect("carepaths:bulk_move", moves.batch)


def _seen(request: HttpRequest) -> dict[int, int]:
    """For each chosen draft the count of its saves, as the page showed it."""
    try:
        rows = (one.split(".") for one in request.POST.getlist("drafts"))
        return {int(pk): int(edit) for pk, edit in list(rows)[:ON_A_PAGE]}
    except ValueError as error:
        raise BadRequest("A draft is named by its number and its edit.") from error


def bulk_move(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show what a bulk move did; on POST, put its drafts back as they stood."""
    here = sites_where(request.user, [CLINICIAN])
    mine = Revision.objects.moved_with(str(key)).filter(encounter__site__in=here)
    rows = list(
        mine.select_related(
            "encounter__enrolment__patient__identity",
            "encounter__version__scamp",
            "encounter__version__content",
            "encounter__site",
            "by",
        ).order_by("encounter")
    )
    if not rows:
        raise Http404("No such move")
    if request.method == "POST":
        among = [row.encounter_id for row in rows]
        who = {"by": request.user, "at": timezone.now()}
        back = move_drafts_back(batch=key, among=among, **who)
        _record(request, "moved back", back)
        _say(request, back, "put back")
        return redirect("carepaths:bulk_move", key)
    stood = {row.context[MOVED_FROM] for row in rows}
    versions = Version.objects.select_related("content").in_bulk(stood)
    context = {
        "scamp": rows[0].encounter.version.scamp,
        "rows": [_moved(row, versions) for row in rows],
        "at": rows[0].recorded_at,
    }
    return render(request, "carepaths/bulk_move.html", context)


def _moved(before: Revision, versions: dict[int, Version]) -> dict:
    """One draft of a bulk move: where it stood, where it stands, what stayed behind."""
    stood, stands = versions[before.context[MOVED_FROM]], before.encounter
    is_back = stands.version_id == stood.pk
    left = left_behind(stood.plan, stands.version.plan, before.answers)
    return {
        "encounter": stands,
        "from": stood,
        "is_back": is_back,
        "left": () if is_back else left,
    }


def _record(request: HttpRequest, verb: str, moves: Moves) -> None:
    for one in moves.done:
        record(request.user, verb, one, one.site, batch=str(moves.batch))


def _say(request: HttpRequest, moves: Moves, verb: str) -> None:
    if moves.done:
        messages.success(request, f"{_count(moves.done)} {verb}.")
    for _, words in moves.refused[:5]:
        messages.warning(request, f"One draft was not {verb}: {words}")
    if (more := len(moves.refused) - 5) > 0:
        messages.warning(request, f"{more} more were not {verb}.")


def _count(found: Iterable) -> str:
    many = len(tuple(found))
    return f"{many} draft{'' if many == 1 else 's'}"
