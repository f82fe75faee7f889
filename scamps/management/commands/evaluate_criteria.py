"""Evaluate criteria by lines of JSON: for conformance suites and for curiosity."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from scamps.core.evaluate.lines import answer


class Command(BaseCommand):
    """Needs neither database nor settings of a deployment."""

    help = (
        "Reads {'expression', 'answers', 'types'} as JSON, one object a line, and "
        "writes {'value', 'type'} or {'error'}, one a line, in order."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer each line as soon as it is read."""
        for line in sys.stdin.buffer:
            self.stdout.write(answer(line.decode("utf-8", errors="replace")))
            self.stdout.flush()
