"""The ASGI application for WebSockets: those who follow the events of a named query."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chambre.project.settings")
django.setup()

from chambre.epcis.binding.streaming import application  # noqa: E402 - Django is there from here on

__all__ = ["application"]
