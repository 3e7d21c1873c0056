"""What the market refuses, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict, Forbidden, NotFound


class NoPosting(NotFound):
    """There is no such offer or need, or not for this person."""

    code = "exchange.no-posting"
    default_message = _("There is no such offer or need.")


class NotInTheirName(Forbidden):
    """They hold no office in which they could act for it; nothing happened."""

    code = "exchange.not-in-their-name"
    default_message = _("You may not act in this name.")


class NoRing(NotFound):
    """There is no such ring, or this person is not in it."""

    code = "exchange.no-ring"
    default_message = _("There is no such ring.")


class PostingOver(Conflict):
    """The offer or the need is over; nothing happened."""

    code = "exchange.posting-over"
    default_message = _("This is over: it was taken off, agreed on, or its last day has passed.")


class RingOver(Conflict):
    """The ring is not waiting for answers any more; nothing happened."""

    code = "exchange.ring-over"
    default_message = _("This ring is over: somebody declined it, or its last day has passed.")


class AlreadySaid(Conflict):
    """The person has answered otherwise before; nothing happened."""

    code = "exchange.ring-answered"
    default_message = _("You have already answered this ring.")
