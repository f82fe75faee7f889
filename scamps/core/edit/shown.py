"""What a form shows: fields and rows, with their words, values, choices and faults."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scamps.core.edit.options import Choice

FEW = 4  # choices that are seen at once


@dataclass(frozen=True)
class Translation:
    """The words of a text in one language."""

    language: str
    name: str
    value: str


@dataclass
class Shown:
    """One field: `kind` says how it is shown; `folded` away with what is rarely used."""

    name: str
    label: str
    hint: str
    kind: str
    value: Any = ""
    required: bool = False
    folded: bool = False
    where: str = ""
    choices: list[Choice] = field(default_factory=list)
    may_be_new: bool = False
    is_long: bool = False
    translations: list[Translation] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    fields: list[Shown] = field(default_factory=list)
    rows: list[ShownRow] = field(default_factory=list)
    add: str = ""
    amount: str = ""
    span: str = ""
    focus: bool = False
    picks: bool = False
    only: str = ""
    coming: str = ""
    bare: bool = False

    @property
    def wanted(self) -> str:
        """What a criterion must be: true or false, or any one value for a score."""
        return "score" if self.name.endswith("expression") else "Boolean"

    @property
    def is_key(self) -> bool:
        """Whether it is a key, which outlives all words."""
        return self.kind in ("key", "name")

    @property
    def is_range(self) -> bool:
        """Whether it is a group of two ends, shown in one line."""
        return [one.kind for one in self.fields] == ["number", "number"]

    @property
    def radios(self) -> list[Choice]:
        """The choices where they are few enough to be seen at once."""
        if self.kind == "yes-no":
            return [Choice("yes", "Yes"), Choice("no", "No")]
        few = self.kind == "choice" and len(self.choices) <= FEW
        return self.choices if few else []

    @property
    def chosen(self) -> str:
        """The choice that is made."""
        if self.kind == "yes-no":
            return {True: "yes", False: "no"}.get(self.value, "")
        return str(self.value)

    @property
    def id(self) -> str:
        """The id of the control; that of a criterion as its own template makes it."""
        stem = re.sub(r"[^a-z0-9_-]+", "-", self.name.lower())
        return f"c-{stem}" if self.kind == "criterion" else f"f-{stem}"

    @property
    def plain(self) -> list[Shown]:
        """What is always seen."""
        return [one for one in self.fields if not one.folded]

    @property
    def rare(self) -> list[Shown]:
        """What is folded away."""
        return [one for one in self.fields if one.folded]

    @property
    def is_blank(self) -> bool:
        """Whether nothing is said in it."""
        inner = all(one.is_blank for one in self.fields)
        said = self.value not in ("", None, False) or any(
            one.value for one in self.translations
        )
        return inner and not said and not self.rows and not self.amount

    @property
    def has_faults(self) -> bool:
        """Whether something is wrong in it."""
        inside = [*self.fields, *(one for row in self.rows for one in row.fields)]
        return bool(self.errors or self.findings) or any(
            one.has_faults for one in inside
        )


@dataclass
class ShownRow:
    """One row: a part of a part, or one value of a list."""

    name: str
    was: str
    title: str
    fields: list[Shown]
    gone: bool = False
    is_open: bool = True
    fresh: bool = False
    first: bool = False
    last: bool = False
    folds: bool = False
    copies: bool = False

    @property
    def id(self) -> str:
        return "r-" + self.name.replace(".", "-")

    @property
    def plain(self) -> list[Shown]:
        """What is always seen."""
        return [one for one in self.fields if not one.folded]

    @property
    def rare(self) -> list[Shown]:
        """What is folded away."""
        return [one for one in self.fields if one.folded]


@dataclass(frozen=True)
class Faults:
    """What is wrong, by the name of the field: refused (errors), or doubtful."""

    errors: Mapping[str, list[str]] = field(default_factory=dict)
    findings: Mapping[str, list[str]] = field(default_factory=dict)


def places_of(fields: Sequence[Shown]) -> list[tuple[str, str]]:
    """The errors of a form, each with the id of the control it is about."""
    found: list[tuple[str, str]] = []
    for one in fields:
        found += [(one.id, f"{one.label}: {message}") for message in one.errors]
        found += places_of(one.fields)
        for row in one.rows:
            found += places_of(row.fields)
    return found
