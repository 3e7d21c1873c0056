"""Receipts: one-time slips. Who shows the code is paid, once; who has an account may be sent it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core import clock
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, NotFound
from chambre.lib.deposits import Outcome
from chambre.rooms.deposit.models import Act, Part, Place, Receipt, ReceiptUse
from chambre.rooms.deposit.queries.errors import NoMeans
from chambre.rooms.deposit.services import accounts, writing
from chambre.rooms.deposit.services.accounts import line_on
from chambre.rooms.deposit.services.asking import Answer, Asked
from chambre.rooms.deposit.services.channels import redeem
from chambre.rooms.deposit.services.ways import digest_of


class NoReceipt(NotFound):
    """No receipt has this code."""

    code = "deposit.no-receipt"


class ReceiptUsed(Conflict):
    """It was paid out already."""

    code = "deposit.receipt-used"


def receipt_of(code: str) -> Receipt:
    """A receipt by its code, however it was typed.

    Raises:
        NoReceipt: There is none.
    """
    digest, _hint = digest_of("", code)
    row: Receipt | None = (
        Receipt.objects.filter(digest=digest).select_related("scheme", "act").first()
        if code.strip()
        else None
    )
    if row is None:
        message = _("There is no receipt of this code.")
        raise NoReceipt(message, fields={"code": [message]})
    return row


@transaction.atomic
def pay_receipt(
    *,
    code: str,
    place: Place,
    means: str,
    key: str,
    by: Actor,
    iban: str = "",
    name: str = "",
) -> Answer:
    """Pay a receipt out, once.

    Args:
        code: Its code.
        place: Where.
        means: ``cash``, ``sepa``, ``partner``, ``gift`` or ``suspended``.
        key: Idempotency key: the same one, the same answer.
        by: Who pays it.
        iban: Account of a transfer.
        name: Whose account.

    Raises:
        Forbidden: ``by`` does not work at this place.
        NoReceipt: There is none of this code.
        ReceiptUsed: It was paid already.
        NoMeans, NotInDrawer, DrawerClosed: It cannot be paid that way.
    """
    authorize(by, "deposit.operate", place)
    asked = Asked(
        key=key, codes=(digest_of("", code)[0],), place=place.slug, means=means, iban=iban,
        name=name,
    )  # fmt: skip
    asked.check()
    row = receipt_of(code)
    row = Receipt.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=row.pk)
    if known := writing.known_answers([asked], "receipt"):
        return known[key]
    if ReceiptUse.objects.filter(receipt=row).exists():
        raise ReceiptUsed(_("This receipt was paid out already."))
    if row.scheme_id != place.scheme_id:
        raise NoMeans(_("This receipt is of another scheme."))
    owed = line_on(accounts.RECEIPTS, row.amount, place.scheme)
    money = redeem(asked, place, row.amount, [owed], clock.today())
    answer = Answer(outcome=Outcome.REFUNDED.value, refund=row.amount, reason="receipt")
    act: Act = Act.objects.create(
        scheme_id=place.scheme_id, kind=Act.Kind.RECEIPT, key=key, about=asked.about("receipt"),
        place=place, answer=answer.stored(), total=row.amount, by=by.label[:254],
        at=timezone.now(),
    )  # fmt: skip
    Part.objects.create(act=act, channel=money.channel, amount=row.amount,
                        reference=money.reference[:64])  # fmt: skip
    ReceiptUse.objects.create(receipt=row, act=act, at=timezone.now())
    audit(by, "deposit.receipt.paid", row, amount=row.amount)
    return answer
