"""`manage.py export_plan_schema`: the JSON Schema of plan documents, for editors."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from scamps.core.definition import json_schema_text


class Command(BaseCommand):
    help = "Write the JSON Schema of the plan document."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        default = settings.BASE_DIR / "docs/plan.schema.json"
        parser.add_argument("file", type=Path, nargs="?", default=default)

    def handle(self, *, file: Path, **options: object) -> None:
        file.write_text(json_schema_text(), encoding="utf-8")
        self.stdout.write(f"written: {file}")
