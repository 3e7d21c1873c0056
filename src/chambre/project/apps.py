"""The composition root as a Django app: it holds no tables."""

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings


def _people() -> list[Any]:
    """The demonstration's people; tables are there only once the apps are ready."""
    people: list[Any] = import_module("chambre.project.demo").people()
    return people


class ProjectConfig(AppConfig):
    """Pages and commands that join several floors."""

    name = "chambre.project"
    label = "project"

    def ready(self) -> None:
        """Say who can be signed in as on the first page of the demonstration."""
        if settings.CHAMBRE_DEMO:
            import_module("chambre.core.ui.slots").register_demo_people(_people)
