"""Windows of actions: ISO 8601 durations added to a moment on a site's calendar."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_DURATION = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)


@dataclass(frozen=True)
class Duration:
    """Calendar months and days, then clock seconds."""

    months: int
    days: int
    seconds: int


def read_duration(text: str) -> Duration:
    """Read an ISO 8601 duration of whole numbers.

    Raises: ValueError: *text* is no such duration.

    >>> read_duration("P1Y2M3W4DT5H")
    Duration(months=14, days=25, seconds=18000)
    """
    found = _DURATION.fullmatch(text)
    parts = {k: int(v) for k, v in found.groupdict().items() if v} if found else {}
    if not parts:
        raise ValueError(f"{text!r} is not an ISO 8601 duration")
    return Duration(
        months=_sum(parts, years=12, months=1),
        days=_sum(parts, weeks=7, days=1),
        seconds=_sum(parts, hours=3600, minutes=60, seconds=1),
    )


def _sum(parts: dict[str, int], **worth: int) -> int:
    return sum(parts.get(name, 0) * factor for name, factor in worth.items())


def after(moment: datetime, duration: str, zone: str) -> datetime:
    """Return *moment* plus *duration*; months and days run on the calendar of *zone*.

    >>> from datetime import UTC
    >>> after(datetime(2026, 3, 28, 12, tzinfo=UTC), "P1D", "Europe/Berlin").isoformat()
    '2026-03-29T13:00:00+02:00'
    """
    length = read_duration(duration)
    local = moment.astimezone(ZoneInfo(zone))
    day = _plus_months(local.date(), length.months) + timedelta(days=length.days)
    shifted = local.replace(year=day.year, month=day.month, day=day.day)
    if not length.seconds:
        return shifted
    exact = shifted.astimezone(ZoneInfo("UTC")) + timedelta(seconds=length.seconds)
    return exact.astimezone(ZoneInfo(zone))


def day_after(day: date, duration: str) -> date:
    """Return the calendar day *duration* after *day*; hours do not count.

    >>> day_after(date(2026, 1, 31), "P1M"), day_after(date(2026, 1, 1), "P2W")
    (datetime.date(2026, 2, 28), datetime.date(2026, 1, 15))
    """
    length = read_duration(duration)
    return _plus_months(day, length.months) + timedelta(days=length.days)


def _plus_months(day: date, months: int) -> date:
    """Return the same day of a later month, or its last day where it is shorter.

    >>> _plus_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))
