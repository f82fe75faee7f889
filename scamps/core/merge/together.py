"""Fields of a part that mean something only together, and parts that are one value.

A criterion and the way it leads are one sentence; the bounds of an element are in its
unit. Where one author changes such a field and another author its companion, taking
one half from each would be a plan that neither of them wrote.
"""

from __future__ import annotations

from dataclasses import dataclass

from scamps.core.definition.parts import Part


@dataclass(frozen=True)
class Group:
    """Fields that go together as soon as one of *anchors* changed."""

    anchors: frozenset[str]
    others: frozenset[str] = frozenset()

    @property
    def fields(self) -> frozenset[str]:
        return self.anchors | self.others


def _group(anchors: str, others: str = "") -> Group:
    return Group(frozenset(anchors.split()), frozenset(others.split()))


TOGETHER: dict[str, Group] = {
    "Action": _group("direction resource words"),
    "Branch": _group("when to"),
    "Element": _group(
        "type unit", "precision possible plausible by_age entry_units options"
    ),
    "Outcome": _group("type unit"),
    "Score": _group("unit", "expression range"),
    "Statement": _group("node outcome prediction omission_of"),
}
ONE_VALUE = frozenset({"AgeBounds", "Code", "Cost", "MolarMass", "Prediction"})


def group_of(part: Part) -> Group:
    """The fields of *part* that go together; none, of most parts."""
    return TOGETHER.get(type(part).__name__, _group(""))


def is_one_value(part: Part) -> bool:
    """Whether *part* is never made of halves."""
    return type(part).__name__ in ONE_VALUE
