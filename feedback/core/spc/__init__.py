"""Statistical process control: which points of a series are more than chance.

`chart` is the door: samples in the order of time, the marks that people left (rebase,
freeze), the lines of versions, and the direction that is better, if one is declared.
"""

from feedback.core.spc.chart import Chart, Line, Mark, Phase, Plotted, chart
from feedback.core.spc.limits import Band, Baseline
from feedback.core.spc.rules import RULES, Signal
from feedback.core.spc.samples import Kind, Sample, together

__all__ = [
    "RULES",
    "Band",
    "Baseline",
    "Chart",
    "Kind",
    "Line",
    "Mark",
    "Phase",
    "Plotted",
    "Sample",
    "Signal",
    "chart",
    "together",
]
