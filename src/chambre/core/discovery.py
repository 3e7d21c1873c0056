"""Finds the modules that apps may have: ``hooks``, ``tasks``, ``cli``, ``rest``, ``demo``."""

from __future__ import annotations

import importlib
from functools import cache
from importlib.util import find_spec
from types import ModuleType

from django.apps import AppConfig, apps


def house_apps() -> list[AppConfig]:
    """The apps of the house in the order of the settings: lower floors first."""
    return [config for config in apps.get_app_configs() if config.name.startswith("chambre.")]


def module_of(config: AppConfig, name: str) -> ModuleType | None:
    """A module of an app, or nothing when the app has none of that name."""
    path = f"{config.name}.{name}"
    return importlib.import_module(path) if find_spec(path) else None


@cache
def discover(name: str, *, with_project: bool = False) -> tuple[tuple[str, ModuleType], ...]:
    """``(app label, module)`` of every app of the house that has a module of that name.

    The composition root is left out unless it is asked for: its modules are those that ask.
    """
    found = (
        (config.label, module_of(config, name))
        for config in house_apps()
        if with_project or config.label != "project"
    )
    return tuple((label, module) for label, module in found if module is not None)
