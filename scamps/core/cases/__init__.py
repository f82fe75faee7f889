"""Cases: examples of patients, and the walk a plan must give for each.

They live with the plan: a folder of the library holds them as cases.yaml, the database
as revisions. Each stands for itself; `like`, in a file, says what it has in common.
"""

from scamps.core.cases.coverage import Place, not_covered, places
from scamps.core.cases.document import (
    Case,
    Difference,
    Expected,
    answer,
    expected_of,
    fingerprint,
)
from scamps.core.cases.reading import load_cases
from scamps.core.cases.running import Held, Ran, Results, run
from scamps.core.cases.stored import read_stored, to_stored
from scamps.core.cases.writing import dump_cases

__all__ = [
    "Case",
    "Difference",
    "Expected",
    "Held",
    "Place",
    "Ran",
    "Results",
    "answer",
    "dump_cases",
    "expected_of",
    "fingerprint",
    "load_cases",
    "not_covered",
    "places",
    "read_stored",
    "run",
    "to_stored",
]
