"""Bank accounts and the files that banks give."""

from chambre.treasury.services.bank.accounts import change_account, create_account, keep_mapping
from chambre.treasury.services.bank.errors import AccountDiffers, BankRefused, MappingNeeded
from chambre.treasury.services.bank.importing import ImportOutcome, import_file
from chambre.treasury.services.bank.matching import MatchCounts, RowState, states_of, use_matching

__all__ = [
    "AccountDiffers",
    "BankRefused",
    "ImportOutcome",
    "MappingNeeded",
    "MatchCounts",
    "RowState",
    "change_account",
    "create_account",
    "import_file",
    "keep_mapping",
    "states_of",
    "use_matching",
]
