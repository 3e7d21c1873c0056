"""Files that anybody may take, to choose from."""

from __future__ import annotations

from django.db.models import QuerySet

from chambre.registry.models import Resource
from chambre.rooms.access.models import OpenFile

MOST = 200
"""How many files of other resources are offered, the newest ones."""


def files_to_derive_from(resource: Resource) -> QuerySet[OpenFile]:
    """The files that a file of a resource may have been made from: its own, and the newest of others.

    One that was put away is among them: what is made from it still names it.
    """
    newest = OpenFile.objects.filter(put_away=False).order_by("-id").values("id")[:MOST]
    others = OpenFile.objects.filter(pk__in=list(newest.values_list("id", flat=True)))
    rows = OpenFile.objects.filter(resource=resource) | others
    return rows.select_related("resource").order_by("title", "id")
