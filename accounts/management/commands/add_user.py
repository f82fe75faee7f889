"""`manage.py add_user USERNAME --name NAME`: an account, and the link to its password."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actions import add_user
from accounts.adapter import password_link
from accounts.models import User


class Command(BaseCommand):
    help = "Make an account (or, with --again, a new password link for one)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="as shown beside signatures")
        parser.add_argument("--email", default="", help="where a password reset goes")
        parser.add_argument("--again", action="store_true", help="the user exists")

    def handle(self, *, username: str, again: bool, **options: str) -> None:
        user = self._known(username) if again else self._new(username, options)
        self.stdout.write(
            f"{user} chooses a password at this address of the site, once, within three"
            f" days:\n{password_link(user)}"
        )

    def _known(self, username: str) -> User:
        if user := User.objects.filter(username=username, is_active=True).first():
            return user
        raise CommandError(f"There is no active user “{username}”.")

    def _new(self, username: str, options: dict[str, str]) -> User:
        if not options["name"]:
            raise CommandError("Say --name: it stands beside every signature.")
        try:
            return add_user(
                username=username,
                name=options["name"],
                email=options["email"],
                by=None,
                at=timezone.now(),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
