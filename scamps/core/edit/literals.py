"""Where the text of a criterion names an option of a choice."""

from __future__ import annotations

from collections.abc import Iterator

from scamps.core.definition import Plan
from scamps.core.language import LanguageError, parse
from scamps.core.language.lexer import tokens, unescape
from scamps.core.language.tree import Call, Case, Literal, Name, Node, children, nodes


def literals_of(
    plan: Plan, source: str, element: str, option: str
) -> list[tuple[int, int]]:
    """Where *source* names *option* of *element*: from, until before."""
    if element not in source or option not in source:
        return []
    try:
        found = tokens(source)
    except LanguageError:
        return []
    places = _places(plan, source, element)
    lines = source.split("\n")
    return [
        (start, start + len(token.text))
        for token in found
        if token.kind == "STRING" and unescape(token) == option
        if places is None or (token.line, token.column) in places
        for start in [_offset(lines, token.line, token.column)]
    ]


def _offset(lines: list[str], line: int, column: int) -> int:
    return sum(len(one) + 1 for one in lines[: line - 1]) + column - 1


def _places(plan: Plan, source: str, element: str) -> set[tuple[int, int]] | None:
    """Where words are held against *element*; None if the text cannot be typed."""
    try:
        root = parse(source, plan.names()).root
    except LanguageError:
        return None
    return {
        literal.place
        for node in nodes(root)
        if _reads(node, element)
        for literal in _held_against(node)
    }


def _reads(node: Node, element: str) -> bool:
    """Whether *node* compares the answer of *element* itself."""
    compared = (
        (node.subject,) if isinstance(node, Case) and node.subject else children(node)
    )
    return any(
        isinstance(one, Name) and one.key.removeprefix("previous.") == element
        for one in compared
    )


def _held_against(node: Node) -> Iterator[Literal]:
    compared: tuple[Node, ...] = children(node)
    if isinstance(node, Case):
        compared = tuple(when for when, _ in node.items)
    for one in compared:
        match one:
            case Literal():
                yield one
            case Call(op="list", args=args):
                yield from (entry for entry in args if isinstance(entry, Literal))
