"""Celery's way in. Safe to kill, to repeat and to run many times at once."""

from celery import shared_task
from django.utils import timezone

from feedback.actions.rollups import refresh_all
from feedback.actions.runs import carry_on, carry_on_all
from feedback.models import ReplayRun


@shared_task(acks_late=True, ignore_result=True)
def refresh_rollups() -> None:
    """Count every marked bucket anew. Beat asks for it every two seconds."""
    refresh_all(at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def run_replay(run_id: int) -> None:
    """Work at one replay, which was just asked for."""
    carry_on(run=ReplayRun.objects.get(pk=run_id), at=timezone.now())


@shared_task(acks_late=True, ignore_result=True)
def go_on_with_replays() -> None:
    """Work at all replays that nobody is at, a killed worker's too. Beat asks for it."""
    carry_on_all(at=timezone.now())
