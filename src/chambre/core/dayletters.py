"""The letter of the day: what was held for somebody, in one letter, sent once."""

from __future__ import annotations

from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.core.addresses import own_address
from chambre.core.choosing import DAY
from chambre.core.discovery import discover
from chambre.core.mailing import POSTMEN, Postman, letter_to
from chambre.core.models import DayLetter

RULE = "-" * 60


def send_due() -> int:
    """Send the letters of the day whose hour has come; how many went."""
    return DAY_LETTERS.send_waiting(Q(due_at__lte=timezone.now()))


def _write(letter: DayLetter) -> EmailMessage | str:
    """What is held for a letter, put together now; what is of no use any more is left out."""
    discover("tasks")  # whatever room a letter is of: its postman is known from here on
    found = [
        POSTMEN[held.table].written(held.letter)
        for held in letter.held.order_by("pk")
        if held.table in POSTMEN  # else the room is not installed any more
    ]
    parts = [part for part in found if part is not None]
    if not parts:
        return "nothing any more"
    message = letter_to(letter.user, lambda: _words(parts))
    if isinstance(message, EmailMessage):
        message.attachments += [each for part in parts for each in part.attachments]
    return message


def _words(parts: list[EmailMessage]) -> tuple[str, str]:
    """Subject and text of a letter of the day, in the language that is active."""
    house = own_address().partition("://")[2]
    many = {"count": len(parts), "house": house}
    subject = ngettext(
        "%(count)d letter of the day – %(house)s", "%(count)d letters of the day – %(house)s",
        len(parts),
    )  # fmt: skip
    lead = _("What happened since the last letter of the day, as you chose to read it:")
    lines = [lead, "", *(f"– {part.subject}" for part in parts)]
    for part in parts:
        lines += ["", RULE, str(part.subject), RULE, "", str(part.body).strip()]
    return subject % many, "\n".join(lines)


DAY_LETTERS = Postman(
    DayLetter,
    _write,
    related=("user",),
    sort=lambda _letter: DAY,
    reader=lambda letter: letter.user,
)
"""Letters of the day. Nobody chooses about them as a sort: they come of what is chosen of others."""
