"""What the services share: clean words, keys that belong to somebody."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chambre.core.actors import Actor
from chambre.core.errors import Invalid

MOST = 10**13
"""Most cents of one obligation."""


def wrong(field: str, message: str) -> Invalid:
    """A refusal beside one field."""
    return Invalid(message, fields={field: [message]})


def words(text: str, longest: int, field: str) -> str:
    """One line of words, at least one character.

    Raises:
        Invalid: There is none, or it is too long.
    """
    line = " ".join(text.replace("\0", "").split())
    if not line:
        raise wrong(field, _("Write something here."))
    if len(line) > longest:
        raise wrong(field, _("At most %(most)d characters.") % {"most": longest})
    return line


def kept_key(key: str, owner: str) -> str:
    """An idempotency key as it is kept: each owner has keys of their own.

    Raises:
        Invalid: It is empty or too long.
    """
    key = key.replace("\0", "").strip()
    if not 0 < len(key) <= 80:
        raise wrong("key", _("A key has 1 to 80 characters."))
    return f"{owner}:{key}"


def label_of(by: Actor) -> str:
    """How a row names who did it."""
    return by.label[:254]
