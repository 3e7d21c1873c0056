"""Triggers that hold the ledger's invariants below the ORM, on SQLite and on PostgreSQL.

Registered with :mod:`chambre.core.db.guards`: they are put in place after every ``migrate``;
``chambre doctor`` and ``chambre ledger verify`` compare them with this text.

What they hold (the general append-only guards are those of ``core.db.append_only``):

=================  ==================================================================================
guard              refuses
=================  ==================================================================================
late-line          a line for an entry that is there already
incomplete         an entry whose lines are not all there, numbered from 1 without a gap
unbalanced         an entry with a (resource, unit) cell that does not sum to zero
foreign            a line of another book or chamber than its entry; an account, an auxiliary account
                   or a journal of another book; a line with another phase than its entry
closed-year        an entry or a line on a day of a closed financial year (attributions excepted:
                   they move nothing in the accounts of the structure)
about              an attribution that moves anything in the structure's own accounts, or that is not
                   about lines of the entry that it names; ``source_line`` in any other entry
reverses           a reversal that is not exactly the opposite of what it names, or of an attribution
                   or a reversal
forged-id          an id that was not drawn by the ledger, or that lies in a sealed range
no-entry           (at commit) a line without an entry
frozen             a change to a closed year, or to what makes an account, a journal, an auxiliary
                   account, a book, a kind of thing, a process or a stock what it is; deleting
                   one of them
isolation          (PostgreSQL) writing in a transaction that does not see what others have committed
overlap            two financial years of a book that share a day
chain              a seal that does not follow the one before it
=================  ==================================================================================
"""

from __future__ import annotations

from itertools import chain

from chambre.core.db.guards import Guards
from chambre.ledger.guards import postgres, sqlite

NAMED = ("ledger_account", "ledger_journal", "ledger_auxiliary")
"""Tables of things that lines refer to, all with ``book_id`` and ``code``."""

KEPT = {
    "ledger_specification": ("id", "chamber_id", "slug", "unit"),
    "ledger_process": ("id", "chamber_id", "name", "based_on"),
    "ledger_stockitem": ("id", "chamber_id", "name", "about_id"),
}
"""Tables of things that events refer to, with the columns that never change."""

ONCE = {"ledger_specification": "t.chamber_id = NEW.chamber_id AND t.slug = NEW.slug"}
"""Their further unique keys: SQLite's REPLACE would delete who has the same."""


def provide(vendor: str) -> Guards:
    """Install statements, remove statements and trigger names for a database."""
    if vendor == "postgresql":
        triggers = postgres.guards(NAMED)
        for table, columns in KEPT.items():
            triggers += postgres.frozen(table, columns)
        return (
            [postgres.FORMER, *postgres.FUNCTIONS, *chain(*(one.install for one in triggers))],
            [postgres.FORMER, *(one.remove for one in triggers)],
            [one.name for one in triggers],
        )
    install, remove, names = sqlite.guards(NAMED)
    for table, columns in KEPT.items():
        same = ONCE.get(table, "t.id = NEW.id")
        for create in sqlite.frozen(table, columns, same):
            name = sqlite.name_of(create)
            install.append(create)
            remove.append(f"DROP TRIGGER IF EXISTS {name}")
            names.append(name)
    return install, remove, names
