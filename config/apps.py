from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Makes the Celery app the current one in every process, so tasks find it."""

    name = "config"

    def ready(self) -> None:
        import_module("config.celery")
