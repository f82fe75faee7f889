"""One difference between two plan documents, classed by what it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Effect = Literal["advice", "routing", "data", "learning", "wording"]
Kind = Literal["added", "removed", "changed", "moved"]

EFFECTS: dict[Effect, str] = {
    "advice": "What is advised",
    "routing": "Who goes where",
    "data": "What is collected",
    "learning": "What is learned",
    "wording": "Wording only",
}


@dataclass(frozen=True)
class Change:
    """One difference.

    *where* names the thing by its key (`nodes/low`), *place* by its words, *field* is
    empty if the thing as a whole came, went or moved. *before* and *after* are in
    words, empty for nothing.
    """

    effect: Effect
    kind: Kind
    where: str
    place: str
    field: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """The difference as a sentence of the committee would say it."""
        name = f"{self.place}, {self.field}" if self.field else self.place
        match self.kind:
            case "added":
                return f"{name}: new" + (f": {self.after}" if self.after else "")
            case "removed":
                return f"{name}: gone" + (f": {self.before}" if self.before else "")
            case "moved":
                return f"{name}: moved from {self.before} to {self.after}"
        return f"{name}: {self.before or 'nothing'} became {self.after or 'nothing'}"


@dataclass(frozen=True)
class Comparison:
    """All differences between two documents, the weightiest effect first."""

    changes: tuple[Change, ...]

    @classmethod
    def of(cls, changes: Iterable[Change]) -> Comparison:
        order = list(EFFECTS)
        return cls(tuple(sorted(changes, key=lambda one: order.index(one.effect))))

    def by_effect(self) -> tuple[tuple[str, tuple[Change, ...]], ...]:
        """The changes of each effect under its name; effects without any left out."""
        grouped = (
            (name, tuple(one for one in self.changes if one.effect == effect))
            for effect, name in EFFECTS.items()
        )
        return tuple((name, changes) for name, changes in grouped if changes)

    @property
    def is_wording_only(self) -> bool:
        """Whether nothing that is done, asked or learned differs."""
        return all(one.effect == "wording" for one in self.changes)
