"""What feedback keeps: roll-ups that jobs keep current, and frozen reports."""

from feedback.models.limits import LimitMark
from feedback.models.news import OutcomesRead
from feedback.models.reports import Report
from feedback.models.rollups import Count, EnrolmentRollup, Rollup
from feedback.models.runs import AdvisedOtherwise, ReplayRun, RunState
from feedback.models.totals import PointTotal, Unsummed

__all__ = [
    "AdvisedOtherwise",
    "Count",
    "EnrolmentRollup",
    "LimitMark",
    "OutcomesRead",
    "PointTotal",
    "ReplayRun",
    "Report",
    "Rollup",
    "RunState",
    "Unsummed",
]
