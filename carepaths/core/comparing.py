"""Two sides of one draft, put beside each other, and the one made of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from carepaths.core.advised import decision_words, text_of
from carepaths.core.reasons import menu
from carepaths.core.said import answer_words

if TYPE_CHECKING:
    from scamps.core.definition import Plan

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Side:
    """What stands in a draft: stored answers by element, intentions by node/action."""

    answers: Mapping[str, Any]
    intentions: Mapping[str, Any]

    def of(self, key: str) -> Any:
        """What the side says about a row, as stored; None if nothing."""
        kind, name = key[:1], key[2:]
        return (self.answers if kind == "a" else self.intentions).get(name)


@dataclass(frozen=True)
class Row:
    """A question or an advised action that the sides tell apart, both in words.

    `key` is a.KEY of an element, or d.NODE/ACTION.
    """

    key: str
    label: str
    theirs: str
    mine: str

    @property
    def likely(self) -> str:
        """The side to propose: the one that says something; neither, if both do."""
        if self.theirs and self.mine:
            return ""
        return MINE if self.mine else THEIRS


def differing(
    plan: Plan, theirs: Side, mine: Side, *, looks_back: bool = False
) -> tuple[Row, ...]:
    """Every answer and decision in which the sides differ, in the plan's order."""
    answers = [
        Row(
            f"a.{element.key}",
            text_of(plan, element.label),
            answer_words(element, theirs.answers.get(element.key, {})),
            answer_words(element, mine.answers.get(element.key, {})),
        )
        for element in plan.elements
        if theirs.answers.get(element.key) != mine.answers.get(element.key)
    ]
    keys = sorted({*theirs.intentions, *mine.intentions})
    decisions = [
        Row(
            f"d.{key}",
            _action_words(plan, key),
            _decision(plan, key, theirs, looks_back),
            _decision(plan, key, mine, looks_back),
        )
        for key in keys
        if theirs.intentions.get(key) != mine.intentions.get(key)
    ]
    return (*answers, *decisions)


def merged(theirs: Side, mine: Side, picks: Mapping[str, str]) -> Side:
    """The draft as *picks* say, row by row; a row without a pick stays as theirs."""
    parts = {"a": dict(theirs.answers), "d": dict(theirs.intentions)}
    for key, side in picks.items():
        if side != MINE:
            continue
        value = mine.of(key)
        if value is None:
            parts[key[:1]].pop(key[2:], None)
        else:
            parts[key[:1]][key[2:]] = value
    return Side(parts["a"], parts["d"])


def _action_words(plan: Plan, key: str) -> str:
    node, _, action = key.partition("/")
    found = plan.node.get(node)
    for each in getattr(found, "actions", ()):
        if each.key == action:
            return text_of(plan, each.words)
    return key


def _decision(plan: Plan, key: str, side: Side, looks_back: bool) -> str:
    intention = side.intentions.get(key) or {}
    return decision_words(
        intention, menu(plan, key.partition("/")[2], plan.language), looks_back
    )
