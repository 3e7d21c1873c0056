"""How deposits come in and go back: cash, voucher, gift, transfer, card, receipt, suspended, partner.

Acts that go the same way at the same place are one entry of the journal; the contracts are its
sub-ledger.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from chambre.core.errors import ChambreError
from chambre.registry.models import Resource
from chambre.rooms.deposit.models import Place, Scheme
from chambre.rooms.deposit.queries import holding
from chambre.rooms.deposit.queries.errors import NoMeans
from chambre.rooms.deposit.services import accounts
from chambre.rooms.deposit.services.accounts import SYSTEM, Owed, deposit_lines, line_on
from chambre.rooms.deposit.services.asking import Asked, Split
from chambre.rooms.deposit.services.ways import (
    CARRIED,
    Channel,
    Money,
    Way,
    rest_of,
    secret_code,
    usual,
)
from chambre.treasury import api as treasury
from chambre.treasury.api import BookLine

if TYPE_CHECKING:
    from chambre.treasury.models import Party

JOURNAL = "OD"


def batch_key(moneys: Iterable[Money], kind: str) -> str:
    """Key of the entry of some acts: the same acts, the same key."""
    told = "\n".join(money.asked.key for money in moneys)
    return f"deposit:{kind}:{hashlib.sha256(told.encode()).hexdigest()[:40]}"


def _words(place: Place, many: int, *, back: bool) -> str:
    """Label of an entry, in French: books are kept in French."""
    with translation.override("fr"):
        text = _("Deposits paid back") if back else _("Deposits taken")
    return f"{text} – {place.scheme.name}, {place.name} ({many})"[:140]


def pay_back(moneys: Sequence[Money], day: dt.date) -> None:
    """Pay acts back, book what is kept, and note where each is booked.

    Args:
        moneys: Acts of places of one scheme, planned.
        day: Day of the entries.

    Raises:
        NoMeans: A way that cannot be gone here.
        DrawerClosed, NotInDrawer: Cash out of a drawer that is closed or holds less.
    """
    cash: dict[int, list[tuple[Money, Way]]] = defaultdict(list)
    for money in moneys:
        for way in money.ways:
            if way.channel == Channel.CASH:
                cash[money.place.pk].append((money, way))
            elif way.channel == Channel.VOUCHER:
                _give_voucher(money, way, day)
    _move_cash(cash, day, "out")
    _book_the_rest(moneys, day)


def _move_cash(cash: Mapping[int, list[tuple[Money, Way]]], day: dt.date, kind: str) -> None:
    """One move of each drawer for all that goes in or out at its place; one entry for all of them."""
    if not cash:
        return
    drawers: dict[int, list[tuple[Money, Way]]] = defaultdict(list)
    for _place, pairs in sorted(cash.items()):
        place = pairs[0][0].place
        if place.drawer_id is None:
            raise NoMeans(_("This place has no cash drawer."), means="cash")
        drawers[place.drawer_id] += pairs
    parts = [_cash_part(pairs, kind) for _drawer, pairs in sorted(drawers.items())]
    first, many = next(iter(drawers.values()))[0][0].place, sum(map(len, drawers.values()))
    moves = treasury.move_cash_together(
        parts=parts, kind=kind, reason=_words(first, many, back=kind == "out"), day=day, by=SYSTEM
    )
    for move, pairs in zip(moves, (each for _drawer, each in sorted(drawers.items())), strict=True):
        for money, way in pairs:
            way.reference = f"cash:{move.pk}"
            money.entry = money.entry or move.entry_id


def _cash_part(pairs: Sequence[tuple[Money, Way]], kind: str) -> treasury.CashPart:
    place = pairs[0][0].place
    assert place.drawer is not None
    return treasury.CashPart(
        drawer=place.drawer,
        amount=sum(way.amount for _money, way in pairs),
        reason=_words(place, len(pairs), back=kind == "out"),
        key=batch_key((money for money, _way in pairs), "cash")[:80],
        lines=deposit_lines((each for _money, way in pairs for each in way.owed), place.scheme),
    )


def _give_voucher(money: Money, way: Way, day: dt.date) -> None:
    scheme = money.place.scheme
    voucher, _code = treasury.issue_voucher(
        book=scheme.book,
        reason=_words(money.place, 1, back=True),
        day=day,
        key=f"deposit:{money.asked.key}"[:100],
        by=SYSTEM,
        amount=way.amount,
        lines=deposit_lines(way.owed, scheme),
        code=secret_code("voucher", money.asked.key),
    )
    way.reference = f"voucher:{voucher.pk}"
    money.entry = money.entry or voucher.entry_id


def _book_the_rest(moneys: Sequence[Money], day: dt.date) -> None:
    """One entry for everything that no counter of the treasury books by itself."""
    scheme = moneys[0].place.scheme
    owed: list[Owed] = []
    lines: list[BookLine] = []
    kept: list[tuple[int, int]] = []
    inside: list[Money] = []
    late: list[tuple[Money, Way]] = []
    for money in moneys:
        rest = rest_of(money)
        for way in money.ways:
            if way.channel in (Channel.CASH, Channel.VOUCHER):
                continue
            rest += way.owed
            lines.append(_credit(money, way, scheme))
            if way.channel in (Channel.SEPA, Channel.CARD):
                late.append((money, way))
        if rest:
            owed += rest
            kept += money.kept
            inside.append(money)
    if not inside:
        return
    entry = treasury.book_entry(
        book=scheme.book,
        journal=JOURNAL,
        day=day,
        key=batch_key(inside, "back"),
        label=_words(inside[0].place, len(inside), back=True),
        source="deposit.return",
        lines=[*deposit_lines(owed, scheme), *together(lines), *accounts.kept_lines(kept, scheme)],
    )
    for money in inside:
        money.entry = money.entry or entry.pk
    for money, way in late:
        _ask_for(money, way)


def together(lines: Iterable[BookLine]) -> list[BookLine]:
    """Lines of one account, resource and owner, as one line."""
    sums: dict[tuple[object, ...], tuple[BookLine, int]] = {}
    for line in lines:
        key = (line.use, line.account, line.resource, line.party and line.party.pk, line.auxiliary)
        known = sums.get(key)
        sums[key] = (line, line.amount + (known[1] if known else 0))
    return [
        BookLine(
            amount,
            use=line.use,
            account=line.account,
            account_label=line.account_label,
            resource=line.resource,
            party=line.party,
            auxiliary=line.auxiliary,
        )
        for line, amount in sums.values()
        if amount
    ]


def _credit(money: Money, way: Way, scheme: Scheme) -> BookLine:
    """Where a part goes to."""
    amount = -way.amount
    if way.channel == Channel.RECEIPT:
        return line_on(accounts.RECEIPTS, amount, scheme)
    if way.channel == Channel.SUSPENDED:
        return line_on(accounts.SUSPENDED, amount, scheme)
    if way.channel == Channel.PARTNER:
        return partner_line(money.place, amount)
    if way.channel == Channel.GIFT:
        resource = gift_resource(scheme, way.split.resource)
        way.reference = f"resource:{resource.pk}"
        return BookLine(amount, use="donation", resource=resource.pk)
    if way.channel == Channel.SEPA:
        way.party = payee(scheme, way.split)
        return line_on(accounts.TRANSFERS, amount, scheme, party=way.party)
    if way.channel == Channel.CARD and money.payment:
        return BookLine(amount, use="deposit", resource=scheme.resource_id)
    raise NoMeans(_("The deposit was not paid that way."), means=way.channel)


def partner_line(place: Place, amount: int) -> BookLine:
    """What a partner owes to the scheme (or, negative, has to get).

    Raises:
        NoMeans: No partner runs the place.
    """
    if place.partner is None:
        raise NoMeans(_("No partner runs this place."), means="partner")
    scheme = place.scheme
    party = treasury.note_party(
        book=scheme.book, name=place.partner.name, by=SYSTEM, agent=place.partner
    )
    return line_on(accounts.PARTNERS, amount, scheme, party=party)


def gift_resource(scheme: Scheme, slug: str) -> Resource:
    """The commons that a gift goes to: one of the same structure, or the scheme itself.

    Raises:
        NoMeans: There is none of that name, or another structure answers for it.
    """
    if not slug or slug == scheme.resource.slug:
        return scheme.resource
    found: Resource | None = Resource.objects.filter(slug=slug).first()
    if found is None or found.chamber_id != scheme.resource.chamber_id:
        raise NoMeans(_("There is no such commons here."), means="gift")
    return found


def payee(scheme: Scheme, split: Split) -> Party:
    """Whom a transfer goes to, noted as a third party with the account that they gave.

    Raises:
        NoMeans: Not an account.
    """
    try:
        party = treasury.note_party(
            book=scheme.book, name=split.name or _("Bearer of a deposit"), by=SYSTEM
        )
        treasury.note_iban(
            party=party, iban=split.iban, by=SYSTEM, holder=split.name, confirmed=True
        )
    except ChambreError as error:
        raise NoMeans(error.message, means="sepa") from error
    return party


def _ask_for(money: Money, way: Way) -> None:
    """Ask the treasury for a transfer, or for money back to a card; it is done when it has left."""
    scheme, key = money.place.scheme, f"deposit:{money.asked.key}"
    if way.party is not None:
        payout = treasury.pay_out(
            book=scheme.book,
            party=way.party,
            amount=way.amount,
            reason=_words(money.place, 1, back=True),
            key=key[:120],
            by=SYSTEM,
            lines=[line_on(accounts.TRANSFERS, way.amount, scheme, party=way.party)],
            origin="deposit",
            origin_key=money.asked.key[:120],
        )
        way.reference = f"payout:{payout.code}"
        return
    payment = treasury.payment(money.payment)
    try:
        row = treasury.refund(payment=payment, amount=way.amount, key=key[:120], by=SYSTEM)
    except ChambreError as error:
        raise NoMeans(error.message, means="card") from error
    way.reference = f"refund:{row.pk}"


def take_in(moneys: Sequence[Money], day: dt.date) -> None:
    """Take the deposits of acts in, and note where each is booked.

    Raises:
        NoMeans: A way that cannot be gone here.
        DrawerClosed: Cash into a drawer that is closed.
    """
    cash: dict[int, list[tuple[Money, Way]]] = defaultdict(list)
    others: list[tuple[Money, Way]] = []
    for money in moneys:
        for way in money.ways:
            if way.channel == Channel.CASH:
                cash[money.place.pk].append((money, way))
            else:
                others.append((money, way))
    _move_cash(cash, day, "in")
    if not others:
        return
    scheme = moneys[0].place.scheme
    lines = [_debit(money, way, scheme) for money, way in others]
    entry = treasury.book_entry(
        book=scheme.book,
        journal=JOURNAL,
        day=day,
        key=batch_key((money for money, _way in others), "issue"),
        label=_words(others[0][0].place, len(others), back=False),
        source="deposit.issue",
        lines=[
            *together(lines),
            *deposit_lines((each for _money, way in others for each in way.owed), scheme, -1),
        ],
    )
    for money, _way in others:
        money.entry = entry.pk


def _debit(money: Money, way: Way, scheme: Scheme) -> BookLine:
    """Where a deposit comes from.

    Raises:
        NoMeans: No deposit is paid this way here.
    """
    if way.reference.startswith(CARRIED):  # it was booked when the partner received the objects
        return line_on(accounts.PARTNERS, way.amount, scheme)
    if way.channel == Channel.PARTNER:
        return partner_line(money.place, way.amount)
    if way.channel == Channel.SUSPENDED:
        there = holding.suspended(scheme)
        if way.amount > there:
            raise NoMeans(_("Not so much is left for suspended deposits."), means="suspended")
        return line_on(accounts.SUSPENDED, way.amount, scheme)
    if way.channel in (Channel.PAYMENT, Channel.CARD) and money.asked.payment:
        return BookLine(way.amount, use="deposit", resource=scheme.resource_id)
    raise NoMeans(_("No deposit is paid this way here."), means=way.channel)


def redeem(asked: Asked, place: Place, amount: int, lines: list[BookLine], day: dt.date) -> Way:
    """Pay out what is owed already (a receipt): once for the act's key.

    Args:
        asked: The act, with its key and how it is paid.
        place: Where.
        amount: Cents.
        lines: What is owed: debits that sum to the amount.
        day: Day of the entry.

    Raises:
        NoMeans: It cannot be paid that way here.
    """
    way = Way(
        usual(place, asked.means), amount, [], Split(asked.means, amount, asked.resource,
        asked.iban, asked.name),
    )  # fmt: skip
    if way.channel in (Channel.VOUCHER, Channel.RECEIPT, Channel.CARD, Channel.PAYMENT):
        raise NoMeans(_("A receipt is not paid out this way."), means=way.channel)
    if way.channel == Channel.SEPA and not asked.iban:
        raise NoMeans(_("Give the account that the money goes to."), means=way.channel)
    money = Money(asked, place, ways=[way])
    if way.channel == Channel.CASH:
        if place.drawer is None:
            raise NoMeans(_("This place has no cash drawer."), means="cash")
        move = treasury.move_cash(
            drawer=place.drawer, kind="out", amount=amount, day=day, by=SYSTEM, lines=lines,
            reason=_words(place, 1, back=True), key=batch_key([money], "cash")[:80],
        )  # fmt: skip
        way.reference = f"cash:{move.pk}"
        return way
    treasury.book_entry(
        book=place.scheme.book, journal=JOURNAL, day=day, key=batch_key([money], "receipt"),
        label=_words(place, 1, back=True), source="deposit.receipt",
        lines=[*lines, _credit(money, way, place.scheme)],
    )  # fmt: skip
    if way.channel == Channel.SEPA:
        _ask_for(money, way)
    return way
