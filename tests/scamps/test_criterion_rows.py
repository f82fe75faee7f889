"""The rows of a criterion as a form shows them, reads them back, and moves them."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from random import Random

from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from scamps.core.definition import Plan, canonical, digest, load_yaml
from scamps.core.judge import judge
from scamps.core.rows import Group, Item, Row, Typed, count_of, read, write
from scamps.core.rows.asked import asked_of
from scamps.core.rows.moving import changed, item_at
from scamps.core.rows.offer import subjects
from scamps.core.rows.posted import posted
from scamps.core.rows.shown import fitted
from scamps.models import Content, Scamp, Version
from scamps.templatetags.criteria import CriterionField
from tests.factories import library_plan
from tests.random_plans import random_plan

RANDOMS = st.integers(0, 2**32 - 1).map(Random)
VERBS = ["up", "down", "group", "remove", "add-row", "add-group", "add-typed"]


class Controls(HTMLParser):
    """What a browser would send of a page's controls."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.select = self.area = ""
        self.chosen: str | None = None
        self.feed(page)

    def add(self, name: str, value: str) -> None:
        self.sent.setdefault(name, []).append(value)

    def handle_starttag(self, tag, attrs) -> None:
        given = dict(attrs)
        match tag:
            case "input":
                if given.get("type") != "checkbox" or "checked" in given:
                    self.add(given["name"], given["value"])
            case "select":
                self.select, self.chosen = given["name"], None
            case "option":
                if "selected" in given or self.chosen is None:
                    self.chosen = given["value"]
            case "textarea":
                self.area = given["name"]
                self.sent[self.area] = [""]

    def handle_endtag(self, tag) -> None:
        if tag == "select":
            self.add(self.select, self.chosen or "")
        if tag == "textarea":
            self.sent[self.area][0] = self.sent[self.area][0].removeprefix("\n")
            self.area = ""

    def handle_data(self, data) -> None:
        if self.area:
            self.sent[self.area][0] += data


def version_of(plan: Plan) -> Version:
    content = Content(digest=digest(plan), text=canonical(plan), document={})
    return Version(scamp=Scamp(key=plan.key), number=2, content=content)


def random_rows(rng: Random, plan: Plan, depth: int = 2) -> Group:
    count = rng.randint(1, 4)
    items = tuple(_item(rng, plan, depth) for _ in range(count))
    return Group(rng.choice(["all", "any", "none", "not-all"]), items)


def random_root(rng: Random, plan: Plan) -> Group:
    """Rows of a criterion, or of a score that adds up points."""
    if rng.random() < 0.6:
        return random_rows(rng, plan)
    parts = [random_rows(rng, plan, 1) for _ in range(rng.randint(1, 3))]
    points = [rng.choice(["1", "2", "-3", "x"]) for _ in parts]
    return Group(
        "sum",
        tuple(replace(p, points=n) for p, n in zip(parts, points, strict=True)),
    )


def _item(rng: Random, plan: Plan, depth: int) -> Item:
    if depth and rng.random() < 0.25:
        return random_rows(rng, plan, depth - 1)
    if rng.random() < 0.15:
        return Typed(rng.choice(["true", " x <\n 'y' & </textarea>", ""]))
    subject = rng.choice(subjects(plan, "", "en"))
    test = rng.choice(list(asked_of(subject.type)))
    values = _values(rng, subject.key, subject.type.options, test, plan)
    unit = subject.type.unit if values and not test.endswith(" item") else None
    return fitted(Row(subject.key, test, values, unit or ""), plan, "")  # type: ignore[return-value]


def _values(rng, key, options, test, plan) -> tuple[str, ...]:
    count = count_of(test)
    if test.endswith(" item"):
        same = [k for k, kind in plan.names().items() if kind == plan.names().get(key)]
        others = [k for k in same if k != key]
        return (rng.choice(others),) if others else ("",)
    if count < 0:
        chosen = rng.sample(options, rng.randint(0, len(options)))
        return tuple(option for option in options if option in chosen)
    given = ["3", "-7.5", "2024-02-29", "", 'it\'s "so" <b>', "1,5"]
    return tuple(rng.choice(options or given) for _ in range(count))


@given(RANDOMS)
@settings(max_examples=25, deadline=None)
def test_a_form_gives_back_the_rows_that_it_shows(rng):
    plan = library_plan("suspected-appendicitis")
    rows = random_root(rng, plan)
    field = CriterionField(version_of(plan), "when", "", "score", rows=rows)

    page = render_to_string("scamps/_criterion_rows.html", {"field": field})

    assert fitted(posted(Controls(page).sent), plan, "") == fitted(rows, plan, "")


@given(RANDOMS)
@settings(max_examples=10, deadline=None)
def test_every_criterion_of_any_plan_is_said_and_kept_by_its_rows(rng):
    plan = load_yaml(random_plan(rng))
    for expression in plan.criteria.parsed.values():
        judged = judge(plan, expression.source, wanted="")
        assert judged.english
        assert judged.problem is None
        item = read(expression.source, plan.names()).item
        if item is not None:
            field = CriterionField(version_of(plan), "when", expression.source)
            page = render_to_string("scamps/_criterion_rows.html", {"field": field})
            again = posted(Controls(page).sent)
            text = write(fitted(again, plan, ""), plan.names()).text
            assert read(text, plan.names()).item == item


def leaves(item: Item) -> list[Item]:
    if isinstance(item, Group):
        return [leaf for part in item.items for leaf in leaves(part)]
    return [item]


@given(RANDOMS)
@settings(max_examples=100, deadline=None)
def test_moving_loses_nothing_and_says_where_it_went(rng):
    plan = library_plan("suspected-appendicitis")
    root = random_root(rng, plan)
    for _ in range(12):
        verb, path = (
            rng.choice(VERBS),
            tuple(rng.choices(range(3), k=rng.randint(0, 3))),
        )
        before = sorted(map(repr, leaves(root)))
        moved = changed(root, verb, path)
        after = sorted(map(repr, leaves(moved.root)))
        if verb in ("up", "down", "group"):
            assert after == before
            if moved.root != root:
                landed = item_at(moved.root, moved.at)
                assert leaves(landed)[0] in leaves(item_at(root, path))
        elif verb == "remove" and moved.root != root:
            assert len(after) < len(before)
        elif moved.root != root:
            assert len(after) == len(before) + 1
        root = moved.root


def test_up_and_down_go_through_every_place_and_back():
    row, others = Row("a", "yes"), (Row("b", "yes"), Row("c", "yes"))
    root = Group("all", (row, Group("any", others), Row("d", "yes")))
    path, seen = (0,), [root]
    while (moved := changed(seen[-1], "down", path)).root != seen[-1]:
        seen.append(moved.root)
        path = moved.at
    assert path == (2,)
    assert len(seen) == 6

    for before in reversed(seen[:-1]):
        moved = changed(seen.pop(), "up", path)
        path = moved.at
        assert moved.root == before


def test_a_sum_of_points_becomes_any_of_and_back():
    counted = Group("sum", (Group("all", (Row("a", "yes"),), "2"),))

    plainly = changed(replace(counted, kind="any"), "", ()).root
    assert plainly == Group("any", (Row("a", "yes"),))

    again = changed(replace(plainly, kind="sum"), "add-row", ())
    assert [part.points for part in again.root.items] == ["1", "1"]
    assert again.at == (1, 0)
