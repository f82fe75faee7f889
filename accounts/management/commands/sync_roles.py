"""`manage.py sync_roles`: one group for each role of `settings.ROLES`."""

from django.conf import settings
from django.core.management.base import BaseCommand

from accounts.actions import sync_roles


class Command(BaseCommand):
    help = "Make a group of each role in settings.ROLES."

    def handle(self, **options: object) -> None:
        groups = sync_roles(roles=settings.ROLES)
        self.stdout.write(f"{len(groups)} roles: {', '.join(map(str, groups))}")
