"""What letters to customers say, in the language that is active. Plain text, one idea a paragraph."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chambre.core.ui.figures import money
from chambre.lib.sepa import rf
from chambre.rooms.shop.models import Letter, Order, OrderLine
from chambre.rooms.shop.queries.accounts import due, open_payment, paid_for
from chambre.rooms.shop.queries.words import day_words, grams, moment_words, times_words

Kind = Letter.Kind


def wording(kind: str, order: Order, link: str) -> tuple[str, str]:
    """Subject and text of a letter about an order.

    Args:
        kind: About what (:class:`Letter.Kind`).
        order: Which order, with its customer, shop, distribution and slot.
        link: Full address of its page.
    """
    facts = {"code": order.code, "shop": order.shop.name, "name": order.customer.name}
    subject, first = _beginning(Kind(kind), order)
    parts = [_("Hello %(name)s,"), first]
    if kind in (Kind.CANCELLED, Kind.EXPIRED):
        parts += [_money_back(order)]
    else:
        parts += [_pickup(order)]
        if kind != Kind.REMINDER:
            parts += [_lines(order)]
        parts += [_to_pay(order)]
    if kind in (Kind.PLACED, Kind.CHANGED, Kind.CONFIRMED):
        until = moment_words(order.distribution.cycle.closes_at)
        parts += [_plain(_("You can change or cancel it until %(until)s.") % {"until": until})]
    parts += [_plain(_("Your order: %(link)s") % {"link": link})]
    if kind == Kind.REMINDER:
        parts += [_("If you want no more reminders, say so on the page of your order.")]
    parts += [_signature(order)]
    return subject % facts, "\n\n".join(part for part in parts if part) % facts + "\n"


def _beginning(kind: Kind, order: Order) -> tuple[str, str]:
    """The subject and the first sentence, to be filled in."""
    waits = order.state == Order.State.PLACED
    texts = {
        Kind.PLACED: (
            _("Your order %(code)s – %(shop)s"),
            _("we noted your order %(code)s; it is certain when your payment is there.")
            if waits
            else _("your order %(code)s is noted. Thank you!"),
        ),
        Kind.CONFIRMED: (
            _("Paid: your order %(code)s – %(shop)s"),
            _("your payment is there, and your order %(code)s is confirmed. Thank you!"),
        ),
        Kind.CHANGED: (
            _("Your order %(code)s is changed – %(shop)s"),
            _("your order %(code)s is changed. This is how it is now."),
        ),
        Kind.READY: (
            _("Your order %(code)s is ready – %(shop)s"),
            _("your order %(code)s is ready, and what had to be weighed is weighed."),
        ),
        Kind.CANCELLED: (
            _("Your order %(code)s is cancelled – %(shop)s"),
            _("your order %(code)s is cancelled."),
        ),
        Kind.EXPIRED: (
            _("Your order %(code)s was not paid – %(shop)s"),
            _(
                "your order %(code)s was not paid in time; its goods went back on the shelves. "
                "If your payment is on its way, it stays yours."
            ),
        ),
        Kind.REMINDER: (
            _("To be fetched soon: your order %(code)s – %(shop)s"),
            _("your order %(code)s waits for you soon."),
        ),
    }
    return texts[kind]


def _plain(text: str) -> str:
    """A text of somebody else in a letter whose own words are filled in at the end."""
    return text.replace("%", "%%")


def _pickup(order: Order) -> str:
    place, at = order.distribution.place, order.slot or order.distribution
    when = f"{day_words(at.starts_at)}, {times_words(at.starts_at, at.ends_at)}"
    where = [
        place.name,
        place.address,
        f"{place.postcode} {place.city}".strip(),
        place.instructions,
    ]
    told = _("Pick-up: %(when)s") % {"when": when}
    return _plain("\n".join([told, *[each for each in where if each]]))


def _lines(order: Order) -> str:
    found = [_line(line) for line in order.lines.order_by("number")]
    if order.reduction:
        found.append(f"− {money(order.reduction)}  {_('Reductions')}")
    if order.deposits:
        found.append(f"{money(order.deposits)}  {_('Deposits on containers')}")
    total = _("Total: %(total)s") % {"total": money(order.total)}
    return _plain("\n".join([*found, total]))


def _line(line: OrderLine) -> str:
    many = line.quantity if line.given is None else line.given
    weight = f", {grams(line.grams)}" if line.weighed and line.grams else ""
    about = "≈ " if line.weighed and line.grams is None else ""
    return _("%(many)s × %(name)s%(weight)s: %(price)s") % {
        "many": many, "name": line.name, "weight": weight, "price": f"{about}{money(line.gross)}",
    }  # fmt: skip


def _to_pay(order: Order) -> str:
    """How to pay what is still due; empty: nothing is."""
    still = due(order)
    if still <= 0:
        return ""
    amount = money(still)
    payment = open_payment(order)
    if payment is None or order.pay == Order.Pay.PICKUP:
        return _plain(_("To be paid when you fetch it: %(amount)s") % {"amount": amount})
    told = [_("To be paid: %(amount)s") % {"amount": amount}]
    if payment.iban and payment.by_transfer:
        iban = " ".join(payment.iban[at : at + 4] for at in range(0, len(payment.iban), 4))
        told.append(
            _("By transfer to %(name)s, IBAN %(iban)s, with the reference %(reference)s.")
            % {"name": payment.payee, "iban": iban, "reference": rf.write(payment.reference)}
        )
        told.append(_("A code to scan and other ways to pay are on the page of your order."))
    else:
        told.append(_("The ways to pay are on the page of your order."))
    if order.hold_until:
        told.append(
            _("Your goods are kept until %(until)s.") % {"until": moment_words(order.hold_until)}
        )
    return _plain("\n".join(told))


def _money_back(order: Order) -> str:
    """What becomes of what was paid; empty: nothing was."""
    if order.events.filter(kind="to-others").exists():
        return _(
            "What you paid for it goes to the baskets that the shop gives to others. Thank you!"
        )
    paid = paid_for(order)
    if paid <= 0:
        return ""
    return _plain(
        _(
            "The %(amount)s that you paid stay yours: for your next order, or the shop gives them back."
        )
        % {"amount": money(paid)}
    )


def _signature(order: Order) -> str:
    shop = order.shop
    return _plain("\n".join(each for each in (shop.name, shop.phone, shop.email) if each))
