"""The files that imports were made from: remembered, and open to who may read the books."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from chambre.core.actors import Actor
from chambre.core.files import readable_by, store
from chambre.core.models import StoredFile
from chambre.rooms.lens.models import FecImport, ImportedFile

PURPOSE = "lens.fec"


@readable_by(PURPOSE)
def may_read_import(by: Actor, file: StoredFile) -> bool:
    """Whether the books that a file was imported into are open to somebody."""
    rows = ImportedFile.objects.filter(file=file.pk).select_related("record__book__structure")
    return any(by.may("lens.read_books", row.record.book.structure) for row in rows)


def remember(record: FecImport, stored: Sequence[StoredFile]) -> None:
    """Write down which kept files an import was made from."""
    for file in stored:
        ImportedFile.objects.create(
            record=record, file=file.pk, name=file.name, sha256=file.digest, size=file.size
        )


@transaction.atomic
def keep_paths(record: FecImport, paths: Sequence[Path], by: Actor) -> None:
    """Keep the files of an import that was made from the machine's own disk.

    Args:
        record: The import, just made.
        paths: Its files, whatever their size.
        by: Who imported.
    """
    kept = []
    for path in paths:
        with path.open("rb") as content:
            size = path.stat().st_size
            kept.append(store(content, name=path.name, purpose=PURPOSE, by=by, limit=size))
    remember(record, kept)
