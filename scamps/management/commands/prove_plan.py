"""`manage.py prove_plan FILE|KEY`: what is wrong with a plan for some patient."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from scamps.core.definition import Plan, PlanError, load_yaml
from scamps.core.prove.apart import prove_apart
from scamps.models import Version


class Command(BaseCommand):
    help = (
        "Seek patients for whom a plan goes wrong: a file, or a Scamp's last version."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("plan", help="plan.yaml, or the key of a Scamp")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--seconds", type=float, default=60)
        parser.add_argument("--megabytes", type=int, default=2048)

    def handle(
        self,
        *,
        plan: str,
        json: bool,
        seconds: float,
        megabytes: int,
        **options: object,
    ) -> None:
        proof = prove_apart(_plan(plan), seconds=seconds, megabytes=megabytes)
        if json:
            self.stdout.write(_json(proof.to_json()))
        else:
            for one in (*proof.found, *proof.undecided):
                self.stdout.write(str(one))
        if proof.errors:
            raise CommandError(f"{len(proof.errors)} errors")
        if not json:
            self.stdout.write(_verdict(proof.asked, proof.is_complete))


def _verdict(asked: int, complete: bool) -> str:
    ending = "no error." if complete else "no error, and some not decided."
    return f"{asked} questions asked: {ending}"


def _json(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)


def _plan(named: str) -> Plan:
    file = Path(named)
    try:
        if file.is_file():
            return load_yaml(file.read_text(encoding="utf-8"), named)
    except PlanError as error:
        raise CommandError(str(error)) from error
    versions = Version.objects.filter(scamp__key=named).order_by("-number")
    version = versions.select_related("content").first()
    if version is None:
        raise CommandError(f"{named!r} is neither a file nor the key of a Scamp")
    plan: Plan = version.plan
    return plan
