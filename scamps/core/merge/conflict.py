"""What a merge of three plan documents came to: a plan, and what must be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scamps.core.definition import Plan

Side = Literal["mine", "theirs"]
Choices = Mapping[str, Side]


@dataclass(frozen=True)
class Conflict:
    """One thing that two authors changed in different ways; it is chosen as a whole.

    *section* and *key* name the part of the document (`nodes`, `low`), *where* the
    very thing in it (`nodes/low/actions/scan`), *place* that thing in words. *field*
    is empty where one side took the whole thing away. *base*, *mine* and *theirs* are
    in words, empty for nothing.
    """

    section: str
    key: str
    where: str
    field: str
    place: str
    base: str
    mine: str
    theirs: str
    number: int = 1

    @property
    def name(self) -> str:
        """What it is chosen by: the same for as long as it stands."""
        again = f"#{self.number}" if self.number > 1 else ""
        return f"{self.where}:{self.field}{again}"

    @property
    def field_words(self) -> str:
        """What people call the field, or the fields that go together."""
        return self.field.replace("_", " ").replace("+", " and ").replace(".", ", ")


@dataclass(frozen=True)
class Touched:
    """A part that both sides changed, in ways that do not collide: to be read again."""

    section: str
    key: str
    place: str


@dataclass(frozen=True)
class Merged:
    """The merged *plan*; what is in *conflicts* stands in it as one side has it.

    *open* are the conflicts nobody has chosen in yet. *both* are the parts that either
    side changed.
    """

    plan: Plan
    conflicts: tuple[Conflict, ...]
    open: tuple[Conflict, ...]
    both: tuple[Touched, ...]

    @property
    def is_clean(self) -> bool:
        return not self.open
