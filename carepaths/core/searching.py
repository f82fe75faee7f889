"""What somebody typed to find a patient: words of the name or number, and days.

What is stored and what is typed are folded alike, so that accents, case, hyphens and
the order of words do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan",
            "feb",
            "mar mrz maerz",
            "apr",
            "may mai",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct okt",
            "nov",
            "dec dez",
        ],
        1,
    )
    for name in names.split()
}
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
    | {chr(0x131): "i"}
)
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_DAY, _YEAR = r"(?P<d>\d{1,2})", r"(?P<y>\d{4}|\d{2})"
_NAME = r"(?P<name>[^\W\d_]{3,9})\.?"
_SHAPES = [
    re.compile(rf"(?<!\d)(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.]{_DAY}(?!\d)"),
    re.compile(rf"(?<!\d){_DAY}\.\s?(?P<m>\d{{1,2}})\.\s?{_YEAR}(?!\d)"),
    re.compile(rf"(?<!\d){_DAY}\.?\s+{_NAME},?\s+{_YEAR}(?!\d)"),
    re.compile(rf"\b{_NAME}\s+{_DAY}(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})(?!\d)"),
]
_EITHER = re.compile(
    r"(?<!\d)(?P<one>\d{1,2})[/-](?P<other>\d{1,2})[/-](?P<y>\d{4}|\d{2})(?!\d)"
)
_EIGHT = re.compile(r"\d{8}")


@dataclass(frozen=True)
class Query:
    """What was typed. Each of *words* is a tuple of spellings of one word.

    `days`: the days it may mean, none if it names no day; `is_number`: eight digits,
    which may be a day or a record number.
    """

    words: tuple[tuple[str, ...], ...]
    days: tuple[date, ...] = ()
    is_number: bool = False


def read_query(text: str) -> Query:
    """Read what somebody typed: a day in any usual spelling, the rest as words.

    >>> read_query("Müller, 14.3.2015")
    Query(words=(('muller', 'mueller'),), days=(datetime.date(2015, 3, 14),), is_number=False)
    >>> [day.isoformat() for day in read_query("03/04/2015").days]
    ['2015-04-03', '2015-03-04']
    """
    stripped = text.strip()
    if _EIGHT.fullmatch(stripped) and (days := tuple(_of_digits(stripped))):
        return Query(_words(stripped), days, is_number=True)
    days, rest = _split(stripped)
    return Query(_words(rest), days)


def _split(text: str) -> tuple[tuple[date, ...], str]:
    """The days that *text* names, and what stands around them."""
    for shape in [*_SHAPES, _EITHER]:
        for found in shape.finditer(text):
            if days := tuple(_days(found.groupdict())):
                return days, f"{text[: found.start()]} {text[found.end() :]}"
    return (), text


def _days(parts: dict[str, str]) -> Iterator[date]:
    """The days these parts may mean: one, two for slashes, more for a short year."""
    if "one" in parts:
        orders = [(parts["one"], parts["other"]), (parts["other"], parts["one"])]
    else:
        orders = [(parts["d"], str(parts.get("m") or _month(parts["name"])))]
    for day, month in dict.fromkeys(orders):
        for year in _years(parts["y"]):
            yield from _real(year, int(month), int(day))


def _month(name: str) -> int:
    plain = _fold(name)
    return MONTHS.get(plain, MONTHS.get(plain[:3], 0))


def _years(typed: str) -> list[int]:
    year = int(typed)
    return [year] if len(typed) == 4 else [2000 + year, 1900 + year]


def _of_digits(text: str) -> Iterator[date]:
    """The days of 20150314 and of 14032015."""
    yield from _real(int(text[:4]), int(text[4:6]), int(text[6:]))
    yield from _real(int(text[4:]), int(text[2:4]), int(text[:2]))


def _real(year: int, month: int, day: int) -> Iterator[date]:
    if 1880 <= year <= 2200:
        try:
            yield date(year, month, day)
        except ValueError:
            return


def _fold(text: str) -> str:
    """Without case, accents and ligatures.

    >>> _fold("Søren Żółć-Weiß")
    'soren zolc-weiss'
    """
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _parts(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def _words(text: str) -> tuple[tuple[str, ...], ...]:
    """The words of a query, each with its spellings."""
    lowered = unicodedata.normalize("NFC", text).casefold()
    plain = _parts(_fold(text))
    spelled = _parts(_fold(lowered.translate(_SPELLED)))
    if len(plain) != len(spelled):
        return tuple((word,) for word in plain)
    pairs = zip(plain, spelled, strict=True)
    return tuple((one,) if one == two else (one, two) for one, two in pairs)


def name_words(name: str) -> list[str]:
    """The words of a name, folded; umlauts spelled out, so that both spellings agree.

    >>> name_words("Müller, Zoë"), name_words("Mueller Zoe")
    (['mueller', 'zoe'], ['mueller', 'zoe'])
    """
    composed = unicodedata.normalize("NFC", name).casefold()
    return _parts(_fold(composed.translate(_SPELLED)))


def searchable(name: str, number: str) -> str:
    """Return the words under which an identity is found, folded, one space between.

    >>> searchable("O'Brien, Jürgen", "R-0017")
    'o brien obrien jurgen juergen r 0017 17 r0017'
    """
    found: dict[str, None] = {}
    for chunk in name.replace(",", " ").split():
        found |= dict.fromkeys(_forms(chunk))
    for chunk in number.split():
        found |= dict.fromkeys(_forms(chunk))
    return " ".join(found)


def _forms(chunk: str) -> Iterator[str]:
    parts = _parts(_fold(chunk))
    yield from parts
    yield from (part.lstrip("0") for part in parts if part.isdigit() and int(part))
    if len(parts) > 1:
        yield "".join(parts)
    yield from name_words(chunk)
