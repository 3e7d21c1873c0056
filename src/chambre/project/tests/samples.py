"""Accounting exports and rules of invented structures, as text."""

from __future__ import annotations

HEAD = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
    "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
    "Montantdevise\tIdevise"
)
RULES = """
[[rule]]
name = "ventes de nectar"
structure = "nectar"
account = ["701*", "708*"]
label = "(?i)fraise"
from = 2022-01-01
shares = { verger = 60, presse = 40 }

[[rule]]
name = "loyer"
account = "613*"
shares = { verger = 1, "-" = 2 }
"""


def line(number, account, debit="0,00", credit="0,00", label="Nectar de fraise", day="20230105"):
    return (
        f"VE\tVentes\t{number}\t{day}\t{account}\tCompte {account}\t\t\tF{number}\t{day}\t"
        f"{label}\t{debit}\t{credit}\t\t\t20240331\t\t"
    )


def entry(number, euros, account="701000", day="20230105"):
    """Money in from a sale, or out for an expense."""
    amount = f"{euros},01"
    if account.startswith("7"):
        return [
            line(number, "512000", debit=amount, day=day),
            line(number, account, credit=amount, day=day),
        ]
    return [
        line(number, account, debit=amount, day=day),
        line(number, "512000", credit=amount, day=day),
    ]


def fec(*entries):
    return "\r\n".join([HEAD, *(each for lines in entries for each in lines), ""])


YEAR = fec(entry(1, 100), entry(2, 30, "613000"), entry(3, 7, "708000", "20231231"))
NAME = "732829320FEC20231231.txt"


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)
