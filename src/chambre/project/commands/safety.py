"""``chambre doctor``, ``backup``, ``restore``."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from django.db import connection
from django.utils.translation import gettext as _

from chambre.core import backup as backups
from chambre.core import doctor as checks
from chambre.core.audit import audit
from chambre.core.backup.make import default_path
from chambre.core.cli import administrator, json_option, show, without_database
from chambre.core.db import guards
from chambre.core.db.prepare import NewerDatabase, prepare
from chambre.core.hooks import retry_parked

MARKS = {"ok": "✓", "warning": "!", "error": "✗"}


@without_database
@click.command()
@click.option("--repair", is_flag=True, help="Put missing guards back and try parked events again.")
@json_option
@click.pass_context
def doctor(ctx: click.Context, repair: bool, as_json: bool) -> None:
    """Say what is wrong with this Chamber, and what to do about it."""
    with suppress(NewerDatabase):  # one of the checks says so, among the others
        prepare()
    if repair:
        gone = guards.missing(connection)
        guards.install_all(connection)
        parked = retry_parked()
        if gone or parked:
            audit(administrator(), "core.doctor.repaired", guards=gone, events=parked)
    findings = checks.examine()
    data = checks.as_data(findings)
    lines = []
    for check, finding in findings:
        lines.append(f"{MARKS[finding.level]} {check.title}: {finding.message}")
        if finding.advice:
            lines.append(f"  → {finding.advice}")
    show(data, as_json, lines)
    if not data["ok"]:
        ctx.exit(1)


def verify() -> dict[str, Any] | None:
    """What the ledger says of itself, where there is one."""
    if not find_spec("chambre.ledger.api"):
        return None
    api = import_module("chambre.ledger.api")
    if not hasattr(api, "verify"):
        return None
    result = api.verify()
    return dict(result) if isinstance(result, dict) else dict(result.as_json())


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-secret", is_flag=True, help="Also the key that signs sessions. Keep it safe.")
@json_option
def backup(file: Path | None, with_secret: bool, as_json: bool) -> None:
    """Write the whole Chamber into FILE, while it is in use.

    Without FILE, into the folder backups of the home. It restores on SQLite and on PostgreSQL.
    """
    path = (file or default_path()).absolute()
    manifest = backups.make_backup(path, by=administrator(), with_secret=with_secret)
    size = path.stat().st_size
    show(
        {
            "file": str(path),
            "size": size,
            "made_at": manifest.made_at,
            "database": manifest.vendor,
            "rows": sum(manifest.rows.values()),
            "files": sum(name.startswith("uploads/") for name in manifest.parts),
            "with_secret": manifest.with_secret,
        },
        as_json,
        _("Written: %(file)s (%(size)d kB).") % {"file": path, "size": size // 1024},
    )


@without_database
@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the Chamber that is here.")
@json_option
@click.pass_context
def restore(ctx: click.Context, file: Path, force: bool, as_json: bool) -> None:
    """Make this Chamber the one of the backup FILE, and verify its ledger."""
    manifest = backups.restore_backup(file, by=administrator(), force=force)
    verdict = verify()
    fine = verdict is None or bool(verdict["ok"])
    text = _("Restored: %(rows)d rows, made on %(when)s.")
    lines = [text % {"rows": sum(manifest.rows.values()), "when": manifest.made_at}]
    if verdict is not None:
        lines.append(_("The ledger is intact.") if fine else _("The ledger is NOT intact:"))
        lines += [f"  {problem}" for problem in verdict.get("problems", [])]
    show(
        {
            "ok": fine,
            "database": connection.vendor,
            "made_at": manifest.made_at,
            "rows": sum(manifest.rows.values()),
            "ledger": verdict,
        },
        as_json,
        lines,
    )
    if not fine:
        ctx.exit(1)
