"""Import a cohort of real patients, treated before the plan, from a CSV file."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from accounts.models import Site, User
from carepaths.actions.cohorts import import_cohort, importer_account, site_of
from carepaths.actions.refusals import Refusal
from carepaths.core.cohort import HeaderRefused, Report
from carepaths.core.mapping import CohortMapping, load_mapping
from scamps.core.definition import PlanError
from scamps.models import Scamp


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scamp", help="Key of the plan, as suspected-appendicitis")
        parser.add_argument("file", type=Path, help="The CSV file; it is not copied")
        parser.add_argument("--mapping", type=Path, required=True, metavar="FILE")
        parser.add_argument("--site", help="Key of a real site; else the mapping's")
        parser.add_argument("--by", help="User name of who imports; else “importer”")
        parser.add_argument("--dry-run", action="store_true", help="Write nothing")
        parser.add_argument("--report", type=Path, metavar="FILE.json")

    def handle(self, **options: Any) -> None:
        scamp = _get(Scamp, key=options["scamp"])
        mapping = _mapping(options["mapping"], scamp)
        with tqdm(unit=" rows", disable=None, leave=False) as bar:
            if options["dry_run"]:
                report = self._try(scamp, mapping, bar, options)
            else:
                report = self._import(scamp, mapping, bar, options)
        if options["report"]:
            text = json.dumps(report.to_json(), ensure_ascii=False, indent=2)
            Path(options["report"]).write_text(text + "\n", encoding="utf-8")
        self.stdout.write(closing_line(report, dry_run=options["dry_run"]))

    @transaction.atomic
    def _try(self, *given: Any) -> Report:
        """Import, and take all of it back."""
        report = self._import(*given)
        transaction.set_rollback(True)
        return report

    def _import(
        self, scamp: Scamp, mapping: CohortMapping, bar: tqdm, options: dict[str, Any]
    ) -> Report:
        key, name = options["site"], options["by"]
        try:
            return import_cohort(
                scamp=scamp,
                path=options["file"],
                mapping=mapping,
                site=_get(Site, key=key) if key else site_of(mapping),
                by=_get(User, username=name) if name else importer_account(),
                at=timezone.now(),
                progress=bar.update,
            )
        except (Refusal, HeaderRefused) as refusal:
            raise CommandError(str(refusal)) from refusal


def closing_line(report: Report, *, dry_run: bool) -> str:
    """Say in one line what an import did."""
    verb = "would be new" if dry_run else "new"
    kinds = ("refused", "implausible", "rounded", "hidden", "unnamed", "empty")
    cells = ", ".join(f"{report.count(kind)} {kind}" for kind in kinds)
    return (
        f"{report.scamp} version {report.version}: {report.rows} rows, "
        f"{report.created} {verb}, {report.unchanged} there before, "
        f"{len(report.changed)} changed and not touched; cells: {cells}."
    )


def _mapping(path: Path, scamp: Scamp) -> CohortMapping:
    version = scamp.active_version
    if version is None:
        raise CommandError(f"{scamp} has no active version.")
    try:
        text = path.read_text(encoding="utf-8")
        return load_mapping(text, str(path), version.plan)
    except OSError as error:
        raise CommandError(str(error)) from error
    except PlanError as error:
        raise CommandError(f"The mapping cannot be used:\n{error}") from error


def _get(model: Any, **by: str) -> Any:
    found = model.objects.filter(**by).first()
    if found is None:
        raise CommandError(
            f"There is no {model.__name__.lower()} {next(iter(by.values()))!r}."
        )
    return found
