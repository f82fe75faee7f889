"""Late entry: how long after the visit something was entered, in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

LATE = timedelta(hours=1)  # what is entered within it counts as entered at the visit
HOURS = timedelta(hours=48)  # up to here a delay is said in hours, then in days


def delay_words(
    visit: datetime | None, entered: datetime, zone: str, *, to_the_day: bool = False
) -> str:
    """Say how long after the visit it was entered; empty if at the visit itself.

    Args: to_the_day: the time of the visit is not known, only its day.

    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 10, 8, tzinfo=UTC)
    >>> delay_words(at, at + timedelta(hours=4, minutes=20), "UTC")
    'entered 4 h after the visit'
    >>> delay_words(at, at + timedelta(days=3), "UTC")
    'entered 3 days after the visit'
    >>> delay_words(at, at + timedelta(minutes=40), "UTC")
    ''
    """
    if visit is None:
        return ""
    days = _day(entered, zone) - _day(visit, zone)
    if to_the_day:
        return _in_days(days) if days > 0 else ""
    delay = entered - visit
    if delay <= LATE:
        return ""
    if delay >= HOURS:
        return _in_days(days)
    return f"entered {delay // timedelta(hours=1)} h after the visit"


def _day(moment: datetime, zone: str) -> int:
    return moment.astimezone(ZoneInfo(zone)).date().toordinal()


def _in_days(days: int) -> str:
    return f"entered {days} day{'' if days == 1 else 's'} after the visit"
