"""Paying other producers what was sold for them."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.rooms.shop.models import Producer
from chambre.rooms.shop.queries.selling import OWED, owed_to
from chambre.treasury import api as treasury
from chambre.treasury.models import Payout


@transaction.atomic
def pay_producer(
    *, producer: Producer, amount: int, reason: str, key: str, by: Actor, iban: str = ""
) -> Payout:
    """Ask for a transfer of what is owed to a producer. Once per key; two people agree before it goes.

    Args:
        producer: Whom.
        amount: Cents; at most what the books owe them less what was asked for already.
        reason: What for, at most 140 characters; they read it.
        key: Idempotency key, at most 80 characters.
        by: Who asks.
        iban: An account that they gave; empty: the one that is known.

    Raises:
        Forbidden: ``by`` does not manage the shop, or does not answer for the structure's money.
        Invalid: They sell for the shop itself, or less is owed to them.
        NoAccount: No account of them is known.
    """
    authorize(by, "shop.manage", producer)
    row = (
        Producer.objects.select_for_update(of=("self",))
        .select_related("shop__book__structure", "party")
        .get(pk=producer.pk)
    )
    key = f"shop:{row.shop_id}:{key}"
    if row.party is None:
        message = _("Their sales are the shop's own: nothing is owed to them.")
        raise Invalid(message, fields={"producer": [message]})
    known = Payout.objects.filter(key=key).exists()
    most = next(each.open for each in owed_to(row.shop) if each.producer.pk == row.pk)
    if not known and not 0 < amount <= most:
        message = _("At most %(most)s are owed to them.") % {"most": f"{most / 100:.2f} €"}
        raise Invalid(message, fields={"amount": [message]}, most=most)
    if iban:
        treasury.note_iban(party=row.party, iban=iban, by=by, holder=row.party.name, confirmed=True)
    payout: Payout = treasury.pay_out(
        book=row.shop.book, party=row.party, amount=amount, reason=reason, key=key, by=by,
        iban=iban, lines=[treasury.BookLine(amount, account=OWED, party=row.party)], origin="shop",
        origin_key=f"producer:{row.pk}",
    )  # fmt: skip
    audit(by, "shop.producer.paid", row, amount=amount)
    return payout
