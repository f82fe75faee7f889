"""The note of a visit: what a health record should hold of it, in plain words.

A note is the same for text, page and PDF: a head, sections of lines, and a stamp that
goes on every part of it, so that no part can be copied without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from carepaths.core.advice import Advice
    from carepaths.core.basis import Reasoning
    from carepaths.core.calculated import Calculated
    from carepaths.core.differences import Difference
    from carepaths.core.sheet import Item, Sheet

NOT_ASKED = "Not asked"
NOT_USED = "not used: it does not matter on this path"


@dataclass(frozen=True)
class Line:
    """One fact: a label, what is said, and what is to be known about it."""

    label: str
    said: str = ""
    detail: str = ""
    level: int = 0


@dataclass(frozen=True)
class Section:
    """Lines under a title."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Note:
    """A visit in words. `who` stands on every page; `stamp` is empty once it is signed."""

    title: str
    who: str
    stamp: str
    head: tuple[Line, ...]
    sections: tuple[Section, ...]
    foot: str


def as_text(note: Note) -> str:
    """Return *note* as plain text, a line for each fact, stamped throughout.

    >>> print(as_text(Note("First visit", "Alex", "Draft", (Line("Visit", "3 Oct"),),
    ...     (Section("History", (Line("Fever", "Yes", "since Monday"),)),), "Version 1")))
    FIRST VISIT
    *** DRAFT ***
    Alex
    Visit: 3 Oct
    <BLANKLINE>
    HISTORY *** DRAFT ***
    Fever: Yes (since Monday)
    <BLANKLINE>
    Version 1
    *** DRAFT ***
    """
    stamp = f"*** {note.stamp.upper()} ***" if note.stamp else ""
    blocks = [[note.title.upper(), stamp, note.who, *map(_text, note.head)]]
    for section in note.sections:
        title = f"{section.title.upper()} {stamp}".strip()
        blocks.append([title, *map(_text, section.lines)])
    blocks.append([note.foot, stamp])
    return "\n\n".join("\n".join(filter(None, block)) for block in blocks)


def _text(line: Line) -> str:
    said = f"{line.label}: {line.said}" if line.said else line.label
    detail = f" ({line.detail})" if line.detail else ""
    return "  " * line.level + " ".join((said + detail).split())


def answer_sections(sheet: Sheet) -> tuple[Section, ...]:
    """Return the answers of the parts that are open, what is unknown included."""
    sections = (
        Section(group.title, tuple(_answers(group.items)))
        for part in sheet.parts
        if part.shown
        for group in part.groups
    )
    return tuple(section for section in sections if section.lines)


def _answers(items: Iterable[Item]) -> Iterator[Line]:
    for item in items:
        if item.folded and not item.kept:
            continue
        detail = NOT_USED if item.folded else item.warning.rstrip(".")
        yield Line(item.label, item.said or NOT_ASKED, detail)


def score_section(advice: Advice) -> tuple[Section, ...]:
    """Return the scores with their parts, if the way went through any."""
    lines = []
    for score in advice.scores:
        lines.append(Line(score.label, score.said))
        lines += [Line(_bare(part.words), part.said, level=1) for part in score.parts]
    return (Section("Scores", tuple(lines)),) if lines else ()


def _bare(words: str) -> str:
    """A part's words without their own yes or no: the points behind it say that."""
    return words.removesuffix(": yes").removesuffix(": no")


def calculated_section(found: Iterable[Calculated]) -> tuple[Section, ...]:
    """Return what was worked out from the body's measures; the age stands in the head.

    A z-score names the edition of its table.
    """
    lines = tuple(
        Line(
            f"{one.label}, {one.source}" if one.table else one.label,
            f"{one.value} {one.unit}".strip(),
            ", ".join(filter(None, (one.note, one.table))),
        )
        for one in found
        if one.value and one.key != "age"
    )
    return (Section("Calculated", lines),) if lines else ()


def reasoning_section(advice: Advice) -> tuple[Section, ...]:
    """Return why the plan advised what it did, or why it could not go on."""
    lines = [_reason(reason) for reason in advice.why if reason.tried]
    if advice.stopped:
        lines.append(Line(f"The plan stopped at “{advice.stopped_at}”"))
        lines.append(Line("Still needed", advice.waiting_words or "nothing named"))
        if advice.if_unknown:
            lines.append(Line("Next safe step", advice.if_unknown))
    return (Section("Why", tuple(lines)),) if lines else ()


def _reason(reason: Reasoning) -> Line:
    return Line(reason.words, detail=f"leads to {reason.to}" if reason.taken else "")


def difference_lines(changed: Iterable[Difference]) -> tuple[Line, ...]:
    """Return what an amendment changed, each answer before and after."""
    return tuple(
        Line(one.label, f"{one.before} → {one.after}", level=1) for one in changed
    )
