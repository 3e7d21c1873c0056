"""Files that people bring in: kept once under their SHA-256, given only to those who may read them.

Example::

    stored = store(upload, name=upload.name, purpose="lens.fec", by=request.actor)
    with open_file(stored) as content:
        ...

An app says who may read its files with :func:`readable_by`; the uploader and the machine's
administrator always may.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.audit import audit
from chambre.core.errors import Forbidden, NotFound, TooLarge
from chambre.core.models import StoredFile

CHUNK = 1024 * 1024
FORGOTTEN_AFTER = 24 * 60 * 60
"""Seconds that content without an owner is kept, for a transaction that is still open."""


class Readable(Protocol):
    """Anything with ``read(size)``."""

    def read(self, size: int = -1, /) -> bytes:
        """At most ``size`` bytes; empty at the end."""


_readers: dict[str, Callable[[Actor, StoredFile], bool]] = {}


def readable_by(purpose: str) -> Callable[[Callable[[Actor, StoredFile], bool]], Any]:
    """Register who else may read the files of a purpose: ``(actor, file) -> bool``."""

    def register(function: Callable[[Actor, StoredFile], bool]) -> Any:
        _readers[purpose] = function
        return function

    return register


def may_read(by: Actor, file: StoredFile) -> bool:
    """Whether the actor may read the file."""
    reader = _readers.get(file.purpose)
    if file.actor == by.label[:254]:
        by = by.also("core.read_file")  # a key reads what it brought in itself
    return by.may("core.read_file", file) or (reader is not None and reader(by, file))


def folder() -> Path:
    """Where contents are kept."""
    return Path(settings.CHAMBRE_HOME) / "uploads"


def path_of(digest: str) -> Path:
    """Where the content with this SHA-256 is kept."""
    return folder() / digest[:2] / digest[2:4] / digest


def _chunks(source: Readable | Iterable[bytes]) -> Iterator[bytes]:
    """The content in pieces that fit in memory."""
    if hasattr(source, "chunks"):  # Django's uploaded files
        yield from source.chunks(CHUNK)
    elif hasattr(source, "read"):
        while chunk := source.read(CHUNK):
            yield chunk
    else:
        yield from source


def _keep(source: Readable | Iterable[bytes], limit: int) -> tuple[str, int]:
    """Write the content under its digest; digest and size.

    Raises:
        TooLarge: It is larger than ``limit`` bytes; nothing is kept.
    """
    waiting = folder() / "incoming"
    waiting.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = waiting / secrets.token_hex(16)
    sha, size = hashlib.sha256(), 0
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in _chunks(source):
                size += len(chunk)
                if size > limit:
                    raise TooLarge(limit=limit)
                sha.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        digest = sha.hexdigest()
        target = path_of(digest)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Also when the same content is there already: its age starts again, so that nobody
        # sweeps it away before our row is committed.
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return digest, size


def store(
    source: Readable | Iterable[bytes],
    *,
    name: str,
    purpose: str,
    by: Actor,
    content_type: str = "application/octet-stream",
    limit: int | None = None,
) -> StoredFile:
    """Keep a file. Authorize before: who may bring in what is the room's rule.

    Args:
        source: An uploaded file, an open binary file, or pieces of bytes.
        name: Its name, as the person knows it.
        purpose: ``app.thing``; decides who may read it.
        by: Who brings it in.
        content_type: What it says it is; it is served as a download all the same.
        limit: Largest size in bytes; by default the house's (``CHAMBRE_UPLOAD_LIMIT``).

    Raises:
        TooLarge: It is larger; nothing is kept.
    """
    digest, size = _keep(source, settings.CHAMBRE_UPLOAD_LIMIT if limit is None else limit)
    with transaction.atomic():
        file = StoredFile.objects.create(
            digest=digest,
            size=size,
            name=clean_name(name),
            content_type=content_type[:100],
            purpose=purpose,
            user=by.user,
            actor=by.label[:254],
        )
        audit(by, "core.file.stored", file, sha256=digest, size=size, purpose=purpose)
    return file


def clean_name(name: str) -> str:
    """The last part of a name, without what could mislead a file system or a header."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable()).strip(". ")[:200] or _("file")


def open_file(file: StoredFile) -> IO[bytes]:
    """Open the content for reading.

    Raises:
        NotFound: The content is not in the home (an incomplete backup was restored).
    """
    try:
        return path_of(file.digest).open("rb")
    except FileNotFoundError:
        raise NotFound(_("The content of this file is missing."), sha256=file.digest) from None


def is_intact(file: StoredFile) -> bool:
    """Whether the content is there and still has its SHA-256."""
    try:
        with path_of(file.digest).open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == file.digest
    except OSError:
        return False


@transaction.atomic
def discard(file: StoredFile, by: Actor) -> None:
    """Forget a file; its content goes away once nobody else's file has the same.

    Raises:
        Forbidden: Somebody else brought it in.
    """
    if not by.may("core.read_file", file):
        raise Forbidden(permission="core.read_file")
    audit(by, "core.file.discarded", file, sha256=file.digest)
    file.delete()


def sweep() -> int:
    """Remove contents that no file has (any more), a day after they came; how many."""
    removed = 0
    oldest = time.time() - FORGOTTEN_AFTER
    for path in folder().glob("*/**/*"):
        if not path.is_file() or path.stat().st_mtime > oldest:
            continue
        incoming = path.parent.name == "incoming"
        if incoming or not StoredFile.objects.filter(digest=path.name).exists():
            path.unlink(missing_ok=True)
            removed += 1
    return removed
