"""The core's own checks."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from chambre.core import catalogues
from chambre.core.db import guards
from chambre.core.db.prepare import pending, unknown
from chambre.core.doctor import Finding, bad, check, good, warning
from chambre.core.liveness import is_alive
from chambre.core.models import Delivery, Job, Schedule, Worker

LEAST_DISK = 512 * 1024 * 1024
"""Bytes that should be free in the home."""
LATE = dt.timedelta(minutes=10)
"""How long something may wait before somebody should look."""
LEAST_POSTGRES = 150000


@check("database", gettext_lazy("Database"), ready=True)
def database() -> Finding:
    """The database answers; its version and how it writes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0]
        facts = {"vendor": "postgresql", "version": version}
        if getattr(connection, "pg_version", 0) < LEAST_POSTGRES:
            return bad(
                _("PostgreSQL %(version)s is too old.") % {"version": version},
                _("Use PostgreSQL 15 or newer."),
                **facts,
            )
        return good(_("PostgreSQL %(version)s answers.") % {"version": version}, **facts)
    return _sqlite()


def _sqlite() -> Finding:
    """Which SQLite, which journal, and whether its WAL can be trusted."""
    with connection.cursor() as cursor:
        mode, version, bundled = "", "", "pysqlite3" in sys.modules
        for query in ("SELECT sqlite_version()", "PRAGMA journal_mode", "PRAGMA quick_check(1)"):
            cursor.execute(query)
            answer = str(cursor.fetchone()[0])
            if query.startswith("SELECT"):
                version = answer
            elif "journal" in query:
                mode = answer
            elif answer != "ok":
                return bad(
                    _("The database file is damaged: %(what)s") % {"what": answer},
                    _("Stop everything and restore the last backup: chambre restore FILE"),
                )
    fixed = tuple(int(part) for part in version.split(".")) >= (3, 51, 3)
    facts = {
        "vendor": "sqlite",
        "version": version,
        "journal_mode": mode,
        "wal_reset_bug": not fixed,
        "bundled": bundled,
    }
    if mode == "wal" and not fixed:
        return bad(
            _("SQLite %(version)s can damage a database in WAL mode.") % {"version": version},
            _("Start the Chamber once: it switches to the rollback journal."),
            **facts,
        )
    if not fixed:
        return warning(
            _("SQLite %(version)s works, but readers wait while somebody writes.")
            % {"version": version},
            _("Install the newer library: pip install pysqlite3"),
            **facts,
        )
    return good(
        _("SQLite %(version)s answers (%(mode)s journal).") % {"version": version, "mode": mode},
        **facts,
    )


@check("migrations", gettext_lazy("Tables"), ready=True)
def migrations() -> Finding:
    """The tables are those of this version."""
    todo = len(pending(connection))
    if todo:
        text = ngettext(
            "%(count)d change of tables is waiting.",
            "%(count)d changes of tables are waiting.",
            todo,
        ) % {"count": todo}
        return bad(text, _("Run: chambre init"), pending=todo)
    newer = sorted(f"{label}.{name}" for label, name in unknown(connection))
    if newer:
        return bad(
            _("A newer version of the Chamber used this database."),
            _("Install that version again, or restore a backup."),
            unknown=newer,
        )
    return good(_("The tables are those of this version."), pending=0)


@check("guards", gettext_lazy("Guards of what is written once"), ready=True)
def guard_triggers() -> Finding:
    """Every trigger that protects append-only tables is there, as it was written, and alone."""
    gone, beside = guards.missing(connection), guards.strange(connection)
    count = len(guards.all_guards(connection.vendor)[2])
    if gone:
        text = ngettext(
            "%(count)d guard is missing or was changed: %(names)s",
            "%(count)d guards are missing or were changed: %(names)s",
            len(gone),
        ) % {"count": len(gone), "names": ", ".join(gone[:5])}
        advice = _("Find out who did it, then run: chambre doctor --repair")
        return bad(text, advice, missing=gone, strange=beside)
    if beside:
        text = _("This may get round the guards: %(name)s") % {"name": ", ".join(beside[:5])}
        advice = _("Find out who put it there, take it away, then run: chambre ledger verify")
        return bad(text, advice, missing=[], strange=beside)
    return good(_("%(count)d guards are in place.") % {"count": count}, guards=count, missing=[])


@check("catalogues", gettext_lazy("Languages"))
def catalogue_files() -> Finding:
    """The compiled catalogues are those of the sources."""
    stale = [str(path.relative_to(catalogues.PACKAGE)) for path in catalogues.stale()]
    if stale:
        advice = _("Make the folder of the program writable, or install it again.")
        return warning(_("Some translations are not up to date."), advice, stale=stale)
    return good(_("The translations are up to date."))


@check("disk", gettext_lazy("Disk"))
def disk() -> Finding:
    """There is room left."""
    free = shutil.disk_usage(settings.CHAMBRE_HOME).free
    text = _("%(free)d MB are free.") % {"free": free // 1024**2}
    if free < LEAST_DISK:
        return bad(text, _("Make room before the database can no longer be written."), free=free)
    return good(text, free=free)


@check("mail", gettext_lazy("Mail"))
def mail() -> Finding:
    """Messages can leave."""
    if settings.EMAIL_BACKEND.endswith("letters.FileBackend"):
        path = str(getattr(settings, "EMAIL_FILE_PATH", ""))
        text = _("Messages are written as files in %(path)s.") % {"path": path}
        if settings.CHAMBRE_DEMO:
            return good(text, path=path)
        advice = _("Nobody gets their sign-in code by e-mail: set CHAMBRE_EMAIL_URL.")
        return warning(text, advice, path=path)
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return _smtp()
    return good(settings.EMAIL_BACKEND)


def _smtp() -> Finding:
    """The mail server answers."""
    from django.core.mail import get_connection

    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with get_connection(timeout=5):
            pass
    except OSError as error:
        text = _("The mail server %(server)s does not answer: %(error)s")
        return bad(text % {"server": server, "error": error}, _("Check CHAMBRE_EMAIL_URL."))
    return good(_("The mail server %(server)s answers.") % {"server": server}, server=server)


@check("worker", gettext_lazy("Background work"))
def worker() -> Finding:
    """Somebody does the background work."""
    alive = [row for row in Worker.objects.all() if is_alive(row.pk)]
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    oldest = waiting.aggregate(oldest=Min("enqueued_at"))["oldest"]
    facts = {"workers": len(alive), "waiting": waiting.count()}
    if not alive:
        text = _("No worker is running.")
        advice = _("Start one: chambre serve (or chambre worker)")
        return bad(text, advice, **facts) if oldest else warning(text, advice, **facts)
    if oldest and timezone.now() - oldest > LATE:
        text = _("Work has been waiting since %(when)s.")
        when = timezone.localtime(oldest).strftime("%H:%M")
        return warning(text % {"when": when}, _("Start more workers: chambre worker"), **facts)
    return good(
        ngettext("%(count)d worker is running.", "%(count)d workers are running.", len(alive))
        % {"count": len(alive)},
        **facts,
    )


@check("outbox", gettext_lazy("Events"))
def outbox() -> Finding:
    """What happened is told to those who want to hear it."""
    parked = Delivery.objects.filter(state=Delivery.State.PARKED)
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
    facts = {"waiting": waiting.count(), "parked": parked.count()}
    if parked.exists():
        handlers = ", ".join(sorted(set(parked.values_list("handler", flat=True)))[:5])
        return bad(
            ngettext(
                "%(count)d event was set aside after too many failures (%(handlers)s).",
                "%(count)d events were set aside after too many failures (%(handlers)s).",
                facts["parked"],
            )
            % {"count": facts["parked"], "handlers": handlers},
            _("Mend the cause (it is in the log), then run: chambre doctor --repair"),
            **facts,
        )
    oldest = waiting.aggregate(oldest=Min("event__emitted_at"))["oldest"]
    if oldest and timezone.now() - oldest > LATE:
        return warning(_("Events are waiting."), _("Is a worker running?"), **facts)
    return good(_("No event is waiting for long."), **facts)


@check("jobs", gettext_lazy("Jobs"))
def jobs() -> Finding:
    """No job is stuck."""
    running = Job.objects.filter(state=Job.State.RUNNING)
    stuck = [str(job.pk) for job in running if job.worker and not is_alive(job.worker)]
    if stuck:
        text = ngettext(
            "%(count)d job is left from a worker that died.",
            "%(count)d jobs are left from a worker that died.",
            len(stuck),
        ) % {"count": len(stuck)}
        return warning(text, _("The next worker finishes them: chambre worker"), stuck=stuck)
    failed = Schedule.objects.exclude(error="")
    if failed.exists():
        names = ", ".join(failed.values_list("name", flat=True))
        return warning(_("Regular work failed: %(names)s") % {"names": names}, _("See the log."))
    return good(_("No job is stuck."), running=running.count())


@check("secrets", gettext_lazy("Secrets"))
def secrets() -> Finding:
    """Nobody else on the machine reads the secrets and the database."""
    home = Path(settings.CHAMBRE_HOME)
    if os.name == "nt":  # pragma: no cover - Windows has no such modes
        return good(_("Not checked on this system."))
    names = ("secret-key", "chambre.sqlite3", "uploads", "mail")
    open_ones = [
        name
        for name in names
        if (home / name).exists() and stat.S_IMODE((home / name).stat().st_mode) & 0o077
    ]
    if open_ones and stat.S_IMODE(home.stat().st_mode) & 0o077:
        text = _("Others on this machine may read: %(names)s") % {"names": ", ".join(open_ones)}
        return warning(text, _("Run: chmod -R go= %(home)s") % {"home": home}, open=open_ones)
    return good(_("Only the owner reads the secrets."))


@check("safety", gettext_lazy("Safety of the site"))
def safety() -> Finding:
    """Settings that a public site must not have."""
    if settings.DEBUG:
        return bad(_("DEBUG is on: pages show secrets when something fails."), _("Turn it off."))
    public = [name for name in settings.ALLOWED_HOSTS if name not in LOCAL]
    if public and not settings.SESSION_COOKIE_SECURE:
        return warning(
            _("The site is public but not declared as HTTPS."),
            _("Put it behind HTTPS and set CHAMBRE_HTTPS=1."),
            hosts=public,
        )
    if public and settings.CHAMBRE_DEMO:
        return warning(_("This is a demonstration: anybody signs in."), "", hosts=public)
    return good(_("The settings are safe."))


LOCAL = {"localhost", "127.0.0.1", "[::1]"}
