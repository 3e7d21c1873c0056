"""At the orchards' desk: a market with a drawer that misses a euro, cheques, a voucher, units, a refund."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from chambre.project.demo.money.acts import Doing, Move, Person, Story
from chambre.project.demo.money.doing import agree_and_export
from chambre.project.demo.money.drawing import YEAR, Draw, working
from chambre.registry import api as registry
from chambre.treasury.models import Cheque, Payment
from chambre.treasury.queries.desk import cheques_to_pay_in, drawer_of
from chambre.treasury.services import cheques, drawers, vouchers
from chambre.treasury.services.credit import open_credit
from chambre.treasury.services.credit_paying import pay_with_units
from chambre.treasury.services.payments import AskedLine, request_payment
from chambre.treasury.services.receiving import receive
from chambre.treasury.services.refunds import refund

if TYPE_CHECKING:
    from chambre.project.demo.money.load import Teller

BASKET = 1_500


def at_the_desk(story: Story, draw: Draw) -> None:
    """Acts and movements of the desk."""
    people = draw.people(8)
    _market(story, draw, people[:4])
    _cheques(story, draw, people[4:7])
    _gifts(story, draw, people[7])


def _basket(teller: Teller, who: Person, key: str, amount: int = BASKET) -> Payment:
    """Somebody is asked for a basket at the desk."""
    return request_payment(
        book=teller.book, amount=amount, reason=f"Panier – {who.name}", by=teller.by,
        key=f"demo:desk:{key}", payer_name=who.name, by_card=False, by_transfer=False,
        lines=[AskedLine(amount, use="sale.product", vat=0,
                         resource=registry.resource("verger").pk)],
    )  # fmt: skip


def _market(story: Story, draw: Draw, people: list[Person]) -> None:
    """Baskets for cash; the takings go to the bank; what is counted in the evening misses a euro."""
    day = draw.day(3, 3, 20)

    def run(teller: Teller) -> None:
        drawers.add_drawer(book=teller.book, name="Marché", by=teller.by)

        def here() -> Any:
            return drawer_of(teller.book, "marche")

        facts: dict[str, Any] = {"day": day, "by": teller.by}
        drawers.count_drawer(drawer=here(), kind="opening", pieces={}, key="o", **facts)
        for number, who in enumerate(people):
            drawers.take_cash(
                drawer=here(), payment=_basket(teller, who, f"cash-{number}"), amount=BASKET,
                key=f"t{number}", **facts,
            )  # fmt: skip
        drawers.move_cash(
            drawer=here(), kind="out", amount=200, reason="Deux bocaux rendus", use="deposit",
            key="d", **facts,
        )  # fmt: skip
        moved = drawers.move_cash(
            drawer=here(), kind="bank", amount=5_000, reason="Recette du marché", key="b", **facts
        )
        drawers.count_drawer(
            drawer=here(), kind="closing", pieces={500: 1, 200: 1}, key="c",
            note="Sans doute une pièce rendue en trop", **facts,
        )  # fmt: skip
        teller.items["recette"] = ("cash-deposit", str(moved.pk))

    story.acts.append(Doing("marche", day, run))
    story.moves.append(
        Move(draw.later(day, 1, 3), 5_000, text="VERSEMENT ESPECES GUICHET",
             settles=(("recette", 5_000),), case="cash paid in")
    )  # fmt: skip


def _cheques(story: Story, draw: Draw, people: list[Person]) -> None:
    """Three cheques on one slip; one of them comes back weeks later."""
    day = draw.day(2, 3, 14)
    numbers = [f"{draw.random.randint(1_000_000, 9_999_999)}" for _who in people]

    def run(teller: Teller) -> None:
        for who, number in zip(people, numbers, strict=True):
            cheques.receive_cheque(
                book=teller.book, drawn_by=who.name, bank="Banque des Communs", number=number,
                amount=2_500, day=day, reason=f"Adhésion {YEAR} – {who.name}", use="membership",
                key=f"demo:{number}", by=teller.by, resource=registry.resource("verger").pk,
            )  # fmt: skip
        slip = cheques.make_slip(
            book=teller.book, account=teller.account, day=day, key="demo:slip", by=teller.by,
            cheques=[row.pk for row in cheques_to_pay_in(teller.book)],
        )  # fmt: skip
        teller.items["remise"] = ("cheque-deposit", str(slip.pk))
        teller.references["remise"] = str(slip)

    back = draw.day(3, 3, 12)

    def bounced(teller: Teller) -> None:
        cheque = Cheque.objects.get(book=teller.book, number=numbers[0])
        done = cheques.return_cheque(cheque=cheque, day=back, reason="Sans provision", by=teller.by)
        teller.items["impaye"] = ("cheque-return", str(done.pk))

    story.acts += [Doing("cheques", day, run), Doing("impaye", back, bounced)]
    story.moves += [
        Move(draw.later(day, 1, 3), 7_500, text="REMISE CHEQUES {remise}",
             settles=(("remise", 7_500),), case="cheques paid in"),
        Move(draw.later(back, 0, 1), -2_500, text=f"CHEQUE IMPAYE {numbers[0]}",
             settles=(("impaye", 2_500),), case="cheque bounced"),
    ]  # fmt: skip


def _gifts(story: Story, draw: Draw, who: Person) -> None:
    """A voucher that pays a basket; units of the chamber; a place on a course that is given back."""
    day = draw.day(4, 3, 20)

    def voucher(teller: Teller) -> None:
        _row, code = vouchers.issue_voucher(
            book=teller.book, amount=2_500, use="purchase", reason="Tombola de la fête du verger",
            day=day, key="demo:tombola", by=teller.by, expires=dt.date(YEAR, 12, 31),
        )  # fmt: skip
        vouchers.use_voucher(
            book=teller.book, code=code, payment=_basket(teller, who, "voucher"), amount=BASKET,
            day=day, key="demo", by=teller.by,
        )  # fmt: skip

    def units(teller: Teller) -> None:
        structures = [registry.structure(slug) for slug in ("vergers", "jus")]
        accounts = [
            open_credit(agent=agent, limit=20_000, by=teller.people[1]) for agent in structures
        ]
        pay_with_units(
            payment=_basket(teller, who, "units", 4_800), source=accounts[1], amount=4_800,
            day=day, key="demo", by=teller.by,
        )  # fmt: skip

    asked, gone = draw.day(5, 3, 8), draw.day(5, 11, 18)

    def course(teller: Teller) -> None:
        paid = _basket(teller, who, "course", 6_000)
        receive(payment=paid, amount=6_000, means="cheque", day=asked, key="demo", by=teller.by)
        teller.references["stage-annule"] = paid.public_id

    def given_back(teller: Teller) -> None:
        paid = Payment.objects.get(public_id=teller.references["stage-annule"])
        done = refund(
            payment=paid, amount=6_000, means="transfer", iban=who.iban, holder=who.name,
            reason="Stage annulé", key="demo", by=teller.by,
        )  # fmt: skip
        if done.payout is not None:
            agree_and_export(teller, "remboursement", done.payout)

    story.acts += [
        Doing("bon", day, voucher),
        Doing("unites", day, units),
        Doing("stage-paye", asked, course),
        Doing("stage-rendu", gone, given_back),
    ]
    story.moves.append(
        Move(working(gone + dt.timedelta(days=2)), -6_000, who.name.upper(), who.iban,
             reference="remboursement", settles=(("remboursement", 6_000),), case="refund sent")
    )  # fmt: skip
