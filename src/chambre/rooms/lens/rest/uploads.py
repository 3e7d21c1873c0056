"""Files that come with a request: small ones are worked on at once, large ones by a job."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ninja.files import UploadedFile

from chambre.core import files
from chambre.core.actors import Actor
from chambre.core.jobs import start_job
from chambre.core.models import Job

AT_ONCE = 4 * 1024 * 1024
"""Bytes of text, about 35,000 lines: a few seconds of work."""
PACKED = 20
"""How many times larger a packed file may well be once it is unpacked."""


def at_once(uploads: Sequence[UploadedFile], background: bool | None) -> bool:
    """Whether the answer can wait for the work."""
    if background is not None:
        return not background
    packed = (".gz", ".zip")
    sizes = (
        (each.size or 0) * (PACKED if str(each.name).lower().endswith(packed) else 1)
        for each in uploads
    )
    return sum(sizes) <= AT_ONCE


@contextmanager
def brought(uploads: Sequence[UploadedFile]) -> Iterator[list[Path]]:
    """The uploads as files, under the names that they came with; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="chambre-fec-") as folder:
        paths = []
        for number, upload in enumerate(uploads):
            place = Path(folder) / str(number)
            place.mkdir()
            path = place / files.clean_name(str(upload.name or "FEC"))
            with path.open("wb") as copy:
                shutil.copyfileobj(upload, copy)
            paths.append(path)
        yield paths


def source(paths: list[Path]) -> Path | list[Path]:
    """One file, or the parts of one, as the services take them."""
    return paths if len(paths) > 1 else paths[0]


def later(kind: str, by: Actor, uploads: Sequence[UploadedFile], **params: Any) -> Job:
    """Keep the uploads and have the work done in the background."""
    purpose = "lens.check" if kind == "lens.check" else "lens.fec"
    stored = [
        str(files.store(each, name=str(each.name), purpose=purpose, by=by).pk) for each in uploads
    ]
    return start_job(kind, by, stored=stored, **params)
