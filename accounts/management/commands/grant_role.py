"""`manage.py grant_role USERNAME ROLE SITE [--until DAY]`, or `--end`."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actions import (
    DemoUserStaysInSandbox,
    NoSuchRole,
    RoleIsReserved,
    end_membership,
    grant_role,
)
from accounts.models import Membership, Site, User


class Command(BaseCommand):
    help = "Give a user a role at a site, or end it with --end (from tomorrow)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", help="one of settings.ROLES")
        parser.add_argument("site", help="the site's key")
        parser.add_argument("--until", type=date.fromisoformat, help="its last day")
        parser.add_argument("--end", action="store_true", help="today is its last day")

    def handle(
        self, *, username: str, role: str, site: str, end: bool, **options: object
    ) -> None:
        try:
            user = User.objects.get(username=username)
            place = Site.objects.get(key=site)
            words = (
                self._end(user, role, place)
                if end
                else self._grant(user, role, place, options["until"])
            )
        except (User.DoesNotExist, Site.DoesNotExist, NoSuchRole) as error:
            raise CommandError(f"Not known: {error}") from error
        except RoleIsReserved as error:
            raise CommandError(f"“{error}” is kept for later.") from error
        except DemoUserStaysInSandbox as error:
            raise CommandError(f"A demo user stays in the sandbox: {error}") from error
        self.stdout.write(words)

    def _grant(self, user: User, role: str, site: Site, until: date | None) -> str:
        now = timezone.now()
        grant_role(
            user=user,
            role=role,
            site=site,
            starts_on=now.date(),
            ends_on=until,
            by=None,
            at=now,
        )
        return f"{user} is {role} at {site}{f' until {until}' if until else ''}."

    def _end(self, user: User, role: str, site: Site) -> str:
        now = timezone.now()
        held = Membership.objects.current().filter(
            user=user, role__name=role, site=site
        )
        for membership in held:
            end_membership(membership=membership, on=now.date(), by=None, at=now)
        return f"{user} is no longer {role} at {site} from tomorrow."
