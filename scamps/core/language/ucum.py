"""UCUM codes resolved to exact rational factors, from the UCUM essence file."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from xml.etree import ElementTree  # nosec: the file ships with a dependency

Dimensions = tuple[tuple[str, int], ...]

_NAMESPACE = "{http://unitsofmeasure.org/ucum-essence}"
# Special units on a straight line: base = value * factor + offset (kelvin).
_LINES = {
    "Cel": (Fraction(1), Fraction(27315, 100)),
    "[degF]": (Fraction(5, 9), Fraction(45967, 180)),
    "[degRe]": (Fraction(5, 4), Fraction(27315, 100)),
}
CALENDAR = {"week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s"}
CALENDAR |= {"millisecond": "ms"}
CALENDAR_WORDS = {w for c in (*CALENDAR, "year", "month") for w in (c, f"{c}s")}


class UnknownUnit(ValueError):
    """The code is no UCUM unit."""


@dataclass(frozen=True, slots=True)
class Unit:
    """base value = value * factor + offset, in base units of these dimensions."""

    factor: Fraction
    dimensions: Dimensions
    offset: Fraction = Fraction(0)
    special: bool = False


@dataclass(frozen=True)
class _Essence:
    prefixes: dict[str, Fraction]
    bases: frozenset[str]
    defined: dict[str, tuple[Fraction, str]]
    metric: frozenset[str]
    special: frozenset[str]
    arbitrary: frozenset[str]


@lru_cache(maxsize=1)
def _essence() -> _Essence:
    source = files("ucumvert").joinpath("vendor/ucum-essence.xml").read_text("ascii")
    root = ElementTree.fromstring(source)  # noqa: S314  (a file of our own packages)
    prefixes = {
        node.attrib["Code"]: _number(node.find(f"{_NAMESPACE}value"))
        for node in root.iter(f"{_NAMESPACE}prefix")
    }
    bases = {node.attrib["Code"] for node in root.iter(f"{_NAMESPACE}base-unit")}
    units = {node.attrib["Code"]: node for node in root.iter(f"{_NAMESPACE}unit")}
    flagged = {
        flag: frozenset(c for c, n in units.items() if n.attrib.get(flag) == "yes")
        for flag in ("isMetric", "isSpecial", "isArbitrary")
    }
    defined = {}
    for code, node in units.items():
        value = node.find(f"{_NAMESPACE}value")
        if value is not None and code not in flagged["isSpecial"]:
            defined[code] = (_number(value), value.attrib["Unit"])
    return _Essence(
        prefixes,
        frozenset(bases),
        defined,
        flagged["isMetric"] | bases,
        flagged["isSpecial"],
        flagged["isArbitrary"],
    )


def _number(node: ElementTree.Element | None) -> Fraction:
    return Fraction(node.attrib["value"] if node is not None else "1")


_TOKEN = re.compile(r"\{[^{}]*\}|[./()]|(?:\[[^\]]*\]|[^./(){}\[\]])+")
_FACTOR = re.compile(r"\d+")
_POWER = re.compile(r"^(10[*^]|.*?[^\d+\-])([+-]?\d+)?$", re.DOTALL)


@lru_cache(maxsize=4096)
def unit(code: str) -> Unit:
    """Resolve a UCUM code, or a calendar word.

    >>> unit("km/h").factor, unit("10*3/uL").factor == unit("10*9/L").factor
    (Fraction(5, 18), True)
    """
    word = code.removesuffix("s") if code in CALENDAR_WORDS else ""
    if word in ("year", "month"):  # no fixed length: comparable with each other only
        return Unit(Fraction(12 if word == "year" else 1), ((word and "month", 1),))
    if word in CALENDAR:
        return unit(CALENDAR[word])
    total = Fraction(1)
    powers: dict[str, int] = {}
    for atom, power in terms_of(code):
        part = _atom(atom)
        if part.special and terms_of(code) == ((atom, 1),):
            return part
        total *= part.factor**power
        for name, exponent in part.dimensions:
            powers[name] = powers.get(name, 0) + exponent * power
        if part.special:
            raise UnknownUnit(code)
    return Unit(total, tuple(sorted((n, e) for n, e in powers.items() if e)))


@lru_cache(maxsize=4096)
def terms_of(code: str) -> tuple[tuple[str, int], ...]:
    """Split into atoms with powers: 'kg.m/s2' is kg 1, m 1, s -2."""
    pieces = _TOKEN.findall(code)
    if not code or "".join(pieces) != code or not code.isascii():
        raise UnknownUnit(code)
    terms, at = _group(pieces, 0, code)
    if at != len(pieces):
        raise UnknownUnit(code)
    return terms


def _group(
    pieces: list[str], at: int, code: str
) -> tuple[tuple[tuple[str, int], ...], int]:
    terms: list[tuple[str, int]] = []
    sign, need = 1, True
    if at < len(pieces) and pieces[at] == "/":
        sign, at = -1, at + 1
    while at < len(pieces) and pieces[at] != ")":
        piece = pieces[at]
        if piece in (".", "/"):
            if need:
                raise UnknownUnit(code)
            sign, need, at = (-1 if piece == "/" else 1), True, at + 1
            continue
        if not need and not piece.startswith("{"):
            raise UnknownUnit(code)
        found, at = _component(pieces, at, code)
        terms += [(atom, power * sign) for atom, power in found]
        need = False
    if need:
        raise UnknownUnit(code)
    return tuple(terms), at


def _component(
    pieces: list[str], at: int, code: str
) -> tuple[tuple[tuple[str, int], ...], int]:
    piece = pieces[at]
    if piece.startswith("{"):
        return (), at + 1
    if piece == "(":
        if len(pieces) > 60:
            raise UnknownUnit(code)
        inner, at = _group(pieces, at + 1, code)
        if at >= len(pieces) or pieces[at] != ")":
            raise UnknownUnit(code)
        return inner, at + 1
    if _FACTOR.fullmatch(piece):
        return ((piece, 1),), at + 1
    found = _POWER.match(piece)
    if not found or abs(int(found[2] or 1)) > 30:
        raise UnknownUnit(code)
    return ((found[1], int(found[2] or 1)),), at + 1


@lru_cache(maxsize=4096)
def _atom(atom: str) -> Unit:
    essence = _essence()
    if _FACTOR.fullmatch(atom):
        if not int(atom):
            raise UnknownUnit(atom)
        return Unit(Fraction(int(atom)), ())
    whole = _plain(atom)
    if whole:
        return whole
    for length in (2, 1):
        prefix, rest = atom[:length], atom[length:]
        if prefix in essence.prefixes and rest in essence.metric:
            part = _plain(rest)
            if part and not part.special:
                return Unit(part.factor * essence.prefixes[prefix], part.dimensions)
    raise UnknownUnit(atom)


def _plain(atom: str) -> Unit | None:
    essence = _essence()
    if atom in essence.bases:
        return Unit(Fraction(1), ((atom, 1),))
    if atom in _LINES:
        factor, offset = _LINES[atom]
        return Unit(factor, (("K", 1),), offset, special=True)
    if atom in essence.special:  # a logarithm: comparable with itself only
        return Unit(Fraction(1), ((atom, 1),), special=True)
    if atom not in essence.defined:
        return None
    value, of = essence.defined[atom]
    if atom in essence.arbitrary and of == "1":
        return Unit(Fraction(1), ((atom, 1),))
    base = unit(of)
    return Unit(value * base.factor, base.dimensions)
