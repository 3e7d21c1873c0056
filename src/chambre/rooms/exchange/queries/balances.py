"""What is held for exchanges, in the books and in the rows of the room; ``ledger verify`` compares."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Sum

from chambre.core.db.planned import planned
from chambre.ledger.models import Line
from chambre.rooms.exchange.models import ChargeBack, Exchange, Leg
from chambre.treasury.models import CreditMove, Payment

HELD = "467800"
"""Money that the Chamber holds for the parties of exchanges."""
OWED = "467810"
"""Money that may leave, for whom it goes to."""


CLAIMED = "467820"
"""Money that the giver of a leg owes, because a bank took it back after it had gone."""


def auxiliary_of(exchange: Exchange) -> str:
    """Code of the auxiliary account of an exchange."""
    return f"X{exchange.pk}"


def piece_of(leg: Leg) -> str:
    """Reference of a leg in the books."""
    return f"X{leg.exchange_id}-{leg.number}"


HELD_FOR_LEG = """
SELECT COALESCE(SUM(l.amount), 0) FROM ledger_line l
WHERE l.piece = %s
  AND l.auxiliary_id = (SELECT x.id FROM ledger_auxiliary x JOIN ledger_book b ON b.id = x.book_id
                        WHERE b.structure_id = %s AND x.code = %s)
  AND l.account_id = (SELECT a.id FROM ledger_account a JOIN ledger_book b ON b.id = a.book_id
                      WHERE b.structure_id = %s AND a.code = %s)
"""
"""By the exchange's own auxiliary account: what it costs does not grow with the number of exchanges."""


def held_for(leg: Leg) -> int:
    """Cents that stand on the held account for a leg."""
    chamber = leg.exchange.chamber_id
    with planned(), connection.cursor() as cursor:
        cursor.execute(
            HELD_FOR_LEG,
            [piece_of(leg), chamber, auxiliary_of(leg.exchange), chamber, HELD],
        )
        return -int(cursor.fetchone()[0])


def differences() -> Iterator[str]:
    """What the books hold for each leg is what the leg says, to the cent and to the unit; else why not."""
    held = _held()
    paid = {
        row.origin_key: row.received
        for row in Payment.objects.filter(origin="exchange").only("origin_key", "received")
    }
    claims = ChargeBack.objects.filter(state=ChargeBack.State.CLAIMED)
    claimed = set(claims.values_list("leg_id", flat=True))
    ended = (
        Exchange.State.SETTLED, Exchange.State.PART_SETTLED, Exchange.State.RETURNED,
    )  # fmt: skip
    rows = Leg.objects.filter(kind=Leg.Kind.EUROS).select_related("exchange").order_by("pk")
    for leg in rows.iterator(chunk_size=2000):
        in_books = held.pop(piece_of(leg), 0)
        if leg.state == Leg.State.DEPOSITED:
            wanted = leg.amount
        elif leg.pk in claimed or (
            leg.state == Leg.State.PROMISED and leg.exchange.state not in ended
        ):
            wanted = min(leg.amount, paid.get(str(leg.pk), 0))
        else:
            wanted = 0
        if in_books != wanted:
            yield (
                f"exchange {leg.exchange.slug}, leg {leg.name}: {in_books} cents are held in the books, "
                f"{wanted} should be"
            )
    for piece, cents in held.items():
        if cents:
            yield f"{cents} cents are held for {piece or 'nothing'}, which is no leg"
    yield from _claims()
    yield from _units()


def _claims() -> Iterator[str]:
    """What is claimed in the books for each leg, against what a bank took back after it had gone."""
    rows = ChargeBack.objects.filter(state=ChargeBack.State.CLAIMED)
    wanted = {piece_of(row.leg): row.leg.amount for row in rows.select_related("leg")}
    found = {piece: -cents for piece, cents in _on(CLAIMED).items()}
    for piece in sorted(wanted.keys() | found.keys()):
        if wanted.get(piece, 0) != found.get(piece, 0):
            yield (
                f"{found.get(piece, 0)} cents are claimed for {piece or 'nothing'}, "
                f"{wanted.get(piece, 0)} should be"
            )


def _held() -> dict[str, int]:
    """Cents on the held account by piece."""
    return _on(HELD)


def _on(account: str) -> dict[str, int]:
    """Cents that are owed on an account, by piece."""
    rows = Line.objects.filter(account__code=account, unit="EUR", phase__lt=2)
    sums = rows.values_list("piece").annotate(total=Sum("amount")).order_by()
    return {piece: -total for piece, total in sums}


def _units() -> Iterator[str]:
    """Units that came for each leg and have not left, against what the leg says."""
    came: dict[str, int] = {}
    moves = CreditMove.objects.filter(origin="exchange").order_by()
    for key, amount in moves.values_list("key", "amount"):
        _room, leg, what = key.split(":", 2)
        came[leg] = came.get(leg, 0) + (amount if what == "in" else -amount)
    for leg in Leg.objects.filter(kind=Leg.Kind.CREDIT).select_related("exchange"):
        wanted = leg.amount if leg.state == Leg.State.DEPOSITED else 0
        if came.get(str(leg.pk), 0) != wanted:
            yield (
                f"exchange {leg.exchange.slug}, leg {leg.name}: {came.get(str(leg.pk), 0)} hundredths "
                f"of a unit are held, {wanted} should be"
            )
