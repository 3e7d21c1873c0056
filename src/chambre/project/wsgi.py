"""The WSGI application that granian (or any server) runs."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chambre.project.settings")
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402 - Django is there from here on

# Load every address now: the first visitor must not wait for it.
get_resolver().url_patterns  # noqa: B018

# What is loaded now stays: the garbage collector need not walk through all of it each time that it
# looks for the rest, which takes a tenth of a second while somebody waits.
gc.freeze()
