"""Months and days of a visit, on the calendar of its site."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


def day_of(moment: datetime, zone: str) -> date:
    """Return the calendar day of *moment* at a site in *zone*."""
    return moment.astimezone(ZoneInfo(zone)).date()


def month_of(moment: datetime | None, zone: str) -> date | None:
    """Return the first day of the month of *moment* in *zone*; None if undated.

    >>> from datetime import UTC
    >>> month_of(datetime(2026, 1, 31, 23, 30, tzinfo=UTC), "Europe/Berlin")
    datetime.date(2026, 2, 1)
    """
    return None if moment is None else day_of(moment, zone).replace(day=1)


def bounds_of(month: date, zone: str) -> tuple[datetime, datetime]:
    """Return the first moment of *month* in *zone*, and the first of the next.

    >>> [end.isoformat() for end in bounds_of(date(2026, 3, 1), "Europe/Berlin")]
    ['2026-03-01T00:00:00+01:00', '2026-04-01T00:00:00+02:00']
    """
    years, number = divmod(month.year * 12 + month.month, 12)
    place = ZoneInfo(zone)
    start = datetime(month.year, month.month, 1, tzinfo=place)
    return start, datetime(years, number + 1, 1, tzinfo=place)


def weeks_between(earlier: datetime, later: datetime, zone: str) -> int:
    """Return the whole weeks between the calendar days of two moments in *zone*.

    >>> from datetime import UTC
    >>> weeks_between(
    ...     datetime(2026, 1, 1, 23, 30, tzinfo=UTC),
    ...     datetime(2026, 1, 9, 0, 30, tzinfo=UTC), "Europe/Berlin")
    1
    """
    return (day_of(later, zone) - day_of(earlier, zone)).days // 7
