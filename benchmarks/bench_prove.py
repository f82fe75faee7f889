"""How long a proof takes: of a plan of 40 nodes, and against walking it.

A proof speaks of all patients; beside its seconds stands how many patients could have
been walked in the time, and how many there are at the declared precision.
"""

from math import log10, prod
from random import Random
from statistics import median
from time import perf_counter

from benchmarks.bounds import hold
from scamps.core.definition import Plan
from scamps.core.prove import prove
from scamps.core.prove.apart import prove_apart
from scamps.core.walk import compile_plan
from tests.scamps.core.correct_plans import correct_plan

PLANS = 1_000
NODES = 40
REPEATS = 5


def main() -> None:
    plan = plan_of(NODES)
    compile_plan(plan)
    seconds = median(timed(prove, plan)[0] for _ in range(REPEATS))
    hold(f"a plan of {len(plan.nodes)} nodes proven in", seconds, "s", at_most=5)
    apart, proof = timed(prove_apart, plan)
    hold("the same in a process of its own, its start included", apart, "s")
    hold("questions asked of it", proof.asked)
    walk = one_walk(plan)
    hold("walks of one patient in the time of a proof", seconds / walk)
    people = log10(prod(values(plan)))
    hold("patients of it, as a power of ten", people, at_least=log10(seconds / walk))
    false_alarms()


def timed(act, plan: Plan):
    started = perf_counter()
    result = act(plan)
    return perf_counter() - started, result


def plan_of(nodes: int) -> Plan:
    """The first random correct plan with at least *nodes* nodes."""
    for seed in range(1_000):
        for deciding in range(8, 14):
            plan = correct_plan(Random(seed), deciding)  # noqa: S311
            if len(plan.nodes) == nodes:
                return plan
    raise LookupError(nodes)


def one_walk(plan: Plan) -> float:
    """The seconds that a walk takes on the longest way, all of it answered."""
    compiled = compile_plan(plan)
    answers = {
        element.key: {"boolean": True, "choice": "o0"}.get(element.type, 1)
        for element in plan.elements
    }
    started = perf_counter()
    for _ in range(1_000):
        compiled.walk(answers, visit="first")
    return (perf_counter() - started) / 1_000


def values(plan: Plan) -> list[int]:
    """How many values each element can have, unknown included."""
    found = []
    for element in plan.elements:
        count = len(element.options) or 2
        if element.possible is not None:
            span = element.possible.high - element.possible.low
            count = int(span * 10 ** (element.precision or 0)) + 1
        found.append(count + 1)
    return found


def false_alarms() -> None:
    """No correct plan may be accused, and none left open."""
    accused = open_ = 0
    started = perf_counter()
    for seed in range(PLANS):
        rng = Random(seed)  # noqa: S311
        proof = prove(correct_plan(rng, rng.randint(1, 8)))
        accused += bool(proof.found)
        open_ += bool(proof.undecided)
    each = (perf_counter() - started) / PLANS
    hold(f"of {PLANS:,} correct plans accused", accused, at_most=0)
    hold("left undecided", open_, at_most=0)
    hold("a plan of these, on average", each * 1_000, "ms")


if __name__ == "__main__":
    main()
