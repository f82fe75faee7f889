"""What a browser would send of a form, read off the form as it is shown."""

from __future__ import annotations

from collections.abc import Iterator

from scamps.core.edit.shown import Shown


def posted(fields: list[Shown]) -> dict[str, list[str]]:
    """The names and values of every control of *fields*, unchanged."""
    found: dict[str, list[str]] = {}
    for one in fields:
        for name, value in _controls(one):
            found.setdefault(name, []).append(value.replace("\n", "\r\n"))
    return found


def _controls(one: Shown) -> Iterator[tuple[str, str]]:
    for inner in one.fields:
        yield from _controls(inner)
    for row in one.rows:
        yield f"{row.name}.~was", row.was
        for inner in row.fields:
            yield from _controls(inner)
    if one.kind not in ("group", "rows", "list"):
        yield from _control(one)


def _control(one: Shown) -> Iterator[tuple[str, str]]:
    match one.kind:
        case "flag" | "yes-no":
            value = {"flag": "on", "yes-no": one.chosen}[one.kind]
            if one.value or one.kind == "yes-no":
                yield one.name, value
        case "duration":
            yield one.name, one.value
            yield f"{one.name}#n", one.amount
            yield f"{one.name}#u", one.span
        case _:
            yield one.name, one.value
    for other in one.translations:
        yield other.name, other.value
