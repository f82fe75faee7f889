"""What can stand at the cursor of an expression: names, choices, units, operators.

Read from the words before the cursor alone, for what is being typed is seldom whole; so
it may offer what the rest makes wrong, but leaves nothing out that fits.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scamps.core.definition import Plan
from scamps.core.judge import options_of
from scamps.core.language import Type
from scamps.core.language.functions import FUNCTIONS
from scamps.core.rows.offer import BEFORE, Subject, subjects, units_for
from scamps.core.rows.shape import AGES
from scamps.core.rows.shown import comparable

MOST = 120

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<string>'(?:\\.|[^'\\])*')
    |(?P<open>'(?:\\.|[^'\\])*\Z)
    |(?P<date>@[\dT:.-]*)
    |(?P<number>\d+(?:\.\d*)?)
    |(?P<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\.?)
    |(?P<symbol><=|>=|!=|!~|.)""",
    re.VERBOSE | re.DOTALL,
)
_COMPARE = ("=", "!=", "<", "<=", ">", ">=", "~", "!~")
_JOIN = ("and", "or", "xor", "implies", "not", "then", "else", "when", "if", "case")
_OPEN = ("(", "[", "{", ",", "+", "-", "*", "/", "div", "mod", "^", "Interval", "end")
_OPERATORS = {
    "and": "both are true",
    "or": "one of them is true",
    "is null": "it is not known",
    "is not null": "it is known",
    "xor": "one of them is true, not both",
    "implies": "whenever this is true, so is that",
}
_BOOLEAN = {"is true": "surely; unknown counts as no", "is false": "surely not"}
_ORDERED = {
    ">=": "at least",
    ">": "more than",
    "<=": "at most",
    "<": "less than",
    "=": "equals",
    "!=": "differs from",
    "between": "from … and …, both included",
    "in Interval[": "from, to: [ ] included, ( ) not",
}
_CHOSEN = {"=": "is", "!=": "is not", "in {": "is one of; unknown counts as no"}
_SUMMED = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
_KEYWORDS = {
    "not": "the opposite",
    "if": "if … then … else …",
    "case": "case when … then … else … end",
    "true": "always",
    "false": "never",
    "null": "unknown",
}


@dataclass(frozen=True)
class Option:
    """One thing that can stand here: what is typed, what it is called, what it is."""

    insert: str
    label: str
    detail: str = ""


@dataclass(frozen=True)
class Completion:
    """The options for the text from *start* to *end*, counted in characters from 0."""

    start: int
    end: int
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int


@dataclass(frozen=True)
class _Here:
    """What is offered from: the plan, its names by key, the reader's language."""

    plan: Plan
    names: Mapping[str, Subject]
    language: str


def complete(
    plan: Plan,
    text: str,
    cursor: int,
    *,
    where: str = "",
    language: str | None = None,
) -> Completion:
    """What can stand at *cursor*, the likeliest first; nothing within a comment."""
    spoken = language or plan.language
    names = {one.key: one for one in subjects(plan, where, spoken)}
    found = [token for token in _tokens(text[:cursor]) if token.kind != "space"]
    if found and found[-1].kind == "comment" and _end(found[-1]) == cursor:
        return Completion(cursor, cursor)
    told = [token for token in found if token.kind != "comment"]
    typed = told.pop() if told and _is_typing(told[-1], cursor) else None
    options = _options(told, typed, _Here(plan, names, spoken))
    start = typed.start if typed else cursor
    return Completion(start, _to(text, cursor, typed), _matching(options, typed)[:MOST])


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        yield _Token(match.lastgroup or "", match[0], match.start())


def _end(token: _Token) -> int:
    return token.start + len(token.text)


def _is_typing(token: _Token, cursor: int) -> bool:
    """Whether the cursor stands at the end of a word, or in an open string."""
    return token.kind in ("word", "open") and _end(token) == cursor


def _to(text: str, cursor: int, typed: _Token | None) -> int:
    """The end of the word, or of the string, that the cursor is in."""
    if typed is None:
        return cursor
    rest = r"[^'\n\s]*'" if typed.kind == "open" else r"\w*"
    found = re.match(rest, text[cursor:])
    return cursor + (found.end() if found else 0)


def _options(told: list[_Token], typed: _Token | None, here: _Here) -> Iterable[Option]:
    before = told[-1] if told else None
    if typed and typed.kind == "open":
        if before and before.kind == "number":
            return _units(told, here)
        return _choices(_compared(told, here), here)
    if before is None or before.text in (*_JOIN, *_OPEN, *_COMPARE, "between"):
        return _operands(told, here)
    if before.text in ("is", "in", "contains"):
        return _after_word(before.text, told, here)
    if before.kind == "number":
        return [*_units(told, here), *_operators(None)]
    subject = here.names.get(before.text)
    return _operators(subject.type if subject else None)


def _matching(options: Iterable[Option], typed: _Token | None) -> tuple[Option, ...]:
    """The options that begin as what is typed, then those that have it anywhere."""
    typed_text = typed.text.strip("'").lower() if typed else ""
    ranked = []
    for option in dict.fromkeys(options):
        insert, label = option.insert.strip("'").lower(), option.label.lower()
        if insert.startswith(typed_text) or label.startswith(typed_text):
            ranked.append((0, option))
        elif typed_text in insert or typed_text in label:
            ranked.append((1, option))
    return tuple(option for _, option in sorted(ranked, key=lambda one: one[0]))


# --- what is compared --------------------------------------------------------------


def _compared(told: list[_Token], here: _Here) -> Subject | None:
    """The name that what is typed now is compared with."""
    for place in range(len(told) - 1, 0, -1):
        text = told[place].text
        if text in (*_COMPARE, "in", "between"):
            return here.names.get(told[place - 1].text)
        if text == "and" and (begun := _between(told, place)) is not None:
            return here.names.get(told[begun - 1].text)
        if text in _JOIN or text == "(":
            return None
    return None


def _between(told: list[_Token], place: int) -> int | None:
    """Where the `between` stands whose `and` is at *place*, if it is one."""
    for back in (2, 3, 4):
        if place >= back and told[place - back].text == "between":
            return place - back
    return None


# --- what is offered ----------------------------------------------------------------


def _choices(subject: Subject | None, here: _Here) -> Iterator[Option]:
    if subject:
        for key, label in (
            options_of(here.plan, here.language).get(subject.key, {}).items()
        ):
            yield Option(f"'{key}'", label, f"choice of {subject.label}")


def _units(told: list[_Token], here: _Here) -> Iterator[Option]:
    subject = _compared(told[:-1], here)
    if subject and subject.type.name == "Quantity":
        for code, words in units_for(here.plan, subject.type).items():
            yield Option(f"'{code}'", words or code, "unit")


def _operands(told: list[_Token], here: _Here) -> Iterator[Option]:
    """Names and what else begins a value; of the type that it is compared with."""
    subject = _compared(told, here)
    if subject is None:
        names = [*here.names.values()]
        yield from (_name(one) for one in names if one.group != BEFORE)
        yield from (Option(word, word, said) for word, said in _KEYWORDS.items())
        yield from _functions()
        yield from (_name(one) for one in names if one.group == BEFORE)
        return
    yield from _choices(subject, here)
    if subject.type.name == "Date":
        yield Option("@", "a date", "as @2026-01-31")
    for one in here.names.values():
        if one.key != subject.key and comparable(one.type, subject.type):
            yield _name(one)
    yield Option("null", "null", _KEYWORDS["null"])


def _name(subject: Subject) -> Option:
    insert = subject.key
    if subject.key in AGES:
        insert = f"{AGES[subject.key]}(birth_date, visit_date)"
    detail = _KINDS.get(subject.type.name, str(subject.type))
    if subject.type.options:
        detail = f"one of {len(subject.type.options)} choices"
    return Option(insert, subject.said, f"{subject.group}: {detail}")


_KINDS = {
    "Boolean": "yes or no",
    "Integer": "whole number",
    "Decimal": "number",
    "Quantity": "number with a unit",
    "String": "words",
    "Date": "date",
}


def _functions() -> Iterator[Option]:
    for name, (_, fewest, most) in FUNCTIONS.items():
        if name in AGES.values():
            continue
        count = str(fewest) if fewest == most else f"{fewest} to {most}"
        plural = "" if count == "1" else "s"
        yield Option(f"{name}(", name, f"function of {count} argument{plural}")


def _after_word(word: str, told: list[_Token], here: _Here) -> Iterator[Option]:
    if word == "is":
        for test in ("null", "not null", "true", "false", "not true", "not false"):
            yield Option(test, f"is {test}")
        return
    subject = _compared(told, here)
    if subject and subject.type.options:
        listed = ", ".join(f"'{option}'" for option in subject.type.options)
        yield Option(f"{{{listed}}}", "a list of its choices", listed)
    yield Option("Interval[", "an interval", "Interval[low, high)")
    yield Option("{", "a list", "{a, b, …}")


def _operators(kind: Type | None) -> Iterator[Option]:
    """What can follow a value of this type; of any, if nobody can say."""
    if kind is None or kind.name not in ("Boolean", "String"):
        found = _OPERATORS | _ORDERED | _SUMMED
        if kind is not None:
            found = _ORDERED | _SUMMED | _OPERATORS
    elif kind.options or kind.name == "String":
        found = _CHOSEN | _OPERATORS
    else:
        found = _OPERATORS | _BOOLEAN
    return (Option(sign, sign, said) for sign, said in found.items())
