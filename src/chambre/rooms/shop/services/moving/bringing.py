"""Bringing products in: looked at first, then whole in one transaction; bad rows stay out by themselves."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Invalid
from chambre.lib.woocommerce import Catalogue, WooCommerceRefusal, read_products
from chambre.rooms.shop.models import Arrival, Shop
from chambre.rooms.shop.services.moving.planning import Step, plan
from chambre.rooms.shop.services.moving.reading import (
    Notice,
    Reading,
    class_of,
    notice_text,
)
from chambre.rooms.shop.services.moving.writing import Writer

Progress = Callable[[int, int, str], None]
SHOWN = 1000
"""Notices that a report holds; the others are counted."""


@dataclass(slots=True)
class Outcome:
    """What came, or would come.

    Attributes:
        products: Products made.
        variations: Variations made.
        updated: Rows that changed something that was there.
        skipped: Rows that were refused: line and reason.
        notices: What a person should know: line and text; at most :data:`SHOWN`.
        photos: Photos whose picture is still to be brought in.
        names: Some of what is new and of what changes, to be looked at.
        classes: Tax class → rate that was taken and rows that have it.
    """

    products: int = 0
    variations: int = 0
    updated: int = 0
    skipped: list[dict[str, Any]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    more_notices: int = 0
    photos: int = 0
    names: list[dict[str, Any]] = field(default_factory=list)
    classes: list[dict[str, Any]] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """What machines are told."""
        return {
            "products": self.products, "variations": self.variations, "updated": self.updated,
            "skipped": self.skipped,
        }  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """To be kept."""
        return {name: getattr(self, name) for name in self.__slots__}

    def note(self, notices: Sequence[Notice]) -> None:
        """Add notices in words."""
        for each in notices:
            self.say(each.line, notice_text(each))

    def say(self, line: int, text: str) -> None:
        """Add a notice."""
        if len(self.notices) < SHOWN:
            self.notices.append({"line": line, "text": text})
        else:
            self.more_notices += 1

    def count(self, step: Step) -> None:
        """Add what is done with a product."""
        if step.refused:
            self.skipped.append({"line": step.said.row.line, "reason": step.refused})
            return
        self.note(step.said.notices)
        if step.idle:
            return
        self.products += step.product is None
        self.variations += step.made
        self.updated += step.updated
        self.photos += len(step.new_images)
        if len(self.names) < SHOWN:
            self.names.append(
                {
                    "line": step.said.row.line, "name": step.said.fields["name"],
                    "new": step.product is None, "variants": len(step.said.variants),
                    "price": min(each.fields["price"] for each in step.said.variants),
                    "state": step.said.fields["state"], "fields": sorted(step.changes),
                }
            )  # fmt: skip


class FileRefused(Invalid):
    """This is not a product file that can be read."""

    code = "shop.file-refused"


def read_file(content: bytes) -> Catalogue:
    """Read a product file.

    Raises:
        FileRefused: It is none.
    """
    try:
        return read_products(content)
    except WooCommerceRefusal as refusal:
        message = refusal.message(get_language() or "fr")
        raise FileRefused(message, fields={"file": [message]}, reason=refusal.code) from None


def look_at(*, shop: Shop, content: bytes, reading: Reading, by: Actor) -> Outcome:
    """What a file would make and change, and what would be refused; nothing is written.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        FileRefused: It is no product file.
    """
    authorize(by, "shop.manage", shop)
    found = read_file(content)
    outcome = _begun(found, reading)
    for steps in plan(shop, found, reading):
        for step in steps:
            outcome.count(step)
    return _ended(outcome)


def _begun(found: Catalogue, reading: Reading) -> Outcome:
    """What can be said of a file before its products are compared."""
    language = get_language() or "fr"
    outcome = Outcome()
    outcome.skipped = [
        {"line": each.line, "reason": each.message(language)} for each in found.refused
    ]
    for problem in found.problems:
        if not problem.refused:
            place = f"{problem.column} : " if problem.column else ""
            outcome.say(problem.line, place + problem.message(language))
    classes = Counter(
        row.tax_class for row in found.products if row.tax_status not in ("none", "shipping")
    )
    rates = {row.tax_class: reading.rate(row) for row in found.products}
    outcome.classes = [
        {"name": name, "class": class_of(name), "rate": rates[name], "rows": rows}
        for name, rows in sorted(classes.items())
    ]
    return outcome


def _ended(outcome: Outcome) -> Outcome:
    outcome.skipped.sort(key=lambda row: (row["line"], row["reason"]))
    outcome.notices.sort(key=lambda row: row["line"])
    return outcome


@transaction.atomic
def bring_products(
    *,
    shop: Shop,
    content: bytes,
    name: str,
    reading: Reading,
    by: Actor,
    arrival: Arrival | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Bring the products of a file in. The same file again changes nothing.

    Args:
        shop: Where they come to.
        content: The file.
        name: What it is called.
        reading: How it is read.
        by: Who brings it in.
        arrival: The record of a file that was looked at before.
        progress: Called with done, total and a message.

    Returns:
        What was made, changed and refused.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        FileRefused: It is no product file; nothing was done.
    """
    authorize(by, "shop.manage", shop)
    # One file at a time in a shop; orders go on meanwhile.
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    found = read_file(content)
    outcome = _begun(found, reading)
    writer = Writer(shop, found, reading, by, name, hashlib.sha256(content).hexdigest(), arrival)
    done = 0
    for steps in plan(shop, found, reading):
        writer.write(steps)
        for step in steps:
            outcome.count(step)
        done += len(steps)
        if progress is not None:
            progress(done, len(found.products), _("Bringing products in"))
    _ended(outcome)
    writer.close(outcome.as_json())
    return outcome
