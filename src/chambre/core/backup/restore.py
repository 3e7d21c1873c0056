"""Restoring a backup into an empty house."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core import files
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.backup import load
from chambre.core.backup.manifest import (
    BadBackup,
    InUse,
    Manifest,
    NotEmpty,
    extract,
    read_manifest,
)
from chambre.core.db.prepare import create_database, migrations_on_disk, prepare
from chambre.core.liveness import is_alive
from chambre.core.models import AuditEntry, User, Worker


def restore_backup(path: Path, *, by: Actor, force: bool = False) -> Manifest:
    """Make this house the one of the backup.

    Every byte of the file is checked before anything here is touched.

    Args:
        path: The backup.
        by: Who restores it.
        force: Also when there is something here. The SQLite file that was here is kept beside;
            on PostgreSQL what was here is gone.

    Raises:
        Forbidden: ``by`` does not look after the machine.
        BadBackup: It is not a backup, is damaged, or was made by a newer version.
        NotEmpty: There are people or records here.
        InUse: A worker is running here.
    """
    authorize(by, "core.administer")
    home = Path(settings.CHAMBRE_HOME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=home, prefix=".restore-") as name:
        folder = Path(name)
        manifest = _unpack(path, folder)
        create_database(connection)
        _check_target(force=force)
        if connection.vendor == "sqlite":
            _into_sqlite(folder, manifest, home)
        else:
            load.into_postgres(folder, manifest)
        _put_files(folder, home)
    prepare()
    audit(by, "core.backup.restored", version=manifest.version, made_at=manifest.made_at)
    return manifest


def _unpack(path: Path, folder: Path) -> Manifest:
    """Check the backup and unpack it beside."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = read_manifest(archive)
            known = {f"{app}.{name}" for app, name in migrations_on_disk()}
            newer = [name for name in manifest.migrations if _is_ours(name) and name not in known]
            if newer:
                raise BadBackup(
                    _("This backup was made by a newer version of the Chamber."), unknown=newer
                )
            extract(archive, manifest, folder)
    except (OSError, zipfile.BadZipFile) as error:
        raise BadBackup(_("This file is not a backup of a Chamber.")) from error
    return manifest


def _is_ours(migration: str) -> bool:
    """Whether a migration is of an app that is installed here."""
    return migration.partition(".")[0] in {app for app, _name in migrations_on_disk()}


def _check_target(*, force: bool) -> None:
    """Nobody is at work here, and nothing would be lost."""
    tables = set(connection.introspection.table_names())
    if Worker._meta.db_table in tables and any(is_alive(row.pk) for row in Worker.objects.all()):
        raise InUse(_("The Chamber is running here. Stop it first."))
    if force:
        return
    for model in (User, AuditEntry):
        if model._meta.db_table in tables and model.objects.exists():
            raise NotEmpty(
                _("There is a Chamber here already. Restore into an empty home, or add --force.")
            )


def _into_sqlite(folder: Path, manifest: Manifest, home: Path) -> None:
    """Put the database file in its place; the one that was here is kept beside."""
    source = folder / "database.sqlite3"
    if manifest.vendor != "sqlite":
        load.build_sqlite(source, folder, manifest)
    load.check_sqlite(source, manifest)
    target = Path(connection.settings_dict["NAME"])
    empty = not connection.introspection.table_names()
    connection.close()
    if empty:
        target.unlink(missing_ok=True)  # the question itself made it
    if target.exists():
        stamp = timezone.now().strftime("%Y%m%d-%H%M%S")
        for suffix in ("", "-wal", "-shm", "-journal"):
            old = target.with_name(target.name + suffix)
            if old.exists():
                os.replace(old, home / f"before-restore-{stamp}.sqlite3{suffix}")
    source.chmod(0o600)
    shutil.move(source, target)


def _put_files(folder: Path, home: Path) -> None:
    """Uploads, pages, and what else was in the home."""
    for source in sorted((folder / "uploads").glob("*/*/*")):
        target = files.path_of(source.name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(source, target)
    for source in sorted((folder / "pages").glob("*.md")):
        (home / "pages").mkdir(exist_ok=True)
        os.replace(source, home / "pages" / source.name)
    for name in ("demo", "secret-key"):
        if (folder / name).exists():
            (folder / name).chmod(0o600)
            os.replace(folder / name, home / name)
