"""`manage.py add_site KEY NAME --time-zone ZONE [--sandbox]`: open a place of care."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actions import add_site


class Command(BaseCommand):
    help = "Open a place of care."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="short and lasting, such as ward-3")
        parser.add_argument("name", help="as people call it")
        parser.add_argument("--time-zone", required=True, help="such as Europe/Berlin")
        parser.add_argument("--sandbox", action="store_true", help="made-up patients")

    def handle(self, *, sandbox: bool, **options: object) -> None:
        named = {name: options[name] for name in ("key", "name", "time_zone")}
        try:
            site = add_site(**named, is_sandbox=sandbox, by=None, at=timezone.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{site} is open.")
