"""Which books a posting may write in."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Invalid, NotFound
from chambre.ledger.models import Book


class Books:
    """The books of a posting: each authorized once, all of one chamber.

    Args:
        by: Who posts.
        permission: What they have to be allowed to do in each.
        book: The only one.
        chambers: The chambers of some books, when at hand.
    """

    def __init__(
        self,
        by: Actor,
        permission: str,
        book: Book | None,
        chambers: Mapping[int, int] | None = None,
    ) -> None:
        self.by = by
        self.chambers = chambers or {}
        self.permission = permission
        self.only = book
        self.chamber = 0
        self.seen: set[int] = set()
        if book is not None:
            self._admit(book)

    def _admit(self, book: Book) -> None:
        authorize(self.by, self.permission, book)
        self._enter(book.pk, book.chamber_id)

    def _enter(self, pk: int, chamber: int) -> None:
        if self.chamber and chamber != self.chamber:
            raise Invalid(_("One posting stays in one chamber."), fields={"book": [pk]})
        self.chamber = chamber
        self.seen.add(pk)

    def check(self, pk: int) -> None:
        """Let entries of a book pass.

        Raises:
            Forbidden: The actor may not do this there.
            Invalid: It is not the book of this posting.
            NotFound: There is no such book.
        """
        if pk in self.seen:
            return
        if self.only is not None:
            raise Invalid(_("This journal entry is of another book."), fields={"book": [pk]})
        if self.by.is_system:  # may everything: only the chamber is looked up
            self._enter(pk, self.chambers.get(pk) or _chamber_of(pk))
            return
        try:  # the rules look at the structure
            book = Book.objects.select_related("structure").get(pk=pk)
        except Book.DoesNotExist:
            raise NotFound from None
        self._admit(book)


def _chamber_of(book: int) -> int:
    """The chamber of a book, without the rest of it.

    Raises:
        NotFound: There is no such book.
    """
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT chamber_id FROM ledger_book WHERE id = %s", [book])
        found = cursor.fetchone()
    if found is None:
        raise NotFound
    return int(found[0])
