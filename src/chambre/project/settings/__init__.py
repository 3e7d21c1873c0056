"""Settings of a running Chamber. Read them through ``django.conf.settings``."""

import os

# Importing a module of this package (the settings of the tests) must not read the environment of a
# running Chamber: the tests would then share its home.
if os.environ.get("DJANGO_SETTINGS_MODULE", __name__) == __name__:
    from chambre.project.settings.base import *  # noqa: F403  (the Django way to layer settings)
