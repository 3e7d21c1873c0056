"""Two people write to each other about an offer or a need."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid, KeyReused
from chambre.registry import api as registry
from chambre.registry.models import Agent
from chambre.rooms.exchange.models import MarketMessage, Posting
from chambre.rooms.exchange.queries.market.errors import NoPosting
from chambre.rooms.exchange.queries.market.postings import is_open, posting_for
from chambre.rooms.exchange.queries.people import agents_of
from chambre.rooms.exchange.services.market import letters
from chambre.rooms.exchange.services.market.posting import locked_open

LONGEST = 4000


@transaction.atomic
def say(
    *, posting: Posting, text: str, key: str, by: Actor, asker: Agent | None = None
) -> MarketMessage:
    """Write about an offer or a need: to its owner, or as its owner to ``asker``, who wrote before.

    Only these two ever read it; for a structure, those who act for it. About something that is over, only
    a talk that began before goes on.

    Args:
        posting: About what.
        text: 1 to 4,000 characters.
        key: Idempotency key, 1 to 120 characters.
        by: Who writes.
        asker: For the owner: to whom.

    Raises:
        Forbidden: Nobody is signed in.
        NoPosting: They may not see it, or nobody of that name wrote to them.
        PostingOver: It is over.
        Invalid: No text, too long.
        KeyReused: The key was used for another message.
    """
    authorize(by, "exchange.write_message", posting)
    posting = posting_for(posting.pk, by)
    said = text.replace("\r\n", "\n").strip()
    if not 1 <= len(said) <= LONGEST:
        message = _("Write 1 to %(most)d characters.") % {"most": LONGEST}
        raise Invalid(message, fields={"text": [message]})
    if by.user is None:
        raise NoPosting
    author = registry.person_of(by.user)
    mine = agents_of(by).filter(pk=posting.owner_id).exists()
    asker = asker if mine else author
    known: MarketMessage | None = MarketMessage.objects.filter(key=key).first()
    if known is not None:
        if (known.author_id, known.posting_id) != (author.pk, posting.pk):
            raise KeyReused(key=key)
        return known
    began = MarketMessage.objects.filter(posting=posting, asker=asker).exists()
    if asker is None or (mine and not began):
        raise NoPosting(_("Nobody of that name has written to you about this."))
    if not began and not is_open(posting):
        locked_open(posting)
    try:
        with transaction.atomic():
            made: MarketMessage = MarketMessage.objects.create(
                posting=posting, asker=asker, author=author, text=said, key=key
            )
    except IntegrityError:
        raise KeyReused(key=key) from None
    audit(by, "exchange.message.written", posting)
    letters.tell_message(made, by)
    return made
