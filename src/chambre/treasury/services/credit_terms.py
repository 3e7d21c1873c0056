"""What is agreed on an account in units: how far it may go both ways, what share of a price it takes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.treasury.models import CreditAccount
from chambre.treasury.services.credit import check_limit


@transaction.atomic
def agree_bounds(
    *, account: CreditAccount, limit: int, ceiling: int | None, by: Actor, reason: str = ""
) -> CreditAccount:
    """Agree how far below zero an account may go and how much it may hold; both hold from now on.

    Where it stands beyond one of them already, that one is put where it stands: it goes no further.

    Returns:
        The account as it is now.

    Raises:
        Forbidden: ``by`` does not answer for the chamber's money.
        Invalid: This is not a limit.
    """
    authorize(by, "treasury.manage", account.chamber)
    check_limit(limit)
    check_limit(ceiling or 0, "ceiling")
    rows = CreditAccount.objects.select_related("chamber", "agent")
    row: CreditAccount = rows.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
    bounds = max(limit, -row.held), None if ceiling is None else max(ceiling, row.held)
    before = {"limit": row.limit, "ceiling": row.ceiling}
    if bounds != (row.limit, row.ceiling):
        row.limit, row.ceiling = bounds
        row.save(update_fields=["limit", "ceiling"])
        audit(
            by, "treasury.credit.bounds", row, before=before, limit=row.limit,
            ceiling=row.ceiling, reason=reason[:200],
        )  # fmt: skip
    return row


@transaction.atomic
def agree_acceptance(*, account: CreditAccount, share: int, by: Actor) -> None:
    """Say which share of a price somebody takes in units; of payments no more is taken.

    Args:
        account: Whose.
        share: Hundredths: 0 to 100.
        by: The holder, or the chamber's administrator or treasurer.

    Raises:
        Forbidden: ``by`` neither holds the account nor answers for the chamber's money.
        Invalid: Not a share.
    """
    if not by.may("treasury.spend_units", account.agent):
        authorize(by, "treasury.manage", account.chamber)
    if not 0 <= share <= 100:
        message = _("A share lies between 0 and 100 %.")
        raise Invalid(message, fields={"share": [message]})
    rows = CreditAccount.objects.select_for_update(of=("self",), no_key=True)
    row = rows.get(pk=account.pk)
    row.accepts = share
    row.save(update_fields=["accepts"])
    audit(by, "treasury.credit.acceptance", row, share=share)


@transaction.atomic
def mark_busy(*, account: CreditAccount, busy: bool, by: Actor) -> None:
    """Say that many pay an account at once: its row is then locked last, for as short as can be.

    Raises:
        Forbidden: ``by`` does not answer for the chamber's money.
    """
    authorize(by, "treasury.manage", account.chamber)
    rows = CreditAccount.objects.select_for_update(of=("self",), no_key=True)
    row = rows.get(pk=account.pk)
    if row.is_busy != busy:
        row.is_busy = busy
        row.save(update_fields=["is_busy"])
        audit(by, "treasury.credit.busy", row, busy=busy)
