"""What is asked before a payout is asked for: whom it reaches, its words, what its parts are for."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from chambre.core.db.questions import Question
from chambre.core.errors import Invalid
from chambre.core.ui import figures
from chambre.ledger.models import Book
from chambre.lib.sepa import SepaRefusal, accounts, amounts, charset, rf
from chambre.treasury.booklines import BookLine
from chambre.treasury.models import Party, PartyIban, Payout
from chambre.treasury.services.booking import rule_of
from chambre.treasury.services.orders import holder_of, refused


class NoAccount(Invalid):
    """The third party has given no bank account, or several and none was chosen."""

    code = "treasury.payout.no-account"


def check_replaced(payout: Payout, amount: int) -> None:
    """What a room asked for is paid whole, wherever it goes.

    Raises:
        Invalid: The amount is another one.
    """
    if payout.origin and payout.amount != amount:
        message = _("What this pays is of %(amount)s: the amount stays.") % {
            "amount": figures.money(payout.amount)
        }
        raise Invalid(message, fields={"amount": [message]})


def lines_of(payout: Payout) -> list[BookLine]:
    """What the parts of a payout are for, as they were asked for."""
    return [
        BookLine(
            line.amount, use=line.use, account=line.account, resource=line.resource_id,
            label=line.label, party=line.party, piece=line.piece,
        )
        for line in payout.lines.select_related("party")
    ]  # fmt: skip


_GIVEN = Question(
    lambda party: PartyIban.objects.filter(party_id=party, confirmed=True).order_by("id")
)
"""The accounts that a payee gave themselves."""


def chosen_account(party: Party, iban: str) -> PartyIban:
    """The account that is paid: given by the payee themselves, never one that was merely seen.

    Raises:
        NoAccount: None, or several and none was chosen.
    """
    given = _GIVEN(party.pk)
    if iban:
        wanted = "".join(iban.split()).upper()
        given = [each for each in given if each.iban == wanted]
    if len(given) == 1:
        return given[0]
    message = (
        _("%(name)s has given several accounts: choose one.")
        if given
        else _("%(name)s has not given this account: note it first, as they wrote it.")
    ) % {"name": party.name}
    raise NoAccount(message, fields={"iban": [message]})


def checked_words(
    party: Party, account: PartyIban, amount: int, reason: str, reference: str
) -> tuple[str, str]:
    """Words and reference as they are kept, once a bank would take everything.

    Raises:
        OrderRefused: It would not.
    """
    reason = " ".join(reason.split())
    if not charset.fold(reason) or len(reason) > 140:
        message = _("Say in 1 to 140 characters what the money is for.")
        raise Invalid(message, fields={"reason": [message]})
    field = "amount"
    try:
        amounts.check_amount(amount)
        field = "reference"
        reference = rf.read(reference) if reference.strip() else ""
        field = "iban"
        accounts.account(account.iban, account.bic)
        holder_of(party, name=account.holder, iban=account.iban, bic=account.bic).facts()
    except SepaRefusal as refusal:
        raise refused(refusal, field) from None
    return reason, reference


def checked_lines(
    book: Book, amount: int, lines: Sequence[BookLine], reason: str
) -> list[BookLine]:
    """The parts of a payout, checked.

    Raises:
        Invalid: They do not sum to the amount, or one has neither use nor account.
    """
    parts = list(lines) or [BookLine(amount, use="supplier", label=reason)]
    if not all(part.amount for part in parts) or sum(part.amount for part in parts) != amount:
        message = _("The parts do not sum to the amount.")
        raise Invalid(message, fields={"lines": [message]})
    for part in parts:
        if bool(part.use) == bool(part.account):
            raise Invalid(_("A line names a use or an account."), fields={"lines": [part.label]})
        if part.use:
            rule_of(book, part.use)
    return parts
