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
from chambre.treasury.models import CreditAccount, CreditMove, Payment, Payout

Way, State = Rules.Way, Leaving.State
EUROS = "credit.leaving"
"""How the room names itself on payments and payouts in euros."""
PAID = ("paid", "paid-beside")
"""States in which euros have come, or gone: the second is a transfer that somebody typed in at the bank."""
GIVEN_UP = ("refused", "withdrawn", "cancelled", "expired")
"""States after which euros do not come, or go, any more. A transfer that the bank did not do is not among
them: a treasurer puts another one in its place, and the units wait for that."""
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
    if row.payment:
        raise NotSettled(_("The euros are not there yet."), held=account.held)
    if account.held and row.way == Way.FUND:
        account = _by_fund(row, account, community)
    elif account.held and row.way == Way.EUROS:
        _ask_euros(row, account, iban, by)
        return row
    if account.held:
        raise NotSettled(held=account.held)
    return _close(row, account, by)


def _close(row: Leaving, account: CreditAccount, by: Actor) -> Leaving:
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


def _move(
    row: Leaving, source: CreditAccount, target: CreditAccount, cents: int, key: str,
    uses: tuple[str, str] = ("supplier", "customer"),
) -> None:  # fmt: skip
    treasury.move_many(
        chamber=row.membership.community.chamber, day=registry.today(), by=SYSTEM, origin=ORIGIN,
        moves=[treasury.UnitsMove(source.pk, target.pk, cents, _("Leaving"), key)],
        uses=uses,
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


def _ask_euros(row: Leaving, account: CreditAccount, iban: str, by: Actor) -> None:
    """One euro for each unit, to the chamber or from it.

    Who owes keeps the units until the euros are there. Who holds gives theirs to the common account at
    once, where they wait: what is paid out in euros cannot be spent in units meanwhile.
    """
    book = Book.objects.select_related("structure").get(structure=account.chamber_id)
    facts: dict[str, Any] = {
        "book": book, "amount": abs(account.held), "by": SYSTEM, "origin": EUROS,
        "reason": _("Units of %(code)s, on leaving") % {"code": account.code},
        "key": _key_of(row), "origin_key": str(row.pk),
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
            # Only who leaves can say that it is theirs; anybody else's word is looked at first.
            own = by.may("credit.use_account", account)
            treasury.note_iban(party=party, iban=iban, confirmed=own, by=SYSTEM)
        asked = treasury.pay_out(
            party=party, iban=iban, lines=[treasury.BookLine(account.held, use="share.due")],
            **facts,
        )  # fmt: skip
        common = row.membership.community.common
        _move(row, account, common, account.held, f"leaving-euros:{asked.code}")
        _towards_zero(lock_account(account))
    row.payment = asked.public_id if account.held < 0 else asked.code
    row.save(update_fields=["payment"])


def _key_of(row: Leaving) -> str:
    """A key of its own for each time that euros are asked for."""
    asked = {"origin": EUROS, "origin_key": str(row.pk)}
    times = Payment.objects.filter(**asked).count() + Payout.objects.filter(**asked).count()
    return f"credit-leaving:{row.pk}:{times + 1}"


@transaction.atomic
def hear_payment(leaving: int, payment: str, state: str) -> None:
    """Who leaves has paid euros: so many units are theirs, from the common account. Heard once or more.

    The common account then owes them, and the chamber holds the euros for that (``share.due``). Who earned
    meanwhile is above zero then, and goes the next step.
    """
    if state not in (*PAID, *GIVEN_UP):
        return
    found = _waiting(leaving)
    if found is None:
        return
    row, account, community = found
    if state in GIVEN_UP and row.payment != payment:
        return  # said late: another one was asked for meanwhile
    if state in PAID:
        cents, key = treasury.payment(payment).amount, f"leaving-euros:{payment}"
        if CreditMove.objects.filter(chamber=community.chamber_id, key=key).exists():
            return
        common = lock_account(community.common)
        treasury.agree_bounds(
            account=common, limit=common.limit + cents, ceiling=None, by=SYSTEM, reason=key
        )
        room = max(account.held + cents, 0)
        treasury.agree_bounds(
            account=account, limit=account.limit, ceiling=room, by=SYSTEM, reason=key
        )
        _move(row, common, account, cents, key)
    _go_on(row, account)


@transaction.atomic
def hear_payout(leaving: int, payout: str, state: str) -> None:
    """Who leaves was paid euros: the account is closed; or will not be: the units come back.

    Heard once or more. Where a treasurer put another payout in the place of one, that one counts.
    """
    if state not in (*PAID, *GIVEN_UP):
        return
    found = _waiting(leaving)
    if found is None:
        return
    row, account, community = found
    if not row.payment:
        return
    if state in GIVEN_UP:
        last = Payout.objects.filter(origin=EUROS, origin_key=str(leaving)).order_by("-id")[0]
        if last.code != payout:  # another one has taken its place
            row.payment = last.code
            row.save(update_fields=["payment"])
            return
        key = f"leaving-euros-back:{payout}"
        treasury.agree_bounds(
            account=account, limit=account.limit, ceiling=account.held + last.amount, by=SYSTEM,
            reason=key,
        )  # fmt: skip
        uses = ("customer", "supplier")  # as it went, the other way
        _move(row, community.common, account, last.amount, key, uses)
    _go_on(row, account)


def _waiting(leaving: int) -> tuple[Leaving, CreditAccount, Community] | None:
    """A leaving that is open, under locks, with its account and community; None: it is over."""
    found = Leaving.objects.select_related("membership__account").filter(pk=leaving).first()
    if found is None or found.state != State.OPEN:
        return None
    community = lock_community(found.membership.community)
    account = lock_account(found.membership.account)
    row = Leaving.objects.select_related("membership__community__chamber").get(pk=leaving)
    return (row, account, community) if row.state == State.OPEN else None


def _go_on(row: Leaving, account: CreditAccount) -> None:
    """Euros are no longer on their way: close what is at zero, else the next step may be asked for."""
    account = lock_account(account)
    if account.held:
        _towards_zero(account)
        row.payment = ""
        row.save(update_fields=["payment"])
    else:
        _close(row, account, SYSTEM)
