"""A form as it is shown: the fields with their words, values, choices and faults."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scamps.core.definition import Plan
from scamps.core.definition.canonical import plain_decimal
from scamps.core.edit.changes import Data
from scamps.core.edit.options import Choice, choices_of
from scamps.core.edit.posted import FRESH, GONE, MAY_BE_NEW, SPANS, WAS
from scamps.core.edit.rows import NAMES_IT
from scamps.core.edit.shapes import Field, Group, Rows, Value
from scamps.core.edit.shown import Faults, Shown, ShownRow, Translation
from scamps.core.edit.wording import FOLDED, place_of, wording
from scamps.core.language import LanguageError, parse
from scamps.core.say import say
from scamps.core.walk.words import labels

LINE = 90  # letters that a line of text holds


@dataclass(frozen=True)
class Showing:
    """Makes the fields of one form. `where`: how findings name the part."""

    plan: Plan
    where: str
    languages: Sequence[str]
    faults: Faults = field(default_factory=Faults)
    coming: Mapping[str, str] = field(default_factory=dict)

    def fields(
        self, fields: Sequence[Field], values: Data, name: str = "", where: str = ""
    ) -> list[Shown]:
        """The fields as they are shown, in their order on the form."""
        where = where or self.where
        ordered = sorted(fields, key=lambda one: place_of(one.owner, one.name))
        kind = str(values.get("type") or values.get("kind") or "")
        return [
            self._field(one, values.get(one.name), f"{name}{one.name}", where, kind)
            for one in ordered
            if not (isinstance(one, Value) and one.kind == "constant")
        ]

    def _field(self, one: Field, value: Any, name: str, where: str, kind: str) -> Shown:
        said = wording(one.owner, one.name)
        shown = Shown(name, said.label, said.hint, "", where=f"{where}.{one.name}")
        shown.required = one.required
        shown.is_long, shown.add = said.long, said.add
        shown.errors = list(self.faults.errors.get(name, ()))
        shown.findings = list(self.faults.findings.get(name, ()))
        match one:
            case Value():
                self._value(shown, one, value)
            case Group():
                shown.kind = "group"
                shown.fields = self.fields(
                    one.fields, value or {}, f"{name}.", shown.where
                )
            case Rows():
                self._rows(shown, one, value or [])
        shown.only = " ".join(said.only)
        fits = not said.only or kind in said.only
        may_fold = (said.rare or not fits) and not one.required
        shown.folded = may_fold and shown.is_blank and not shown.has_faults
        return shown

    def _value(self, shown: Shown, one: Value, value: Any) -> None:
        shown.kind = "refer" if one.refers else one.kind
        shown.value = _written(value)
        match one.kind:
            case "text":
                self._text(shown, value)
            case "choice":
                shown.value = value or one.default or ""
            case "flag":
                shown.kind = "yes-no" if one.required else "flag"
                shown.value = value
            case "duration":
                _split(shown)
        if one.refers or one.kind == "choice":
            shown.choices = choices_of(self.plan, one, shown.value)
            shown.may_be_new = one.refers in MAY_BE_NEW and one.kind == "key"
            if shown.may_be_new and any(c.missing for c in shown.choices):
                shown.coming = self.coming.get(str(value), "")

    def _text(self, shown: Shown, value: Any) -> None:
        said = value if isinstance(value, Mapping) else {self.languages[0]: value or ""}
        main, *others = self.languages
        shown.value = said.get(main, "")
        shown.translations = [
            Translation(language, f"{shown.name}@{language}", said.get(language, ""))
            for language in [*others, *(said.keys() - set(self.languages))]
        ]
        long = len(shown.value) > LINE or "\n" in shown.value
        shown.is_long = shown.is_long or long

    def _rows(self, shown: Shown, one: Rows, rows: Sequence[Data]) -> None:
        shown.kind = "rows" if isinstance(one.of, Group) else "list"
        shown.required = one.needs_one
        last = len(rows) - 1
        for index, row in enumerate(rows):
            made = self._row(one, row, f"{shown.name}.{index}", shown, index)
            made.first, made.last = index == 0, index == last
            shown.rows.append(made)
        picked = _picks_by(one)
        if picked is not None:
            taken = {row.get(picked.name, row.get("")) for row in rows}
            offered = choices_of(self.plan, picked, "")
            shown.choices = [one for one in offered if one.value not in taken]
            shown.picks = True

    def _row(
        self, one: Rows, row: Data, name: str, shown: Shown, index: int
    ) -> ShownRow:
        key = row.get("key")
        where = f"{shown.where}.{key}" if key else f"{shown.where}[{index}]"
        if isinstance(one.of, Group):
            fields = self.fields(one.of.fields, row, f"{name}.", where)
            folds = one.of.model.__name__ in FOLDED
        else:
            fields = [self._field(one.of, row.get(""), name, where, "")]
            fields[0].label = f"{shown.label}, {index + 1}"
            fields[0].hint, fields[0].bare = "", True
            fields[0].where, folds = where, False
        made = ShownRow(name, row[WAS], self._title(row, fields), fields, folds=folds)
        made.copies = isinstance(one.of, Group)
        if (picked := _picks_by(one)) is not None:
            made.copies = False
            _fix(fields, picked.name)
        made.gone, made.fresh = bool(row.get(GONE)), bool(row.get(FRESH))
        has_faults = any(one.has_faults for one in fields)
        made.is_open = made.fresh or has_faults or not row[WAS] or not made.title
        if made.fresh and fields:
            fields[0].focus = True
        return made

    def _title(self, row: Data, fields: Sequence[Shown]) -> str:
        """What a folded row is called."""
        if "to" in row and "when" in row:
            to = next(one for one in fields if one.name.endswith(".to"))
            leads = [c.label for c in to.choices if c.value == row["to"]]
            return f"{self._said(row['when'])} → {(leads or [row['to']])[0]}"
        for name in (*NAMES_IT, "element", "unit", "when", "key", ""):
            if value := row.get(name):
                if isinstance(value, Mapping):
                    return str(next(iter(value.values())))
                named = [one for one in fields if one.name.endswith(f".{name}")]
                offered = (named or list(fields))[0].choices
                chosen = [c.label for c in offered if c.value == value]
                return chosen[0] if chosen else str(value)
        return ""

    def _said(self, source: str) -> str:
        """A criterion in English, or as it is written where it cannot be read."""
        try:
            read = parse(source, self.plan.names())
        except LanguageError:
            return source
        return say(read, {}, labels(self.plan, self.languages[0]))


def _picks_by(one: Rows) -> Value | None:
    """The reference by which rows are added by ticking, if they are."""
    if isinstance(one.of, Value):
        return one.of if one.of.refers else None
    needed = [field for field in one.of.fields if field.required]
    if len(needed) == 1 and isinstance(needed[0], Value) and needed[0].refers:
        return needed[0]
    return None


def _fix(fields: Sequence[Shown], name: str) -> None:
    """A row that was ticked keeps what it refers to."""
    for one in fields:
        if one.kind == "refer" and (len(fields) == 1 or one.name.endswith(f".{name}")):
            one.kind = "fixed"


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return plain_decimal(value)
    return str(value)


def _split(shown: Shown) -> None:
    """A duration of one span as its number and its span."""
    for span, pattern in SPANS.items():
        found = re.fullmatch(pattern.format("([1-9][0-9]*)"), shown.value)
        if found:
            shown.amount, shown.span = found[1], span
    shown.span = shown.span or "hours"
    if shown.amount:
        shown.value = ""
    shown.choices = [Choice(span, span) for span in SPANS]
