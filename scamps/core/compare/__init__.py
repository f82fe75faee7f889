"""Compare: what differs between two plan documents, in the plan's words.

Things are recognised by key: what was renamed or moved is the same thing. Each
difference is classed by what it does: what is advised, who goes where, what is
collected, what is learned, or wording only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scamps.core.compare.change import EFFECTS, Change, Comparison, Effect, Kind
from scamps.core.compare.effects import effect_of, field_words
from scamps.core.compare.pairs import pair
from scamps.core.compare.said import CRITERIA, Speaker
from scamps.core.definition import Branch, Decide, Plan, Recommend
from scamps.core.definition.document import Item, Section
from scamps.core.definition.parts import Part

__all__ = ["EFFECTS", "Change", "Comparison", "Effect", "compare", "compare_parts"]

ORDERED = (Branch, Item, Section)  # where a place in the list decides something


def compare(before: Plan, after: Plan) -> Comparison:
    """Say how *after* differs from *before*; two plans of one hash do not differ."""
    here = _Place(Speaker(before), Speaker(after), "", "")
    return Comparison.of(_parts(before, after, here))


def compare_parts(before: Plan, after: Plan, old: Part, new: Part) -> Comparison:
    """Say how *new*, a part of *after*, differs from *old*, the same part of *before*."""
    return Comparison.of(
        _parts(old, new, _Place(Speaker(before), Speaker(after), "", ""))
    )


@dataclass(frozen=True)
class _Place:
    """Where the comparison stands, and who speaks for either plan."""

    old: Speaker
    new: Speaker
    where: str
    words: str

    def at(self, name: str, part: Part, speaker: Speaker) -> _Place:
        own = getattr(part, "key", "") or getattr(part, "element", "")
        own = own or getattr(part, "to", "")
        where = "/".join(filter(None, (self.where, name, own)))
        called = speaker.called(part)
        words = f"{self.words}, {called}" if self.words else called
        return replace(self, where=where, words=words)

    def change(self, effect: Effect, kind: Kind, field: str, *values: str) -> Change:
        before, after = values
        place = self.words or "The plan"
        return Change(effect, kind, self.where, place, field, before, after)


def _parts(old: Part, new: Part, here: _Place) -> Iterator[Change]:
    """The differences between two states of one part."""
    if type(old) is not type(new):
        yield from _became(old, new, here)
        return
    for name in type(new).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if _are_parts(before) and _are_parts(after):
            yield from _lists(old, name, before, after, here)
        elif _is_branch_of_document(before, after):
            inside = here.words or field_words(name).capitalize()
            below = replace(here, where=name, words=inside)
            yield from _parts(before, after, below)
        else:
            yield _field(new, name, before, after, here)


def _became(old: Part, new: Part, here: _Place) -> Iterator[Change]:
    """A node of another kind: what it advised goes, what it advises comes."""
    kinds = (type(old).__name__.lower(), type(new).__name__.lower())
    yield here.change("routing", "changed", "kind", *kinds)
    if isinstance(old, Recommend):
        yield from _whole("removed", "actions", old.actions, here)
    if isinstance(new, Recommend):
        yield from _whole("added", "actions", new.actions, here)


def _field(part: Part, name: str, before: Any, after: Any, here: _Place) -> Change:
    if name in CRITERIA and before and after and _same_meaning(before, after, here):
        return here.change("wording", "changed", "spelling", before, after)
    unit = getattr(part, "unit", None)
    said = (here.old.value(name, before, unit), here.new.value(name, after, unit))
    return here.change(effect_of(part, name), "changed", field_words(name), *said)


def _same_meaning(before: str, after: str, here: _Place) -> bool:
    return here.old.meaning(before) == here.new.meaning(after)


def _lists(
    owner: Part, name: str, before: Sequence[Part], after: Sequence[Part], here: _Place
) -> Iterator[Change]:
    found = pair(before, after)
    gone = tuple(before[index] for index in found.went)
    new = tuple(after[index] for index in found.came)
    yield from _whole("removed", name, gone, here)
    yield from _whole("added", name, new, here)
    for old_index, new_index in found.stayed:
        one, other = before[old_index], after[new_index]
        if one != other:
            yield from _entries(name, one, other, here)
    stayed = [after[index] for index in sorted(new for _, new in found.stayed)]
    for was, now in found.moved:
        part = stayed[now - 1]
        below = here.at(name, part, here.new)
        effect = _effect_of_place(owner, part)
        yield below.change(effect, "moved", "", f"place {was}", f"place {now}")


def _entries(name: str, one: Part, other: Part, here: _Place) -> Iterator[Change]:
    """Two states of one entry of a list."""
    below = here.at(name, other, here.new)
    keys = [getattr(part, "key", None) for part in (one, other)]
    if keys[0] != keys[1]:  # an action about the same resource, under another key
        summaries = (here.old.summary(one), here.new.summary(other))
        yield below.change(effect_of(other), "changed", "", *summaries)
    for change in _parts(one, other, below):
        if change.field != "key" or change.where != below.where:
            yield change


def _whole(
    kind: Kind, name: str, parts: Sequence[Part], here: _Place
) -> Iterator[Change]:
    """Parts that came or went as a whole; of a node, its actions too."""
    speaker = here.new if kind == "added" else here.old
    for part in parts:
        below = here.at(name, part, speaker)
        said = speaker.summary(part)
        values = ("", said) if kind == "added" else (said, "")
        yield below.change(effect_of(part), kind, "", *values)
        if isinstance(part, Recommend):
            yield from _whole(kind, "actions", part.actions, below)


def _effect_of_place(owner: Part, part: Part) -> Effect:
    if isinstance(owner, Decide) and owner.hit == "unique":
        return "wording"
    return effect_of(part) if isinstance(part, ORDERED) else "wording"


def _are_parts(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, Part) for one in value)


def _is_branch_of_document(before: Any, after: Any) -> bool:
    """Whether both are the population or the provenance: compared field by field."""
    return all(
        type(one).__name__ in ("Population", "Provenance") for one in (before, after)
    )
