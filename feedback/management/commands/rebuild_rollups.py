"""`manage.py rebuild_rollups`: count every bucket anew."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from feedback.actions.rollups import rebuild_all


class Command(BaseCommand):
    help = "Count every bucket anew from its rows; gives what the marks would give."

    def handle(self, **options: object) -> None:
        counted, removed = rebuild_all(at=timezone.now())
        self.stdout.write(f"{counted} buckets counted anew, {removed} removed.")
