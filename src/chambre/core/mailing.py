"""Sending the letters that a room has written down, each once, whoever of the workers is first.

A room writes a row (:class:`chambre.core.models.DueLetter`) in the transaction of what happened, and says
what a letter says; what makes it go once, and again when the mail server was away, is here. Whether and
when its reader wants it is asked of :mod:`.choosing`; the letters of a day are in :mod:`.dayletters`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from chambre.core.choosing import Pace, close_letter, pace_of
from chambre.core.holding import hold
from chambre.core.models import DueLetter, User

log = structlog.get_logger("chambre.mail")
Letter = TypeVar("Letter", bound=DueLetter)
TRIES = 5
"""Times that a letter is tried before it is left alone."""
PAUSE = dt.timedelta(minutes=10)
"""How long a try is left alone before the next one; each pause is longer by as much."""
AT_ONCE = 200
"""Letters that are sent in one go."""


POSTMEN: dict[str, Postman[Any]] = {}
"""Who sends the letters of a table, by its label."""


@dataclass(frozen=True, slots=True)
class Postman(Generic[Letter]):
    """Sends the letters of a room.

    Attributes:
        model: Their table.
        write: What a letter says, with its address; or, in a word or two, why it is not sent any more.
        related: Rows that are read with it.
        sort: Of which sort a letter is (:class:`chambre.core.choosing.Sort`).
        reader: Whose account may choose about it; nobody's: it is sent.
    """

    model: type[Letter]
    write: Callable[[Letter], EmailMessage | str]
    related: tuple[str, ...]
    sort: Callable[[Letter], str] = lambda _letter: ""
    reader: Callable[[Letter], User | None] = lambda _letter: None

    def __post_init__(self) -> None:
        POSTMEN[self.model._meta.label] = self

    def note(self, letters: Iterable[Letter]) -> int:
        """Write letters down in the caller's transaction; how many were asked for.

        Those whose key is there already stay the ones that they are.
        """
        rows = list(letters)
        self._rows.bulk_create(rows, ignore_conflicts=True)
        return len(rows)

    def send_waiting(self, due: Q | None = None) -> int:
        """Send the letters that wait, the oldest first; how many went.

        Args:
            due: Which of them; by default all.
        """
        now = timezone.now()
        sent = 0
        rows = self._rows.filter(due or Q(), sent_at=None, tries__lt=TRIES)
        for letter in rows.order_by("id")[:AT_ONCE]:
            if letter.tries and now < letter.created_at + letter.tries * PAUSE:
                continue
            sent += self.send(letter)
        return sent

    def send(self, letter: Letter) -> bool:
        """Send a letter, if nobody else is at it; whether it went.

        A claim is taken first, so that two workers do not send it twice. What the mail server does not
        take is tried again, :data:`TRIES` times in all. What its reader does not want is not sent; what
        they want once a day waits for the letter of the day.
        """
        rows = self._rows.filter(pk=letter.pk)
        if not rows.filter(sent_at=None, tries=letter.tries).update(tries=F("tries") + 1):
            return False
        whole = rows.select_related(*self.related).get()
        with transaction.atomic():
            if why := self._held_back(whole):
                rows.update(sent_at=timezone.now(), error=why)
                return False
        message = self.write(whole)
        if isinstance(message, str):
            rows.update(sent_at=timezone.now(), error=message[:254])
            return False
        reader = self.reader(whole)
        if reader is not None:
            close_letter(message, reader, self.sort(whole))
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

    def written(self, number: int) -> EmailMessage | None:
        """What a letter says now, for the letter of the day; nothing when it is of no use any more."""
        letter = self._rows.filter(pk=number).select_related(*self.related).first()
        if letter is None or pace_of(self.reader(letter), self.sort(letter)) == Pace.NEVER:
            return None
        message = self.write(letter)
        return None if isinstance(message, str) else message

    def _held_back(self, letter: Letter) -> str:
        """Why a letter does not go by itself, as its reader chose; empty: it goes."""
        reader = self.reader(letter)
        pace = pace_of(reader, self.sort(letter))
        if pace == Pace.NEVER:
            return "not wanted"
        if reader is None or pace == Pace.NOW:
            return ""
        hold(reader, self.model._meta.label, letter.pk)
        return "in the letter of the day"

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
