"""What the note of a visit says, gathered from the encounter's rows."""

from __future__ import annotations

from collections.abc import Iterator

from carepaths.core.differences import differences
from carepaths.core.note import (
    Line,
    Note,
    Section,
    answer_sections,
    calculated_section,
    difference_lines,
    reasoning_section,
    score_section,
)
from carepaths.models import Encounter, Patient, Revision, Task
from carepaths.templatetags.clinical import day, display_name, moment, person, visited
from carepaths.views.desk import Desk, desk_of, desk_of_revision
from carepaths.views.signed import decision_rows, performance_rows
from scamps.core.definition import words

ORIGINS = {
    "sandbox": "A made-up patient: nothing here is about a real person.",
    "retrospective": "Practice before the plan, entered looking back.",
}
UNDECIDED = "No decision"


def note_of(encounter: Encounter) -> Note:
    """Put *encounter* as it stands now in words: signed with its amendments, or not."""
    sealed = list(encounter.revisions.sealed().select_related("by").order_by("number"))
    latest = desk_of_revision(encounter, sealed[-1]) if sealed else desk_of(encounter)
    first = desk_of_revision(encounter, sealed[0]) if sealed else latest
    void = encounter.voids.select_related("by").first()
    sections = (
        *_error_section(encounter, void),
        *answer_sections(latest.sheet),
        *calculated_section(latest.calculated),
        *score_section(first.advice),
        Section("Advised, and decided", tuple(_decisions(first, sealed))),
        *reasoning_section(first.advice),
        *_done_section(encounter),
        *_next_section(encounter),
        Section("Signature and changes", tuple(_history(encounter, sealed))),
    )
    patient = encounter.enrolment.patient
    return Note(
        title=f"{latest.visit_title}: {words(latest.plan.title, 'en')}",
        who=who_line(patient, encounter.visit_time or encounter.opened_at),
        stamp=_stamp(encounter, void),
        head=tuple(_head(encounter)),
        sections=sections,
        foot=version_line(encounter),
    )


def who_line(patient: Patient, at) -> str:
    """Name, sex, age at *at*, birth date and record number, as every page has them."""
    identity = patient.identity
    number = f"record number {identity.record_number}"
    return f"{display_name(identity)}, {person(patient, at)}, {number}"


def version_line(encounter: Encounter) -> str:
    version = encounter.version
    return f"{version}, SHA-256 {version.content_id[:12]}"


def _stamp(encounter: Encounter, void) -> str:
    if void:
        return "Entered in error"
    return "Draft" if encounter.is_open else ""


def _head(encounter: Encounter) -> Iterator[Line]:
    site = encounter.site
    yield Line("Site", site.name)
    yield Line("Visit", visited(encounter))
    entered = f"{moment(encounter.opened_at, site)} by {encounter.opened_by}"
    yield Line("Entered", entered, encounter.lateness)
    yield Line("Plan", version_line(encounter))
    if encounter.version.plan.demonstration:
        yield Line("A demonstration plan: its advice is not for care.")
    if origin := ORIGINS.get(encounter.origin):
        yield Line(origin)


def _error_section(encounter: Encounter, void) -> Iterator[Section]:
    if void:
        when = moment(void.recorded_at, encounter.site)
        said = Line("Reason", void.reason, f"{void.by}, {when}")
        yield Section("Entered in error: do not use", (said,))


def _decisions(desk: Desk, sealed: list[Revision]) -> Iterator[Line]:
    """Each action with the decision that holds; a draft has intentions so far."""
    encounter, advice = desk.encounter, desk.advice
    windows = {action.key: action.window for action in advice.actions}
    if sealed:
        for row in decision_rows(encounter, list(encounter.opportunities.all())):
            made = row["decision"]
            when = f"{made.by}, {moment(made.at, encounter.site)}" if made else ""
            key = row["opportunity"].key
            yield _advised(row["words"], windows.get(key, ""), row["said"], when)
    else:
        for one in advice.actions:
            yield _advised(one.words, one.window, one.said or UNDECIDED, "")
    if advice.stopped and sealed:
        yield Line("Managed without the plan: it could not go on")
    elif not advice.actions:
        yield Line(advice.headline)
    if sealed and sealed[-1].advises_otherwise:
        yield Line(
            "The amended answers lead to other advice than was given at signing: "
            + desk_of_revision(encounter, sealed[-1]).advice.headline
        )


def _advised(said: str, window: str, decision: str, detail: str) -> Line:
    within = f", {window}" if window else ""
    return Line(said.rstrip(".") + within, decision, detail)


def _done_section(encounter: Encounter) -> Iterator[Section]:
    site = encounter.site
    lines = tuple(
        Line(
            row["title"],
            row["said"],
            ", ".join(
                filter(
                    None,
                    [
                        moment(row["done_at"], site) if row["done_at"] else "",
                        row["place"],
                        "" if row["advised"] else "not advised",
                        row["known_how"],
                    ],
                )
            ),
        )
        for row in performance_rows(encounter, list(encounter.opportunities.all()))
    )
    if lines:
        yield Section("What was done", lines)


def _next_section(encounter: Encounter) -> Iterator[Section]:
    """The tasks that this visit raised and that are still open."""
    mine = Task.objects.filter(encounter=encounter).open().order_by("until_on", "pk")
    lines = tuple(
        Line(task.title, f"by {day(task.until_on)}" if task.until_on else "undated")
        for task in mine
    )
    if lines:
        yield Section("Next steps", lines)


def _history(encounter: Encounter, sealed: list[Revision]) -> Iterator[Line]:
    site, before = encounter.site, None
    if not sealed:
        when = moment(encounter.edited_at, site)
        yield Line("Not signed", f"last saved by {encounter.edited_by}, {when}")
    for revision in sealed:
        who = f"{revision.by}, {moment(revision.recorded_at, site)}"
        yield Line(revision.get_cause_display(), who, revision.reason)
        if before:
            plan = encounter.version.plan
            changed = differences(plan, before.answers, revision.answers)
            yield from difference_lines(changed)
        before = revision
