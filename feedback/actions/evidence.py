"""What a replay found, put on file: counts as Evidence, and the list of encounters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from io import StringIO

from django.db import connection

from accounts.models import Site
from feedback.actions.reports import software
from feedback.core.impact import Became, Impact, freeze_impact, named
from feedback.models import AdvisedOtherwise, ReplayRun
from scamps.models import Evidence, Version


def attach_replay(
    *, run: ReplayRun, found: Mapping[str, Impact], at: datetime
) -> Evidence:
    """Keep what *run* found, by origin, for ever, under the hash of its content.

    It holds if it was over all sites of its realm, and that is the real one unless the
    plan is a demonstration.
    """
    _list(run, found.values())
    plan = run.content.plan
    realm = Site.objects.filter(is_sandbox=run.is_sandbox)
    is_whole = set(run.sites) >= set(realm.values_list("key", flat=True))
    before = Version.objects.filter(scamp=run.version.scamp_id).select_related(
        "content"
    )
    earlier = before.exclude(pk=run.version_id).order_by("number")
    result = {
        "base": base_number(run),
        "sandbox": run.is_sandbox,
        "sites": run.sites,
        "software": software(),
        "names": named(plan, [version.plan for version in earlier]),
        "origins": [
            {"origin": origin} | freeze_impact(impact, _became(run, origin))
            for origin, impact in found.items()
        ],
    }
    return Evidence.objects.create(
        kind=Evidence.Kind.REPLAY,
        content=run.content,
        base=run.base,
        holds=is_whole and (plan.demonstration or not run.is_sandbox),
        result=result,
        by=run.by,
        at=at,
    )


def base_number(run: ReplayRun) -> int:
    """The number of the version that *run* was asked against."""
    versions = Version.objects.filter(scamp=run.version.scamp_id, content=run.base_id)
    return versions.exclude(pk=run.version_id).latest("number").number


def _list(run: ReplayRun, impacts: Iterable[Impact]) -> None:
    """Write down each encounter that would have been advised otherwise.

    By COPY, for there may be hundreds of thousands.
    """
    lines = StringIO()
    for impact in impacts:
        for encounter, _, before, after, lost, gained in impact.otherwise:
            advice = f"{_array(lost)}\t{_array(gained)}"
            lines.write(f"{run.pk}\t{encounter}\t{before}\t{after}\t{advice}\n")
    lines.seek(0)
    table = AdvisedOtherwise._meta.db_table
    columns = ["run_id", "encounter_id", "before", "after", "lost", "gained"]
    with connection.cursor() as cursor:
        cursor.cursor.copy_from(lines, table, columns=columns)


def _array(advice: str) -> str:
    """Keys as an array of the database; they hold nothing that it must quote."""
    return "{" + advice.replace(" ", ",") + "}"


def _became(run: ReplayRun, origin: str) -> Iterator[Became]:
    """Each outcome of the plan, of all listed episodes and by where they went."""
    listed = run.otherwise.filter(encounter__origin=origin)
    keys = [outcome.key for outcome in run.content.plan.outcomes]
    for before, after in [("", ""), *listed.ways()]:
        mine = listed.on(before, after)
        episodes, values = mine.episodes(), mine.outcomes(keys)
        for key in keys:
            yield Became(before, after, key, episodes, tuple(values.get(key, ())))
