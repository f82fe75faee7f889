"""`manage.py check_plan FILE`: what is wrong with a plan, and what its cases say."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from scamps.core.cases import load_cases, not_covered
from scamps.core.definition import Plan, PlanError, review
from scamps.core.walk import compile_plan


class Command(BaseCommand):
    help = "Check a plan.yaml, and run the cases.yaml that stands beside it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: object) -> None:
        try:
            plan, found = review(file.read_text(encoding="utf-8"), str(file))
        except OSError as error:
            raise CommandError(str(error)) from error
        for one in found:
            self.stdout.write(f"{one.level}: {one}")
        if plan is None or any(one.level == "error" for one in found):
            raise CommandError("The plan cannot be used.")
        cases = file.with_name("cases.yaml")
        if cases.exists():
            self._run(plan, cases)
        self.stdout.write("The plan can be used.")

    def _run(self, plan: Plan, file: Path) -> None:
        compiled = compile_plan(plan)
        try:
            cases = load_cases(file.read_text(encoding="utf-8"), str(file), plan)
        except PlanError as error:
            raise CommandError(str(error)) from error
        wrong = [(case, case.differences(compiled)) for case in cases]
        for case, differences in wrong:
            for line in differences:
                self.stdout.write(f"case: {case.name}: {line}")
        walked = [(case.visit, case.walk(compiled)) for case in cases]
        for place in not_covered(plan, walked):
            self.stdout.write(f"warning: no case comes to {place}")
        if any(differences for _, differences in wrong):
            raise CommandError("Some cases walk otherwise than they say.")
        self.stdout.write(f"{len(cases)} cases walk as they say.")
