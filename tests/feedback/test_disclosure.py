"""Small counts are attacked here: by subtraction, by linear programming, by listing."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.core.disclosure import (
    HIDDEN,
    KEPT,
    SMALL,
    WITHHELD,
    Equation,
    Figure,
    added,
    possible,
    published,
    release,
    renewed,
    share,
)
from feedback.core.releases import CHOICES, CODES, PARTS, equations, released

COUNTS = st.one_of(st.integers(0, 12), st.integers(0, 400))


@given(COUNTS)
def test_a_count_is_hidden_if_seven_or_fewer_else_rounded_to_five(count: int) -> None:
    figure = published(count)

    assert figure.low <= count <= figure.high
    assert (figure == HIDDEN) == (count <= 7)
    if figure.value is not None:
        assert figure.value % 5 == 0
        assert abs(figure.value - count) <= 2


def test_what_can_be_concluded_is_what_all_counts_alike_could_be() -> None:
    alike: dict[Figure, list[int]] = defaultdict(list)
    for count in range(300):
        alike[published(count)].append(count)

    for figure, counts in list(alike.items())[:-1]:
        assert (figure.low, figure.high) == (min(counts), max(counts))
        assert len(counts) >= KEPT


@given(st.lists(COUNTS, min_size=1, max_size=6), st.integers(0, 5), st.data())
def test_a_total_is_the_same_whatever_the_hidden_parts_are(
    counts: list[int], which: int, data: st.DataObject
) -> None:
    """Nothing to attack: a total depends on published parts alone."""
    other = list(counts)
    if counts[which % len(counts)] <= SMALL:
        other[which % len(counts)] = data.draw(st.integers(0, SMALL))

    total = added(map(published, counts))

    assert total == added(map(published, other))
    assert total.low <= sum(counts) <= total.high


def test_shares_are_those_of_rounded_counts_and_of_no_hidden_one() -> None:
    percent, interval = share(published(31), [published(227)])

    assert percent == pytest.approx(100 * 30 / 255)
    assert interval[0] < percent < interval[1]
    assert share(published(7), [published(227)]) is None
    assert share(published(31), [published(3)]) is None


def table(rows: list[list[int]]) -> tuple[dict[str, int], list[Equation]]:
    """A table whose rows and columns are also published, as figures of their own."""
    counts = {f"{i}.{j}": n for i, row in enumerate(rows) for j, n in enumerate(row)}
    equations = []
    for i, row in enumerate(rows):
        counts[f"row {i}"] = sum(row)
        parts = tuple(f"{i}.{j}" for j in range(len(row)))
        equations.append(Equation(parts, (f"row {i}",)))
    for j in range(len(rows[0])):
        counts[f"column {j}"] = sum(row[j] for row in rows)
        parts = tuple(f"{i}.{j}" for i in range(len(rows)))
        equations.append(Equation(parts, (f"column {j}",)))
    return counts, equations


TABLES = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda size: st.lists(
        st.lists(COUNTS, min_size=size[1], max_size=size[1]),
        min_size=size[0],
        max_size=size[0],
    )
)


@settings(deadline=None, max_examples=60)
@given(TABLES)
def test_no_hidden_count_of_a_table_follows_from_its_margins(
    rows: list[list[int]],
) -> None:
    counts, equations = table(rows)

    shown = release(counts, equations)

    hidden = [name for name, figure in shown.items() if figure == HIDDEN]
    attacked = possible(shown, equations, hidden)
    anything_open = any(figure.value is not None for figure in shown.values())
    for name, (low, high) in attacked.items():
        assert low <= counts[name] <= high  # the attack itself is sound
        assert high - low + 1 >= KEPT or not anything_open
    for name, count in counts.items():
        assert (shown[name] == HIDDEN) == (count <= SMALL)


def test_plain_rounding_would_give_a_small_count_away() -> None:
    """Why there is a second step: the true counts are 117, 6 and their sum, 123."""
    counts = {"followed": 117, "deviated": 6, "all": 123}
    equation = Equation(("followed", "deviated"), ("all",))
    plain = {name: published(count) for name, count in counts.items()}

    before = possible(plain, [equation], ["deviated"])["deviated"]
    shown = release(counts, [equation])
    after = possible(shown, [equation], ["deviated"])["deviated"]

    assert before == (6, 7)
    assert shown["followed"] == WITHHELD
    assert after == (0, 7)


def test_listing_every_table_that_looks_alike_pins_no_hidden_count() -> None:
    """The strongest attack on one equation: all that an attacker can't tell apart.

    Bounds hold against one who does not ask why a figure was withheld. Who does knows
    more: among all tables that are published alike, a hidden count still has two.
    """
    equation = Equation(("a", "b"), ("all",))
    alike: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for a, b in product(range(20, 45), range(8)):
        shown = release({"a": a, "b": b, "all": a + b}, [equation])
        if a >= 25 and a + b <= 37:  # looks that the edge of the list cuts off
            alike[tuple(shown[name].text for name in ("a", "b", "all"))].add(b)

    assert len(alike) > 5
    assert min(len(values) for values in alike.values()) >= 2


def test_a_count_that_is_tied_to_others_through_a_hidden_one_is_safe_too() -> None:
    # n is not published, yet both rows add up to it.
    counts = {"a": 117, "b": 6, "c": 60, "d": 63}
    equations = [Equation(("a", "b"), ("n",)), Equation(("c", "d"), ("n",))]

    shown = release(counts, equations, {"n": 123})

    low, high = possible(shown, equations, ["b"])["b"]
    assert high - low + 1 >= KEPT


def test_two_reports_never_tell_of_a_change_by_seven_or_fewer() -> None:
    published_before = {"a": 120}

    for now in range(100, 145):
        again = renewed({"a": now}, published_before)["a"]
        if abs(now - 120) <= 7:
            assert again == 120  # the same report: nothing is told
        else:
            assert again == now


@given(st.lists(st.integers(-5, 9), max_size=40))
def test_what_is_published_never_lags_by_more_than_seven(changes: list[int]) -> None:
    true, kept = 200, {"a": 200}
    for change in changes:
        true += change
        kept = renewed({"a": true}, kept)

        assert abs(kept["a"] - true) <= SMALL


def report(dice: random.Random) -> dict[str, list[dict[str, Any]]]:
    """A small plan: one decide node, two advising nodes; everything adds up."""
    made: dict[str, list[dict[str, Any]]] = {table: [] for table in PARTS}
    whole = 0
    for node in ("low", "high"):
        choices = {choice: dice.choice([0, 3, 6, 9, 30, 120]) for choice in CHOICES}
        here = sum(choices.values())
        whole += here
        made["opportunities"].append({"node": node, "action": "scan", **choices})
        made["nodes"].append({"node": node, "encounters": here})
        made["edges"].append({"from": "risk", "to": node, "encounters": here})
        told = dice.randint(0, choices["deviated"])
        for reason, count in (("cost", told), ("", choices["deviated"] - told)):
            made["reasons"].append(
                {"node": node, "action": "scan", "choice": "deviated"}
                | {"reason": reason, "decisions": count}
            )
    made["nodes"].append({"node": "risk", "encounters": whole})
    for element in ("wbc", "crp"):
        known = dice.randint(0, whole)
        row = {"element": element, "known": known, "not-asked": whole - known}
        made["answers"].append(row | dict.fromkeys(CODES[2:], 0))
    return made


@pytest.mark.parametrize("seed", range(12))
def test_no_hidden_count_of_a_report_follows_from_its_other_tables(seed: int) -> None:
    rows = report(random.Random(seed))  # noqa: S311

    whole = sum(row["encounters"] for row in rows["edges"])
    shown = released(rows | {"encounters": whole})

    figures = {}
    for table, columns in PARTS.items():
        for index, (row, was) in enumerate(zip(shown[table], rows[table], strict=True)):
            for column in set(columns) & set(was):
                figures[f"{table}/{index}/{column}"] = as_figure(row[column])
    hidden = [name for name, figure in figures.items() if figure == HIDDEN]
    attacked = possible(figures, list(equations(rows)), hidden)
    assert hidden
    assert min(high - low + 1 for low, high in attacked.values()) >= KEPT


def as_figure(cell: int | str) -> Figure:
    """What a reader of the table knows of a cell."""
    if cell == "withheld":
        return WITHHELD
    return HIDDEN if cell == "≤7" else published(int(cell))


def test_a_verdict_is_that_of_the_published_counts() -> None:
    rows: dict[str, Any] = {table: [] for table in PARTS}
    row = {"key": "safe", "events": 31, "total": 258, "outcome_missing": 2}
    row |= {"percent": 12.0, "interval": [8.3, 16.6], "prediction": "< 5 %"}
    small = row | {"key": "rare", "events": 1, "total": 200, "verdict": "supported"}
    rows["statements"] = [row | {"verdict": "refuted"}, small]

    first, second = released(rows | {"encounters": 0})["statements"]

    assert (first["events"], first["total"]) == (30, 255)
    assert first["verdict"] == "refuted"
    assert first["interval"][0] == pytest.approx(8.1, abs=0.05)
    assert second["total"] == "200 to 207"
    assert (second["events"], second["percent"], second["verdict"]) == (
        "≤7",
        None,
        None,
    )
