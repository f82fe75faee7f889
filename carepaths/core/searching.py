"""What somebody typed to find a patient: words of the name or number, or a day."""

from __future__ import annotations

import re
from datetime import date

MONTHS = {
    name: number
    for number, name in enumerate(
        [
            "jan",
            "feb",
            "mar",
            "apr",
            "may",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct",
            "nov",
            "dec",
        ],
        1,
    )
}
_SHAPES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})"),
    re.compile(r"(?P<d>\d{1,2})\.?\s+(?P<m>[a-z]{3})[a-z]*\.?,?\s+(?P<y>\d{4})", re.I),
)


def day_meant(text: str) -> date | None:
    """Return the day that *text* says without doubt, else None.

    Slashes are not read: 3/4 is March to some and April to others.

    >>> day_meant("14 Mar 2015"), day_meant("14.3.2015"), day_meant("2015-03-14")
    (datetime.date(2015, 3, 14), datetime.date(2015, 3, 14), datetime.date(2015, 3, 14))
    >>> day_meant("3/4/2015"), day_meant("31 Feb 2015")
    (None, None)
    """
    for shape in _SHAPES:
        if found := shape.fullmatch(text.strip()):
            month = found["m"]
            number = int(month) if month.isdigit() else MONTHS.get(month.lower(), 0)
            try:
                return date(int(found["y"]), number, int(found["d"]))
            except ValueError:
                return None
    return None
