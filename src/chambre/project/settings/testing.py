"""Settings of the tests: SQLite in a file by default, PostgreSQL with ``CHAMBRE_TEST_DB=postgres``.

``CHAMBRE_TEST_DB=postgres`` starts the PostgreSQL that comes as a wheel; a URL in the same
variable points at a server that is there already.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_own_home = "CHAMBRE_TEST_HOME" not in os.environ
if _own_home:
    os.environ["CHAMBRE_TEST_HOME"] = tempfile.mkdtemp(prefix="chambre-test-")
    atexit.register(shutil.rmtree, os.environ["CHAMBRE_TEST_HOME"], ignore_errors=True)
os.environ["CHAMBRE_HOME"] = os.environ["CHAMBRE_TEST_HOME"]
os.environ.pop("DATABASE_URL", None)

from chambre.project.settings.base import *  # noqa: E402, F403
from chambre.project.settings.base import (  # noqa: E402
    CHAMBRE_HOME,
    STORAGES,
    postgres_database,
)
from chambre.project.settings.sqlite import sqlite_database  # noqa: E402

SECRET_KEY = "only-for-tests"  # noqa: S105
DEBUG = False
CHAMBRE_LOG_LEVEL = "WARNING"  # one line for each request would bury what a failing test says
ALLOWED_HOSTS = ["*"]

(Path(CHAMBRE_HOME) / "static").mkdir(exist_ok=True)  # whitenoise warns when it is missing

_which = os.environ.get("CHAMBRE_TEST_DB", "sqlite")
if _which == "postgres":
    if "CHAMBRE_TEST_PG_URL" not in os.environ:
        from chambre.core.tests import server

        os.environ["CHAMBRE_TEST_PG_URL"] = server.start()
    DATABASES = {"default": postgres_database(os.environ["CHAMBRE_TEST_PG_URL"])}
elif _which == "sqlite":
    DATABASES = {"default": sqlite_database(Path(CHAMBRE_HOME) / "chambre.sqlite3")}
else:
    DATABASES = {"default": postgres_database(_which)}
DATABASES["default"]["CONN_MAX_AGE"] = 0
# What is committed outlives a killed process all the same; it need not outlive a power cut.
if _which == "sqlite":
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
else:
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
if _which != "sqlite":
    # Two runs at once on one server must not share a database.
    DATABASES["default"]["TEST"] = {"NAME": f"test_chambre_{os.getpid()}"}

STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
