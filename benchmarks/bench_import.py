"""Import of the 782 real patients, and of 1,000 synthetic ones.

Where the published cohort does not lie beside the project, a made-up file of its shape
and length stands in. Bounds: at most 2 queries a row, 1,000 synthetic patients in at
most 60 seconds.
"""

import os
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Site
from benchmarks.bounds import hold
from carepaths.actions.cohorts import import_cohort, importer_account
from carepaths.actions.simulations import sandbox_sites, simulate_cohort
from carepaths.core.cohort import Report
from carepaths.core.mapping import CohortMapping, load_mapping
from carepaths.core.simulation import load_simulation
from scamps.models import Scamp

KEY = "suspected-appendicitis"
FOLDER = settings.BASE_DIR / "library" / KEY
ROWS = 782
PATIENTS = 1_000
MOST_QUERIES_A_ROW = 2
MOST_SECONDS = 60


def main() -> None:
    call_command("sync_roles", verbosity=0)
    call_command("load_library", verbosity=0)
    scamp = Scamp.objects.get(key=KEY)
    _import(scamp)
    _simulate(scamp)


def _import(scamp: Scamp) -> None:
    text = (FOLDER / "cohort.yaml").read_text(encoding="utf-8")
    mapping = load_mapping(text, "cohort.yaml", scamp.active_version.plan)
    with tempfile.TemporaryDirectory() as folder:
        path = _published() or _made_up(Path(folder), mapping)
        first, seconds, queries = _measured(scamp, path, mapping, "bench-a")
        again, seconds_again, _ = _measured(scamp, path, mapping, "bench-a")
    assert (first.rows, first.created, again.created) == (ROWS, ROWS, 0)
    hold("import", first.rows / seconds, "rows a second")
    hold("import", queries / first.rows, "queries a row", at_most=MOST_QUERIES_A_ROW)
    hold("import again, nothing new", again.rows / seconds_again, "rows a second")


def _measured(
    scamp: Scamp, path: Path, mapping: CohortMapping, key: str
) -> tuple[Report, float, int]:
    names = {"name": "Benchmark", "time_zone": "Europe/Berlin", "is_sandbox": False}
    site, _ = Site.objects.get_or_create(key=key, defaults=names)
    by = importer_account()
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as captured:
        report = import_cohort(
            scamp=scamp,
            path=path,
            mapping=mapping,
            site=site,
            by=by,
            at=timezone.now(),
        )
    return report, time.perf_counter() - began, len(captured)


def _published() -> Path | None:
    shared = Path(os.environ.get("SCAMPS_SHARED", settings.BASE_DIR.parent / "shared"))
    path = shared / "data" / "appendicitis" / "cohort.csv"
    return path if path.is_file() else None


def _made_up(folder: Path, mapping: CohortMapping) -> Path:
    """A file of the mapping's columns, in which every row walks to a recommendation."""
    cells = {
        "Age": "9,50",
        "Sex": "female",
        "Body_Temperature": "37,20",
        "WBC_Count": "11,30",
        "Appendix_Diameter": "5,10",
        "Peritonitis": "no",
        "Management": "conservative",
        "Diagnosis": "no appendicitis",
        "Severity": "uncomplicated",
        "Length_of_Stay": "3",
        "Height": "140",
        "Weight": "35,00",
        "Neutrophil_Percentage": "66,10",
        "CRP": "4",
    }
    row = ";".join(cells.get(column, "yes") for column in mapping.columns)
    path = folder / "cohort.csv"
    lines = [";".join(mapping.columns), *[row] * ROWS]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return path


def _simulate(scamp: Scamp) -> None:
    text = (FOLDER / "simulation.yaml").read_text(encoding="utf-8")
    simulation = load_simulation(text, "simulation.yaml", scamp.active_version.plan)
    began = time.perf_counter()
    made = simulate_cohort(
        scamp=scamp,
        simulation=simulation,
        patients=PATIENTS,
        seed=1,
        sites=sandbox_sites(),
        until=timezone.now().date(),
        at=timezone.now(),
    )
    seconds = time.perf_counter() - began
    assert made.created == PATIENTS
    hold(f"simulate {PATIENTS} patients", seconds, "s", at_most=MOST_SECONDS)
