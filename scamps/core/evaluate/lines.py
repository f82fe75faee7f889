"""Evaluation by lines of JSON: one question in, one answer out, errors included.

A question is {"expression", "answers", "types"}; an answer {"value", "type"} or
{"error"}. Decimals are read from their digits and written as text, never as floats.
"""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from scamps.core.evaluate.arithmetic import text_to_decimal
from scamps.core.evaluate.coerce import coercion
from scamps.core.evaluate.emit import compile_node
from scamps.core.language import LanguageError, parse, type_named
from scamps.core.language.types import (
    ANY,
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    STRING,
    Type,
    interval_of,
    join_all,
    list_of,
    quantity,
)
from scamps.core.language.units import CALENDAR_WORDS, Inconvertible, known
from scamps.core.language.values import (
    Interval,
    OutOfRange,
    Quantity,
    decimal_text,
    read_number,
)


class BadQuestion(ValueError):
    """The line is not a question."""


def answer(line: str) -> str:
    """Answer one line; whatever is wrong with it is in the answer, nothing is raised."""
    try:
        result = _evaluated(_question(line))
    except (LanguageError, BadQuestion) as error:
        result = {"error": str(error)}
    except RecursionError:
        result = {"error": "nested too deeply"}
    return json.dumps(result)  # ASCII: it can be written whatever the locale


def _question(line: str) -> dict[str, Any]:
    try:
        found = json.loads(
            line, parse_float=Decimal, parse_int=_integer, parse_constant=_refuse
        )
    except ValueError as error:
        raise BadQuestion(f"not JSON: {error}") from None
    if not isinstance(found, dict):
        raise BadQuestion("not a JSON object")
    for key, kind in (("expression", str), ("answers", dict), ("types", dict)):
        if not isinstance(found.get(key), kind | None):
            raise BadQuestion(f"'{key}' has the wrong form")
    if not isinstance(found.get("expression"), str):
        raise BadQuestion("'expression' is missing")
    return found


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < 40 else Decimal(digits)


def _refuse(constant: str) -> None:
    raise BadQuestion(f"{constant} is no number")


def _evaluated(question: Mapping[str, Any]) -> dict[str, Any]:
    answers, types = question.get("answers") or {}, question.get("types") or {}
    kinds, facts = {}, {}
    for name in dict.fromkeys([*answers, *types]):
        value = answers.get(name)
        declared = _declared(name, types[name]) if name in types else None
        kinds[name], facts[name] = _read(name, value, declared)
    expression = parse(question["expression"], kinds, lenient_units=True)
    return _said(compile_node(expression.root)(facts), expression.type)


# --- reading ------------------------------------------------------------------


def _declared(name: str, written: Any) -> Type:
    """The type of a declaration: "List<Integer>" or {"type": "Quantity", "unit": "g"}."""
    unit, options = None, None
    if isinstance(written, dict):
        unit, options = written.get("unit"), written.get("options")
        written = written.get("type")
    kind = type_named(written.replace(" ", "")) if isinstance(written, str) else None
    if kind is None or kind == ANY:
        raise BadQuestion(f"'{name}' has the unknown type {written!r}")
    if unit is None:
        return Type("String", options=tuple(options)) if options else kind
    if not isinstance(unit, str) or not (known(unit) or unit in CALENDAR_WORDS):
        raise BadQuestion(f"'{name}' has the unknown unit {unit!r}")
    return _with_unit(kind, unit)


def _with_unit(kind: Type, unit: str) -> Type:
    if kind.inner:
        return Type(kind.name, inner=_with_unit(kind.inner, unit))
    return quantity(unit) if kind.name == "Quantity" else kind


def _read(name: str, value: Any, declared: Type | None) -> tuple[Type, Any]:
    """The type of an answer and its value as the language holds it."""
    try:
        kind, held = _infer(value, declared)
        if declared is None or (declared == quantity(None) and kind.unit):
            return kind, held
        return declared, _as(held, kind, declared)
    except BadQuestion as error:
        raise BadQuestion(f"'{name}': {error}") from None


def _as(held: Any, kind: Type, declared: Type) -> Any:
    if held is None:
        return None
    if not _fits(kind, declared):
        raise BadQuestion(f"{kind} is not {declared}")
    convert = coercion(kind, declared)
    try:
        return convert(held) if convert else held
    except Inconvertible as error:
        raise BadQuestion(str(error)) from None


def _fits(kind: Type, declared: Type) -> bool:
    if kind == ANY or (kind, declared) == (INTEGER, DECIMAL):
        return True
    if kind in (INTEGER, DECIMAL) and declared.unit:
        return True  # a bare number is one in the declared unit
    same = kind.name == declared.name
    return same and (not declared.inner or _fits(kind.point, declared.point))


def _infer(value: Any, hint: Type | None) -> tuple[Type, Any]:
    match value:
        case None:
            return ANY, None
        case bool():
            return BOOLEAN, value
        case int() | Decimal():
            return _number(value)
        case str():
            return _text(value, hint)
        case list():
            return _list(value, hint)
        case dict():
            return _structure(value, hint)
    raise BadQuestion("this value has no type")


def _number(value: int | Decimal) -> tuple[Type, Any]:
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    if isinstance(value, Decimal) and "." not in text:
        text += ".0"
    try:
        number = read_number(text)
    except OutOfRange as error:
        raise BadQuestion(str(error)) from None
    return (INTEGER if isinstance(number, int) else DECIMAL), number


def _text(value: str, hint: Type | None) -> tuple[Type, Any]:
    if hint == DATE:
        try:
            return DATE, date.fromisoformat(value.removeprefix("@"))
        except ValueError:
            raise BadQuestion(f"{value!r} is no date") from None
    if hint and hint.name in ("Decimal", "Quantity"):
        number = text_to_decimal(value)
        if number is None:
            raise BadQuestion(f"{value!r} is no number")
        return DECIMAL, number
    return STRING, value


def _list(value: list[Any], hint: Type | None) -> tuple[Type, Any]:
    inner_hint = hint.inner if hint and hint.name == "List" else None
    found = [_infer(element, inner_hint) for element in value]
    inner = join_all(kind for kind, _ in found)
    if inner is None:
        raise BadQuestion("a list of different types")
    elements = []
    for kind, held in found:
        convert = coercion(kind, inner)
        elements.append(convert(held) if convert and held is not None else held)
    return list_of(inner), elements


def _structure(value: dict[str, Any], hint: Type | None) -> tuple[Type, Any]:
    if "low" in value or "high" in value:
        return _interval(value, hint)
    if "value" not in value or not isinstance(value.get("unit", "1"), str):
        raise BadQuestion("an object is a Quantity (value, unit) or an Interval")
    unit = value.get("unit", "1")
    if not (known(unit) or unit in CALENDAR_WORDS):
        raise BadQuestion(f"'{unit}' is no UCUM unit")
    kind, held = _infer(value["value"], quantity(unit))
    if kind not in (INTEGER, DECIMAL, ANY):
        raise BadQuestion("the value of a Quantity is a number")
    return quantity(unit), None if held is None else Decimal(held)


def _interval(value: dict[str, Any], hint: Type | None) -> tuple[Type, Any]:
    inner_hint = hint.inner if hint and hint.name == "Interval" else None
    sides = [_infer(value.get(side), inner_hint) for side in ("low", "high")]
    point = join_all(kind for kind, _ in sides)
    if point is None or point.name in ("Boolean", "String", "List", "Interval"):
        raise BadQuestion("no interval has such bounds")
    ends = []
    for kind, held in sides:
        convert = coercion(kind, point)
        ends.append(convert(held) if convert and held is not None else held)
    closed = [
        value.get(side, True) is not False for side in ("lowClosed", "highClosed")
    ]
    return interval_of(point), Interval(ends[0], ends[1], closed[0], closed[1])


# --- writing ------------------------------------------------------------------


def _said(value: Any, kind: Type) -> dict[str, Any]:
    """A value with its type, as JSON."""
    if value is None:
        return {"value": None, "type": None}
    return {"value": _written(value, kind), "type": str(kind)}


def _written(value: Any, kind: Type) -> Any:
    match kind.name:
        case "Decimal":
            return decimal_text(value)
        case "Quantity":
            held = Quantity(value, kind.unit) if kind.unit else value
            return {"value": decimal_text(held.value), "unit": held.unit}
        case "Date":
            return value.isoformat()
        case "List":
            return [_said(element, kind.point) for element in value]
        case "Interval":
            low, high = (_said(end, kind.point) for end in (value.low, value.high))
            closed = {"lowClosed": value.low_closed, "highClosed": value.high_closed}
            return {"low": low, "high": high, **closed}
    return value
