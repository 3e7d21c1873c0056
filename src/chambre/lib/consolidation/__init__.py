"""One statement from the books of many structures, by structure or by resource.

The rows of books (sums of lines by book, resource, account and financial year) become groups of
accounts with opening, debit, credit and closing. Years follow on from one another here: balances
are carried over each year start, and the opening entries that a structure's accounts repeat each
year are compared, not added (``docs/adr/0003``). The reading by resource and the reading by
structure come from the same rows and agree to the cent.
"""

from chambre.lib.consolidation.carrying import Gap, Sums, Years, read_books, result_account
from chambre.lib.consolidation.collapsed import APART, RESULT, Collapsed, read_resources
from chambre.lib.consolidation.elimination import Elimination, Flow, eliminate
from chambre.lib.consolidation.groups import (
    AccountFigures,
    Group,
    add_groups,
    apply_eliminations,
    difference_between,
    group_figures,
    take_off,
)

__all__ = [
    "APART",
    "RESULT",
    "AccountFigures",
    "Collapsed",
    "Elimination",
    "Flow",
    "Gap",
    "Group",
    "Sums",
    "Years",
    "add_groups",
    "apply_eliminations",
    "difference_between",
    "eliminate",
    "group_figures",
    "read_books",
    "read_resources",
    "result_account",
    "take_off",
]
