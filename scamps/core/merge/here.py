"""Where a merge stands, what it calls things, and what it writes down on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from scamps.core.compare import compare_parts
from scamps.core.compare.effects import field_words
from scamps.core.compare.pairs import pair
from scamps.core.compare.said import Speaker
from scamps.core.definition.parts import Part
from scamps.core.edit.places import part_of
from scamps.core.merge.conflict import Choices, Conflict, Side, Touched


@dataclass
class Record:
    """What a merge found, in the order of the document."""

    conflicts: list[Conflict] = field(default_factory=list)
    both: list[Touched] = field(default_factory=list)

    def add(self, found: Conflict) -> Conflict:
        """Keep *found*; two branches that lead to one node are told apart by number."""
        names = {one.name for one in self.conflicts}
        while found.name in names:
            found = replace(found, number=found.number + 1)
        self.conflicts.append(found)
        return found


@dataclass(frozen=True)
class Sides:
    """Who speaks for each of the three plans, what is chosen, and what else stands."""

    base: Speaker
    mine: Speaker
    theirs: Speaker
    choices: Choices
    otherwise: Side
    record: Record

    def speaker(self, side: Literal["base", "mine", "theirs"]) -> Speaker:
        return {"base": self.base, "mine": self.mine, "theirs": self.theirs}[side]


@dataclass(frozen=True)
class Here:
    """A place in the document: *where* by keys, *place* in words, *field* if inside one."""

    sides: Sides
    where: str = ""
    place: str = ""
    field: str = ""
    unit: str | None = None

    def at(self, name: str, entry: Part, speaker: Speaker) -> Here:
        """The place of *entry* in the list *name* of the part here."""
        own = getattr(entry, "key", "") or getattr(entry, "element", "")
        own = own or getattr(entry, "to", "") or getattr(entry, "unit", "")
        own = own or speaker.called(entry)
        called = speaker.called(entry)
        return replace(
            self,
            where="/".join(filter(None, (self.where, name, own))),
            place=f"{self.place}, {called}" if self.place else called,
            unit=getattr(entry, "unit", None),
            field="",
        )

    def of_entry(self, name: str, base: Any, mine: Any, theirs: Any) -> Here:
        """The place of an entry, called as in *base*, else as whoever has it calls it."""
        sides = self.sides
        if base is not None:
            return self.at(name, base, sides.base)
        if mine is not None:
            return self.at(name, mine, sides.mine)
        return self.at(name, theirs, sides.theirs)

    def below(self, name: str) -> Here:
        """The place of the part that is the field *name* of the part here."""
        if not self.where and name in ("population", "provenance"):
            return replace(self, where=name, place=name.capitalize())
        return replace(self, field=f"{self.field}.{name}".strip("."))

    def of_list(self, name: str) -> Here:
        """The place of the list *name* as a whole."""
        if not self.where:
            return replace(self, where=name, place=field_words(name).capitalize())
        return self.below(name)

    @property
    def part(self) -> tuple[str, str]:
        """The section and the key of the part that this is, or is in."""
        return part_of(".".join(filter(None, (*self.where.split("/")[:3], self.field))))

    def touched(self) -> None:
        """Note that both sides changed something here."""
        seen = Touched(*self.part, self.place or "The plan")
        if seen not in self.sides.record.both:
            self.sides.record.both.append(seen)

    def clash(self, field_name: str, said: Mapping[str, str]) -> Side:
        """Write a conflict down; return the side that is chosen, or stands till then."""
        inside = ".".join(filter(None, (self.field, field_name)))
        section, key = replace(self, field=inside).part
        found = Conflict(
            section=section,
            key=key,
            where=self.where,
            field=inside,
            place=self.place or "The plan",
            base=said["base"],
            mine=said["mine"],
            theirs=said["theirs"],
        )
        found = self.sides.record.add(found)
        return self.sides.choices.get(found.name, self.sides.otherwise)

    def words(self, name: str, base: Any, mine: Any, theirs: Any) -> dict[str, str]:
        """The values of the field *name* in the words of each plan."""
        values = {"base": base, "mine": mine, "theirs": theirs}
        said = {side: self.word(name, side, value) for side, value in values.items()}
        if said["mine"] == said["theirs"]:  # the same in words: two spellings
            said = {side: as_written(value) for side, value in values.items()}
        return said

    def word(self, name: str, side: Any, value: Any) -> str:
        speaker = self.sides.speaker(side)
        if isinstance(value, tuple):
            return "; ".join(_entry_words(speaker, one) for one in value)
        return speaker.value(name, value, self.unit)

    def whole(self, base: Part | None, mine: Any, theirs: Any) -> dict[str, str]:
        """An entry that one side took away, or made another thing of, in words."""
        return {
            "base": _entry_words(self.sides.base, base) if base else "",
            "mine": self._changed("mine", base, mine),
            "theirs": self._changed("theirs", base, theirs),
        }

    def _changed(self, side: Literal["mine", "theirs"], base: Any, part: Any) -> str:
        if part is None:
            return ""
        speaker = self.sides.speaker(side)
        if not isinstance(part, Part) or type(base) is not type(part):
            return _entry_words(speaker, part)
        plans = (self.sides.base.plan, speaker.plan)
        changes = compare_parts(*plans, base, part).changes
        return "; ".join(one.words for one in changes) or _entry_words(speaker, part)

    def orders(
        self, base: list[Any], mine: list[Any], theirs: list[Any]
    ) -> dict[str, str]:
        """What either side moved or added, in words."""
        return {
            "base": "",
            "mine": _moves(self.sides.mine, base, mine),
            "theirs": _moves(self.sides.theirs, base, theirs),
        }


def as_written(value: Any) -> str:
    """A value as it stands in the document: what two spellings differ by."""
    plain = value.model_dump(mode="json") if isinstance(value, Part) else value
    return "" if plain is None else str(plain)


def _entry_words(speaker: Speaker, entry: Any) -> str:
    if not isinstance(entry, Part):
        return speaker.plain(entry)
    said = speaker.summary(entry)
    called = speaker.called(entry) or speaker.part(entry)
    return f"{called}: {said}" if said else called


def _moves(speaker: Speaker, base: list[Any], side: list[Any]) -> str:
    """The fewest moves that tell the one list from the other, and what was added."""
    if not all(isinstance(one, Part) for one in (*base, *side)):
        return "; ".join(_entry_words(speaker, one) for one in side)
    found = pair(base, side)
    stayed = [side[at] for at in sorted(new for _, new in found.stayed)]
    said = [
        f"{_entry_words(speaker, stayed[now - 1])} moved from place {was} to place {now}"
        for was, now in found.moved
    ]
    said += [
        f"{_entry_words(speaker, side[at])} put at place {at + 1}" for at in found.came
    ]
    return "; ".join(said)
