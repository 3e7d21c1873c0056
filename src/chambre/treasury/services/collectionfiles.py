"""The file of collections for a bank: shown before it is made, made once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import ChambreError, Conflict, KeyReused
from chambre.ledger.models import Book
from chambre.lib.orderstates import Happening, State
from chambre.lib.sepa import SepaRefusal, days, files
from chambre.lib.sepa.parties import Holder
from chambre.registry import api as registry
from chambre.treasury.models import (
    Collection,
    CollectionEvent,
    CreditorIdentity,
    Mandate,
    OrderFile,
)
from chambre.treasury.queries.orders import collections_of
from chambre.treasury.queries.ownaccounts import OwnAccount
from chambre.treasury.services.collecting import TooSoon, record
from chambre.treasury.services.mandates import require_creditor_id
from chambre.treasury.services.orders import (
    Detail,
    NothingToSend,
    holder_of,
    new_code,
)
from chambre.treasury.services.payoutfiles import keep_file


@dataclass(slots=True)
class CollectionPlan:
    """What a file of collections would do.

    Attributes:
        collections: What it would hold, with the collection as the file carries it.
        left: Those that stay, each with the reason in words.
    """

    collections: list[tuple[Any, files.Collection]] = field(default_factory=list)
    left: list[tuple[Any, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Cents that come in."""
        return sum(row.amount for row, _written in self.collections)


def plan_collections(
    book: Book, rows: list[Any] | None = None, *, scheme: str = Mandate.Scheme.CORE
) -> CollectionPlan:
    """What a file of the announced collections would do. Writes nothing.

    A collection of which the day is too near for the bank (one day between banks) stays: it is
    moved, and announced anew.
    """
    if rows is None:
        ready = collections_of(book).filter(state=State.ANNOUNCED, mandate__scheme=scheme)
        rows = list(ready.order_by("due_on", "id"))
    plan, earliest = CollectionPlan(), days.add_open(registry.today(), 1)
    turns, known = _turns(rows), _known_to_banks(book, rows)
    for row in rows:
        mandate, account = row.mandate, row.mandate.account()
        former_creditor, is_new_account = known[row.pk]
        try:
            if row.due_on < earliest:
                raise TooSoon(
                    _("Its day is too near for the bank: move it, and tell the debtor anew.")
                )
            if hasattr(mandate, "end"):
                raise Conflict(_("Its mandate was ended: withdraw it."))
            written = files.Collection(
                id=row.code,
                debtor=holder_of(
                    mandate.party, name=mandate.holder, iban=account.iban, bic=account.bic
                ),
                amount=row.amount,
                day=row.due_on,
                remittance=files.Remittance(row.reason),
                mandate=mandate.reference,
                signed=mandate.signed_on,
                sequence=turns[row.pk],
                former_creditor=former_creditor,
                is_new_account=is_new_account,
            )
            written.debtor.facts()
        except SepaRefusal as refusal:
            plan.left.append((row, refusal.message(get_language() or "fr")))
        except ChambreError as error:
            plan.left.append((row, str(error.message)))
        else:
            plan.collections.append((row, written))
    return plan


def _turns(rows: list[Any]) -> dict[int, files.Turn]:
    """First, later or only: a first one that the bank rejected leaves the next one the first."""
    used = set(
        CollectionEvent.objects.filter(
            collection__mandate__in={row.mandate_id for row in rows}, kind=Happening.EXPORTED
        )
        .exclude(collection__events__kind=Happening.REJECTED)
        .values_list("collection__mandate", flat=True)
    )
    found: dict[int, files.Turn] = {}
    for row in rows:
        first = row.mandate_id not in used
        used.add(row.mandate_id)
        found[row.pk] = "OOFF" if not row.mandate.is_recurrent else "FRST" if first else "RCUR"
    return found


def _known_to_banks(book: Book, rows: list[Any]) -> dict[int, tuple[str, bool]]:
    """What the debtor's bank is to be told of a mandate with each collection, in the file's order.

    A collection that the bank rejected told it nothing: the next one says it again.

    Returns:
        The former creditor identifier, or empty, and whether the debtor's account is a new one.
    """
    told = (
        CollectionEvent.objects.filter(
            collection__mandate__in={row.mandate_id for row in rows}, kind=Happening.EXPORTED
        )
        .exclude(collection__events__kind=Happening.REJECTED)
        .order_by("id")
    )
    last = dict(told.values_list("collection__mandate", "at"))
    held = list(CreditorIdentity.objects.filter(book=book).order_by("-id"))
    found: dict[int, tuple[str, bool]] = {}
    seen: set[int] = set()
    for row in rows:
        if row.mandate_id in seen:  # said once, in the first of a file
            found[row.pk] = "", False
            continue
        seen.add(row.mandate_id)
        since = last.get(row.mandate_id)
        found[row.pk] = _former(held, since or row.mandate.at), _has_moved(row.mandate, since)
    return found


def _former(held: list[CreditorIdentity], since: dt.datetime) -> str:
    """The creditor identifier of then, newest first in ``held``, when it is not today's."""
    known = next((each for each in held if each.at <= since), held[0] if held else None)
    return known.identifier if known and known.identifier != held[0].identifier else ""


def _has_moved(mandate: Mandate, since: dt.datetime | None) -> bool:
    """Whether the last collection was drawn from another account; the first one has none before."""
    return since is not None and mandate.account(since).iban != mandate.account().iban


@transaction.atomic
def export_collections(
    *,
    book: Book,
    account: OwnAccount,
    key: str,
    by: Actor,
    scheme: str = Mandate.Scheme.CORE,
    batch: bool = True,
) -> OrderFile:
    """Make one file for the bank of all announced collections of a scheme, once.

    Args:
        book: Whose collections.
        account: On which account the money comes.
        key: Idempotency key: the same again gives the same file.
        by: Who makes it.
        scheme: ``CORE`` or ``B2B``: banks take them in separate files.
        batch: One movement on the statement for each day and sequence; else one each.

    Returns:
        The file, of the form pain.008.001.08.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Conflict: The structure has no creditor identifier.
        NothingToSend: No collection is ready (any more).
        KeyReused: The key was used for something else.
    """
    authorize(by, "treasury.manage", book)
    Book.objects.select_for_update(no_key=True).get(pk=book.pk)  # one file at a time
    done: OrderFile | None = OrderFile.objects.filter(key=key).first()
    if done is not None:
        if (done.book.pk, done.kind) != (book.pk, OrderFile.Kind.COLLECTIONS):
            raise KeyReused(key=key)
        return done
    creditor = require_creditor_id(book)
    ready = collections_of(book).filter(state=State.ANNOUNCED, mandate__scheme=scheme)
    locked = Collection.objects.select_for_update(of=("self",)).filter(
        pk__in=list(ready.values_list("pk", flat=True))
    )
    # Somebody may have withdrawn or moved one while we waited for its lock: asked anew.
    held = ready.filter(pk__in=[each.pk for each in locked.order_by("pk")])
    plan = plan_collections(book, list(held.order_by("due_on", "id")))
    if not plan.collections:
        raise NothingToSend(left=[str(row) for row, _why in plan.left])
    made = files.write_collections(
        id=(message := new_code("D")),
        made_at=(now := timezone.now()),
        creditor=Holder(account.holder, account.iban, account.bic),
        creditor_id=creditor,
        collections=[written for _row, written in plan.collections],
        scheme=cast(Literal["CORE", "B2B"], scheme),
        batch=batch,
    )
    file = keep_file(
        book, OrderFile.Kind.COLLECTIONS, made, by,
        message=message, iban=account.iban, is_batch=batch, key=key, made_at=now,
    )  # fmt: skip
    for row, written in plan.collections:
        more = (("sequence", written.sequence),)
        detail = Detail(file=file, day=row.due_on, more=more)
        record(row, Happening.EXPORTED, by, key, detail)
    return file
