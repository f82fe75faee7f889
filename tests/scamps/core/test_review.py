"""A plan is flagged once the day of its review is over, and told of before."""

from datetime import date, timedelta

import pytest

from scamps.core.definition.document import Provenance
from scamps.core.review import ReviewDue, review_due
from tests.factories import small_plan

TODAY = date(2026, 11, 22)


def plan_due(day):
    return small_plan().model_copy(
        update={"provenance": Provenance(next_review=day) if day else Provenance()}
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-400, True), (-1, True), (0, False), (60, False)],
    ids=["long over", "over since yesterday", "today", "in two months"],
)
def test_it_is_overdue_once_its_day_is_over(days, expected):
    day = TODAY + timedelta(days=days)

    assert review_due(plan_due(day), TODAY) == ReviewDue(day, expected)


def test_what_is_far_away_or_not_set_is_not_told():
    assert review_due(plan_due(TODAY + timedelta(days=61)), TODAY) is None
    assert review_due(plan_due(None), TODAY) is None
