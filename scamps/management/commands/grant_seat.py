"""`manage.py grant_seat USERNAME ROLE SCAMP [--until DAY] [--chair]`."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actions import NoSuchRole
from accounts.models import User
from scamps.actions.seats import SEAT_ROLES, NotASeatRole, grant_seat
from scamps.models import Scamp


class Command(BaseCommand):
    help = "Give a user a seat on a Scamp."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", help=" or ".join(SEAT_ROLES))
        parser.add_argument("scamp", help="the Scamp's key")
        parser.add_argument("--until", type=date.fromisoformat, help="its last day")
        parser.add_argument("--chair", action="store_true")

    def handle(
        self, *, username: str, role: str, scamp: str, chair: bool, **options: object
    ) -> None:
        now = timezone.now()
        try:
            seat = grant_seat(
                user=User.objects.get(username=username),
                role=role,
                scamp=Scamp.objects.get(key=scamp),
                starts_on=now.date(),
                ends_on=options["until"],
                is_chair=chair,
                by=None,
                at=now,
            )
        except (User.DoesNotExist, Scamp.DoesNotExist, NoSuchRole) as error:
            raise CommandError(f"Not known: {error}") from error
        except NotASeatRole as error:
            raise CommandError(
                f"“{error}” is a role at a site; a seat is {' or '.join(SEAT_ROLES)}."
            ) from error
        self.stdout.write(f"{seat}.")
