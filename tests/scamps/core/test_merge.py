"""Two documents that come from one are merged: nothing lost, nothing made up."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from scamps.core.definition import Plan, canonical, dump_json, load_yaml
from scamps.core.merge import Merged, Side, broken_by, merge
from scamps.core.merge.order import OrderClash, merge_orders
from tests.scamps.core.documents import SMALL, documents
from tests.scamps.core.test_compare import APPENDICITIS

BASE = load_yaml(SMALL)
LARGE = load_yaml(APPENDICITIS)
Path = tuple[Any, ...]


def of_key(document: dict[str, Any]) -> Plan:
    return Plan.model_validate(document | {"key": "one"})


def changed(*edits: tuple[Path, Any], plan: Plan = BASE) -> Plan:
    """*plan* with the value at each path set, or with the entry taken out if None."""
    data = plan.model_dump(by_alias=True)
    for path, value in edits:
        _put(data, path, value)
    return Plan.model_validate(data)


def _put(data: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    step, *rest = path
    if isinstance(step, int):
        made = list(data)
        if not rest and value is None:
            del made[step]
        elif step == len(made):
            made.append(value)
        else:
            made[step] = _put(made[step], tuple(rest), value)
        return made
    data[step] = _put(data[step], tuple(rest), value)
    return data


def same(one: Plan, other: Plan) -> bool:
    return canonical(one) == canonical(other)


# The laws, over any three documents of one plan.
anything = documents.map(of_key)
law = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@law
@given(base=anything, other=anything)
def test_what_one_side_alone_changed_stands(base: Plan, other: Plan):
    for merged in (merge(base, base, other), merge(base, other, base)):
        assert merged.conflicts == ()
        assert same(merged.plan, other)


@law
@given(base=anything, other=anything)
def test_what_both_changed_alike_stands_once(base: Plan, other: Plan):
    merged = merge(base, other, other)

    assert merged.conflicts == ()
    assert same(merged.plan, other)


@law
@given(base=anything, mine=anything, theirs=anything)
def test_the_sides_are_equals(base: Plan, mine: Plan, theirs: Plan):
    one = merge(base, mine, theirs, otherwise="mine")
    other = merge(base, theirs, mine, otherwise="theirs")

    assert bool(one.conflicts) == bool(other.conflicts)
    if not one.conflicts:
        assert same(one.plan, other.plan)


@law
@given(base=anything, mine=anything, theirs=anything, data=st.data())
def test_every_choice_gives_a_plan_and_leaves_nothing_open(base, mine, theirs, data):
    merged, choices = merge(base, mine, theirs), {}
    for _ in range(5):
        for one in merged.open:
            choices[one.name] = data.draw(st.sampled_from(["mine", "theirs"]))
        merged = merge(base, mine, theirs, choices)
        if merged.is_clean:
            break

    assert merged.is_clean


# Random edits of a real plan.
SECTIONS = ["elements", "scores", "checks", "nodes", "reasons", "outcomes"]


@st.composite
def edits(draw: st.DrawFn, places: list[tuple[str, int]]) -> Callable[[Any], None]:
    """Some of the parts at *places* are renamed or taken away."""
    chosen = draw(st.lists(st.sampled_from(places), unique=True, max_size=6))
    word = draw(st.sampled_from(["Alpha", "Beta", "Gamma"]))
    verbs = [draw(st.sampled_from(["rename", "remove"])) for _ in chosen]

    def apply(data: dict[str, Any]) -> None:
        gone = []
        for (section, at), verb in zip(chosen, verbs, strict=True):
            match verb:
                case "rename":
                    name = "title" if section == "nodes" else "label"
                    name = {"checks": "message", "reasons": "words"}.get(section, name)
                    data[section][at][name] = f"{word} {at}"
                case "remove":
                    gone.append((section, at))
        for section, at in sorted(gone, reverse=True):
            del data[section][at]

    return apply


def places_of(half: int) -> list[tuple[str, int]]:
    data = LARGE.model_dump(by_alias=True)
    return [
        (section, at)
        for section in SECTIONS
        for at in range(len(data[section]))
        if at % 2 == half
    ]


def edited(apply: Callable[[Any], None]) -> Plan:
    data = LARGE.model_dump(by_alias=True)
    data |= {section: list(data[section]) for section in SECTIONS}
    apply(data)
    return Plan.model_validate(data)


@settings(law, max_examples=12)
@given(one=edits(places_of(0)), other=edits(places_of(1)))
def test_edits_of_different_parts_commute(one, other):
    def both(data: dict[str, Any]) -> None:
        names = {s: [part["key"] for part in data[s]] for s in SECTIONS}
        one(data)
        gone = {s: set(names[s]) - {p["key"] for p in data[s]} for s in SECTIONS}
        back = LARGE.model_dump(by_alias=True)
        back |= {section: list(back[section]) for section in SECTIONS}
        other(back)
        for section in SECTIONS:
            first = {part["key"]: part for part in data[section]}
            was = {p["key"]: p for p in LARGE.model_dump(by_alias=True)[section]}
            data[section] = [
                part if part != was[part["key"]] else first[part["key"]]
                for part in back[section]
                if part["key"] not in gone[section]
            ]

    mine, theirs = edited(one), edited(other)
    merged = merge(LARGE, mine, theirs)

    assert merged.conflicts == ()
    assert same(merged.plan, edited(both))
    assert same(merge(LARGE, theirs, mine).plan, merged.plan)


def mutated(plan: Plan, rng: Random) -> Plan:
    """*plan* after a dozen edits anywhere in it: entries taken out, moved, copied
    under another key; words changed. Edits that leave no plan are left out."""
    data = json.loads(dump_json(plan))
    for _ in range(12):
        before = json.dumps(data)
        _mutate(rng.choice(list(_lists(data))), rng)
        try:
            Plan.model_validate(data)
        except ValidationError:
            data = json.loads(before)
    return Plan.model_validate(data)


def _lists(data: Any) -> Iterator[list[Any]]:
    for value in data.values() if isinstance(data, dict) else data:
        if isinstance(value, list) and value:
            yield value
        if isinstance(value, list | dict):
            yield from _lists(value)


def _mutate(found: list[Any], rng: Random) -> None:
    at, to = rng.randrange(len(found)), rng.randrange(len(found))
    match rng.choice(["delete", "move", "copy", "say", "say"]):
        case "delete":
            found.pop(at)
        case "move":
            found.insert(to, found.pop(at))
        case "copy" if isinstance(found[at], dict):
            more = {"key": f"{found[at]['key']}-x"} if "key" in found[at] else {}
            found.insert(to, copy.deepcopy(found[at]) | more)
        case "say" if isinstance(found[at], dict):
            names = ("title", "label", "words", "when", "to", "next", "help", "code")
            here = [name for name in names if name in found[at]]
            if here:
                found[at][rng.choice(here)] = rng.choice(["true", "low", None])


@settings(law, max_examples=8)
@given(rng=st.randoms(use_true_random=False))
def test_any_two_that_come_from_a_real_plan_are_merged_or_asked_about(rng: Random):
    base = mutated(LARGE, rng)
    mine, theirs = mutated(base, rng), mutated(base, rng)

    for one, other, expected in ((base, mine, mine), (mine, base, mine), (mine,) * 3):
        merged = merge(base, one, other)
        assert merged.conflicts == ()
        assert same(merged.plan, expected)
    merged, back = merge(base, mine, theirs), merge(base, theirs, mine)
    if not merged.conflicts:
        assert back.conflicts == ()
        assert same(merged.plan, back.plan)
    choices: dict[str, Side] = {}
    for _ in range(5):
        choices |= {one.name: rng.choice(["mine", "theirs"]) for one in merged.open}
        merged = merge(base, mine, theirs, choices)
    assert merged.is_clean


# Order.
def order(base: str, mine: str, theirs: str, **more: bool) -> str:
    kept = [name for name in {*mine, *theirs} if (name in mine) == (name in theirs)
            or name not in base]  # fmt: skip
    return "".join(merge_orders(base, mine, theirs, kept, tie=str, **more))


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "expected"),
    [
        pytest.param("abcd", "bacd", "abdc", "badc", id="each moves a pair"),
        pytest.param("abc", "abxc", "cab", "cabx", id="an addition follows its place"),
        pytest.param("ab", "axyb", "apqb", "apqxyb", id="runs are not interleaved"),
        pytest.param("abc", "ac", "acb", "ac", id="what is gone moves nowhere"),
        pytest.param("", "xy", "xy", "xy", id="both add the same"),
        pytest.param("abcd", "dabc", "abcd", "dabc", id="one moves to the front"),
    ],
)
def test_the_order_of_lists_is_merged(base, mine, theirs, expected):
    assert order(base, mine, theirs) == expected
    assert order(base, theirs, mine) == expected


def test_moves_round_in_a_circle_clash():
    with pytest.raises(OrderClash):
        order("abc", "bac", "acb")


def test_where_place_decides_two_additions_at_one_place_clash():
    with pytest.raises(OrderClash):
        order("ab", "axb", "ayb", is_strict=True)
    assert order("abc", "axbc", "abyc", is_strict=True) == "axbyc"
    with pytest.raises(OrderClash):
        order("abc", "bac", "abcx", is_strict=True)


def test_every_order_of_four_merges_to_an_order_or_clashes():
    orders = ["".join(one) for one in permutations("abcd")]
    for mine in orders:
        for theirs in orders:
            try:
                found = order("abcd", mine, theirs)
            except OrderClash:
                continue
            assert sorted(found) == list("abcd")
            for one, other in permutations("abcd", 2):
                before = [x.index(one) < x.index(other) for x in (mine, theirs)]
                if all(before):
                    assert found.index(one) < found.index(other)


# What collides, and how it is told.
def clash(mine: Plan, theirs: Plan, base: Plan = BASE) -> Merged:
    return merge(base, mine, theirs)


def test_a_field_changed_in_two_ways_is_told_in_the_plans_words():
    merged = clash(
        changed((("elements", 1, "label"), "Coughs")),
        changed((("elements", 1, "label"), "Coughing")),
    )

    (found,) = merged.conflicts
    assert (found.section, found.key, found.field) == ("elements", "cough", "label")
    assert found.where == "elements/cough"
    assert (found.base, found.mine, found.theirs) == (
        "“Cough”",
        "“Coughs”",
        "“Coughing”",
    )
    assert "cough" in found.place
    assert merged.plan.element["cough"].label == "Coughing"
    chosen = merge(
        BASE,
        changed((("elements", 1, "label"), "Coughs")),
        changed((("elements", 1, "label"), "Coughing")),
        {found.name: "mine"},
    )
    assert chosen.plan.element["cough"].label == "Coughs"
    assert chosen.open == ()


def test_a_criterion_and_where_it_leads_are_chosen_together():
    branch = ("nodes", 1, "branches", 0)
    merged = clash(
        changed(((*branch, "when"), "temperature >= 39.0 'Cel'")),
        changed(((*branch, "to"), "well")),
    )

    (found,) = merged.conflicts
    assert found.field == "when+to"
    assert "Temperature ≥ 39.0 °C" in found.mine
    assert "“Well”" in found.theirs
    node = merged.plan.node["hot"]
    assert (node.branches[0].when, node.branches[0].to) == (
        "temperature >= 38.0 'Cel'",
        "well",
    )


def test_bounds_are_in_the_unit_they_were_written_for():
    plan = changed(
        (("elements", 0, "possible"), {"low": "30", "high": "45"}),
        (("elements", 0, "plausible"), {"low": "35", "high": "42"}),
    )
    mine = changed(
        (("elements", 0, "unit"), "[degF]"),
        (("elements", 0, "possible"), {"low": "86", "high": "113"}),
        plan=plan,
    )
    low = changed((("elements", 0, "plausible", "low"), "34"), plan=plan)
    high = changed((("elements", 0, "plausible", "high"), "41"), plan=plan)

    (found,) = clash(mine, low, plan).conflicts
    assert found.field == "unit+possible+plausible"
    apart = clash(low, high, plan)
    assert apart.conflicts == ()
    assert apart.both[0].key == "temperature"
    bounds = apart.plan.element["temperature"].plausible
    assert (str(bounds.low), str(bounds.high)) == ("34", "41")


def test_what_one_takes_away_and_the_other_changes_is_a_conflict():
    merged = clash(
        changed((("nodes", 3), None)), changed((("nodes", 3, "title"), "Hm"))
    )

    (found,) = merged.conflicts
    assert (found.where, found.field, found.mine) == ("nodes/well", "", "")
    assert "title" in found.theirs
    assert "well" in merged.plan.node
    gone = merge(
        BASE,
        changed((("nodes", 3), None)),
        changed((("nodes", 3, "title"), "Hm")),
        {found.name: "mine"},
    )
    assert "well" not in gone.plan.node


def test_a_node_that_becomes_another_thing_is_one_value():
    advise = BASE.model_dump(by_alias=True)["nodes"][2] | {"key": "well"}
    merged = clash(
        changed((("nodes", 3), advise)), changed((("nodes", 3, "title"), "Hm"))
    )

    (found,) = merged.conflicts
    assert (found.where, found.field) == ("nodes/well", "")


def test_the_last_entry_of_a_list_is_not_merged_away():
    one, other = ({"when": w, "to": "fever"} for w in ("cough", "not cough"))
    base = changed((("nodes", 1, "branches"), [one, other]))
    mine = changed((("nodes", 1, "branches"), [one]))
    theirs = changed((("nodes", 1, "branches"), [other]))

    (found,) = clash(mine, theirs, base).conflicts

    assert (found.where, found.field) == ("nodes/hot", "branches")


def test_languages_of_a_text_are_fields_of_their_own():
    base = changed((("title",), {"en": "Fever", "de": "Fieber"}))
    mine = changed((("title",), {"en": "Fever!", "de": "Fieber"}))
    theirs = changed((("title",), {"en": "Fever", "de": "Fieber?", "fr": "Fièvre"}))

    merged = clash(mine, theirs, base)

    assert merged.conflicts == ()
    assert merged.plan.title == {"en": "Fever!", "de": "Fieber?", "fr": "Fièvre"}


def test_sources_and_lines_without_a_key_are_merged_too():
    base = changed(
        (("provenance", "authors"), ["A", "B"]),
        (("population", "inclusion"), [{"words": "Feverish", "when": "cough"}]),
    )
    mine = changed((("provenance", "authors"), ["A", "B", "C"]), plan=base)
    theirs = changed(
        (("provenance", "authors"), ["B"]),
        (("population", "inclusion", 0, "words"), "Coughing"),
        plan=base,
    )

    merged = clash(mine, theirs, base)

    assert merged.conflicts == ()
    assert merged.plan.provenance.authors == ("B", "C")
    assert merged.plan.population.inclusion[0].words == "Coughing"


def test_what_no_longer_fits_after_a_merge_is_named():
    mine = changed((("resources", 0), None), (("nodes", 2, "actions", 0, "resource"), "x"),
                   (("resources", 0), {"key": "x", "title": "X", "kind": "test"}))  # fmt: skip
    more = {"key": "stay", "words": "Stay.", "direction": "do", "resource": "bed"}
    theirs = changed((("nodes", 2, "actions", 1), more))

    merged = clash(mine, theirs)

    (found,) = broken_by(merged.plan, mine, theirs)
    assert merged.conflicts == ()
    assert "there is no resource 'bed'" in found.message


def test_two_spellings_of_one_meaning_are_shown_as_they_are_written():
    branch = ("nodes", 1, "branches", 0, "when")
    merged = clash(
        changed((branch, "temperature >= 39.0 'Cel'")),
        changed((branch, "(temperature >= 39.0 'Cel')")),
    )

    (found,) = merged.conflicts
    assert found.mine == "temperature >= 39.0 'Cel'"
    assert found.theirs == "(temperature >= 39.0 'Cel')"
