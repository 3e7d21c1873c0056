"""How the Chamber holds what is deposited: a debt in its book, units kept apart, things at a named place.

Money stands on :data:`HELD`, with one auxiliary account for each exchange and the leg as the piece; once it
may leave, on :data:`OWED` for whom it goes to, until the bank has paid it. Neither is ever income.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from chambre.core.db.rows import update
from chambre.core.errors import ChambreError, Conflict
from chambre.ledger import api as ledger
from chambre.ledger.models import Book, Event, JournalEntry, StockItem
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import Exchange, Leg
from chambre.rooms.exchange.queries import questions
from chambre.rooms.exchange.queries.balances import CLAIMED, HELD, OWED, auxiliary_of, piece_of
from chambre.rooms.exchange.services.offering import SYSTEM
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount, CreditMove, Party, Payment

ORIGIN = "exchange"
HOLDER = "sequestre-echanges"
"""How the short name of whom units are held under begins."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a move of a leg wrote elsewhere."""

    event: Event | None = None
    entry: JournalEntry | None = None
    units: CreditMove | None = None


LABELS = {
    HELD: "Échanges – fonds détenus pour les parties",
    OWED: "Échanges – sommes dues à leurs destinataires",
}
"""The two accounts, as they are called in the book."""
CLAIMED_LABEL = "Échanges – sommes à recouvrer"


def book_of(chamber: Agent) -> Book:
    """The chamber's own book."""
    return ledger.open_book(structure=chamber, chart="associatif", by=SYSTEM)


def holding_party(book: Book, exchange: Exchange) -> Party:
    """The auxiliary account of an exchange in the chamber's book."""
    return treasury.note_party(
        book=book, name=f"Échange {exchange.pk}", by=SYSTEM, code=auxiliary_of(exchange)
    )


# Money


def ask_payment(leg: Leg, back_url: str) -> Payment:
    """What the giver of euros pays, on the held account; asked for once."""
    exchange = leg.exchange
    book = book_of(exchange.chamber)
    ledger.accounts(book, LABELS)
    title = f"{exchange.title} – {leg.name}"[:140]
    return treasury.request_payment(
        book=book, amount=leg.amount, reason=title, by=SYSTEM, key=f"exchange:{leg.pk}",
        lines=[
            treasury.AskedLine(
                leg.amount, label=title, account=HELD, party=holding_party(book, exchange),
                piece=piece_of(leg),
            )
        ],
        payer_name=leg.giver.name[:140],
        payer_email=leg.giver.user.email if leg.giver.user is not None else "",
        due=exchange.deadline, origin=ORIGIN, origin_key=str(leg.pk), back_url=back_url,
    )  # fmt: skip


def payment_of(leg: Leg, *, lock: bool = False) -> Payment | None:
    """The payment of a leg, if it was asked for."""
    if not leg.payment:
        return None
    ask = questions.PAYMENT_LOCKED if lock else questions.PAYMENT
    return next(iter(ask(leg.payment)), None)


def owe(leg: Leg, to: Agent, amount: int, key: str) -> JournalEntry:
    """Move money from what is held to what is owed to somebody, and ask for its payout."""
    exchange = leg.exchange
    book = book_of(exchange.chamber)
    party = treasury.note_party(book=book, name=to.name, by=SYSTEM, agent=to)
    entry = treasury.book_entry(
        book=book, journal="OD", day=registry.today(), key=key, piece=piece_of(leg),
        label=f"Échange {exchange.pk}, apport {leg.number}", source="exchange",
        lines=[
            treasury.BookLine(
                amount, account=HELD, account_label=LABELS[HELD],
                party=holding_party(book, exchange),
            ),
            treasury.BookLine(-amount, account=OWED, account_label=LABELS[OWED], party=party),
        ],
    )  # fmt: skip
    _pay_out(book, party, leg, amount, key)
    return entry


def pay_out(leg: Leg, to: Agent, amount: int, key: str) -> bool:
    """Ask for the transfer of what is owed; whether it could be asked for.

    Who has given no bank account is paid once they have: the debt stands, and the round by the clock asks
    again. Two people of the Chamber agree to each transfer, and its payee is whom the parties named.
    """
    book = book_of(leg.exchange.chamber)
    party = treasury.note_party(book=book, name=to.name, by=SYSTEM, agent=to)
    return _pay_out(book, party, leg, amount, key)


def claim(leg: Leg, key: str) -> JournalEntry:
    """Let the giver of a leg owe what a bank took back after it had gone; the held account is even again."""
    return _between(leg, leg.amount, key)


def end_claim(leg: Leg, key: str) -> JournalEntry:
    """What the giver of a leg owed has come: it is owed no more."""
    return _between(leg, -leg.amount, key)


def _between(leg: Leg, amount: int, key: str) -> JournalEntry:
    """``claimed / held`` for a leg; the other way where the amount is negative."""
    exchange = leg.exchange
    book = book_of(exchange.chamber)
    party = treasury.note_party(book=book, name=leg.giver.name, by=SYSTEM, agent=leg.giver)
    return treasury.book_entry(
        book=book, journal="OD", day=registry.today(), key=key, piece=piece_of(leg),
        label=f"Échange {exchange.pk}, apport {leg.number} – rejet", source="exchange",
        lines=[
            treasury.BookLine(
                amount, account=CLAIMED, account_label=CLAIMED_LABEL, party=party,
                piece=piece_of(leg),
            ),
            treasury.BookLine(
                -amount, account=HELD, account_label=LABELS[HELD],
                party=holding_party(book, exchange), piece=piece_of(leg),
            ),
        ],
    )  # fmt: skip


def _pay_out(book: Book, party: Party, leg: Leg, amount: int, key: str) -> bool:
    try:
        payout = treasury.pay_out(
            book=book, party=party, amount=amount, by=SYSTEM, key=f"{key}:payout", origin=ORIGIN,
            reason=leg.exchange.title[:140], origin_key=str(leg.pk),
            lines=[
                treasury.BookLine(amount, account=OWED, party=party, piece=piece_of(leg))
            ],
        )  # fmt: skip
    except ChambreError:  # no account yet, or one that a bank would refuse
        return False
    leg.payout = payout.code
    update(leg, "payout")
    return True


# Units of the chamber


def escrow(chamber: Agent) -> CreditAccount:
    """The account under which the chamber holds units; nobody's office gives them from there."""
    slug = HOLDER if chamber.is_home else f"{HOLDER}-{chamber.slug}"[:60]
    agent = next(iter(questions.AGENTS([slug])), None) or registry.create_structure(
        slug=slug, name="Échanges – unités détenues pour les parties", by=SYSTEM
    )
    return treasury.credit_account(agent) or treasury.open_credit(agent=agent, by=SYSTEM)


def account_in_units(agent: Agent) -> CreditAccount:
    """Somebody's own account in units.

    Raises:
        Conflict: They have none.
    """
    found = treasury.credit_account(agent)
    if found is None:
        raise Conflict(_("%(name)s has no account in units.") % {"name": agent.name})
    return found


def give_units(
    leg: Leg, source: CreditAccount, target: CreditAccount, what: str, uses: tuple[str, str]
) -> CreditMove:
    """Units of a leg from one account to another, once."""
    return treasury.move_units(
        source=source, target=target, amount=leg.amount, reason=leg.exchange.title[:140],
        day=registry.today(), key=f"exchange:{leg.pk}:{what}", by=SYSTEM, origin=ORIGIN,
        origin_key=str(leg.pk), source_use=uses[0], target_use=uses[1],
    )  # fmt: skip


# Things, work, rights


def record(leg: Leg, action: str, what: str, **said: Any) -> Event:
    """An event of the ledger about a leg, once for each ``what``."""
    return ledger.record_event(
        action=action, key=f"exchange:{leg.pk}:{what}", by=SYSTEM, day=registry.today(),
        agreement=leg.exchange.agreement, note=leg_note(leg), **said,
    )  # fmt: skip


def leg_note(leg: Leg) -> str:
    """What a leg is, for the ledger; nobody's name is in it."""
    return f"{leg.exchange.slug}: {leg.what or leg.name}"[:1000]


def take_in(leg: Leg) -> Event:
    """A thing comes to the place where it is kept: its owner stays who it was."""
    if leg.item_id is None:
        label = f"{leg.amount} {leg.unit} {leg.what}".strip() if leg.unit else leg.what or leg.name
        made = record(
            leg, "raise", "raise", provider=leg.giver, quantity=1, unit="PCE",
            new_resource=ledger.NewStock(
                name=label[:140], unit="PCE", serialized=True, about=leg.resource
            ),
        )  # fmt: skip
        leg.item = StockItem.objects.get(pk=made.to_resource_id or made.resource_id or 0)
        update(leg, "item")
    more = {"to_location": leg.place} if leg.place else {}
    return record(
        leg, "transferCustody", "in", provider=leg.giver, receiver=leg.keeper, resource=leg.item,
        quantity=1, unit="PCE", **more,
    )  # fmt: skip


def hand_out(leg: Leg, to: Agent, what: str) -> Event:
    """A thing leaves the place where it was kept."""
    if leg.keeper_id == to.pk:
        return record(leg, "move", what, provider=leg.keeper, resource=leg.item, quantity=1,
                      unit="PCE", to_location=leg.place or "–")  # fmt: skip
    return record(
        leg, "transferCustody", what, provider=leg.keeper, receiver=to, resource=leg.item,
        quantity=1, unit="PCE",
    )  # fmt: skip
