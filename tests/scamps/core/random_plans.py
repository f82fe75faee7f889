"""Random plans that can be walked, and answers to them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from scamps.core.definition import Plan

BOOLEANS = ("b0", "b1", "b2", "b3")
ELEMENTS = [
    *({"key": key, "label": key, "type": "boolean"} for key in BOOLEANS),
    {"key": "n0", "label": "N", "type": "integer"},
    {"key": "t0", "label": "T", "type": "decimal", "unit": "Cel", "precision": 1},
    {
        "key": "c0",
        "label": "C",
        "type": "choice",
        "options": [{"key": key, "label": key} for key in ("x", "y", "z")],
    },
]
ATOMS = (
    *BOOLEANS,
    "n0 > 2",
    "n0 mod 2 = 0",
    "10 / n0 >= 3",
    "t0 >= 38.0 'Cel'",
    "t0 < 100.4 '[degF]'",
    "c0 = 'x'",
    "c0 in {'x', 'y'}",
    "twice >= 4",
    "both",
    "previous.b0",
    "weeks_since_previous < 3",
    "n0 is null",
)
EARLIER = (*BOOLEANS[:2], "n0 > 2", "c0 = 'x'", "twice >= 4")
SCORES = [
    {"key": "twice", "label": "Twice", "expression": "2 * ToInteger(b0) + n0"},
    {"key": "both", "label": "Both", "expression": "b0 and b1"},
]
ASKED = ("b0", "b1", "n0", "c0", "b2", "b3", "t0")


def conditions(atoms: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(atoms),
        lambda inner: st.one_of(
            inner.map(lambda one: f"not ({one})"),
            st.tuples(inner, st.sampled_from(["and", "or", "xor"]), inner).map(
                lambda three: "({}) {} ({})".format(*three)
            ),
        ),
        max_leaves=4,
    )


@st.composite
def walkable(draw) -> Plan:
    """A plan of decide and recommend nodes, with hidden items and merging branches."""
    count = draw(st.integers(2, 7))
    keys = [f"d{index}" for index in range(count)] + ["end-a", "end-b"]
    nodes = [{"kind": "assess", "key": "ask", "title": "A", "form": "f", "next": "d0"}]
    for index in range(count):
        later = keys[index + 1 : index + 4]
        targets = st.sampled_from(later)
        node: dict[str, Any] = {"key": keys[index], "title": "N"}
        if draw(st.integers(0, 4)):
            whens = draw(st.lists(conditions(ATOMS), min_size=1, max_size=3))
            node |= {
                "kind": "decide",
                "hit": draw(st.sampled_from(["first", "first", "unique"])),
                "if_unknown": "Ask.",
                "branches": [{"when": when, "to": draw(targets)} for when in whens],
            }
            node |= {"otherwise": keys[index + 1]}
            if draw(st.booleans()):
                node |= {"unknown": draw(targets)}
        else:
            action = {"key": "act", "words": "A", "direction": "do", "resource": "r"}
            node |= {"kind": "recommend", "actions": [action], "next": keys[index + 1]}
        nodes.append(node)
    nodes += [{"kind": "finish", "key": key, "title": "E"} for key in keys[-2:]]
    plan = {
        "schema": 1,
        "key": "any",
        "title": "Any",
        "summary": "Any",
        "elements": ELEMENTS,
        "scores": SCORES,
        "forms": [{"key": "f", "title": "F", "sections": draw(sections())}],
        "visits": [{"key": "first", "title": "First", "start": "ask"}],
        "nodes": [nodes[0], *_reached(nodes)],
        "resources": [{"key": "r", "title": "R", "kind": "test"}],
    }
    return Plan.model_validate(plan)


def _reached(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The nodes that something leads to; the first is the assess node."""
    seen = {"ask", "d0"}
    for node in nodes[1:]:
        if node["key"] in seen:
            seen |= {branch["to"] for branch in node.get("branches", ())}
            ways = ("otherwise", "unknown", "next")
            seen |= {node[way] for way in ways if way in node}
    return [node for node in nodes[1:] if node["key"] in seen]


@st.composite
def sections(draw) -> list[dict[str, Any]]:
    """Two sections; later items are shown by conditions on earlier ones."""
    first = [{"element": key} for key in ASKED[:4]]
    second: list[dict[str, Any]] = []
    for key in ASKED[4:]:
        item = {"element": key}
        if draw(st.booleans()):
            before = tuple(one["element"] for one in second if one["element"] != "t0")
            item["show_when"] = draw(conditions((*EARLIER, *before)))
        second.append(item)
    found = [
        {"key": "one", "title": "One", "items": first},
        {"key": "two", "title": "Two", "items": second},
    ]
    if draw(st.booleans()):
        found[1]["show_when"] = draw(conditions(EARLIER))
    return found


def maybe(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | values


rows: st.SearchStrategy[Mapping[str, Any]] = st.fixed_dictionaries(
    {
        **dict.fromkeys(BOOLEANS, maybe(st.booleans())),
        "n0": maybe(st.integers(-3, 6)),
        "t0": maybe(st.integers(370, 390).map(lambda tenths: Decimal(tenths) / 10)),
        "c0": maybe(st.sampled_from(["x", "y", "z"])),
        "previous.b0": maybe(st.booleans()),
        "weeks_since_previous": maybe(st.integers(0, 5)),
    }
)
