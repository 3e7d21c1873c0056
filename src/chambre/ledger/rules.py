"""Who may do what in the ledger.

A structure's books are its treasurer's business, and the administrator's of its chamber. A room
that posts in a book as part of its own act (a sale, a deposit) authorizes that act itself, and
posts as the system: ``Actor.system("shop")``.
"""

from __future__ import annotations

import rules

from chambre.registry.rules import is_administrator, is_member, is_treasurer_of_structure

answers_for_books = is_administrator | is_treasurer_of_structure
"""Answers for the books of a structure (given as itself, or as its book)."""

rules.add_perm("ledger.read_book", answers_for_books)
rules.add_perm("ledger.open_book", answers_for_books)
rules.add_perm("ledger.open_year", answers_for_books)
rules.add_perm("ledger.post_entry", answers_for_books)
rules.add_perm("ledger.reverse_entry", answers_for_books)
rules.add_perm("ledger.attribute_lines", answers_for_books)
rules.add_perm("ledger.close_year", answers_for_books)
rules.add_perm("ledger.seal", is_administrator)
rules.add_perm("ledger.prove", answers_for_books)
rules.add_perm("ledger.verify", rules.is_authenticated)
rules.add_perm("ledger.record_event", answers_for_books)
rules.add_perm("ledger.specify", is_administrator)
rules.add_perm("ledger.open_process", is_member)
