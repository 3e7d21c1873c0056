"""The letter of a subscription: its address, sent to whoever shares it once it is signed.

The page shows the address, too: a letter that the mail server does not take is told in the log, and the
shop gives the address again.
"""

from __future__ import annotations

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from chambre.core.addresses import own_address
from chambre.core.ui import figures
from chambre.rooms.shop.models import Subscription

log = structlog.get_logger("chambre.shop")


def tell_signed(subscription: Subscription) -> None:
    """Send the address of a subscription to its people once the transaction is kept."""
    transaction.on_commit(lambda: _send(subscription.pk))


def _send(number: int) -> None:
    rows = Subscription.objects.select_related("plan__shop", "place", "size__product")
    row = rows.get(pk=number)
    for person in row.people.select_related("customer").order_by("position"):
        if person.customer.email.endswith(".invalid"):
            continue
        with translation.override(person.customer.language or "fr"):
            mail = message(row, person.customer.email, person.customer.name)
        try:
            mail.send()
        except OSError as error:  # the mail server: every error of smtplib is one
            log.warning(
                "shop.basket-letter-failed", subscription=row.pk, error=type(error).__name__
            )


def message(row: Subscription, email: str, name: str) -> EmailMessage:
    """The letter to one person of a subscription, in the language that is spoken now."""
    shop = row.plan.shop
    words = {
        "name": name, "plan": row.plan.name, "shop": shop.name, "place": row.place.name,
        "first": figures.day(row.first), "last": figures.day(row.last),
        "amount": figures.money(row.amount),
        "link": own_address() + reverse("shop:subscription", args=[shop.slug, row.public_id]),
    }  # fmt: skip
    body = _(
        "Good day %(name)s,\n\n"
        "“%(plan)s” is signed: from %(first)s to %(last)s, %(place)s, %(amount)s in all.\n\n"
        "Calendar, absences, moved baskets and payments are on this page. Keep its address: "
        "whoever has it may change them.\n\n%(link)s\n\n%(shop)s"
    )
    subject = _("Your baskets – %(shop)s") % words
    return EmailMessage(
        subject, body % words, to=[email], reply_to=[shop.email] if shop.email else None
    )
