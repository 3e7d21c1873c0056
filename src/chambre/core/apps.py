"""The core app; it puts the append-only guards back after every migration."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from chambre.core.catalogues import compile_stale


def install_guards(using: str = "default", **kwargs: Any) -> None:
    """Put every append-only guard in place (idempotent)."""
    from chambre.core.db.guards import install_all

    install_all(connections[using])


class CoreConfig(AppConfig):
    """Core of the house."""

    name = "chambre.core"
    label = "core"
    verbose_name = "Chambre"

    def __init__(self, app_name: str, app_module: Any) -> None:
        super().__init__(app_name, app_module)
        # Django names its many-to-many tables while it reads models, and keeps the catalogue for it.
        compile_stale()

    def ready(self) -> None:
        """Reinstall the guards once all apps have migrated."""
        # The people they speak of exist from here on.
        from chambre.core.choosing import Sort, add_sorts
        from chambre.core.ui import slots, waiting

        codes = Sort("core.codes", _("codes to sign in and to sign"), always=True)
        add_sorts("core", _("Your account"), [codes])
        slots.add_menu(
            slots.MenuEntry(
                _("Work in the background"),
                "core:jobs",
                permission="core.see_jobs",
                order=90,
                section="house",
                icon="job",
            )
        )
        slots.add_panel(slots.Panel("waiting", waiting.panel, order=0))
        # post_migrate is sent per app; the last app in INSTALLED_APPS that has models decides.
        last = [config for config in apps.get_app_configs() if config.models_module][-1]
        post_migrate.connect(install_guards, sender=last, dispatch_uid="core.install_guards")
