"""Say: an expression in plain English, with one patient's values filled in.

A comparison reads "PAS 7 (≥ 7): yes"; a compound one "no, because …", naming only what
decided it. Without facts there are the bare words: "PAS ≥ 7".
"""

from collections.abc import Mapping
from typing import Any

from scamps.core.language import Expression
from scamps.core.language.tree import Call, Literal, Node, names_in
from scamps.core.language.types import BOOLEAN
from scamps.core.say.words import (
    MIRROR,
    SIGNS,
    Voice,
    group_words,
    said_value,
    words_of,
)

__all__ = ["say"]


def say(
    expression: Expression,
    facts: Mapping[str, Any],
    labels: Mapping[str, str] | None = None,
) -> str:
    """Say the expression over these facts; with no facts, its bare words.

    >>> from scamps.core.language import INTEGER, parse
    >>> criterion = parse("pas >= 7", {"pas": INTEGER})
    >>> say(criterion, {"pas": 7}, {"pas": "PAS"}), say(criterion, {}, {"pas": "PAS"})
    ('PAS 7 (≥ 7): yes', 'PAS ≥ 7')
    """
    voice = Voice(facts, labels or {})
    root = expression.root
    if not facts or not expression.names:
        return words_of(root, voice)
    if root.type == BOOLEAN:
        return _reason(root, voice)
    return f"{words_of(root, voice)}: {said_value(voice.value(root), root.type)}"


def _reason(node: Node, voice: Voice) -> str:
    """A Boolean with its answer, and what decided it."""
    answer = said_value(voice.value(node), BOOLEAN)
    if isinstance(node, Call) and node.op in ("and", "or"):
        return f"{answer}, because {_because(node, voice)}"
    return f"{_with_values(node, voice)}: {answer}"


def _because(node: Call, voice: Voice) -> str:
    """The parts of a chain of and, or of or, that decide it."""
    truth = voice.value(node)
    parts = _flat(node, node.op)
    deciding = [part for part in parts if voice.value(part) is truth]
    said = [_part(part, voice) for part in deciding or parts]
    return (f" {node.op} " if truth is (node.op == "and") else " and ").join(said)


def _part(node: Node, voice: Voice) -> str:
    """One part of a chain; a chain within a chain says only what decided it."""
    if not (isinstance(node, Call) and node.op in ("and", "or")):
        return _reason(node, voice)
    reasons = _because(node, voice)
    return f"({reasons})" if reasons.count(": ") > 1 else reasons


def _flat(node: Node, op: str) -> list[Node]:
    if isinstance(node, Call) and node.op == op:
        return [part for arg in node.args for part in _flat(arg, op)]
    return [node]


def _with_values(node: Node, voice: Voice) -> str:
    """The words of a test, with the value of what it tests."""
    match node:
        case Call(op=op, args=(Literal(), right)) if op in MIRROR:
            limit = words_of(node.args[0], voice)
            return f"{_measured(right, voice)} ({MIRROR[op]} {limit})"
        case Call(op=op, args=(left, right)) if op in SIGNS:
            limit = (
                _measured(right, voice) if names_in(right) else words_of(right, voice)
            )
            return f"{_measured(left, voice)} ({SIGNS[op]} {limit})"
        case Call(op="between", args=(point, low, high)):
            words = f"{words_of(low, voice)} to {words_of(high, voice)}"
            return f"{_measured(point, voice)} ({words})"
        case (
            Call(op="in", args=(point, group))
            | Call(op="contains", args=(group, point))
        ):
            return f"{_measured(point, voice)} ({group_words(group, voice)})"
    return words_of(node, voice)


def _measured(node: Node, voice: Voice) -> str:
    """What a part is called, and its value."""
    if not names_in(node):
        return words_of(node, voice)
    return f"{words_of(node, voice)} {said_value(voice.value(node), node.type)}"
