"""Celery's way in. Safe to repeat."""

from celery import shared_task
from django.utils import timezone

from accounts.actions import parking


@shared_task(acks_late=True, ignore_result=True)
def forget_parked_forms() -> None:
    """Delete what was kept for its author long enough."""
    parking.purge(at=timezone.now())
