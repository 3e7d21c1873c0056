"""What a backup says of itself, and reading its parts with care."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from chambre.core.errors import ChambreError

FORMAT = 1
NAME = "manifest.json"
CHUNK = 1024 * 1024
LEFT_OUT = (
    "django_session",
    "core_cache",
    "core_ratecount",
    "core_worker",
    "usersessions_usersession",
)
"""Tables whose rows are nobody's memory."""


class BadBackup(ChambreError):
    """The file is not a backup, or is damaged, or was made by a newer version."""

    code = "backup.bad"
    status = 422


class NotEmpty(ChambreError):
    """There is something here already that a restore would replace."""

    code = "backup.not-empty"


class InUse(ChambreError):
    """The house is running."""

    code = "backup.in-use"


@dataclass(slots=True)
class Manifest:
    """What is in a backup.

    Attributes:
        format: Number of this format.
        version: Version of the software that made it.
        made_at: When, in UTC.
        vendor: ``sqlite`` or ``postgresql``: the form of the database in it.
        migrations: ``app.name`` of every migration that the database had.
        rows: Number of rows of each table.
        sequences: Last value of each PostgreSQL sequence.
        parts: ``{name: {"sha256": …, "size": …}}`` of every other file of the zip.
        with_secret: Whether the key that signs sessions is in it.
    """

    version: str
    made_at: str
    vendor: str
    migrations: list[str]
    rows: dict[str, int]
    with_secret: bool
    sequences: dict[str, int] = field(default_factory=dict)
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT


class Writer:
    """Writes the parts of a backup and remembers what each one is."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.parts: dict[str, dict[str, Any]] = {}

    def add(self, name: str, source: IO[bytes] | Any) -> None:
        """Add a part from an open binary file or from pieces of bytes."""
        sha, size = hashlib.sha256(), 0
        with self.archive.open(name, "w", force_zip64=True) as target:
            chunks = iter(lambda: source.read(CHUNK), b"") if hasattr(source, "read") else source
            for chunk in chunks:
                sha.update(chunk)
                size += len(chunk)
                target.write(chunk)
        self.parts[name] = {"sha256": sha.hexdigest(), "size": size}

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, last."""
        manifest.parts = self.parts
        self.archive.writestr(NAME, json.dumps(asdict(manifest), indent=1, ensure_ascii=False))


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """The manifest of a backup.

    Raises:
        BadBackup: It is not one, or of a format that this version does not know.
    """
    try:
        data = json.loads(archive.read(NAME))
        if data["format"] > FORMAT:
            raise BadBackup(_("This backup was made by a newer version of the Chamber."))
        return Manifest(**data)
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise BadBackup(_("This file is not a backup of a Chamber.")) from error


def extract(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> None:
    """Unpack every part below a folder, checking each byte against the manifest.

    Raises:
        BadBackup: A part is missing, too many, damaged, or would go somewhere else.
    """
    names = {name for name in archive.namelist() if name != NAME}
    if names != set(manifest.parts):
        raise BadBackup(_("This backup is incomplete or was changed."))
    for name, expected in manifest.parts.items():
        target = (folder / name).resolve()
        if folder.resolve() not in target.parents:
            raise BadBackup(_("This backup is incomplete or was changed."), part=name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        sha, size = hashlib.sha256(), 0
        try:
            with archive.open(name) as source, target.open("wb") as file:
                while chunk := source.read(CHUNK):
                    size += len(chunk)
                    if size > expected["size"]:
                        break  # more than it says of itself: a bomb, or damage
                    sha.update(chunk)
                    file.write(chunk)
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            raise BadBackup(
                _("A part of this backup is damaged: %(part)s") % {"part": name}
            ) from error
        if (sha.hexdigest(), size) != (expected["sha256"], expected["size"]):
            raise BadBackup(_("A part of this backup is damaged: %(part)s") % {"part": name})
