"""Sending the letters that a room has written down, each once, whoever of the workers is first.

A room writes a row (:class:`chambre.core.models.DueLetter`) in the transaction of what happened, and says
what a letter says; what makes it go once, and again when the mail server was away, is here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import timezone, translation

from chambre.core.models import DueLetter, User

log = structlog.get_logger("chambre.mail")
Letter = TypeVar("Letter", bound=DueLetter)
TRIES = 5
"""Times that a letter is tried before it is left alone."""
PAUSE = dt.timedelta(minutes=10)
"""How long a try is left alone before the next one; each pause is longer by as much."""
AT_ONCE = 200
"""Letters that are sent in one go."""


@dataclass(frozen=True, slots=True)
class Postman(Generic[Letter]):
    """Sends the letters of a room.

    Attributes:
        model: Their table.
        write: What a letter says, with its address; or, in a word or two, why it is not sent any more.
        related: Rows that are read with it.
    """

    model: type[Letter]
    write: Callable[[Letter], EmailMessage | str]
    related: tuple[str, ...]

    def note(self, letters: Iterable[Letter]) -> int:
        """Write letters down in the caller's transaction; how many were asked for.

        Those whose key is there already stay the ones that they are.
        """
        rows = list(letters)
        self._rows.bulk_create(rows, ignore_conflicts=True)
        return len(rows)

    def send_waiting(self) -> int:
        """Send the letters that wait, the oldest first; how many went."""
        now = timezone.now()
        sent = 0
        for letter in self._rows.filter(sent_at=None, tries__lt=TRIES).order_by("id")[:AT_ONCE]:
            if letter.tries and now < letter.created_at + letter.tries * PAUSE:
                continue
            sent += self.send(letter)
        return sent

    def send(self, letter: Letter) -> bool:
        """Send a letter, if nobody else is at it; whether it went.

        A claim is taken first, so that two workers do not send it twice. What the mail server does not
        take is tried again, :data:`TRIES` times in all.
        """
        rows = self._rows.filter(pk=letter.pk)
        if not rows.filter(sent_at=None, tries=letter.tries).update(tries=F("tries") + 1):
            return False
        message = self.write(rows.select_related(*self.related).get())
        if isinstance(message, str):
            rows.update(sent_at=timezone.now(), error=message[:254])
            return False
        try:
            message.send()
        except OSError as error:  # the mail server: every error of smtplib is one
            kind = type(error).__name__
            log.warning(
                "mail.letter-failed", table=self.model._meta.label, letter=letter.pk, error=kind
            )
            rows.update(error=f"{kind}: {error}"[:254])
            return False
        rows.update(sent_at=timezone.now(), error="")
        return True

    @property
    def _rows(self) -> Any:
        return self.model._default_manager.all()


def letter_to(
    user: User | None, words: Callable[[], tuple[str, str]], *, address: str = ""
) -> EmailMessage | str:
    """A letter to somebody with an account in their language, or in French to an address.

    Args:
        user: To whom; without an account that is used and an address, it is not sent.
        words: Subject and text, in the language that is active when it is called.
        address: Where it goes instead.
    """
    if not address:
        if user is None or not user.is_active or not user.email:
            return "no address"
        address = user.email
    with translation.override((user.language if user is not None else "") or "fr"):
        subject, body = words()
    return EmailMessage(subject, body, to=[address])
