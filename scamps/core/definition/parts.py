"""The kinds of value a plan document is made of: keys, words, numbers, durations."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    Strict,
    StringConstraints,
    WithJsonSchema,
)

NAME = r"^[a-z][a-z0-9_]{0,62}$"
KEBAB = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
DURATION = (
    r"^P(?=[0-9T])([0-9]{1,4}W|([0-9]{1,4}Y)?([0-9]{1,4}M)?([0-9]{1,4}D)?"
    r"(T(?=[0-9])([0-9]{1,4}H)?([0-9]{1,4}M)?([0-9]{1,4}S)?)?)$"
)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Part(BaseModel):
    """A piece of a plan document: frozen, and a field it does not know is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _words(value: Any) -> str | dict[str, str]:
    match value:
        case str() if value.strip():
            return value
        case Mapping() if value and all(map(_is_translation, value.items())):
            return dict(value)
    raise ValueError("expected words, or a map from language to words")


def _is_translation(pair: tuple[Any, Any]) -> bool:
    language, words = pair
    named = isinstance(language, str) and re.match(LANGUAGE, language)
    return bool(named) and isinstance(words, str) and bool(words.strip())


def _day(value: Any) -> date:
    if type(value) is date:
        return value
    if isinstance(value, str) and DAY.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("expected a date, YYYY-MM-DD")


def _duration(value: str) -> str:
    if is_duration(value):
        return value
    raise ValueError("expected an ISO 8601 duration, such as P3W or PT6H")


def _number(value: Any) -> Any:
    if isinstance(value, bool | float):
        raise ValueError("expected a decimal number")
    return value


Text = Annotated[
    str | dict[str, str],
    PlainValidator(_words),
    WithJsonSchema(
        {
            "description": "Words, or a map from language to words",
            "anyOf": [
                {"type": "string", "minLength": 1},
                {
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": {"pattern": LANGUAGE},
                    "additionalProperties": {"type": "string", "minLength": 1},
                },
            ],
        }
    ),
]
Name = Annotated[str, Strict(), StringConstraints(pattern=NAME)]
Key = Annotated[str, Strict(), StringConstraints(pattern=KEBAB, max_length=63)]
Words = Annotated[str, Strict(), StringConstraints(pattern=r"\S")]
Criterion = Annotated[
    str,
    Strict(),
    StringConstraints(pattern=r"\S", max_length=10_000),
    Field(description="An expression of the criteria language"),
]
Unit = Annotated[str, Strict(), StringConstraints(min_length=1, max_length=40)]
Language = Annotated[str, Strict(), StringConstraints(pattern=LANGUAGE)]
Duration = Annotated[
    str,
    Strict(),
    AfterValidator(_duration),
    WithJsonSchema(
        {"type": "string", "pattern": DURATION, "examples": ["P3W", "PT6H"]}
    ),
]
Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]
Number = Annotated[
    Decimal,
    BeforeValidator(_number, json_schema_input_type=int | float | str),
    Field(max_digits=28, decimal_places=8, allow_inf_nan=False),
]
Day = Annotated[
    date,
    PlainValidator(_day),
    WithJsonSchema({"type": "string", "format": "date"}),
]


class Code(Part):
    """What something is called in a terminology: a system, and a code of it."""

    system: Words
    code: Words
    display: Words


def is_duration(text: str) -> bool:
    """Say whether *text* is an ISO 8601 duration of whole numbers.

    >>> [is_duration(text) for text in ("P3W", "PT6H", "P1DT12H", "P", "PT", "3 weeks")]
    [True, True, True, False, False, False]
    """
    return re.fullmatch(DURATION, text) is not None


def words(text: str | Mapping[str, str], language: str, default: str = "en") -> str:
    """Return *text* in *language*, else in the *default*, else in any language it has.

    >>> words({"en": "fever", "de": "Fieber"}, "de")
    'Fieber'
    >>> words({"de": "Fieber"}, "fr")
    'Fieber'
    """
    if isinstance(text, str):
        return text
    for choice in (language, language.split("-")[0], default):
        if choice in text:
            return text[choice]
    return next(iter(text.values()))
