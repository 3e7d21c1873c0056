"""Bank accounts of a structure: made, renamed, put out of use; how to read their tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid
from chambre.ledger.models import Book
from chambre.lib import bankfiles
from chambre.treasury.models import BankAccount
from chambre.treasury.services.parties import clean_iban


class AccountThere(Conflict):
    """The short name, the IBAN or the account of the book is another bank account's already."""

    code = "treasury.bank-account-there"


@transaction.atomic
def create_account(
    *,
    book: Book,
    slug: str,
    iban: str,
    by: Actor,
    name: str = "",
    bic: str = "",
    code: str = "",
    since: dt.date | None = None,
) -> BankAccount:
    """Add a bank account to a structure; the same again gives the one that is there.

    Args:
        book: The structure's book.
        slug: Short name for commands and addresses, unique in the house.
        iban: The account's IBAN.
        by: Who adds it.
        name: What people call it; the short name when absent.
        bic: Its bank, if known.
        code: Account of the book that mirrors it, beginning with 512; the next free one of
            512100, 512200… when absent.
        since: First day of which rows are booked; earlier ones are in the book from elsewhere.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: Not an IBAN, not a short name, or not an account of class 512.
        AccountThere: One of the three is used by another account.
    """
    authorize(by, "treasury.manage", book)
    iban = clean_iban(iban)
    slug = _clean_slug(slug)
    code = code.strip().upper()
    if code and not (code.startswith("512") and code.isalnum() and 4 <= len(code) <= 32):
        raise Invalid(
            _("A bank account is booked on an account that begins with 512."),
            fields={"code": [code]},
        )
    Book.objects.select_for_update().get(pk=book.pk)
    if known := BankAccount.objects.filter(slug=slug).first():
        if (known.book_id, known.iban) == (book.pk, iban) and code in {"", known.code}:
            return known
        raise AccountThere(_("“%(slug)s” is another bank account already.") % {"slug": slug})
    used = set(BankAccount.objects.filter(book=book).values_list("code", flat=True))
    if BankAccount.objects.filter(book=book, iban=iban).exists():
        raise AccountThere(_("This IBAN is another bank account of the structure already."))
    if code in used:
        raise AccountThere(_("%(code)s is another bank account's already.") % {"code": code})
    account = BankAccount.objects.create(
        book=book,
        slug=slug,
        name=" ".join(name.split())[:80] or slug,
        iban=iban,
        bic="".join(bic.split()).upper()[:11],
        code=code or _next_code(used),
        since=since,
    )
    audit(by, "treasury.bank_account.created", account, code=account.code)
    return account


def _clean_slug(slug: str) -> str:
    slug = slug.strip()
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise Invalid(
            _("A short name has letters, digits and hyphens only."), fields={"slug": [slug]}
        ) from error
    if len(slug) > 64:
        raise Invalid(_("A short name has at most 64 characters."), fields={"slug": [slug[:80]]})
    return slug


def _next_code(used: set[str]) -> str:
    """The first of 512100, 512200… that no bank account has."""
    numbers = [f"512{hundred}00" for hundred in range(1, 10)]
    numbers += [f"512{number:03d}" for number in range(101, 1000)]
    return next(number for number in numbers if number not in used)


CHANGEABLE = ("name", "bic", "since", "is_open")


@transaction.atomic
def change_account(*, account: BankAccount, by: Actor, **fields: Any) -> BankAccount:
    """Change what may change of a bank account: its name, its bank, since when, whether in use.

    ``since`` changes only what is brought in later: what is booked stays booked.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: Another field, or no name.
    """
    authorize(by, "treasury.manage", account)
    if unknown := set(fields) - set(CHANGEABLE):
        raise Invalid(_("There is no such field."), fields={each: [""] for each in unknown})
    account = BankAccount.objects.select_for_update().select_related("book").get(pk=account.pk)
    if "name" in fields:
        fields["name"] = " ".join(str(fields["name"]).split())[:80]
        if not fields["name"]:
            raise Invalid(_("Give the account a name."), fields={"name": [_("Give a name.")]})
    changed = {name: value for name, value in fields.items() if getattr(account, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(account, name, value)
        account.save(update_fields=list(changed))
        audit(by, "treasury.bank_account.changed", account, fields=sorted(changed))
    return account


@transaction.atomic
def keep_mapping(*, account: BankAccount, mapping: bankfiles.Mapping, by: Actor) -> BankAccount:
    """Keep how to read the tables of an account's bank, for this file and those to come.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: It names no day, or no amount.
    """
    authorize(by, "treasury.manage", account)
    if not mapping.complete:
        raise Invalid(
            _("Say which column is the day, and which the amount."),
            fields={"day": [_("Choose the columns.")]},
        )
    account = BankAccount.objects.select_for_update().select_related("book").get(pk=account.pk)
    if account.mapping != mapping.as_json():
        account.mapping = mapping.as_json()
        account.save(update_fields=["mapping"])
        audit(by, "treasury.bank_account.mapped", account)
    return account
