"""Showing at the moment of signing that it is they: a code sent by e-mail, or a passkey.

A room says who may sign what, writes the letter and the signature; what makes a code safe is here, once.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.models import User
from chambre.core.ratelimit import limit

VALID = dt.timedelta(minutes=15)
"""How long a code is good."""
FRESH = dt.timedelta(minutes=5)
"""How long after a passkey was used a signature may rest on it."""
TRIES = 5
"""How often a code may be typed wrong."""
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a room.

    Attributes:
        model: The model of its codes: a :class:`~chambre.core.models.SentCode` with ``party``.
        room: Its label, part of what a code's digest is keyed with.
        wrong: The refusal of a code that is wrong, used, too old or tried too often; with words, or
            ``None`` for its own.
    """

    model: Any
    room: str
    wrong: Callable[[str | None], Exception]

    def new(self, *, party: Any, words: str, user: User) -> str:
        """Make a code; whatever the person had for this party before is no longer good.

        Args:
            party: For whom they sign.
            words: Digest of what they sign: the code is good for these words alone.
            user: Who signs.

        Raises:
            TooMany: Too many codes in a short time.
        """
        limit(f"{self.room}.code", str(user.pk), times=6, seconds=600)
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        now = timezone.now()
        with transaction.atomic():
            rows = self.model._default_manager.filter(party=party, user=user, used_at__isnull=True)
            rows.filter(expires_at__gt=now).update(expires_at=now)
            self.model._default_manager.create(
                party=party, user=user, digest=self._keyed(code, party, words, user),
                expires_at=now + VALID,
            )  # fmt: skip
        return code

    def check(self, typed: str, *, party: Any, words: str, user: User) -> int:
        """The code that was typed, spaces not counting: its row, to be used up by :meth:`use`.

        Not within a transaction that a refusal undoes: the try is counted.

        Raises:
            Exception: What ``wrong`` makes.
        """
        good = self.model._default_manager.filter(used_at__isnull=True)
        row = good.filter(party=party, user=user, expires_at__gt=timezone.now()).first()
        if row is None:
            raise self.wrong(None)
        # The try is counted before the answer is known, so that many at once are not more than five.
        if not good.filter(pk=row.pk, tries__lt=TRIES).update(tries=F("tries") + 1):
            raise self.wrong(None)
        keyed = self._keyed("".join(typed.split()), party, words, user)
        if not hmac.compare_digest(row.digest, keyed):
            left = TRIES - row.tries - 1
            text = _("This code is not right. You may try %(left)d more times.") % {"left": left}
            raise self.wrong(text if left > 0 else None)
        return int(row.pk)

    def use(self, row: int) -> None:
        """Use a code up, in the transaction of the signature that it allows.

        Raises:
            Exception: What ``wrong`` makes: somebody was quicker.
        """
        unused = self.model._default_manager.filter(pk=row, used_at__isnull=True)
        if not unused.update(used_at=timezone.now()):
            raise self.wrong(None)

    def _keyed(self, code: str, party: Any, words: str, user: User) -> str:
        """What is kept of a code: good for this person, party and these words alone."""
        said = f"{user.pk}:{party.pk}:{words}:{code}"
        key = f"{self.room}.sign:{settings.SECRET_KEY}".encode()
        return hmac.new(key, said.encode(), "sha256").hexdigest()


def answered_just_now(passkey: object, user: User | None) -> bool:
    """Whether an ``allauth`` authenticator is a passkey of this person that has just answered a challenge."""
    used = getattr(passkey, "last_used_at", None)
    return (
        user is not None
        and getattr(passkey, "user_id", None) == user.pk
        and getattr(passkey, "type", "") == "webauthn"
        and used is not None
        and timezone.now() - used <= FRESH
    )
