"""Counting again: what a place paid back, beside what came from there, by number or by weight.

Objects without codes show only in sums, and whoever pays back may pay for what never came: the workshop
counts, or weighs, what the bags of a place held. A difference is a case that people look at.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid, KeyReused
from chambre.rooms.deposit.models import ItemType, Place, Recount, Refund
from chambre.rooms.deposit.services import cases

MOST = 10**6
SLACK = 2
"""Percent by which a weight may differ: jars are not all alike, and bags weigh too."""


@transaction.atomic
def recount(
    *,
    place: Place,
    type_: ItemType,
    key: str,
    by: Actor,
    found: int | None = None,
    grams: int | None = None,
    each: int | None = None,
    until: dt.datetime | None = None,
) -> Recount:
    """Write down how many objects of a type came from a place, since this was done last.

    Args:
        place: Where they were taken back.
        type_: Which ones; with codes or only counted.
        key: Idempotency key.
        by: Who counted: somebody who manages the scheme, not who runs the place.
        found: How many there were.
        grams: Or what they weigh together, without the bags.
        each: And what one of them weighs; absent: as its type says.
        until: When the place's bags were taken away; absent: now. Later returns count next time.

    Returns:
        The recount; with a case when the numbers differ, a weight by more than :data:`SLACK` percent.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        Invalid: Neither a number nor a weight, both, or a time that was covered already.
        KeyReused: The key was used for another place or type.
    """
    authorize(by, "deposit.manage", place)
    if not 1 <= len(key) <= 120 or type_.scheme_id != place.scheme_id:
        raise Invalid(_("Choose a place and a type of one scheme."), fields={"type": [type_.slug]})
    ItemType.objects.select_for_update().get(pk=type_.pk)
    done: Recount | None = Recount.objects.filter(key=key).first()
    if done is not None:
        if (done.place_id, done.type_id) != (place.pk, type_.pk):
            raise KeyReused(key=key)
        return done
    if grams is not None:
        each = each or type_.grams
    there = _objects(found, grams, each)
    last = Recount.objects.filter(place=place, type=type_).order_by("-until").first()
    since, until = last.until if last else None, min(until or timezone.now(), timezone.now())
    if since is not None and until <= since:
        message = _("That time was counted already.")
        raise Invalid(message, fields={"until": [message]})
    told = paid_back(place, type_, since, until)
    row = Recount(
        place=place, type=type_, key=key, since=since, until=until, told=told, found=there,
        grams=grams, each=each if grams is not None else None, by=by.label[:254],
    )  # fmt: skip
    if abs(there - told) * 100 > (told * SLACK if grams is not None else 0):
        row.case_id = _open(row)
    row.save(force_insert=True)
    audit(by, "deposit.recounted", row, told=told, found=there)
    return row


def _objects(found: int | None, grams: int | None, each: int | None) -> int:
    """How many objects there were, counted or by their weight.

    Raises:
        Invalid: Neither or both, or a weight without that of one.
    """
    message = _("Say how many there were, or what all and what one of them weigh.")
    if (found is None) == (grams is None):
        raise Invalid(message, fields={"found": [message]})
    if found is not None:
        if not 0 <= found <= MOST:
            raise Invalid(message, fields={"found": [message]})
        return found
    if grams is None or not each or each < 0 or not 0 <= grams <= each * MOST:
        raise Invalid(message, fields={"each": [message]})
    return (grams + each // 2) // each


def paid_back(place: Place, type_: ItemType, since: dt.datetime | None, until: dt.datetime) -> int:
    """Objects of a type whose deposits were paid back at a place in a time."""
    rows = Refund.objects.filter(act__place=place, contract__type=type_, at__lte=until).exclude(
        reason=Refund.UNCLAIMED
    )
    if since is not None:
        rows = rows.filter(at__gt=since)
    total: int = rows.aggregate(many=Sum("quantity", default=0))["many"]
    return total


def _open(row: Recount) -> int:
    """The case of a difference."""
    subject = f"recount:{row.key}"[:200]
    evidence = {"types": {row.type.slug: row.found}, "told": row.told, "counted": row.found}
    if row.since is not None:
        evidence["since"] = row.since.isoformat()
    if row.grams is not None:
        evidence |= {"grams": row.grams, "each": row.each}
    found = cases.Found(
        kind="recount", subject=subject, scheme=row.place.scheme_id, place=row.place_id,
        act_key=row.key, evidence=evidence,
    )  # fmt: skip
    return cases.open_cases([found], row.by, row.until)[subject]
