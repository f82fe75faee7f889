"""Random plans that are correct by construction: their branches share out the patients."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

from scamps.core.definition import Plan

KINDS = ("boolean", "integer", "decimal", "choice", "age", "score")


def correct_plan(rng: Random, deciding: int) -> Plan:
    """A plan with *deciding* decide nodes, each over an element of its own.

    The branches of a node share out all patients: none is left over, none wanted twice,
    none in vain. Each way leads to a node of its own or joins the next decision.
    """
    elements: list[dict[str, Any]] = []
    scores: list[dict[str, Any]] = []
    nodes: list[dict[str, Any]] = []
    kinds = [rng.choice(KINDS) for _ in range(deciding)]
    for number, kind in enumerate(kinds):
        whens = _share(rng, number, kind, elements, scores)
        later = f"d{number + 1}" if number + 1 < deciding else "end"
        nodes += _deciding(rng, number, whens, later)
    asked = [{"element": one["key"]} for one in elements]
    section = {"key": "all", "title": "All", "items": asked}
    ask = {"kind": "assess", "key": "ask", "title": "A", "form": "f", "next": "d0"}
    end = {"kind": "finish", "key": "end", "title": "E"}
    document = {
        "schema": 1,
        "key": "right",
        "title": "Right",
        "summary": "Right by construction.",
        "elements": elements,
        "scores": scores,
        "forms": [{"key": "f", "title": "F", "sections": [section]}],
        "visits": [{"key": "first", "title": "First", "start": "ask"}],
        "nodes": [ask, *nodes, end],
        "resources": [
            {"key": f"r{number}", "title": "R", "kind": "test"}
            for number in range(deciding)
        ],
    }
    return Plan.model_validate(document)


def _deciding(
    rng: Random, number: int, whens: list[str], later: str
) -> list[dict[str, Any]]:
    """A decide node, and a recommend node for each way but the last."""
    ways = [f"d{number}-way{way}" for way in range(len(whens))]
    node: dict[str, Any] = {
        "kind": "decide",
        "key": f"d{number}",
        "title": "D",
        "if_unknown": "Ask.",
        "hit": rng.choice(["first", "unique"]),
    }
    if rng.random() < 0.5:
        node["otherwise"] = ways[-1]
        whens = whens[:-1]
    node["branches"] = [
        {"when": when, "to": way} for when, way in zip(whens, ways, strict=False)
    ]
    action = {"words": "W", "resource": f"r{number}"}
    said = rng.choice(["do", "do-not"])
    return [
        node,
        *(
            {
                "kind": "recommend",
                "key": way,
                "title": "R",
                "actions": [action | {"key": "act", "direction": said}],
                "next": later,
            }
            for way in ways
        ),
    ]


def _share(
    rng: Random,
    number: int,
    kind: str,
    elements: list[dict[str, Any]],
    scores: list[dict[str, Any]],
) -> list[str]:
    """Criteria of which exactly one is true of whoever is known; adds what they read."""
    key = f"e{number}"
    if kind == "age":
        months = rng.randint(1, 200)
        age = "CalculateAgeInMonthsAt(birth_date, visit_date)"
        return [f"{age} < {months}", f"{age} >= {months}"]
    if kind == "score":
        parts = [f"{key}_{letter}" for letter in "abc"]
        elements += [{"key": part, "label": part, "type": "boolean"} for part in parts]
        points = " + ".join(
            f"{rng.randint(1, 3)} * ToInteger({part})" for part in parts
        )
        scores.append({"key": f"s{number}", "label": "S", "expression": points})
        return [f"s{number} <= 2", f"s{number} > 2"]
    made: dict[str, Any] = {"key": key, "label": key, "type": kind}
    elements.append(made)
    if kind == "boolean":
        return [key, f"not {key}"]
    if kind == "choice":
        options = [f"o{place}" for place in range(rng.randint(2, 4))]
        made["options"] = [{"key": one, "label": one} for one in options]
        return [f"{key} = '{one}'" for one in options]
    made |= {"possible": {"low": 0, "high": 100}}
    unit = ""
    if kind == "decimal":
        made |= {"precision": rng.randint(0, 3), "unit": "kg"}
        unit = " 'kg'"
    cuts = sorted(rng.sample(range(1, 100), rng.randint(1, 3)))
    whens = [f"{key} < {cuts[0]}{unit}"]
    whens += [
        f"{key} >= {low}{unit} and {key} < {high}{unit}" for low, high in pairwise(cuts)
    ]
    return [*whens, f"{key} >= {cuts[-1]}{unit}"]
