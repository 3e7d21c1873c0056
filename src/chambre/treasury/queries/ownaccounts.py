"""The bank accounts of a structure, from which it pays and on which it collects."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from chambre.core.errors import Conflict, NotFound
from chambre.ledger.models import Book
from chambre.treasury.models import BankAccount


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """A bank account of the structure.

    Attributes:
        iban: The account.
        holder: Its holder, as the bank knows them.
        bic: Its bank; may be empty.
        slug: Its short name among the structure's bank accounts.
        label: How people call it.
    """

    iban: str
    holder: str
    bic: str = ""
    slug: str = ""
    label: str = ""


class NoBankAccount(Conflict):
    """The structure has no bank account, or several and none was chosen."""

    code = "treasury.no-bank-account"


def own_accounts(book: Book) -> list[OwnAccount]:
    """The bank accounts in euros that are in use, in the order of the book."""
    rows = BankAccount.objects.filter(book=book, is_open=True, currency="EUR").order_by("code")
    return [OwnAccount(row.iban, book.structure.name, row.bic, row.slug, row.name) for row in rows]


def own_account(book: Book, slug: str = "") -> OwnAccount:
    """One bank account of a book: the one of that short name, or the only one.

    Raises:
        NotFound: There is none of that short name.
        NoBankAccount: None at all, or several and none was chosen.
    """
    found = own_accounts(book)
    if slug:
        found = [each for each in found if each.slug == slug]
        if not found:
            raise NotFound(_("This structure has no bank account “%(slug)s”.") % {"slug": slug})
    if not found:
        raise NoBankAccount(_("Add the structure’s bank account first."))
    if len(found) > 1:
        raise NoBankAccount(
            _("The structure has several bank accounts: say which."),
            accounts=[each.slug for each in found],
        )
    return found[0]
