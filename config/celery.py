"""The Celery app: `celery -A config.celery worker`, and the same with `beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("scamps")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
