"""Judge: one expression of a plan as its author types it, for the field it stands in.

It is said in plain English at once, or refused with the place and what was expected;
where unknown becomes known is doubted by the name it is accepted by.
"""

from dataclasses import dataclass

from scamps.core.definition import Plan, words
from scamps.core.definition.usage import SCORES
from scamps.core.judge.names import itself, names_at
from scamps.core.judge.unknown import unknown_words
from scamps.core.language import (
    BOOLEAN,
    Expression,
    LanguageError,
    Type,
    parse,
    quantity,
    unknown_traps,
)
from scamps.core.language import types as kinds
from scamps.core.language.lexer import Token, tokens
from scamps.core.language.tree import Call, Node
from scamps.core.say.choices import Options, with_labels
from scamps.core.say.words import Voice, words_of
from scamps.core.walk.words import labels
from scamps.core.wording import top_terms

__all__ = ["Doubt", "Judgement", "Problem", "judge", "plain", "said"]


@dataclass(frozen=True)
class Problem:
    """Why an expression cannot stand: where, and what was expected.

    *before*, *marked* and *after* are the text, parted where the mistake is.
    """

    message: str
    expected: str
    line: int
    column: int
    before: str
    marked: str
    after: str

    @property
    def start(self) -> int:
        """Where the marked text begins, counted from 0."""
        return len(self.before)

    @property
    def end(self) -> int:
        """Where the marked text ends."""
        return self.start + len(self.marked)


@dataclass(frozen=True)
class Doubt:
    """A use where an unknown becomes known; an author accepts it by *name*."""

    name: str
    message: str
    line: int
    column: int


@dataclass(frozen=True)
class Judgement:
    """What an author is told of the text: English or the problem, never both.

    A chain of three or more has its *parts* apart, and how they are *joined*.
    """

    text: str
    english: str = ""
    joined: str = ""
    parts: tuple[str, ...] = ()
    type_words: str = ""
    if_unknown: str = ""
    problem: Problem | None = None
    doubts: tuple[Doubt, ...] = ()
    expression: Expression | None = None


def judge(
    plan: Plan,
    text: str,
    *,
    where: str = "",
    wanted: str = "Boolean",
    language: str | None = None,
) -> Judgement:
    """Judge *text* as an expression of *plan*; empty text is neither right nor wrong.

    Args: where: its place as a finding names it (`nodes.risk.branches[0].when`), which
    says what an unknown does there. wanted: "Boolean", or "score" for one value.
    """
    text = plain(text)
    if not text.strip():
        return Judgement(text)
    try:
        expression = parse(text, names_at(plan, where))
        _demand(expression, wanted)
    except LanguageError as error:
        known = itself(plan, where, text) or _behind(plan, text, error)
        return Judgement(text, problem=_problem(text, error, known))
    return _judged(plan, text, expression, where, language or plan.language)


def _judged(
    plan: Plan, text: str, expression: Expression, where: str, language: str
) -> Judgement:
    root = expression.root
    terms = top_terms(root)
    is_list = isinstance(root, Call) and len(terms) >= LONG
    return Judgement(
        text,
        english=said(root, plan, language),
        joined=_JOINED.get(root.op, "") if is_list and isinstance(root, Call) else "",
        parts=tuple(said(term, plan, language) for term in terms) if is_list else (),
        type_words=_TYPES.get(expression.type.name, kinds.words(expression.type)),
        if_unknown=unknown_words(plan, where, expression, language),
        doubts=_doubts(expression, where),
        expression=expression,
    )


LONG = 3  # so many parts of a chain are read one by one
_JOINED = {"+": "the sum of", "or": "any of", "and": "all of"}
_TYPES = {
    "Boolean": "yes or no",
    "Integer": "a whole number",
    "Decimal": "a number",
    "Date": "a date",
}


def plain(text: str) -> str:
    """The text with the line ends of a plan document: a browser sends others."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def said(node: Node, plan: Plan, language: str) -> str:
    """A part of an expression in plain English, with what the plan calls things."""
    voice = Voice({}, labels(plan, language))
    return words_of(with_labels(node, options_of(plan, language)), voice)


def options_of(plan: Plan, language: str) -> Options:
    """What each choice of each element is called, for both visits."""
    found = {
        element.key: {
            option.key: words(option.label, language, plan.language)
            for option in element.options
        }
        for element in plan.elements
        if element.options
    }
    return found | {f"previous.{key}": names for key, names in found.items()}


def _demand(expression: Expression, wanted: str) -> None:
    """Refuse an expression of another type than its place needs."""
    found: Type = expression.type
    if wanted == "Boolean" and found != BOOLEAN:
        raise LanguageError(
            f"a criterion is true or false, this is {kinds.words(found)}",
            expected="a comparison, such as … >= 3",
        )
    if wanted == "score" and (found.name not in SCORES or found == quantity(None)):
        raise LanguageError(
            f"a score is one value in one unit, not {kinds.words(found)}"
        )


def _behind(plan: Plan, text: str, error: LanguageError) -> str:
    """A score that exists, but cannot be read because it is wrong itself."""
    token = _token_at(text, error)
    if token and token.text in plan.score and token.text not in plan.names():
        return f"the score '{token.text}' cannot be read, for it is not right itself"
    return ""


def _problem(text: str, error: LanguageError, message: str = "") -> Problem:
    start = _offset(text, error.line, error.column)
    token = _token_at(text, error)
    end = start + (len(token.text) if token else 1)
    expected = "" if message else _short(error)
    parts = (text[:start], text[start:end], text[end:])
    return Problem(message or error.message, expected, error.line, error.column, *parts)


def _short(error: LanguageError) -> str:
    """What was expected; not every name there is, for completion offers them."""
    if len(error.expected) < 100 or not error.expected.startswith("one of "):
        return error.expected
    is_function = error.message.startswith("there is no function")
    return "a function of the language" if is_function else "a name of the plan"


def _offset(text: str, line: int, column: int) -> int:
    before = text.split("\n")[: line - 1]
    return sum(len(one) + 1 for one in before) + column - 1


def _token_at(text: str, error: LanguageError) -> Token | None:
    """The token at which an expression is refused, if it has tokens at all."""
    try:
        found = tokens(text)
    except LanguageError:
        return None
    here = (error.line, error.column)
    return next((one for one in found if (one.line, one.column) == here), None)


def _doubts(expression: Expression, where: str) -> tuple[Doubt, ...]:
    name = f"unknown-becomes-known {where}".strip()
    return tuple(
        Doubt(name, trap.words, trap.line, trap.column)
        for trap in unknown_traps(expression)
    )
