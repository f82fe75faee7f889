"""A case says the same when its plan calls something otherwise."""

from __future__ import annotations

import json
from functools import cache

import pytest

from scamps.core.cases import Held, run, to_stored
from scamps.core.cases.renaming import Rename, followed, renames
from scamps.core.definition import Plan, canonical
from scamps.core.edit import renamed
from scamps.core.edit.sections import SECTIONS
from tests.factories import library_cases, library_plan

PLANS = ("torus-fracture", "suspected-appendicitis")


@cache
def stored(key: str) -> tuple[dict, ...]:
    return tuple(to_stored(one) for one in library_cases(key))


def keys() -> list[tuple[str, str, str]]:
    """A plan, a section, and a key of it: every one of the small plan, some of the other."""
    found = []
    for plan in PLANS:
        for section in ("elements", "scores", "nodes", "visits"):
            parts = getattr(library_plan(plan), section)
            some = parts if plan == "torus-fracture" else parts[4:9]
            found += [(plan, section, one.key) for one in some]
    return found


@pytest.mark.parametrize(("plan", "section", "key"), keys())
def test_every_case_walks_as_it_says_under_a_new_name(plan, section, key):
    before = library_plan(plan)
    to = f"{key}_x" if section in ("elements", "scores") else f"{key}-x"
    after = renamed(before, SECTIONS[section], key, to)

    (found,) = renames(before, after)
    cases = [followed(one, found) for one in stored(plan)]

    assert (found.sort, found.key, found.to) == (section, key, to)
    results = run(after, [Held(i, i, one) for i, one in enumerate(cases)])
    assert results.holds, results.against()[:3]


def test_options_and_actions_are_followed():
    before = library_plan()
    text = canonical(before).replace('"generalized"', '"everywhere"')
    text = text.replace("'generalized'", "'everywhere'").replace(
        '"observe"', '"wait-and-see"'
    )
    after = Plan.model_validate(json.loads(text))

    found = renames(before, after)

    assert Rename("options", "generalized", "everywhere", "peritonitis") in found
    assert Rename("actions", "observe", "wait-and-see") in found
    cases = [dict(one) for one in stored(before.key)]
    for rename in found:
        cases = [followed(one, rename) for one in cases]
    results = run(after, [Held(i, i, one) for i, one in enumerate(cases)])
    assert results.holds, results.against()[:3]


def test_what_was_replaced_by_another_is_no_rename():
    before = library_plan()
    document = json.loads(canonical(before))
    first = document["elements"][0]
    document["elements"][0] = first | {"key": "other", "label": "Something else"}

    assert renames(before, Plan.model_validate(document)) == ()


def test_what_was_added_or_deleted_is_no_rename():
    before = library_plan()
    document = json.loads(canonical(before))
    document["elements"] = document["elements"][1:]

    assert renames(before, Plan.model_validate(document)) == ()
