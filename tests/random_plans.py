"""Random plans that are correct, and random answers that need not be."""

import json
from random import Random
from typing import Any

KINDS = ["boolean", "integer", "decimal", "quantity", "choice", "date", "text"]
TYPED = ["true", "false", "7", "-3", "36,6", "1e400", "1.000,5", "99999999999", "x", ""]
TYPED += ["red", "2026-02-30", "2024-02-29", "  ", "\x00", "🙂" * 300, "<b>", "NaN"]
MISSING = ["", "", "", "not-asked", "pending", "not-done", "refused", "not-known", "?"]


def random_plan(rng: Random) -> str:
    """The YAML of a plan of up to a dozen nodes that has no errors."""
    elements = [element(rng, f"e{number}") for number in range(rng.randint(3, 8))]
    nodes = list(tree(rng, elements, rng.randint(1, 4)))
    return json.dumps(
        {
            "schema": 1,
            "key": "random",
            "title": "Random",
            "summary": "Made for a test.",
            "elements": elements,
            "scores": [{"key": "total", "expression": score(elements), "label": "S"}],
            "forms": [form(rng, "one", elements), form(rng, "two", elements[:2])],
            "checks": [
                {
                    "key": "odd",
                    "when": criterion(rng, elements),
                    "message": "Odd.",
                    "level": rng.choice(["warn", "block", "block-signing"]),
                }
            ],
            "visits": [{"key": "first", "title": "First", "start": "start"}],
            "nodes": nodes,
            "resources": [{"key": "thing", "title": "Thing", "kind": "test"}],
        }
    )


def element(rng: Random, key: str) -> dict[str, Any]:
    """One element of a random type, sometimes with bounds."""
    kind = rng.choice(KINDS)
    made: dict[str, Any] = {"key": key, "label": key.upper(), "type": kind}
    if kind == "choice":
        made["options"] = [{"key": k, "label": k} for k in ("red", "green", "blue")]
    if kind == "quantity":
        made |= {"type": "decimal", "unit": rng.choice(["Cel", "kg", "mm", "10*3/uL"])}
    if made["type"] == "decimal":
        made["precision"] = rng.randint(0, 3)
    if made["type"] in ("integer", "decimal") and rng.random() < 0.5:
        made |= {"possible": {"low": 0, "high": 90}, "plausible": {"low": 5}}
    return made


def criterion(rng: Random, elements: list[dict[str, Any]]) -> str:
    """A Boolean expression over one or two of *elements*, or the score."""
    if rng.random() < 0.2:
        return f"total {rng.choice(['<', '>='])} {rng.randint(0, 4)}"
    first = comparison(rng, rng.choice(elements))
    if rng.random() < 0.5:
        return first
    second = comparison(rng, rng.choice(elements))
    return f"{first} {rng.choice(['and', 'or', 'xor', 'implies'])} not ({second})"


def comparison(rng: Random, one: dict[str, Any]) -> str:
    """A Boolean expression over the element *one*."""
    key, limit = one["key"], rng.randint(0, 60)
    sign = rng.choice(["<", "<=", ">", ">=", "=", "!="])
    unit = f" '{one['unit']}'" if "unit" in one else ""
    match one["type"]:
        case "boolean":
            return rng.choice([key, f"({key} is true)", f"({key} is not null)"])
        case "choice":
            return rng.choice([f"{key} = 'red'", f"{key} in {{'red', 'blue'}}"])
        case "date":
            return f"{key} {sign} @2024-02-29"
        case "text":
            return f"{key} ~ 'yes'"
        case "integer":
            return rng.choice([f"{key} {sign} {limit}", f"10 div ({key} - 7) > 0"])
    number = f"{key}.value" if unit else key
    return rng.choice([f"{key} {sign} {limit}.5{unit}", f"7 / {number} > 0.5"])


def score(elements: list[dict[str, Any]]) -> str:
    """A sum of points, one for each element that says something."""
    found = [e["key"] for e in elements if e["type"] == "boolean"]
    return " + ".join(["1", *(f"ToInteger({key})" for key in found)])


def form(rng: Random, key: str, elements: list[dict[str, Any]]) -> dict[str, Any]:
    """A form of *elements*; an item may depend on one before it."""
    items: list[dict[str, Any]] = [{"element": elements[0]["key"]}]
    for number, one in enumerate(elements[1:], start=1):
        item = {"element": one["key"]}
        if rng.random() < 0.3:
            item["show_when"] = comparison(rng, elements[rng.randrange(number)])
        items.append(item)
    section = {"key": "all", "title": "All", "items": items}
    return {"key": key, "title": key, "sections": [section]}


def tree(rng: Random, elements: list[dict[str, Any]], depth: int) -> Any:
    """The nodes of a chain of decisions, each with its way out."""
    yield ask("start", "one", "decide-0")
    for level in range(depth):
        last = level == depth - 1
        on = "end" if last else f"ask-{level}"
        yield {
            "kind": "decide",
            "key": f"decide-{level}",
            "title": f"Decide {level}",
            "branches": [{"when": criterion(rng, elements), "to": f"advise-{level}"}],
            "otherwise": on,
            "if_unknown": "Ask again.",
        } | ({"unknown": on} if rng.random() < 0.3 else {})
        yield advise(rng, level)
        if not last:
            yield ask(on, "two", f"decide-{level + 1}")
    yield {"kind": "finish", "key": "end", "title": "End"}


def ask(key: str, form: str, target: str) -> dict[str, Any]:
    """A node that asks *form*."""
    return {"kind": "assess", "key": key, "title": key, "form": form, "next": target}


def advise(rng: Random, level: int) -> dict[str, Any]:
    """A node that advises one action, and ends the walk."""
    action = {
        "key": "act",
        "words": "Act.",
        "direction": rng.choice(["do", "do-not"]),
        "resource": "thing",
    }
    key = f"advise-{level}"
    return {"kind": "recommend", "key": key, "title": key, "actions": [action]}


def random_answers(rng: Random, keys: list[str]) -> dict[str, str]:
    """What a browser, or somebody who plays one, may send for *keys*."""
    sent = {f"a.{key}": rng.choice(TYPED) for key in keys if rng.random() < 0.8}
    return sent | {f"m.{key}": rng.choice(MISSING) for key in keys}
