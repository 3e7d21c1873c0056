"""Collects the static files (styles, scripts, fonts) when they changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from chambre.core.locks import file_lock


def fingerprint() -> str:
    """Changes as soon as a static file of an installed app changes."""
    sha = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            state = Path(storage.path(path)).stat()
            sha.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return sha.hexdigest()


def collect_if_stale() -> bool:
    """Collect, compress and name by content; whether that was needed.

    Safe when several processes start at once. Old files stay, for pages that are still open.
    """
    root = Path(settings.STATIC_ROOT)
    stamp = root / ".fingerprint"
    root.mkdir(parents=True, exist_ok=True)
    with file_lock(Path(settings.CHAMBRE_HOME) / "locks" / "static"):
        wanted = fingerprint()
        if stamp.exists() and stamp.read_text() == wanted:
            return False
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)
    return True
