"""Ages in the solver: from a birth date of its own parts, before the visit.

Whole years and months follow from the parts of two dates (CQL counts them so), weeks
and days from their distance. A plan that reads both has the one kind exactly and the
other as anything; what then is found is replayed as ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import z3

from scamps.core.definition import Plan
from scamps.core.language.tree import Call, Name, nodes
from scamps.core.prove.encode import Encoder
from scamps.core.prove.terms import Beyond, Formula, Number, Symbol, Term

BORN, SEEN = "birth_date", "visit_date"
PARTS = ("CalculateAgeInYearsAt", "CalculateAgeInMonthsAt")
DISTANCE = ("CalculateAgeInWeeksAt", "CalculateAgeInDaysAt")
VISIT = date(2028, 6, 15)  # of a leap year: who is born on 29 February has a birthday
OLDEST = 130
FIRST_MONTH = (VISIT.year - OLDEST) * 12


class Ages:
    """How one world reads ages: by parts, where dates serve nothing else."""

    def __init__(self, plan: Plan, mark: str = "") -> None:
        self.by_parts = _only_by_parts(plan)
        self.months = z3.Int(f"birth month{mark}")
        self.day = z3.Int(f"birth day{mark}")

    def limits(self, terms: dict[str, Term]) -> Iterator[Formula]:
        """Nobody is born after the visit, nor lives longer than people do."""
        if BORN not in terms:
            return
        if self.by_parts:
            last = VISIT.year * 12 + VISIT.month - 1
            yield z3.And(self.months >= FIRST_MONTH, self.months <= last - 1)
            yield z3.And(self.day >= 1, self.day <= 28)
        elif SEEN in terms:
            born, seen = terms[BORN], terms[SEEN]
            if isinstance(born, Symbol) and isinstance(seen, Symbol):
                yield born.at <= seen.at
                yield seen.at - born.at <= OLDEST * 365

    def __call__(self, encoder: Encoder, node: Call) -> Term:
        """The term of an age function."""
        born, seen = node.args
        plain = isinstance(born, Name) and isinstance(seen, Name)
        if not plain or (born.key, seen.key) != (BORN, SEEN):  # type: ignore[union-attr]
            raise Beyond("the age of something else")
        one, other = encoder.facts[BORN], encoder.facts[SEEN]
        if not (isinstance(one, Symbol) and isinstance(other, Symbol)):
            raise Beyond("ages of no dates")
        null = z3.Or(one.null, other.null)
        if node.op in PARTS and self.by_parts:
            seen_month = VISIT.year * 12 + VISIT.month - 1
            whole = seen_month - self.months - z3.If(self.day > VISIT.day, 1, 0)
            if node.op == PARTS[0]:
                return Number(null, whole / 12, 1, 0, OLDEST + 1)
            return Number(null, whole, 1, 0, (OLDEST + 1) * 12)
        if node.op in DISTANCE and not self.by_parts:
            days = other.at - one.at
            most = OLDEST * 366
            if node.op == DISTANCE[1]:
                return Number(null, days, 1, 0, most)
            return Number(null, days / 7, 1, 0, most)
        raise Beyond("ages of two kinds")

    def read(self, model: Any, facts: dict[str, Any]) -> None:
        """Set the dates of *facts* so that they give the ages of *model*."""
        if not self.by_parts:
            return
        if facts.get(SEEN) is not None:
            facts[SEEN] = VISIT
        if facts.get(BORN) is not None:
            month = model.eval(self.months, model_completion=True).as_long()
            day = model.eval(self.day, model_completion=True).as_long()
            facts[BORN] = date(month // 12, month % 12 + 1, day)


def _only_by_parts(plan: Plan) -> bool:
    """Whether dates serve ages in years and months alone."""
    used = 0
    for expression in plan.criteria.parsed.values():
        for node in nodes(expression.root):
            if isinstance(node, Call) and node.op in DISTANCE:
                return False
            if isinstance(node, Call) and node.op in PARTS:
                used -= sum(
                    isinstance(a, Name) and a.key in (BORN, SEEN) for a in node.args
                )
            if isinstance(node, Name) and node.key in (BORN, SEEN):
                used += 1
    return used == 0
