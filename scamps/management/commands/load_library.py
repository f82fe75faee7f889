"""`manage.py load_library`: the plans that ship with the product, as demonstrations."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scamps.actions.library import InOtherHands, NotADemonstration, load_plan
from scamps.core.cases import Case, load_cases
from scamps.core.definition import Plan, PlanError, load_yaml

LIBRARY = settings.BASE_DIR / "library"


class Command(BaseCommand):
    help = "Load the plans of library/ as active demonstration versions; repeatable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=LIBRARY)

    def handle(self, *, folder: Path, **options: object) -> None:
        for file in sorted(folder.glob("*/plan.yaml")):
            self.stdout.write(f"{file.parent.name}: {self._load(file)}")

    def _load(self, file: Path) -> str:
        name = f"{file.parent.name}/{file.name}"
        try:
            plan = load_yaml(file.read_text(encoding="utf-8"), name)
            cases = _cases(file.with_name("cases.yaml"), plan)
            loaded = load_plan(plan=plan, cases=cases, by=None, at=timezone.now())
        except PlanError as error:
            raise CommandError(str(error)) from error
        except NotADemonstration as error:
            raise CommandError(f"{name} does not say `demonstration: true`.") from error
        except InOtherHands:
            return "left alone, people have published versions of it"
        return f"version {loaded.version.number}, {loaded.what}"


def _cases(file: Path, plan: Plan) -> tuple[Case, ...]:
    if not file.exists():
        return ()
    name = f"{file.parent.name}/{file.name}"
    return load_cases(file.read_text(encoding="utf-8"), name, plan)
