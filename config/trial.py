"""What a trial run holds: the library's plans, demo users, made-up patients."""

from collections.abc import Callable, Iterator
from functools import partial
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from carepaths.models import Enrolment

OPTIONS = ("--patients=120", "--seed=1")
COHORT_SCAMP = "suspected-appendicitis"

Step = tuple[str, Callable[[], object]]


def steps(cohort: Path | None, users: StringIO) -> Iterator[Step]:
    """What to do, in order: words, and the doing. Every step may be repeated.

    Args: cohort: the real one, if it was asked for. users: gets the demo users' names.
    """
    quietly = partial(call_command, verbosity=0, stdout=StringIO())
    yield "tables", partial(quietly, "migrate")
    yield "roles", partial(quietly, "sync_roles")
    yield "plans of the library", partial(quietly, "load_library")
    yield "demo users", partial(call_command, "create_demo", stdout=users)
    for plan in sorted((settings.BASE_DIR / "library").glob("*/plan.yaml")):
        key = plan.parent.name
        yield f"synthetic patients of {key}", partial(simulate, key)
    if cohort:
        yield f"patients of {cohort.name}", partial(import_cohort, cohort)
    yield "static files", collect_static


def simulate(scamp: str) -> None:
    """Make up a cohort for *scamp* unless it has one."""
    made_up = Enrolment.objects.filter(patient__site__is_sandbox=True)
    if not made_up.filter(scamp__key=scamp).exists():
        call_command("simulate_cohort", scamp, *OPTIONS, verbosity=0)


def import_cohort(cohort: Path) -> None:
    mapping = settings.BASE_DIR / "library" / COHORT_SCAMP / "cohort.yaml"
    call_command("import_cohort", COHORT_SCAMP, str(cohort), f"--mapping={mapping}")


def collect_static() -> None:
    """Collect anew if any source file is newer than the last collection."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    collected = manifest.stat().st_mtime if manifest.exists() else 0.0
    if any(path.stat().st_mtime > collected for path in _sources()):
        call_command("collectstatic", interactive=False, verbosity=0)


def _sources() -> Iterator[Path]:
    """The project's own static files, and the lock that dates everybody else's."""
    yield settings.BASE_DIR / "requirements.txt"
    for folder in settings.STATICFILES_DIRS:
        yield from Path(folder).rglob("*")
