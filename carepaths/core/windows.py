"""Windows of tasks: an earliest and a latest day on a site's calendar, and their words.

Days are calendar days of the site, never hours: a clock change moves no window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

WEEK = 7  # "due this week" is today and the six days after it


@dataclass(frozen=True)
class Window:
    """From the earliest day to the latest, both included; None is open on that side."""

    earliest_on: date | None = None
    due_on: date | None = None

    def state(self, today: date) -> str:
        """Return how things stand on *today*: undated, not-yet, due or overdue.

        >>> one_day = Window(date(2026, 12, 3), date(2026, 12, 3))
        >>> [one_day.state(date(2026, 12, day)) for day in (2, 3, 4)]
        ['not-yet', 'due', 'overdue']
        """
        if self.earliest_on is None and self.due_on is None:
            return "undated"
        if self.due_on is not None and today > self.due_on:
            return "overdue"
        if self.earliest_on is not None and today < self.earliest_on:
            return "not-yet"
        return "due"

    def words(self, today: date) -> str:
        """Say it as the worklist does.

        >>> window = Window(date(2026, 12, 3), date(2026, 12, 10))
        >>> window.words(date(2026, 12, 1)), window.words(date(2026, 12, 5))
        ('from 3 Dec', 'due 3-10 Dec')
        >>> window.words(date(2026, 12, 11))
        'overdue since 11 Dec'
        """
        match self.state(today):
            case "overdue":
                assert self.due_on is not None  # noqa: S101  only then overdue
                return f"overdue since {short(plus(self.due_on, 1), today)}"
            case "not-yet":
                return self._not_yet(today)
            case "due":
                return self._due(today)
        return "no day set"

    def span(self, today: date) -> str:
        """Say the whole window, whatever day it is: "3-10 Dec"; empty if there is none.

        >>> Window(date(2026, 12, 28), date(2027, 1, 4)).span(date(2026, 12, 1))
        '28 Dec - 4 Jan 2027'
        """
        first, last = self.earliest_on, self.due_on
        if first is None or last is None or first == last:
            day = first if last is None else last
            return "" if day is None else short(day, today)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}-{short(last, today)}"
        return f"{short(first, today)} - {short(last, today)}"

    def _not_yet(self, today: date) -> str:
        assert self.earliest_on is not None  # noqa: S101  only then not yet
        single = self.earliest_on == self.due_on
        return f"{'on' if single else 'from'} {short(self.earliest_on, today)}"

    def _due(self, today: date) -> str:
        if self.due_on is None:
            assert self.earliest_on is not None  # noqa: S101  else undated
            return f"since {short(self.earliest_on, today)}"
        if self.due_on == today:
            return "due today"
        if self.earliest_on is None:
            return f"due by {short(self.due_on, today)}"
        return f"due {self.span(today)}"


def short(day: date, today: date) -> str:
    """Return *day* in words, with its year unless it is this one's.

    >>> short(date(2026, 12, 3), date(2026, 11, 1))
    '3 Dec'
    >>> short(date(2027, 1, 4), date(2026, 11, 1))
    '4 Jan 2027'
    """
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {day:%b}{year}"


def plus(day: date, days: int) -> date:
    """Return the calendar day *days* after *day*, at most the last there is.

    >>> plus(date(2026, 2, 27), 2), plus(date(2026, 1, 1), 10**9)
    (datetime.date(2026, 3, 1), datetime.date(9999, 12, 31))
    """
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max
