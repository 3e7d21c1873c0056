"""Accounts that deposits may be put on: the card that a person shows, a structure's short name.

A card holds an address with a number that only this house can make. It opens nothing and pays
nothing: who shows it puts deposits on that person's account, as who says their e-mail address does.
"""

from __future__ import annotations

from django.core import signing
from django.utils.translation import gettext as _

from chambre.core.errors import Invalid
from chambre.registry import api as registry
from chambre.registry.models import Agent

PATH = "/consigne/compte/"
LONGEST = 254
_SALT = "deposit.account"


def card_of(agent: Agent) -> str:
    """The number on the card of a person."""
    return signing.Signer(salt=_SALT, sep=".").sign(str(agent.pk))


def holder_of(text: str) -> Agent:
    """Whose account was shown or said.

    Args:
        text: What the card holds, with or without its address, the person's e-mail address, or the
            short name of a structure.

    Raises:
        Invalid: It is neither.
        NotFound: Nobody has this e-mail address.
    """
    said = text.strip()[:LONGEST].replace("\0", "")
    if "@" in said:
        return registry.person(said)
    number = said.rpartition(PATH)[2].strip("/")
    try:
        pk = int(signing.Signer(salt=_SALT, sep=".").unsign(number))
    except (signing.BadSignature, ValueError):
        pk = 0
    found: Agent | None = Agent.objects.filter(pk=pk, kind="person").first() if pk else None
    if found is None and number == said:
        found = Agent.objects.filter(slug=said.lower(), kind="structure").first()
    if found is None:
        message = _("This is nobody's account. Scan the card, or type the e-mail address.")
        raise Invalid(message, fields={"account": [message]})
    return found
