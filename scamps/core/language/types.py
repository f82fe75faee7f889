"""The types of the criteria language, and which two types meet in which."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Type:
    """One type. A Quantity whose unit is None may have another unit in every row; a
    String with options is a choice; a List or Interval has its inner type."""

    name: str
    unit: str | None = None
    options: tuple[str, ...] | None = None
    inner: "Type | None" = None

    def __str__(self) -> str:
        return f"{self.name}<{self.inner}>" if self.inner else self.name

    @property
    def point(self) -> "Type":
        """The inner type of a List or Interval."""
        return self.inner or ANY


BOOLEAN = Type("Boolean")
INTEGER = Type("Integer")
DECIMAL = Type("Decimal")
STRING = Type("String")
DATE = Type("Date")
ANY = Type("Any")  # the untyped null


def quantity(unit: str | None) -> Type:
    """A number in *unit*."""
    return Type("Quantity", unit=unit)


def list_of(inner: Type) -> Type:
    """A list of *inner*."""
    return Type("List", inner=inner)


def interval_of(inner: Type) -> Type:
    """An interval between two points of *inner*."""
    return Type("Interval", inner=inner)


def choice(options: Iterable[str]) -> Type:
    """A String that is one of *options*."""
    return Type("String", options=tuple(options))


def is_number(kind: Type) -> bool:
    """Whether it is Integer, Decimal or an untyped null."""
    return kind in (INTEGER, DECIMAL, ANY)


def words(kind: Type) -> str:
    """The type as an author would say it."""
    match kind:
        case Type("Quantity", unit=None):
            return "a Quantity"
        case Type("Quantity", unit=unit):
            return f"a Quantity in '{unit}'"
        case Type("String", options=options) if options:
            return "a choice of " + ", ".join(f"'{option}'" for option in options)
        case Type("Any"):
            return "null"
    article = "an" if str(kind)[0] in "AEIOU" else "a"
    return f"{article} {kind}"


def join(left: Type, right: Type) -> Type | None:
    """The least type that holds both, or None if there is none.

    >>> str(join(INTEGER, DECIMAL)), join(STRING, INTEGER)
    ('Decimal', None)
    """
    if left == right or right == ANY:
        return left
    if left == ANY:
        return right
    if {left.name, right.name} == {"Integer", "Decimal"}:
        return DECIMAL
    if left.name != right.name:
        return None
    if left.inner or right.inner:
        inner = join(left.point, right.point)
        return inner and Type(left.name, inner=inner)
    return quantity(None) if left.name == "Quantity" else Type(left.name)


def join_all(kinds: Iterable[Type]) -> Type | None:
    """The least type that holds all of them; Any for none."""

    common: Type | None = ANY
    for kind in kinds:
        common = common and join(common, kind)
    return common
