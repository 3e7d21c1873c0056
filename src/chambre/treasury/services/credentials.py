"""Secrets of providers: one file each in the home, which only the house's own account reads."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings


def _path(public_id: str) -> Path:
    return Path(settings.CHAMBRE_HOME) / "secrets" / "providers" / f"{public_id}.json"


def keep(public_id: str, secrets: Mapping[str, str]) -> None:
    """Write the secrets of a provider's account, in place of those that were there.

    The file is written beside and moved, so that nobody reads half of it.
    """
    path = _path(public_id)
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(dict(secrets), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read(public_id: str) -> dict[str, str]:
    """The secrets of a provider's account; none when the file is not there."""
    try:
        content = _path(public_id).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    return {str(name): str(value) for name, value in json.loads(content).items()}
