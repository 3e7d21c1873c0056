"""Which letters somebody receives, and when: at once, all of a day in one, or not at all.

A room says what sorts of letters it has, in ``apps.ready()``::

    add_sorts("access", _("Bookings"), (Sort("access.reminders", _("Reminders")), ...))

and its :class:`~chambre.core.mailing.Postman` says of which sort a letter is. What the law or an
agreement needs is ``always`` sent. Every letter ends with a link to the page where this is chosen, which
works without signing in; mail programs stop a sort with one click (RFC 8058).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.addresses import own_address
from chambre.core.audit import audit
from chambre.core.errors import Invalid, NotFound
from chambre.core.models import LetterChoice, User

Pace = LetterChoice.Pace
DAY = "core.day"
"""Stands in a link for every sort that comes once a day: the letter of the day is of no single one."""
SALT = "chambre.core.letters"
LINK = Actor.system("link of a letter")
"""Who chooses by a link: whoever has the letter."""


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of letters.

    Attributes:
        name: ``ROOM.NAME``, at most 60 characters.
        label: Lazy translated words that say what the letters tell.
        always: The law or an agreement needs them: nobody can do without.
    """

    name: str
    label: Any
    always: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The sorts of letters of a room, with lazy translated words for what they are about."""

    label: Any
    sorts: tuple[Sort, ...]


_sections: dict[str, Section] = {}


def add_sorts(room: str, label: Any, sorts: Iterable[Sort]) -> None:
    """Let people choose among the letters of a room."""
    _sections.setdefault(room, Section(label, tuple(sorts)))


def sections() -> list[Section]:
    """The sorts of every room, in the order in which the rooms said them."""
    return list(_sections.values())


def choosable() -> dict[str, Sort]:
    """The sorts that somebody may do without, by name."""
    sorts = (sort for section in _sections.values() for sort in section.sorts)
    return {sort.name: sort for sort in sorts if not sort.always}


def pace_of(user: User | None, sort: str) -> str:
    """When somebody receives a letter of this sort: a ``LetterChoice.Pace`` value."""
    if user is None or sort not in choosable():
        return Pace.NOW
    row = LetterChoice.objects.filter(user=user, sort=sort).values_list("pace", flat=True).first()
    return row or Pace.NOW


def paces_of(user: User) -> dict[str, str]:
    """When somebody receives the letters of each sort that they may choose about."""
    chosen = dict(LetterChoice.objects.filter(user=user).values_list("sort", "pace"))
    return {name: chosen.get(name, Pace.NOW) for name in choosable()}


@transaction.atomic
def choose(*, user: User, paces: Mapping[str, str], by: Actor) -> dict[str, str]:
    """Say when somebody receives the letters of some sorts; of the others nothing changes.

    Args:
        user: Who receives them.
        paces: ``LetterChoice.Pace`` values by names of sorts.
        by: The same person, or :data:`LINK`.

    Returns:
        What differs from before.

    Raises:
        Forbidden: Somebody else's letters.
        Invalid: No such sort, no such pace, or a sort that is always sent.
    """
    authorize(by, "core.choose_letters", user)
    User.objects.select_for_update().get(pk=user.pk)
    before = paces_of(user)
    wrong = {
        name: [_("This cannot be chosen.")]
        for name, pace in paces.items()
        if name not in before or pace not in Pace.values
    }
    if wrong:
        raise Invalid(fields=wrong)
    changed = {name: pace for name, pace in paces.items() if before[name] != pace}
    for name, pace in changed.items():
        LetterChoice.objects.update_or_create(user=user, sort=name, defaults={"pace": pace})
    if changed:
        audit(by, "core.letters.chosen", user, paces=changed)
    return changed


def stop(*, user: User, sort: str) -> dict[str, str]:
    """What a mail program asks for with one click: no more letters of a sort, or of the day's.

    Stopping again, or what is always sent, changes nothing.

    Returns:
        What differs from before.
    """
    if sort == DAY:
        names = [name for name, pace in paces_of(user).items() if pace == Pace.DAILY]
    else:
        names = [sort] if sort in choosable() else []
    return choose(user=user, paces=dict.fromkeys(names, Pace.NEVER), by=LINK)


def link_to(user: User, sort: str) -> str:
    """The address in a letter of this sort at which its reader chooses, without signing in.

    It is good as long as the account is of the address to which the letter went.
    """
    signed = _signer(user).sign(f"{user.pk}-{sort}")
    return own_address() + reverse("core:letters_signed", args=[signed])


def read_link(signed: str) -> tuple[User, str]:
    """Who came by a link, and from a letter of which sort.

    Raises:
        NotFound: It is not of this house, or the account's address is another by now.
    """
    number = signed.partition("-")[0]
    user = None
    if number.isascii() and number.isdigit() and len(number) < 19:
        user = User.objects.filter(pk=int(number), is_active=True).first()
    try:
        if user is None:
            raise BadSignature
        value = _signer(user).unsign(signed)
    except BadSignature:
        raise NotFound(
            _("This link is not good any more. Sign in to choose your letters.")
        ) from None
    return user, value.partition("-")[2]


def _signer(user: User) -> Signer:
    return Signer(salt=f"{SALT}:{user.email}")


def close_letter(message: EmailMessage, user: User, sort: str) -> None:
    """Put at the foot of a letter where its reader chooses; say it to mail programs, too.

    A letter that is always sent has the link, but no mail program offers to stop it. One click needs an
    address over HTTPS (RFC 8058, section 3.1); without it, mail programs open the page.
    """
    link = link_to(user, sort)
    with translation.override(user.language or "fr"):
        words = _("Which letters you receive, and when:")
    message.body = f"{str(message.body).rstrip()}\n\n-- \n{words}\n{link}\n"
    if sort != DAY and sort not in choosable():
        return
    message.extra_headers["List-Unsubscribe"] = f"<{link}>"
    if link.startswith("https://"):
        message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
