"""Settings of a running Chamber. Read them through ``django.conf.settings``."""

from chambre.project.settings.base import *  # noqa: F403  (the Django way to layer settings)
