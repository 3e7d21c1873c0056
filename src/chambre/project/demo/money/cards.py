"""Cards at the juice cooperative's: paid, refunded in part, disputed and lost; what the provider sends.

Nothing is asked over a network: what a provider would say is written down as it would be after
looking. The account is closed to payers afterwards, and has no address: the clock leaves it alone.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from chambre.lib.paymentstates import DisputeStage, RefundStage, Stage
from chambre.project.demo.money.acts import Doing, Move, Person, Story
from chambre.project.demo.money.drawing import Draw
from chambre.treasury.models import PaymentAttempt, ProviderAccount
from chambre.treasury.providers.base import Seen, SeenDispute, SeenRefund, SeenTransfer
from chambre.treasury.services.attempts import prepare_attempt
from chambre.treasury.services.payments import AskedLine, request_payment
from chambre.treasury.services.provideraccounts import (
    change_provider_account,
    open_provider_account,
)
from chambre.treasury.services.providertransfers import keep_transfer
from chambre.treasury.services.seeing import write_seen

if TYPE_CHECKING:
    from chambre.project.demo.money.load import Teller

PRICE, FEE = 3_600, 79


def by_card(story: Story, draw: Draw) -> None:
    """Crates bought with a card in February and May."""
    buyers = draw.people(12)
    for month, some in ((2, buyers[:7]), (5, buyers[7:])):
        _month(story, draw, month, some)
    _aftermath(story, draw, buyers)


def _account(teller: Teller) -> ProviderAccount:
    known: ProviderAccount | None = ProviderAccount.objects.filter(book=teller.book).first()
    if known is not None:
        return known
    made = open_provider_account(
        book=teller.book, provider="stripe", label="Carte bancaire", mode="sandbox",
        values={"secret_key": "sk_test_invented", "webhook_secret": "whsec_invented"},
        by=teller.by,
    )  # fmt: skip
    made.base = ""
    made.save(update_fields=["base"])
    return made


def _month(story: Story, draw: Draw, month: int, buyers: list[Person]) -> None:
    day = draw.day(month, 3, 12)
    remote, total = f"po_{month:02d}valmere", len(buyers) * (PRICE - FEE)
    sent = draw.later(day, 4, 7)

    def run(teller: Teller) -> None:
        account = change_provider_account(account=_account(teller), active=True, by=teller.by)
        for number, who in enumerate(buyers):
            _pay(teller, account, who, f"{month}-{number}", day)
        transfer, _new = keep_transfer(
            account, SeenTransfer(remote, total, sent, "paid", text="STRIPE"), teller.by
        )
        teller.items[f"virement-{month}"] = ("provider-transfer", str(transfer.pk))
        teller.references[f"virement-{month}"] = remote
        change_provider_account(account=account, active=False, by=teller.by)

    story.acts.append(Doing(f"cartes-{month}", day, run))
    story.moves.append(
        Move(sent, total, "STRIPE TECHNOLOGY EUROPE", text=f"STRIPE {{virement-{month}}}",
             settles=((f"virement-{month}", total),), case="cards paid out")
    )  # fmt: skip


def _pay(teller: Teller, account: ProviderAccount, who: Person, key: str, day: dt.date) -> None:
    payment = request_payment(
        book=teller.book, amount=PRICE, reason=f"Caisse de jus – {who.name}", by=teller.by,
        key=f"demo:card:{key}", payer_name=who.name,
        lines=[AskedLine(PRICE, use="sale.product", vat=550)],
    )  # fmt: skip
    attempt = prepare_attempt(payment, account, teller.by)
    seen = Seen(
        Stage.PAID, amount=PRICE, day=day, fee=FEE, remote_payment=f"pi_{key}", key=attempt.key
    )
    write_seen(attempt, seen, teller.by)
    _leave(attempt)


def _leave(attempt: PaymentAttempt) -> None:
    """Nobody looks at it by themselves: there is nobody to answer."""
    PaymentAttempt.objects.filter(pk=attempt.pk).update(look_next=None)


def _aftermath(story: Story, draw: Draw, buyers: list[Person]) -> None:
    """One buyer gets a broken bottle back, one disputes and wins against us."""
    day = draw.day(3, 4, 20)

    def run(teller: Teller) -> None:
        paid = PaymentAttempt.objects.filter(
            account=_account(teller), remote_payment__in=("pi_2-0", "pi_2-1")
        )
        broken, disputed = paid.order_by("remote_payment").select_related("account")
        money = Seen(Stage.PAID, amount=PRICE, day=day, fee=FEE)
        back = SeenRefund("re_valmere", 600, RefundStage.DONE, day)
        lost = SeenDispute("dp_valmere", PRICE, DisputeStage.LOST, day, fee=2_000)
        for attempt, seen in (
            (broken, {"refunds": (back,)}),
            (disputed, {"disputes": (lost,)}),
        ):
            said = Seen(
                money.stage, amount=money.amount, day=attempt.events.get(kind="paid").day,
                fee=money.fee, remote_payment=attempt.remote_payment, **seen,
            )  # fmt: skip
            write_seen(attempt, said, teller.by)
            _leave(attempt)

    story.acts.append(Doing("cartes-suites", day, run))
