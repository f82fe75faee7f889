"""Impact: what a plan would have advised to the patients of the past.

Four numbers that are never mixed: the same, changed, cannot be evaluated, newly
evaluable. Whatever stopped is not "no": it is counted apart, with what was missing.
"""

from feedback.core.impact.compare import Group, History, replay_both
from feedback.core.impact.frozen import Became, freeze_impact, named
from feedback.core.impact.page import LEAST, ReplayPage, page_of_replay
from feedback.core.impact.summary import Flow, Impact, Numbers, Use, summarise

__all__ = [
    "LEAST",
    "Became",
    "Flow",
    "Group",
    "History",
    "Impact",
    "Numbers",
    "ReplayPage",
    "Use",
    "freeze_impact",
    "named",
    "page_of_replay",
    "replay_both",
    "summarise",
]
