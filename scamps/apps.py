from django.apps import AppConfig


class ScampsConfig(AppConfig):
    name = "scamps"
