"""Files of products that are looked at on a page before they are brought in."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core import files
from chambre.core.actors import Actor, authorize
from chambre.core.errors import Conflict, NotFound
from chambre.core.models import StoredFile
from chambre.rooms.shop.models import Arrival, Shop
from chambre.rooms.shop.services.moving.bringing import (
    Outcome,
    Progress,
    bring_products,
    look_at,
)
from chambre.rooms.shop.services.moving.reading import Reading

PURPOSE = "shop.woocommerce"


@files.readable_by(PURPOSE)
def _managers(by: Actor, file: StoredFile) -> bool:
    """Whoever manages the shop."""
    row = Arrival.objects.filter(file=file).select_related("shop__book__structure").first()
    return row is not None and by.may("shop.manage", row.shop)


class BroughtIn(Conflict):
    """This file was brought in already."""

    code = "shop.brought-in"
    default_message = gettext_lazy("This file was brought in.")


@transaction.atomic
def keep_file(*, shop: Shop, source: Any, name: str, reading: Reading, by: Actor) -> Arrival:
    """Keep a file that is to be looked at.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        TooLarge: It is larger than files may be.
    """
    authorize(by, "shop.manage", shop)
    stored = files.store(source, name=name, purpose=PURPOSE, by=by, content_type="text/csv")
    return Arrival.objects.create(
        shop=shop, name=stored.name[:254], digest=stored.digest, file=stored,
        options=reading.as_json(), by=by.label[:254],
    )  # fmt: skip


@transaction.atomic
def look(*, arrival: Arrival, by: Actor, reading: Reading | None = None) -> Arrival:
    """Say what a file would make, change and refuse; nothing of it is brought in.

    Args:
        arrival: Of the file.
        by: Who looks.
        reading: How it is read from now on; None: as before.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        BroughtIn: It was brought in.
        FileRefused: It is no product file.
    """
    authorize(by, "shop.manage", arrival)
    arrival = _locked(arrival)
    if arrival.state == Arrival.State.DONE:
        raise BroughtIn
    reading = reading or Reading.of(arrival.options)
    outcome = look_at(shop=arrival.shop, content=_content(arrival), reading=reading, by=by)
    arrival.options, arrival.report = reading.as_json(), outcome.as_json()
    arrival.save(update_fields=["options", "report"])
    return arrival


@transaction.atomic
def bring_arrival(*, arrival: Arrival, by: Actor, progress: Progress | None = None) -> Arrival:
    """Bring a file in that was looked at; a second time changes nothing.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        FileRefused: It is no product file.
    """
    authorize(by, "shop.manage", arrival)
    arrival = _locked(arrival)
    if arrival.state == Arrival.State.DONE:
        return arrival
    outcome: Outcome = bring_products(
        shop=arrival.shop, content=_content(arrival), name=arrival.name, by=by, arrival=arrival,
        reading=Reading.of(arrival.options), progress=progress,
    )  # fmt: skip
    arrival.refresh_from_db()
    arrival.report = outcome.as_json()
    return arrival


def _locked(arrival: Arrival) -> Arrival:
    rows = Arrival.objects.select_for_update(of=("self",))
    found: Arrival = rows.select_related("shop__book__structure", "file").get(pk=arrival.pk)
    return found


def _content(arrival: Arrival) -> bytes:
    if arrival.file is None:
        raise NotFound(_("The content of this file is missing."))
    with files.open_file(arrival.file) as content:
        return content.read()
