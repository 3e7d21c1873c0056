"""Work of the deposit room by the clock: telling events, comparing books, unclaimed deposits, privacy."""

from __future__ import annotations

from django.utils import timezone

from chambre.core.actors import Actor
from chambre.core.schedule import every
from chambre.rooms.deposit.models import Scheme
from chambre.rooms.deposit.queries.holding import holding
from chambre.rooms.deposit.services import (
    cases,
    commanding,
    losses,
    privacy,
    taking,
    telling,
    unclaimed,
)

CLOCK = Actor.system("every night")


@every("deposit.tell", minutes=1)
def tell() -> None:
    """Tell the repository of events what has happened to objects."""
    telling.tell_all()


@every("deposit.compare", days=1)
def compare() -> None:
    """Compare contracts and books of every place; a difference is a case, once a day."""
    now = timezone.now()
    for scheme in Scheme.objects.select_related("book"):
        found = [
            cases.Found(
                kind="books",
                subject=f"books:{place.pk}:{now.date().isoformat()}",
                scheme=scheme.pk,
                place=place.pk,
                evidence={"contracts": contracts, "books": books},
            )
            for place, contracts, books in holding(scheme).places
            if contracts != books
        ]
        cases.open_cases(found, CLOCK.label, now)


@every("deposit.unclaimed", days=1)
def settle_unclaimed() -> None:
    """Do what commons decided about deposits that nobody claims."""
    for scheme in Scheme.objects.select_related("book__structure"):
        while unclaimed.settle_unclaimed(scheme=scheme, by=CLOCK).contracts:
            pass


@every("deposit.losses", days=1)
def book_losses() -> None:
    """Write deposits paid, and lost, into the books of structures that have said where they go."""
    for book in losses.books_with_rule(taking.SETTLED):
        taking.book_taken(structure=book.structure, by=CLOCK)
    for book in losses.books_with_rule():
        losses.book_losses(structure=book.structure, by=CLOCK)


@every("deposit.unlink", days=1)
def unlink() -> None:
    """Forget who held what."""
    privacy.unlink_holders()


@every("deposit.forget-nonces", days=1)
def forget_nonces() -> None:
    """Forget old requests of devices: their messages stay told apart by their numbers."""
    commanding.forget_nonces()
