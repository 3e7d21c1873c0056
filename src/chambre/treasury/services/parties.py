"""Third parties: found again or noted."""

from __future__ import annotations

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from stdnum import iban as iban_number

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.questions import Question
from chambre.core.db.rows import insert
from chambre.core.errors import Invalid
from chambre.ledger.models import Book
from chambre.registry.models import Agent
from chambre.treasury.models import CollectionNotice, Party, PartyIban, Payment

FIELDS = (
    "email", "street", "more_address", "postcode", "city", "country", "siren", "siret",
    "vat_number", "is_business",
)  # fmt: skip
"""What may be said of a third party beside its name."""


def clean_iban(text: str) -> str:
    """An IBAN without spaces, in capitals.

    Raises:
        Invalid: It is not one (ISO 13616: length of its country, check digits mod 97).
    """
    compact = re.sub(r"\s", "", text).upper()
    if not iban_number.is_valid(compact):
        raise Invalid(
            _("“%(iban)s” is not an IBAN: check it letter by letter.")
            % {"iban": text.strip()[:50]},
            fields={"iban": [_("This IBAN is not right.")]},
        )
    return compact


_OF_AGENT = Question(
    lambda book, agent: Party.objects.filter(book_id=book, agent_id=agent).order_by("pk")[:1]
)
"""Who an agent of the register is as a third party of a book."""
_CALLED = Question(lambda book, code: Party.objects.filter(book_id=book, code=code))
"""The third party of a book that has a code."""


def note_party(
    *,
    book: Book,
    name: str,
    by: Actor,
    agent: Agent | None = None,
    code: str = "",
    **fields: Any,
) -> Party:
    """Note a third party of a structure; the one that is there for the same agent of the register.

    Args:
        book: Whose third party.
        name: 1 to 140 characters.
        by: Who notes it.
        agent: Who it is in the register, if they are there.
        code: Code of a room's own that nobody else gives (``S12``: the twelfth customer of a shop), for
            whoever must not wait for others; the one that is there when it was noted before.
        **fields: Any of :data:`FIELDS`.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: No name, or no such field.
    """
    authorize(by, "treasury.manage", book)
    name = " ".join(name.split())[:140]
    if not name:
        raise Invalid(_("A third party has a name."), fields={"name": [_("Give a name.")]})
    if unknown := set(fields) - set(FIELDS):
        raise Invalid(_("There is no such field."), fields={each: [""] for each in unknown})
    if agent is not None and (known := _OF_AGENT(book.pk, agent.pk)):
        return known[0]
    if code and (known := _CALLED(book.pk, code)):
        return known[0]
    return _noted(book, name, by, agent, code, fields)


@transaction.atomic
def _noted(
    book: Book, name: str, by: Actor, agent: Agent | None, code: str, fields: dict[str, Any]
) -> Party:
    """Note somebody who was not there a moment ago."""
    if code:
        party = Party(book=book, code=code, name=name, agent=agent, **fields)
        try:
            with transaction.atomic():
                insert(party)
        except IntegrityError:  # somebody was faster with the same code, or the same agent
            known = _CALLED(book.pk, code)
            return known[0] if known or agent is None else _OF_AGENT(book.pk, agent.pk)[0]
    else:
        Book.objects.select_for_update().get(pk=book.pk)  # one at a time gives codes
        if agent is not None and (known := _OF_AGENT(book.pk, agent.pk)):
            return known[0]  # noted while this waited
        code = f"T{Party.objects.filter(book=book).count() + 1:06d}"
        party = Party.objects.create(book=book, code=code, name=name, agent=agent, **fields)
    audit(by, "treasury.party.noted", party, code=party.code)
    return party


def note_new_party(*, book: Book, name: str, code: str, email: str = "") -> Party:
    """Note somebody whom a room itself has just written down, under a code that it drew for them.

    One statement in the caller's transaction, for where many come at once: the room has authorized its
    act, and its own trail says who they are.

    Args:
        book: Whose third party.
        name: 1 to 140 characters.
        code: Drawn now, so that nobody can have it.
        email: Their address.
    """
    return insert(Party(book=book, code=code, name=" ".join(name.split())[:140], email=email))


@transaction.atomic
def change_party(*, party: Party, by: Actor, name: str = "", **fields: Any) -> Party:
    """Change what is known of a third party. What was issued to them stays as it was.

    Args:
        party: Whom.
        by: Who changes it.
        name: Their name; empty: as it is.
        **fields: Any of :data:`FIELDS`.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: There is no such field.
    """
    authorize(by, "treasury.manage", party.book)
    if unknown := set(fields) - set(FIELDS):
        raise Invalid(_("There is no such field."), fields={each: [""] for each in unknown})
    party = Party.objects.select_for_update(of=("self",)).select_related("book").get(pk=party.pk)
    party.name = " ".join(name.split())[:140] or party.name
    for field, value in fields.items():
        setattr(party, field, value)
    party.save()
    audit(by, "treasury.party.changed", party, code=party.code, fields=sorted(fields))
    return party


@transaction.atomic
def forget_party(*, party: Party, by: Actor, name: str) -> Party:
    """Erase what says who a third party is: here, and as the payer of what they were asked for.

    Their code, the amounts and what was issued to them stay: the books and the law need them.

    Args:
        party: Whom.
        by: Who erases.
        name: What stands there instead of a name.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
    """
    empty = dict.fromkeys(("email", "street", "more_address", "postcode", "city"), "")
    party = change_party(party=party, by=by, name=name, **empty)
    Payment.objects.filter(party=party).update(payer_name=party.name, payer_email="")
    CollectionNotice.objects.filter(collection__mandate__party=party).update(to="")
    return party


@transaction.atomic
def note_iban(
    *, party: Party, iban: str, by: Actor, bic: str = "", holder: str = "", confirmed: bool = False
) -> PartyIban:
    """Note a bank account of a third party; confirmed when they gave it themselves.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        Invalid: It is not an IBAN.
    """
    authorize(by, "treasury.manage", party.book)
    iban = clean_iban(iban)
    try:
        with transaction.atomic():
            row, made = PartyIban.objects.get_or_create(
                party=party,
                iban=iban,
                defaults={"bic": bic, "holder": holder[:140], "confirmed": confirmed},
            )
    except IntegrityError:
        row, made = PartyIban.objects.get(party=party, iban=iban), False
    if confirmed and not row.confirmed:
        row.confirmed = True
        row.save(update_fields=["confirmed"])
        audit(by, "treasury.iban.confirmed", row)
    elif made:
        audit(by, "treasury.iban.noted", row)
    return row
