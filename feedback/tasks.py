"""Celery's way in. Safe to kill, to repeat and to run many times at once."""

from celery import shared_task
from django.utils import timezone

from feedback.actions.rollups import refresh_all


@shared_task(acks_late=True, ignore_result=True)
def refresh_rollups() -> None:
    """Count every marked bucket anew. Beat asks for it every two seconds."""
    refresh_all(at=timezone.now())
