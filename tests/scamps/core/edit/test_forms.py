"""Every form of a plan, read back unchanged, is the plan: nothing is forgotten."""

from __future__ import annotations

import pytest

from scamps.core.definition import Plan, digest
from scamps.core.edit import (
    Sent,
    Sheet,
    Showing,
    all_sheets,
    data_of,
    held,
    noted,
    taken_in,
)
from tests.factories import library_plan
from tests.scamps.core.edit.posting import posted

LIBRARY = ("pediatric-chest-pain", "suspected-appendicitis", "torus-fracture")


def sent_back(plan: Plan, sheet: Sheet) -> Plan:
    """The plan after the form of *sheet* was saved as it was shown."""
    data = held(data_of(plan), sheet)
    showing = Showing(plan, "", [plan.language])
    sent = Sent(posted(showing.fields(sheet.fields, noted(sheet.fields, data))), "en")
    values = sent.read(sheet.fields, data)
    outcome = taken_in(plan, sheet, sent, values)
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
