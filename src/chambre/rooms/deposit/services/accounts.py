"""Where deposits stand in the books (traceability of issue: PCG 4196, 7086, 44571; 467 for others).

4196 « Clients – dettes pour emballages consignés » is kept with one auxiliary account per place: the
contract list is its sub-ledger. What is owed but not paid out yet has accounts of its own (467…).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from chambre.core.actors import Actor
from chambre.lib.deposits import vat_inside
from chambre.rooms.deposit.models import Place, Scheme
from chambre.rooms.deposit.queries import holding
from chambre.treasury import api as treasury
from chambre.treasury.api import BookLine

SYSTEM = Actor.system("deposit")
"""Who asks ledger and treasury, after a service of this room has authorized its own act."""
RECEIPTS = ("467100", "Tickets de consigne à payer")
SUSPENDED = (holding.SUSPENDED, "Consignes suspendues")
PARTNERS = ("467300", "Partenaires de la consigne")
TRANSFERS = ("467400", "Consignes à virer")
BONUS = ("708600", "Bonis sur reprises d’emballages consignés")
ASSET = ("218600", "Emballages récupérables")
EQUIPMENT = ("215400", "Matériel industriel")
STOCK = ("326500", "Emballages récupérables non identifiables")
SCRAPPED = ("675000", "Valeurs comptables des éléments d’actif cédés")
STOCK_CHANGE = ("603260", "Variation des stocks d’emballages")
TO_BE_INVOICED = ("408100", "Fournisseurs – factures non parvenues")
WORN = ("281860", "Amortissements des emballages récupérables")
WORN_EQUIPMENT = ("281540", "Amortissements du matériel industriel")
WEAR = ("681120", "Dotations aux amortissements des immobilisations corporelles")
SALE = ("708800", "Emballages consignés non rendus")


@dataclass(frozen=True, slots=True)
class Owed:
    """Deposits of one place that a part of an act releases.

    Attributes:
        place: The place that issued, whose auxiliary account holds them.
        amount: Cents.
    """

    place: Place
    amount: int


def deposit_account(scheme: Scheme) -> str:
    """The account 4196 of the structure's book."""
    return treasury.account_of(scheme.book, "deposit")


def deposit_lines(owed: Iterable[Owed], scheme: Scheme, sign: int = 1) -> list[BookLine]:
    """Lines on 4196, one per place; ``sign`` 1 releases deposits, −1 takes them."""
    sums: dict[int, int] = defaultdict(int)
    places: dict[int, Place] = {}
    for each in owed:
        sums[each.place.pk] += each.amount
        places[each.place.pk] = each.place
    return [
        BookLine(
            sign * amount,
            use="deposit",
            resource=scheme.resource_id,
            auxiliary=(places[pk].auxiliary, places[pk].name),
        )
        for pk, amount in sums.items()
        if amount
    ]


def line_on(account: tuple[str, str], amount: int, scheme: Scheme, **more: object) -> BookLine:
    """A line on one of the accounts above, of the scheme's resource."""
    number, label = account
    return BookLine(
        amount,
        account=number,
        account_label=label,
        resource=scheme.resource_id,
        **more,  # type: ignore[arg-type]
    )


def kept_lines(
    kept: Iterable[tuple[int, int]], scheme: Scheme, account: tuple[str, str] = BONUS
) -> list[BookLine]:
    """What is kept of deposits: income without VAT, and the VAT inside (it was a sale after all).

    Args:
        kept: Cents and VAT rate (hundredths of a percent) of each deposit.
        scheme: Whose.
        account: Of the income: what is kept of an object that came back, or a sale.
    """
    income = vat = 0
    for cents, rate in kept:
        inside = vat_inside(cents, rate)
        vat += inside
        income += cents - inside
    lines = [line_on(account, -income, scheme)]
    if vat:
        lines.append(BookLine(-vat, use="vat.collected", resource=scheme.resource_id))
    return lines if income or vat else []
