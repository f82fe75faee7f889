"""Every form of a plan, read back unchanged, is the plan: nothing is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scamps.core.definition import Plan, digest
from scamps.core.edit import (
    SECTIONS,
    Sent,
    Sheet,
    Showing,
    all_sheets,
    data_of,
    held,
    noted,
    taken_in,
)
from scamps.core.edit.languages import languages_of
from scamps.core.edit.sections import FIXED
from scamps.core.edit.shapes import REFERS, Field, Group, Rows, Value, fields_of
from scamps.core.edit.wording import WORDINGS
from tests.factories import library_plan
from tests.scamps.core.edit.posting import posted
from tests.scamps.core.edit.whole import whole_plan

LIBRARY = ("pediatric-chest-pain", "suspected-appendicitis", "torus-fracture")


def sent_back(plan: Plan, sheet: Sheet) -> Plan:
    """The plan after the form of *sheet* was saved as it was shown."""
    data = held(data_of(plan), sheet)
    showing = Showing(plan, "", languages_of(plan))
    fields = showing.fields(sheet.fields, noted(sheet.fields, data))
    sent = Sent(posted(fields), plan.language)
    outcome = taken_in(plan, sheet, sent, sent.read(sheet.fields, data))
    assert outcome.errors == {}
    assert outcome.renamed == ()
    assert outcome.lost == ()
    assert outcome.plan
    return outcome.plan


@pytest.mark.parametrize("key", LIBRARY)
def test_every_form_of_the_library_read_back_unchanged_gives_the_same_hash(key):
    plan = library_plan(key)

    for sheet in all_sheets(plan):
        assert digest(sent_back(plan, sheet)) == digest(plan), sheet


def test_every_form_with_every_field_set_read_back_gives_the_same_hash():
    plan = whole_plan()

    for sheet in all_sheets(plan):
        assert digest(sent_back(plan, sheet)) == digest(plan), sheet


def test_every_field_of_the_plan_stands_on_a_form():
    on_forms = {
        step
        for section in SECTIONS.values()
        for path, names in [
            *[(path, names) for _, path, _, names in (section.fixed or {}).values()],
            *([(section.path, ())] if section.models else []),
        ]
        for step in (path[:1] or names)
    }

    names = {info.alias or name for name, info in Plan.model_fields.items()}
    assert on_forms == names - set(FIXED)


def every_field() -> Iterator[Field]:
    for section in SECTIONS.values():
        for _, _, model, names in (section.fixed or {}).values():
            yield from _inside(fields_of(model, names))
        for model in (section.models or {}).values():
            yield from _inside(fields_of(model))


def _inside(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        match field:
            case Group():
                yield from _inside(field.fields)
            case Rows(of=Group() as group):
                yield from _inside(group.fields)
            case Rows(of=of):
                yield of


def test_every_field_is_worded_and_every_key_says_what_it_leads_to():
    unworded = {
        (one.owner, one.name)
        for one in every_field()
        if one.name not in WORDINGS.get(one.owner, {})
        and not (isinstance(one, Value) and one.kind == "constant")
    }
    leads_nowhere = {
        (one.owner, one.name)
        for one in every_field()
        if isinstance(one, Value) and one.kind in ("key", "name") and one.name != "key"
        if (one.owner, one.name) not in REFERS
    }

    assert unworded == set()
    assert leads_nowhere == set()
