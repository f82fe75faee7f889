"""The walk: the nodes an encounter passes, with the reason at each.

A pure function of the plan, the answers and a context. Missing data never silently
becomes "no": an unknown criterion stops the walk, and the walk says what it waits for.
"""

from scamps.core.walk.compiled import CompiledPlan, compile_plan
from scamps.core.walk.result import Course, Step, Tried, Walk, json_value
from scamps.core.walk.words import Explained, explain, labels

__all__ = [
    "CompiledPlan",
    "Course",
    "Explained",
    "Step",
    "Tried",
    "Walk",
    "compile_plan",
    "explain",
    "json_value",
    "labels",
]
