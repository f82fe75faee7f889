"""`manage.py create_demo`: a demo user for each role, in the sandbox of a trial run."""

from __future__ import annotations

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actions import NotATrialRun, add_demo_users, sync_roles
from scamps.actions.seats import seat_demo_users

PASSWORD = "sandbox-demo"  # noqa: S105  public on purpose: it opens made-up data only


class Command(BaseCommand):
    help = "Make demo users, one for each role, at two sandbox sites (trial runs only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", default=PASSWORD, help="for every demo user")

    def handle(self, *, password: str, **options: object) -> None:
        at = timezone.now()
        sync_roles(roles=settings.ROLES)
        try:
            users = add_demo_users(
                password=password, is_trial=settings.TRIAL or settings.DEBUG, at=at
            )
        except NotATrialRun as reason:
            raise CommandError(
                f"Demo users are for trial runs only; nothing was made. {reason}"
            ) from reason
        seat_demo_users(users=users, at=at)
        names = ", ".join(user.username for user in users)
        self.stdout.write(f"Demo users: {names} · password {password}")
