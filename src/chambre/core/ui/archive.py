"""The running source as a zip file, so that whoever uses this Chamber over a network can have it.

AGPL-3.0 section 13: the source that is offered must be the one that runs, local changes included.
So it is read from the installed package, not linked to a forge.
"""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from pathlib import Path

import chambre

_LEFT_OUT = {"__pycache__"}
_ENDINGS_LEFT_OUT = {".pyc", ".mo"}
_BESIDE = (
    "pyproject.toml",
    "LICENSE",
    "README.md",
    "requirements/run.lock",
    "requirements/dev.lock",
)
_EPOCH = (1980, 1, 1, 0, 0, 0)


def _files() -> list[tuple[str, Path]]:
    """Name in the archive and place on disk of each source file, in order."""
    package = Path(chambre.__file__).resolve().parent
    found = [
        (f"chambre/src/chambre/{path.relative_to(package).as_posix()}", path)
        for path in sorted(package.rglob("*"))
        if path.is_file()
        and not _LEFT_OUT & set(path.parts)
        and path.suffix not in _ENDINGS_LEFT_OUT
    ]
    clone = package.parent.parent
    if (clone / "pyproject.toml").is_file():
        found += [(f"chambre/{name}", clone / name) for name in _BESIDE if (clone / name).is_file()]
    return found


@lru_cache(maxsize=1)
def _bytes() -> bytes:
    """The archive, made once per process; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in _files():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def source_zip() -> io.BytesIO:
    """The source of the running program as a zip file."""
    return io.BytesIO(_bytes())
