"""Telling the stories through the services of the treasury, month by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import QuerySet

from chambre.core import clock
from chambre.core.actors import Actor
from chambre.ledger import api as ledger
from chambre.ledger.models import Book
from chambre.project.demo.money import STORIES, statements
from chambre.project.demo.money.acts import Move, Person, Story
from chambre.project.demo.money.doing import do
from chambre.project.demo.money.drawing import MONTHS, YEAR, Draw
from chambre.registry import api as registry
from chambre.treasury import samples
from chambre.treasury.models import BankAccount, BankRow, Match, Party
from chambre.treasury.queries.balances import balance_of
from chambre.treasury.queries.months import last_day
from chambre.treasury.services.bank import create_account, import_file
from chambre.treasury.services.invoice_issuers import set_issuer
from chambre.treasury.services.matching import (
    BookedPart,
    ItemPart,
    PartDraft,
    keep_habit,
    match_row,
    match_rows,
)
from chambre.treasury.services.months import close_month
from chambre.treasury.services.parties import note_iban, note_party

SEED = 20260101
BANK_CODE = "512000"
"""The account of the book on which the FEC of the years before keep the bank."""
TIDY = 4
"""Months that the treasurer has gone through to the end; what is open in the others is for visitors."""
AWKWARD = (("bocal", "Caisse de la Lysse", "camt"), ("ecole", "Banque des Communs", "mt940"))
"""Structures whose statements nobody has gone through: slug, name of the bank, form of its files."""
OVERLAP = {3: 9}
"""Months whose file begins so many days early: banks give whatever was asked for."""


@dataclass(slots=True)
class Teller:
    """Whoever plays the treasurer of a structure.

    Attributes:
        story: What happens.
        people: Two people who answer for the money: they agree to what is sent.
        book: The structure's book.
        account: Its bank account.
        items: Kind and key of what can be matched, by key of the act.
        references: Creditor references and numbers of invoices, by key of the act.
        orders: End-to-end references of what was sent, by key of the act.
    """

    story: Story
    people: tuple[Actor, Actor]
    book: Book
    account: BankAccount
    items: dict[str, tuple[str, str]] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)

    @property
    def by(self) -> Actor:
        """Who does what one person may do alone."""
        return self.people[0]

    def party(self, who: Person) -> Party:
        """A third party, with the account that they gave."""
        if who.name not in self.parties:
            party = note_party(
                book=self.book, name=who.name, by=self.by, street=who.street,
                postcode=who.postcode, city=who.city, siren=who.siren,
                is_business=bool(who.siren),
            )  # fmt: skip
            if who.known:
                note_iban(party=party, iban=who.iban, by=self.by, confirmed=True)
            self.parties[who.name] = party
        return self.parties[who.name]

    def learn_account(self, party: Party, who: Person) -> None:
        """They give their account, so that money can be sent to them."""
        note_iban(party=party, iban=who.iban, by=self.by, confirmed=True)


def load_money(
    *, people: tuple[Actor, Actor], seed: int = SEED, tidy: int = TIDY, close: bool = True
) -> list[Teller]:
    """Tell every story that was not told yet.

    Args:
        people: Two people who answer for the money of every structure of the stories.
        seed: What the stories are made of.
        tidy: So many months are gone through by hand to the end.
        close: Whether these months are then closed.

    Returns:
        Who told them.
    """
    return [
        teller
        for tell in STORIES
        if (teller := tell_story(tell, people=people, seed=seed, tidy=tidy, close=close))
    ]


def load_awkward(*, by: Actor, seed: int = SEED) -> list[BankAccount]:
    """Statements with every awkward case, of structures where nobody has matched anything yet.

    Args:
        by: Who answers for the money of these structures.
        seed: What the statements are made of.

    Returns:
        The accounts that had none before.
    """
    made = []
    for slug, name, form in AWKWARD:
        book = ledger.open_book(structure=registry.structure(slug), by=by)
        if BankAccount.objects.filter(book=book).exists():
            continue
        account = create_account(
            book=book, slug=f"{slug}-courant", iban=Draw(f"{seed}:{slug}").iban(), name=name,
            code=BANK_CODE, since=dt.date(YEAR, 1, 1), by=by,
        )  # fmt: skip
        given = samples.statements(
            seed=seed, iban=account.iban, first=dt.date(YEAR, 1, 1), form=form,
            opening=balance_of(book, BANK_CODE, dt.date(YEAR - 1, 12, 31)),
        )  # fmt: skip
        samples.bring_all(account=account, given=given, by=by)
        made.append(account)
    return made


def tell_story(
    tell: Callable[[int], Story],
    *,
    people: tuple[Actor, Actor],
    seed: int,
    tidy: int = TIDY,
    close: bool = False,
) -> Teller | None:
    """Tell one story month by month; nothing when its bank account is there already."""
    story = tell(seed)
    structure = registry.structure(story.structure)
    book = ledger.open_book(structure=structure, by=people[0])
    if BankAccount.objects.filter(book=book).exists():
        return None
    account = create_account(
        book=book, slug=f"{story.structure}-courant", iban=story.iban, name=story.bank,
        code=BANK_CODE, since=dt.date(YEAR, 1, 1), by=people[0],
    )  # fmt: skip
    set_issuer(
        book=book, by=people[0], street="3 rue de la Halle", postcode="59999", city="Valmère",
        iban=story.iban, email=f"{story.structure}@valmere.test",
        legal="Structure inventée pour la démonstration", penalty_rate="10",
        regime="non-profit" if book.chart == "associatif" else "vat",
        vat_number=_vat_number(structure.siren),
    )  # fmt: skip
    teller = Teller(story, people, book, account)
    moves = statements.in_order(story)
    opening = balance_of(book, BANK_CODE, dt.date(YEAR - 1, 12, 31))
    for month in MONTHS:
        first = dt.date(YEAR, month, 1)
        for act in sorted(story.acts, key=lambda act: (act.day, act.key)):
            if act.day.month == month:
                do(teller, act)
        with clock.pretend(last_day(first) + dt.timedelta(days=2)):
            opening = _bring_in(teller, moves, month, opening)
            if month <= tidy:
                _by_hand(teller, moves, month)
                if close:
                    close_month(book=book, month=first, by=people[0])
            else:
                _by_hand(teller, moves, month, only_booked=True)
    return teller


def _vat_number(siren: str) -> str:
    """The French VAT number of a SIREN (BOI-TVA-DECLA-20-10-10): FR, a key, the SIREN."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def _bring_in(teller: Teller, moves: list[tuple[int, Move]], month: int, opening: int) -> int:
    """A month's statement, as the bank gives it; its closing balance in cents."""
    first = dt.date(YEAR, month, 1)
    last = last_day(first)
    early = first - dt.timedelta(days=OVERLAP.get(month, 0))
    listed = [(place, move) for place, move in moves if early <= move.day <= last]
    named = statements.Named(teller.references, teller.orders)
    before = sum(move.amount for _p, move in listed if move.day < first and not move.pending)
    content = statements.camt(
        teller.story, month, early, last, opening - before,
        statements.rows(teller.story, listed, named),
    )  # fmt: skip
    name = f"{teller.story.structure}-{YEAR}-{month:02d}.xml"
    return import_file(account=teller.account, by=teller.by, content=content, name=name).closing


def _by_hand(
    teller: Teller, moves: list[tuple[int, Move]], month: int, *, only_booked: bool = False
) -> None:
    """What the matching left is what a treasurer knows: who that was, on which account it goes."""
    truths = {
        statements.mark(teller.story, place): move
        for place, move in moves
        if move.day.month == month and not move.pending
    }
    rows = BankRow.objects.filter(account=teller.account, is_booked=True, reference__in=truths)
    done = _matched(rows)
    for row in rows.order_by("day", "id"):
        move = truths[row.reference]
        if row.pk in done or (only_booked and not move.account):
            continue
        parts = _parts(teller, move)
        if not parts:
            continue
        match_row(row=row, parts=parts, key=f"demo:{row.reference}", by=teller.by)
        done.add(row.pk)
        if isinstance(parts[0], BookedPart) and move.habit:
            keep_habit(row=row, part=parts[0], by=teller.by, always=True,
                       anybody_who_writes=move.anybody)  # fmt: skip
            match_rows(teller.account, teller.by)  # « look again »: it knows more now
            done |= _matched(rows)


def _matched(rows: QuerySet[BankRow]) -> set[int]:
    return set(Match.objects.filter(row__in=rows, undo=None).values_list("row_id", flat=True))


def _parts(teller: Teller, move: Move) -> list[PartDraft]:
    if move.account:
        return [BookedPart(move.amount, account=move.account)]
    if move.settles:
        sign = 1 if move.amount > 0 else -1
        return [ItemPart(*teller.items[key], sign * amount) for key, amount in move.settles]
    return [] if move.back else [BookedPart(move.amount, use="advance")]
