"""Files that anybody may take: put there with licence and lineage, counted when they are taken."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from chambre.core import files
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.core.models import StoredFile
from chambre.registry import api as registry
from chambre.registry.models import Resource
from chambre.rooms.access.models import OpenFile, TakenCount

PURPOSE = "access.open"
OPEN = (
    "CC0-1.0", "CC-BY-", "CC-BY-SA-", "CERN-OHL-", "GPL-", "LGPL-", "AGPL-", "MIT", "APACHE-2.0", "BSD-",
    "ODBL-", "ODC-BY-", "PDDL-", "ETALAB-2.0", "LO-2.0", "LAL-", "FAL-", "OFL-", "EUPL-", "MPL-", "TAPR-OHL",
    "SOLDERPAD", "PUBLIC DOMAIN", "DOMAINE PUBLIC",
)  # fmt: skip
"""How names of open licences begin (SPDX); others are not open, and the file is not put here."""
_CLOSED = ("-NC", "-ND")


@files.readable_by(PURPOSE)
def _anybody(by: Actor, file: StoredFile) -> bool:
    """Anybody, as long as it is not put away."""
    return OpenFile.objects.filter(file=file, put_away=False).exists()


def is_open(licence: str) -> bool:
    """Whether a licence, by its name, leaves everybody free to use, share and change."""
    name = licence.strip().upper()
    return name.startswith(OPEN) and not any(part in name for part in _CLOSED)


@transaction.atomic
def put_file(
    *, resource: Resource, content: Any, name: str, title: str, licence: str, by: Actor,
    author: str = "", derived_from: OpenFile | None = None, source: str = "", changes: str = "",
) -> OpenFile:  # fmt: skip
    """Put a file where anybody may take it.

    Args:
        resource: What it belongs to.
        content: The bytes, or an open file.
        name: Of the file.
        title: What it is.
        licence: Its short name (SPDX), or “public domain”.
        by: The steward of the resource, or the chamber's administrator.
        author: Who made it.
        derived_from: The file here that it was made from.
        source: What it was made from elsewhere.
        changes: What was changed.

    Raises:
        Forbidden: ``by`` is neither.
        Invalid: The licence is not an open one.
        TooLarge: The file is larger than the house takes.
    """
    authorize(by, "access.keep_files", resource)
    if not is_open(licence):
        words = _("This is not an open licence that we know: CC-BY-SA-4.0, CC0-1.0, public domain…")
        raise Invalid(words, fields={"licence": [words]})
    stored = files.store(content, name=name, purpose=PURPOSE, by=by)
    row = OpenFile.objects.create(
        resource=resource, file=stored, title=title.strip()[:200], licence=licence.strip()[:60],
        author=author.strip()[:200], derived_from=derived_from, source=source.strip()[:500],
        changes=changes.strip()[:500], made_by=by.label[:254],
    )  # fmt: skip
    audit(by, "access.file.put", row, licence=row.licence)
    return row


@transaction.atomic
def put_away(*, file: OpenFile, by: Actor) -> OpenFile:
    """Show a file no more; what was made from it still names it.

    Raises:
        Forbidden: ``by`` does not keep the files of the resource.
    """
    authorize(by, "access.keep_files", file.resource)
    OpenFile.objects.filter(pk=file.pk).update(put_away=True)
    file.put_away = True
    audit(by, "access.file.put-away", file)
    return file


@transaction.atomic
def count_taken(*, file: OpenFile) -> None:
    """Count that a file was taken today; by whom is nobody's business."""
    day = registry.today()
    row, _made = TakenCount.objects.get_or_create(file=file, day=day)
    TakenCount.objects.filter(pk=row.pk).update(count=F("count") + 1)
