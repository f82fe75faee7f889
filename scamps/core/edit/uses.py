"""Where a key of a plan is used, and the plan with a key renamed wherever it is.

What refers to what is read off the schema (`shapes.REFERS`); the text of criteria is
read by the language's own lexer, so that no word within a string is taken for a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scamps.core.definition import Plan
from scamps.core.definition.finding import spell_by_key
from scamps.core.edit.changes import Data, data_of, dig, held
from scamps.core.edit.literals import literals_of
from scamps.core.edit.sections import Path, Section, Sheet, all_sheets
from scamps.core.edit.shapes import Field, Group, Rows, Value
from scamps.core.edit.wording import wording
from scamps.core.language import LanguageError
from scamps.core.language.lexer import Token, tokens, unescape

# Which references lead to a key of a sort; criteria read those of READ besides.
LEADS = {"elements": ("elements", "values"), "scores": ("values",)}
READ = ("elements", "scores")


@dataclass(frozen=True)
class Sort:
    """What a key is the key of: a section's parts, `actions`, or `options` of one."""

    name: str
    element: str = ""


@dataclass(frozen=True)
class Use:
    """One place that needs the key: its path, the part, and the field that names it."""

    path: Path
    where: str
    sheet: Sheet
    field: Value
    is_text: bool = False

    @property
    def words(self) -> str:
        """The field, as its form calls it."""
        return wording(self.field.owner, self.field.name).label


class KeyTaken(ValueError):
    """Another part has this key."""


def leaves(
    fields: Sequence[Field], data: Data, path: Path = ()
) -> Iterator[tuple[Path, Value, Any]]:
    """Every value of *data* with its path and its field."""
    for field in fields:
        if field.name in data:
            yield from _leaves(field, data[field.name], (*path, field.name))


def _leaves(field: Field, value: Any, here: Path) -> Iterator[tuple[Path, Value, Any]]:
    match field:
        case Value():
            yield here, field, value
        case Group():
            yield from leaves(field.fields, value, here)
        case Rows(of=of):
            for index, entry in enumerate(value):
                yield from _leaves(of, entry, (*here, index))


def uses(plan: Plan, sort: Sort, key: str) -> tuple[Use, ...]:
    """Every place that needs *key*, in the order of the outline."""
    data = data_of(plan)
    return tuple(
        Use(path, spell_by_key(path, data), sheet, field, field.kind == "criterion")
        for sheet in all_sheets(plan)
        for path, field, value in leaves(sheet.fields, held(data, sheet), sheet.path)
        if _needs(plan, field, value, sort, key)
    )


def _needs(plan: Plan, field: Value, value: Any, sort: Sort, key: str) -> bool:
    if field.kind == "criterion":
        return bool(_spans(plan, str(value), sort, key))
    return value == key and _leads(field, sort)


def _leads(field: Value, sort: Sort) -> bool:
    return field.refers in LEADS.get(sort.name, (sort.name,))


def renamed(plan: Plan, section: Section, key: str, to: str) -> Plan:
    """*plan* with a part's key changed, wherever it stands.

    Raises: KeyTaken. ValidationError: *to* is not a key.
    """
    data = data_of(plan)
    entries = dig(data, section.path)
    if any(entry["key"] == to for entry in entries):
        raise KeyTaken(to)
    next(entry for entry in entries if entry["key"] == key)["key"] = to
    _carry(data, plan, uses(plan, Sort(section.name), key), Sort(section.name), key, to)
    return Plan.model_validate(data)


def carried(before: Plan, after: Plan, sort: Sort, key: str, to: str) -> Plan:
    """*after*, whose part renamed *key* itself, with the uses of *key* renamed too.

    An action elsewhere that keeps the key keeps its uses: lists name both then.
    """
    data = data_of(after)
    if sort.name == "actions" and key in action_keys(after):
        for use in uses(after, sort, key):
            entries = dig(data, use.path[:-1])
            if isinstance(entries, list) and to not in entries:
                entries.insert(int(use.path[-1]) + 1, to)
    else:
        _carry(data, before, uses(after, sort, key), sort, key, to)
    return Plan.model_validate(data)


def action_keys(plan: Plan) -> frozenset[str]:
    """The keys of all actions."""
    return frozenset(
        action.key
        for node in plan.nodes
        if node.kind == "recommend"
        for action in node.actions
    )


def _carry(
    data: Data, plan: Plan, found: Sequence[Use], sort: Sort, key: str, to: str
) -> None:
    for use in found:
        owner, last = dig(data, use.path[:-1]), use.path[-1]
        owner[last] = rewritten(plan, owner[last], sort, key, to) if use.is_text else to


def rewritten(plan: Plan, source: str, sort: Sort, key: str, to: str) -> str:
    """The criterion *source* with *key* as *to*; all else as it was typed."""
    for start, end in reversed(_spans(plan, source, sort, key)):
        written = f"'{to}'" if sort.name == "options" else to
        source = source[:start] + written + source[end:]
    return source


def _spans(plan: Plan, source: str, sort: Sort, key: str) -> list[tuple[int, int]]:
    """Where in *source* the key stands: from, until before."""
    if sort.name == "options":
        return literals_of(plan, source, sort.element, key)
    if sort.name not in READ or key not in source:
        return []
    try:
        found = tokens(source)
    except LanguageError:
        pattern = rf"(?<![\w.'])(?:previous\.)?({re.escape(key)})(?!\w|\s*\()"
        return [match.span(1) for match in re.finditer(pattern, source)]
    return [
        span_of(source, token)
        for index, token in enumerate(found)
        if _is_name(found, index, key)
    ]


def _is_name(found: Sequence[Token], index: int, key: str) -> bool:
    token = found[index]
    if token.kind not in ("WORD", "QUOTED") or found[index + 1].text == "(":
        return False
    if (unescape(token) if token.kind == "QUOTED" else token.text) != key:
        return False
    if index == 0 or found[index - 1].text != ".":
        return True
    return found[index - 2].text == "previous"


def span_of(source: str, token: Token) -> tuple[int, int]:
    """Where *token* stands in *source*: from, until before."""
    lines = source.split("\n")
    start = sum(len(line) + 1 for line in lines[: token.line - 1]) + token.column - 1
    return start, start + len(token.text)
