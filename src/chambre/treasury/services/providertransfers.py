"""What providers transfer to the bank account: found at the provider, expected on the statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, NotFound
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import ProviderAccount, ProviderTransfer
from chambre.treasury.openitems import OpenItem
from chambre.treasury.providers.base import ProviderFault, ProviderRefusal, SeenTransfer
from chambre.treasury.queries.collecting import bookable
from chambre.treasury.services.attempts import NoAnswer
from chambre.treasury.services.booking import book_entry
from chambre.treasury.services.provideraccounts import access_of, provider_of

LOOK_BACK = dt.timedelta(days=60)


def look_for_transfers(*, account: ProviderAccount, by: Actor) -> list[ProviderTransfer]:
    """Read a provider's transfers and write down what is new; fees taken from them are booked.

    Returns:
        Those that were new or have moved.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        NoAnswer: The provider does not answer.
    """
    authorize(by, "treasury.manage", account.book)
    since = max(account.since, registry.today() - LOOK_BACK)
    try:
        seen = provider_of(account).transfers(access_of(account), since)
    except ProviderFault as fault:
        _note(account, str(fault))
        raise NoAnswer() from None
    except ProviderRefusal as refusal:
        _note(account, refusal.said or str(refusal.status))
        return []
    _note(account, "")
    kept = [keep_transfer(account, each, by) for each in seen]
    return [row for row, moved in kept if moved]


def _note(account: ProviderAccount, problem: str) -> None:
    ProviderAccount.objects.filter(pk=account.pk).update(
        looked_at=timezone.now(), problem=problem[:300]
    )


@transaction.atomic
def keep_transfer(
    account: ProviderAccount, seen: SeenTransfer, by: Actor
) -> tuple[ProviderTransfer, bool]:
    """Write one transfer down, once; what is matched changes no more."""
    ProviderAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    row = account.transfers.filter(remote=seen.remote).first()
    made = row is None
    if row is None:
        row = ProviderTransfer(account=account, remote=seen.remote)
    before = (row.amount, row.day, row.state, row.fee)
    if not row.matched_key:
        row.amount, row.day, row.state = seen.amount, seen.day, seen.stage
        row.text, row.fee = seen.text[:140], seen.fee
    if made or before != (row.amount, row.day, row.state, row.fee):
        row.save()
        audit(by, "treasury.transfer.noted", row, amount=row.amount, state=row.state)
    if row.fee and row.state == ProviderTransfer.State.PAID and row.fee_entry_id is None:
        row.fee_entry = book_entry(
            book=account.book,
            journal="EN",
            day=bookable(account.book, row.day),
            lines=[
                BookLine(row.fee, account=account.fee_account),
                BookLine(-row.fee, account=account.account),
            ],
            key=f"provider-fee:{account.public_id}:{row.remote}"[:120],
            label=f"Frais {account.label} {row.remote}",
            source=f"treasury.transfer:{row.pk}",
        )
        row.save(update_fields=["fee_entry"])
    return row, made or before != (row.amount, row.day, row.state, row.fee)


class TransferSource:
    """Provider transfers that are expected on the bank account."""

    kind = "provider-transfer"

    def items(self, book: Book) -> Iterable[OpenItem]:
        """Transfers that were sent, or are on their way, and whose row has not come."""
        rows = ProviderTransfer.objects.filter(account__book=book, matched_key="")
        rows = rows.exclude(state=ProviderTransfer.State.FAILED).exclude(amount=0)
        for row in rows.select_related("account__book__structure").order_by("day", "id"):
            yield OpenItem(
                kind=self.kind,
                key=str(row.pk),
                direction="in" if row.amount > 0 else "out",
                amount=abs(row.amount),
                label=_("Transfer from %(provider)s") % {"provider": row.account.label},
                day=row.day - dt.timedelta(days=7),
                due=row.day,
                references=(row.remote,),
                texts=tuple(each for each in (row.text, row.account.provider) if each),
                party_name=provider_of(row.account).label,
                url=reverse("treasury:providers", args=[book.structure.slug]),
            )

    def settle(
        self,
        *,
        book: Book,
        key: str,
        amount: int,
        day: dt.date,
        row: int,
        idempotency: str,
        by: Actor,
    ) -> Sequence[BookLine]:
        """The row of the bank that brought it: what the provider held is less by as much."""
        transfer = _locked(book, key)
        if transfer.matched_key not in ("", idempotency) or amount != abs(transfer.amount):
            raise Conflict(_("This transfer is of another amount, or was matched already."))
        if not transfer.matched_key:
            transfer.matched_key, transfer.row = idempotency, row
            transfer.save(update_fields=["matched_key", "row"])
            audit(by, "treasury.transfer.matched", transfer, amount=transfer.amount)
        return [BookLine(-transfer.amount, account=transfer.account.account)]

    def release(
        self, *, book: Book, key: str, amount: int, row: int, idempotency: str, by: Actor
    ) -> None:
        """Undo a wrong match."""
        transfer = _locked(book, key)
        if transfer.matched_key == idempotency:
            transfer.matched_key, transfer.row = "", None
            transfer.save(update_fields=["matched_key", "row"])


def _locked(book: Book, key: str) -> ProviderTransfer:
    rows = ProviderTransfer.objects.select_for_update(of=("self",)).select_related("account")
    row = rows.filter(account__book=book, pk=key).first() if key.isdigit() else None
    if row is None:
        raise NotFound()
    return row
