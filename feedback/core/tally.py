"""Facts added up, and the questions a report asks of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from feedback.core.stats import Clusters


class Fact(NamedTuple):
    """One count of one measure. `is_past`: its day, if it has one, lies behind."""

    measure: str
    node: str
    item: str
    value: str
    is_past: bool
    amount: int


class Tally:
    """Facts of any number of sites and months, added up."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._counts: dict[str, Counter[tuple[str, str, str, bool]]] = {}
        for fact in facts:
            counts = self._counts.setdefault(fact.measure, Counter())
            key = fact.node, fact.item, fact.value, fact.is_past
            counts[key] += fact.amount

    def rows(self, measure: str) -> Iterator[tuple[str, str, str, bool, int]]:
        """Yield (node, item, value, is past, count) in the order of the keys."""
        for key, count in sorted(self._counts.get(measure, Counter()).items()):
            yield *key, count

    def count(self, measure: str, node: str = "", item: str = "") -> int:
        """The sum of a measure at exactly this node and item, over its values."""
        return sum(self.by_value(measure, node, item).values())

    def by_value(self, measure: str, node: str = "", item: str = "") -> Counter[str]:
        """Value → count of a measure at exactly this node and item."""
        found: Counter[str] = Counter()
        for at, about, value, _, count in self.rows(measure):
            if (at, about) == (node, item):
                found[value] += count
        return found

    def keys(self, measure: str) -> list[tuple[str, str]]:
        """Every (node, item) that a measure has, sorted, once."""
        return sorted({(node, item) for node, item, *_ in self.rows(measure)})

    def clusters(self, node: str, action: str, choice: str) -> Clusters:
        """Sums over patients for a choice: "d" deviated, "f" followed."""
        term = self.by_value("cluster", node, action)
        decided = self.by_value("decision", node, action)
        return Clusters(
            patients=term["patients"],
            events=term[choice],
            total=sum(decided[made] for made in ("followed", "modified", "deviated")),
            total_total=term["n_n"],
            events_events=term[f"{choice}_{choice}"],
            events_total=term[f"{choice}_n"],
        )
