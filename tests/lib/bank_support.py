"""Statements for the tests: pages of invented people, and entries of CAMT written piece by piece."""

import datetime as dt
import io
import zipfile

from chambre.lib.bankfiles.plain import iban_of
from chambre.lib.bankfiles.writing import Page, camt, row

DAY = dt.date(2026, 3, 2)
LAST = dt.date(2026, 3, 31)


def iban(number: int, bank: str = "30004", branch: str = "00123") -> str:
    """A French account that nobody has: its keys are right."""
    account = f"{number:011d}"
    key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
    inner = f"{bank}{branch}{account}{key:02d}"
    whole = f"FR{98 - int(inner + '152700') % 97:02d}{inner}"
    assert iban_of(whole) == whole
    return whole


OURS = iban(1234567)
THEIRS = iban(7654321, "20041", "01005")


def page(*rows, opening=100_000, closing=None, number=1, iban=OURS, first=DAY, last=LAST):
    return Page(iban, number, first, last, opening, rows, closing)


def camt_bytes(*pages, message="053", version="08"):
    return "".join(camt(pages, message=message, version=version)).encode()


def gift(amount=5000, day=DAY, **more):
    given = {"party_name": "Ines Marchal", "texts": "Don pour le verger", **more}
    return row(day, amount, **given)


def entry(amount="10.00", direction="CRDT", status="BOOK", details="", more="", currency="EUR",
          day="2026-03-02", version="08"):  # fmt: skip
    """One ``Ntry`` with what is given inside."""
    state = status if version < "08" else f"<Cd>{status}</Cd>"
    booked = f"<BookgDt><Dt>{day}</Dt></BookgDt>" if day else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{more}'
        f"<Sts>{state}</Sts>{booked}<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>{details}</Ntry>"
    )


def message(*entries, opening="1000.00", closing="1000.00", version="08", kind="053",
            account=f"<Id><IBAN>{OURS}</IBAN></Id><Ccy>EUR</Ccy>"):  # fmt: skip
    """A CAMT message around entries."""
    root, name = {"053": ("BkToCstmrStmt", "Stmt"), "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}[
        kind
    ]

    def balance(code, amount):
        sign = "DBIT" if amount.startswith("-") else "CRDT"
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="EUR">{amount.lstrip("-")}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
            "<Dt><Dt>2026-03-02</Dt></Dt></Bal>"
        )

    balances = balance("OPBD", opening) + balance("CLBD", closing) if opening else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}"><{root}>'
        f"<GrpHdr><MsgId>1</MsgId></GrpHdr><{name}><Id>S1</Id><Acct>{account}</Acct>{balances}"
        f"{''.join(entries)}</{name}></{root}></Document>"
    ).encode()


def zipped(**members):
    """A zip archive; ``a__xml`` becomes ``a.xml``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return buffer.getvalue()
