"""Leaving: an account comes back to zero by a way of the rules, then it is closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.ledger.models import Book
from chambre.registry import api as registry
from chambre.rooms.credit.models import Community, Leaving, Membership, Rules
from chambre.rooms.credit.queries.communities import ORIGIN, rules_of
from chambre.rooms.credit.queries.errors import NotOpen, NotSettled
from chambre.rooms.credit.queries.pots import pot_of
from chambre.rooms.credit.services.communities import (
    SYSTEM,
    keep_bounds,
    lock_account,
    lock_community,
    need_member,
)
from chambre.treasury import api as treasury
from chambre.treasury.models import CreditAccount

Way, State = Rules.Way, Leaving.State
EUROS = "credit.leaving"
"""How the room names itself on payments and payouts in euros."""
LONGEST = dt.timedelta(days=366)


@transaction.atomic
def begin(*, account: CreditAccount, way: str, until: dt.date, by: Actor) -> Leaving:
    """Begin to leave: from now on the account only comes nearer to zero.

    Args:
        account: Whose.
        way: One of those that the rules know.
        until: By when.
        by: The holder, or who looks after the credit.

    Returns:
        The leaving; the one that is open, if there is one.

    Raises:
        Forbidden: ``by`` neither holds the account nor looks after the credit.
        NotMember: It takes no part.
        Invalid: A way that the rules do not know, or a day that has passed or is too far away.
    """
    _may(account, by)
    account = lock_account(account)
    member = need_member(account, (Membership.State.ACTIVE, Membership.State.LEAVING))
    known = member.leavings.filter(state=State.OPEN).first()
    if known is not None:
        return known
    rules = rules_of(member.community)
    fields = {}
    if way not in rules.ways or (way == Way.EUROS and account.unit != "CRD"):
        fields["way"] = [_("The rules do not know this way of leaving.")]
    if not registry.today() <= until <= registry.today() + LONGEST:
        fields["until"] = [_("From today to a year from now.")]
    if fields:
        raise Invalid(fields=fields)
    row: Leaving = Leaving.objects.create(
        membership=member, rules=rules, way=way, held=account.held, until=until,
        opened_on=registry.today(), by=by.label[:254],
    )  # fmt: skip
    member.state = Membership.State.LEAVING
    member.save(update_fields=["state"])
    audit(by, "credit.leaving.begun", row, way=way, held=account.held)
    _towards_zero(account)
    return row


def _may(account: CreditAccount, by: Actor) -> None:
    if not by.may("credit.use_account", account):
        authorize(by, "credit.manage", account)


def _towards_zero(account: CreditAccount) -> None:
    """From where it stands to zero, and no further on either side."""
    treasury.agree_bounds(
        account=account, limit=max(-account.held, 0), ceiling=max(account.held, 0), by=SYSTEM,
        reason="leaving",
    )  # fmt: skip


@transaction.atomic
def settle(*, leaving: Leaving, by: Actor, iban: str = "") -> Leaving:
    """Go the next step: ask for the euros, take what the common account can; close what is at zero.

    Args:
        leaving: Which.
        by: The holder, or who looks after the credit.
        iban: Where euros go, when some are to be paid out to the holder.

    Raises:
        Forbidden: ``by`` neither holds the account nor looks after the credit.
        NotOpen: It is over.
        NotSettled: The account is not at zero, and this way has no further step now.
        NoAccount: Euros are to be paid out, and nobody knows where.
    """
    _may(leaving.membership.account, by)
    community = lock_community(leaving.membership.community)  # before accounts, as everywhere
    account = lock_account(leaving.membership.account)
    row = Leaving.objects.select_related("membership__community__chamber").get(pk=leaving.pk)
    if row.state == State.DONE:
        return row
    if row.state != State.OPEN:
        raise NotOpen
    if account.held and row.way == Way.FUND:
        account = _by_fund(row, account, community)
    elif account.held and row.way == Way.EUROS:
        _ask_euros(row, account, iban)
        return row
    if account.held:
        raise NotSettled(held=account.held)
    treasury.close_credit(account=account, by=SYSTEM)
    row.state, row.done_on = State.DONE, registry.today()
    row.save(update_fields=["state", "done_on"])
    row.membership.state = Membership.State.LEFT
    row.membership.save(update_fields=["state"])
    audit(by, "credit.leaving.done", row)
    return row


@transaction.atomic
def stay(*, leaving: Leaving, by: Actor) -> Leaving:
    """Stay after all: the bounds are those of the rules again.

    Raises:
        Forbidden: ``by`` neither holds the account nor looks after the credit.
        NotOpen: It is over.
        Conflict: Euros were asked for or are on their way.
    """
    _may(leaving.membership.account, by)
    lock_community(leaving.membership.community)
    lock_account(leaving.membership.account)
    row = Leaving.objects.select_related("membership__community").get(pk=leaving.pk)
    if row.state != State.OPEN:
        raise NotOpen
    if row.payment:
        raise Conflict(_("Euros were asked for: this has to come to its end."))
    row.state, row.done_on = State.STAYED, registry.today()
    row.save(update_fields=["state", "done_on"])
    member = row.membership
    member.state = Membership.State.ACTIVE
    member.save(update_fields=["state"])
    audit(by, "credit.leaving.stayed", row)
    rows = Membership.objects.select_related("account__chamber").filter(pk=member.pk)
    keep_bounds(member.community, rows)
    return row


def _move(row: Leaving, source: CreditAccount, target: CreditAccount, cents: int, key: str) -> None:
    treasury.move_many(
        chamber=row.membership.community.chamber, day=registry.today(), by=SYSTEM, origin=ORIGIN,
        moves=[treasury.UnitsMove(source.pk, target.pk, cents, _("Leaving"), key)],
        uses=("supplier", "customer"),
    )  # fmt: skip


def _by_fund(row: Leaving, account: CreditAccount, community: Community) -> CreditAccount:
    """The common account gives what it can, or takes what is left over."""
    common = community.common
    key = f"leaving-fund:{row.pk}:{account.held}"
    if account.held > 0:
        _move(row, account, common, account.held, key)
    elif (cents := min(-account.held, max(pot_of(community), 0))) > 0:
        _move(row, common, account, cents, key)
    return lock_account(account)


def _ask_euros(row: Leaving, account: CreditAccount, iban: str) -> None:
    """One euro for each unit, to the chamber or from it; the units follow when they are there."""
    if row.payment:
        raise NotSettled(_("The euros are not there yet."), held=account.held)
    book = Book.objects.select_related("structure").get(structure=account.chamber_id)
    facts: dict[str, Any] = {
        "book": book, "amount": abs(account.held), "by": SYSTEM, "origin": EUROS,
        "reason": _("Units of %(code)s, on leaving") % {"code": account.code},
        "key": f"credit-leaving:{row.pk}", "origin_key": str(row.pk),
    }  # fmt: skip
    if account.held < 0:
        asked: Any = treasury.request_payment(
            payer_name=account.agent.name, **facts,
            lines=[treasury.AskedLine(-account.held, use="share.due", vat=0)],
        )  # fmt: skip
    else:
        party = treasury.note_party(
            book=book, name=account.agent.name, agent=account.agent, by=SYSTEM
        )
        if iban:
            treasury.note_iban(party=party, iban=iban, confirmed=True, by=SYSTEM)
        asked = treasury.pay_out(
            party=party, iban=iban, lines=[treasury.BookLine(account.held, use="share.due")],
            **facts,
        )  # fmt: skip
    row.payment = asked.public_id
    row.save(update_fields=["payment"])


@transaction.atomic
def hear_euros(leaving: int, state: str) -> None:
    """Euros came in or went out: the units follow, and the account is closed. Heard once or more.

    Who paid euros owes nothing any more: the common account owes the units, and the chamber holds the
    euros for that (``share.due``). Who was paid gives their units to the common account.
    """
    if state != "paid":
        return
    row = Leaving.objects.select_related("membership__account").filter(pk=leaving).first()
    if row is None or row.state != State.OPEN:
        return
    community = lock_community(row.membership.community)
    account = lock_account(row.membership.account)
    cents, key = abs(account.held), f"leaving-euros:{row.pk}"
    if account.held < 0:
        common = lock_account(community.common)
        treasury.agree_bounds(
            account=common, limit=common.limit + cents, ceiling=None, by=SYSTEM, reason=key
        )
        _move(row, common, account, cents, key)
    elif account.held > 0:
        _move(row, account, community.common, cents, key)
    settle(leaving=row, by=SYSTEM)
