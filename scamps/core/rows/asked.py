"""What can be asked of a name, by its type."""

from scamps.core.language.types import Type

COMPARED = ("=", "!=", "<", "<=", ">", ">=")
# The name of each test, as a row says it after the name that it asks about.
TESTS = {
    "yes": "is yes",
    "no": "is no",
    "=": "is",
    "!=": "is not",
    "<": "is less than",
    "<=": "is at most",
    ">": "is more than",
    ">=": "is at least",
    "between": "is from … to …",
    "from-below": "is from … to below …",
    "one-of": "is one of",
    "~": "is, in capitals or not",
    "!~": "is not, in capitals or not",
    **{
        f"{sign} item": words
        for sign, words in zip(
            COMPARED,
            (
                "equals another item",
                "differs from another item",
                "is less than another item",
                "is at most another item",
                "is more than another item",
                "is at least another item",
            ),
            strict=True,
        )
    },
    "known": "is known",
    "unknown": "is not known",
    "true": "is surely yes; not known counts as no",
    "false": "is surely no; not known counts as no",
    "not-true": "is no or not known",
    "in": "is one of; not known counts as no",
    "not-in": "is none of; not known counts as none",
}
DATES = {
    "=": "is on",
    "!=": "is not on",
    "<": "is before",
    "<=": "is on or before",
    ">": "is after",
    ">=": "is on or after",
}

_ITEM = tuple(f"{sign} item" for sign in COMPARED)
_KNOWN = ("known", "unknown")
_ORDERED = (">=", ">", "<=", "<", "=", "!=", "between", "from-below", *_ITEM, *_KNOWN)
_BY_TYPE: dict[str, tuple[str, ...]] = {
    "Boolean": ("yes", "no", "= item", "!= item", *_KNOWN, "true", "false", "not-true"),
    "String": ("=", "!=", "~", "!~", "= item", "!= item", *_KNOWN),
}
_CHOICE = ("=", "!=", "one-of", "= item", "!= item", *_KNOWN, "in", "not-in")


def asked_of(kind: Type) -> dict[str, str]:
    """The tests that a name of this type can be put to, with their words."""
    found = _CHOICE if kind.options else _BY_TYPE.get(kind.name, _ORDERED)
    words = TESTS | DATES if kind.name == "Date" else TESTS
    return {test: words[test] for test in found}


def count_of(test: str) -> int:
    """How many values a test needs: 0, 1, 2, or -1 for one or more."""
    if test in ("between", "from-below"):
        return 2
    if test in ("one-of", "in", "not-in"):
        return -1
    signs = (*COMPARED, *_ITEM, "~", "!~")
    return 1 if test in signs else 0
