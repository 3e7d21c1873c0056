"""The composition root as a Django app: it holds no tables."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Pages and commands that join several floors."""

    name = "chambre.project"
    label = "project"
