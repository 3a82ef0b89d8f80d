from importlib import import_module

from django.apps import AppConfig


class EncountersConfig(AppConfig):
    name = "alongside.encounters"

    def ready(self) -> None:
        """The one place that loads services: by the names that config lists."""
        from django.conf import settings

        from alongside.encounters.registry import registry

        registry.fill([import_module(f"{path}.service").SERVICE for path in settings.SERVICES])
