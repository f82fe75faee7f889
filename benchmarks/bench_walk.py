"""One walk of the appendicitis plan, with its path.

Against the same plan written by hand in Python, with the same null rules, the same
decimals and the same path (at most 4 times slower), and against the rules engine
zen-engine with an equivalent decision graph, run through its static loader (at least 5
times faster; it is not asked for the path).
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import zen

from benchmarks.bounds import MISSED, hold
from scamps.core.definition import load_yaml
from scamps.core.walk import CompiledPlan, compile_plan

ROOT = Path(__file__).parents[1]
PATIENTS = 1_000
REPEATS = 15
MOST_SLOWER = 4.0
LEAST_FASTER = 5.0
FEVER, LEUKOCYTOSIS, ENLARGED = Decimal("38.0"), Decimal(10), Decimal(6)
ITEMS = (
    "anorexia",
    "cough_pain",
    "nausea",
    "neutrophilia",
    "pain_migration",
    "rlq_tenderness",
    "temperature",
    "wbc",
)

Answers = Mapping[str, Any]
Path_ = tuple[tuple[str, tuple[tuple[str, bool | None], ...]], ...]
Found = tuple[Path_, str, tuple[str, ...], tuple[str, ...], int | None, tuple[str, ...]]

GENERALIZED = "peritonitis = 'generalized'"
UNSEEN, LARGE = "not appendix_seen", "appendix_diameter >= 6 'mm'"
ASKED = ("presentation", ())
NOT_GUARDING = (ASKED, ("guarding", ((GENERALIZED, False), ("", True))))
IMAGED = (
    *NOT_GUARDING,
    ("risk", (("pas <= 3", False), ("pas <= 6", True))),
    ("image", ()),
    ("sonography", ()),
)


def by_hand(answers: Answers) -> Found:
    """Path, end, waiting for, hidden, score, actions."""
    get = answers.get
    performed = get("us_performed")
    seen, diameter = get("appendix_seen"), get("appendix_diameter")
    hidden: tuple[str, ...] = ()
    if performed is False and seen is not None:
        hidden, seen = ("appendix_seen",), None
    if diameter is not None and (performed is False or seen is False):
        hidden, diameter = (*hidden, "appendix_diameter"), None
    pas = score(answers)
    peritonitis = get("peritonitis")
    if peritonitis is None:
        path = (ASKED, ("guarding", ((GENERALIZED, None),)))
        return path, "guarding", ("peritonitis",), hidden, pas, ()
    if peritonitis == "generalized":
        end = "operate-peritonitis"
        path = (ASKED, ("guarding", ((GENERALIZED, True),)), (end, ()))
        return path, end, (), hidden, pas, ("operate",)
    if pas is None:
        path = (*NOT_GUARDING, ("risk", (("pas <= 3", None),)))
        missing = tuple(item for item in ITEMS if get(item) is None)
        return path, "risk", missing, hidden, pas, ()
    if pas <= 3:
        path = (*NOT_GUARDING, ("risk", (("pas <= 3", True),)), ("low", ()))
        return path, "low", (), hidden, pas, ("no-ultrasound", "observe")
    if pas <= 6:
        return (*finding(performed, seen, diameter, hidden, pas),)
    tried = (("pas <= 3", False), ("pas <= 6", False), ("", True))
    path = (*NOT_GUARDING, ("risk", tried), ("operate-high", ()))
    return path, "operate-high", (), hidden, pas, ("operate",)


def finding(
    performed: bool | None,
    seen: bool | None,
    diameter: Decimal | None,
    hidden: tuple[str, ...],
    pas: int,
) -> Found:
    """The part of the tree after the ultrasound."""
    if seen is None:
        path = (*IMAGED, ("finding", ((UNSEEN, None),)))
        waiting = ("us_performed",) if performed is False else ("appendix_seen",)
        return path, "finding", waiting, hidden, pas, ("ultrasound",)
    if not seen:
        path = (*IMAGED, ("finding", ((UNSEEN, True),)), ("observe-unseen", ()))
        return path, "observe-unseen", (), hidden, pas, ("ultrasound", "observe")
    if diameter is None:
        path = (*IMAGED, ("finding", ((UNSEEN, False), (LARGE, None))))
        waiting = ("appendix_diameter",)
        return path, "finding", waiting, hidden, pas, ("ultrasound",)
    if diameter >= ENLARGED:
        tried = ((UNSEEN, False), (LARGE, True))
        path = (*IMAGED, ("finding", tried), ("operate-positive", ()))
        return path, "operate-positive", (), hidden, pas, ("ultrasound", "operate")
    tried = ((UNSEEN, False), (LARGE, False), ("", True))
    path = (*IMAGED, ("finding", tried), ("observe-negative", ()))
    return path, "observe-negative", (), hidden, pas, ("ultrasound", "observe")


def score(answers: Answers) -> int | None:
    """The Pediatric Appendicitis Score; None if any item is."""
    get = answers.get
    migration, anorexia, nausea = get("pain_migration"), get("anorexia"), get("nausea")
    temperature, cough = get("temperature"), get("cough_pain")
    tenderness, wbc = get("rlq_tenderness"), get("wbc")
    neutrophilia = get("neutrophilia")
    if (
        migration is None
        or anorexia is None
        or nausea is None
        or temperature is None
        or cough is None
        or tenderness is None
        or wbc is None
        or neutrophilia is None
    ):
        return None
    return (
        migration
        + anorexia
        + nausea
        + (temperature >= FEVER)
        + 2 * cough
        + 2 * tenderness
        + (wbc >= LEUKOCYTOSIS)
        + neutrophilia
    )


def graph() -> dict[str, Any]:
    """The plan as a decision graph of zen-engine; it names only the end."""
    null = " or ".join(f"{item} == null" for item in ITEMS)
    points = " + ".join(
        f"({test} ? {points} : 0)"
        for test, points in (
            ("pain_migration", 1),
            ("anorexia", 1),
            ("nausea", 1),
            ("temperature >= 38.0", 1),
            ("cough_pain", 2),
            ("rlq_tenderness", 2),
            ("wbc >= 10", 1),
            ("neutrophilia", 1),
        )
    )
    seen = "us_performed == false ? null : appendix_seen"
    diameter = (
        "us_performed == false or appendix_seen == false ? null : appendix_diameter"
    )
    switches = {
        "guarding": {
            "peritonitis == null": "stop-guarding",
            "peritonitis == 'generalized'": "operate-peritonitis",
            "": "risk",
        },
        "risk": {
            "pas == null": "stop-risk",
            "pas <= 3": "low",
            "pas <= 6": "sonography",
            "": "operate-high",
        },
        "finding": {
            "seen == null": "stop-seen",
            "not seen": "observe-unseen",
            "diameter == null": "stop-diameter",
            "diameter >= 6": "operate-positive",
            "": "observe-negative",
        },
    }
    expressions = {
        "score": {"pas": f"({null}) ? null : {points}"},
        "sonography": {"seen": seen, "diameter": diameter},
    }
    ends = [
        end
        for ways in switches.values()
        for end in ways.values()
        if end not in ("risk", "sonography")
    ]
    expressions |= {end: {"end": f"'{end}'"} for end in ends}
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "out", "name": "out", "type": "outputNode"},
            *(_switch(key, list(ways)) for key, ways in switches.items()),
            *(_expression(key, sums) for key, sums in expressions.items()),
        ],
        "edges": [
            _edge("in", "score"),
            _edge("score", "guarding"),
            _edge("sonography", "finding"),
            *(
                _edge(key, end, f"{key}-{index}")
                for key, ways in switches.items()
                for index, end in enumerate(ways.values())
            ),
            *(_edge(end, "out") for end in ends),
        ],
    }


def _switch(key: str, conditions: list[str]) -> dict[str, Any]:
    statements = [
        {"id": f"{key}-{index}", "condition": condition}
        for index, condition in enumerate(conditions)
    ]
    content = {"hitPolicy": "first", "statements": statements}
    return {"id": key, "name": key, "type": "switchNode", "content": content}


def _expression(key: str, sums: dict[str, str]) -> dict[str, Any]:
    content = {
        "expressions": [
            {"id": f"{key}-{name}", "key": name, "value": value}
            for name, value in sums.items()
        ],
        "passThrough": True,
        "inputField": None,
        "outputPath": None,
        "executionMode": "single",
    }
    return {"id": key, "name": key, "type": "expressionNode", "content": content}


def _edge(source: str, target: str, handle: str | None = None) -> dict[str, str]:
    edge = {"id": f"{source} {target} {handle}", "type": "edge"}
    edge |= {"sourceId": source, "targetId": target}
    return edge | ({"sourceHandle": handle} if handle else {})


def patients(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Synthetic answers to every question; one in fifty is missing."""
    draw = random.Random(seed)  # noqa: S311  not a secret

    def gaps(value: Any) -> Any:
        return None if draw.random() < 0.02 else value

    def yes(share: float) -> bool | None:
        return gaps(draw.random() < share)

    def number(low: int, high: int) -> Decimal | None:
        return gaps(Decimal(draw.randint(low, high)) / 10)

    return [
        {
            "age": number(10, 180),
            "sex": gaps(draw.choice(["female", "male"])),
            "weight": number(100, 900),
            "height": number(700, 1900),
            "pain_migration": yes(0.3),
            "rlq_tenderness": yes(0.6),
            "cough_pain": yes(0.4),
            "nausea": yes(0.6),
            "anorexia": yes(0.5),
            "temperature": number(360, 400),
            "wbc": number(30, 250),
            "neutrophilia": yes(0.5),
            "neutrophil_percent": number(300, 950),
            "crp": number(0, 2000),
            "peritonitis": gaps(
                draw.choices(["none", "local", "generalized"], [14, 5, 1])[0]
            ),
            "us_performed": yes(0.97),
            "appendix_seen": yes(0.65),
            "appendix_diameter": number(20, 120),
        }
        for _ in range(count)
    ]


def in_floats(answers: Answers) -> dict[str, Any]:
    """The answers as JSON has them, which is what the rules engine takes."""
    return {
        key: float(value) if isinstance(value, Decimal) else value
        for key, value in answers.items()
    }


def check(
    compiled: CompiledPlan, engine: zen.ZenEngine, all_answers: list[Any]
) -> None:
    """All three say the same of every patient; ours and by hand also by what path."""
    for answers in all_answers:
        walk = compiled.walk(answers, visit="first")
        path = tuple(
            (step.node, tuple((one.criterion, one.value) for one in step.tried))
            for step in walk.steps
        )
        actions = tuple(action.key for _, action in walk.actions)
        ours = (
            path,
            walk.end,
            walk.waiting_for,
            walk.hidden,
            walk.scores["pas"],
            actions,
        )
        end = engine.evaluate("plan", in_floats(answers))["result"]["end"]
        same_end = end.startswith("stop-") if walk.stopped else end == walk.end
        if ours != by_hand(answers) or not same_end:
            sys.exit(f"bench_walk: the walks differ for {answers}")


def microseconds(walk: Callable[[Any], object], all_answers: list[Any]) -> float:
    """One walk, on average."""
    start = time.perf_counter()
    for answers in all_answers:
        walk(answers)
    return (time.perf_counter() - start) / len(all_answers) * 1e6


def main() -> None:
    """Measure in turns, print the medians; what misses its bound is remembered."""
    text = (ROOT / "library/suspected-appendicitis/plan.yaml").read_text()
    compiled = compile_plan(load_yaml(text))
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"plan": graph()}}})
    all_answers = patients(PATIENTS)
    all_floats = [in_floats(answers) for answers in all_answers]
    check(compiled, engine, all_answers)
    ours, hand, rules = [], [], []
    for _ in range(REPEATS):
        ours.append(
            microseconds(lambda one: compiled.walk(one, visit="first"), all_answers)
        )
        hand.append(microseconds(by_hand, all_answers))
        rules.append(microseconds(lambda one: engine.evaluate("plan", one), all_floats))
    ours_, hand_, rules_ = map(statistics.median, (ours, hand, rules))
    hold("one walk, with its path", ours_, "µs")
    hold("the same by hand in Python", hand_, "µs")
    hold("the same by zen-engine, without a path", rules_, "µs")
    hold("walk, times by hand", ours_ / hand_, at_most=MOST_SLOWER)
    hold("zen-engine, times the walk", rules_ / ours_, at_least=LEAST_FASTER)


if __name__ == "__main__":
    main()
    sys.exit(bool(MISSED))
