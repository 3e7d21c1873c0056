"""Write statements as banks do: for the demonstration, and for trying an import out."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape

from .plain import decimals_of
from .types import Row


@dataclass(frozen=True, slots=True)
class Page:
    """A statement to be written.

    Attributes:
        iban: Account, without spaces.
        number: Its number.
        first_day: First day.
        last_day: Last day.
        opening: Balance before, smallest parts.
        rows: Its rows; parts of one batch follow each other.
        closing: Balance after; absent: what opening and booked rows make.
        currency: Of the account.
    """

    iban: str
    number: int
    first_day: dt.date
    last_day: dt.date
    opening: int
    rows: Sequence[Row]
    closing: int | None = None
    currency: str = "EUR"

    @property
    def end(self) -> int:
        """The closing balance that is written."""
        if self.closing is not None:
            return self.closing
        return self.opening + sum(row.amount for row in self.rows if row.status == "booked")


def row(day: dt.date, amount: int, **more: object) -> Row:
    """A booked row in euros, with what is not said left as it usually is."""
    values = {
        "status": "booked",
        "value_day": day,
        "currency": "EUR",
        "entry_amount": amount,
        **more,
    }
    return Row(day=day, amount=amount, **values)  # type: ignore[arg-type]


def decimal(amount: int, currency: str, mark: str = ".") -> str:
    """An amount of smallest parts as a number with its decimals, without a sign."""
    places = decimals_of(currency)
    if not places:
        return str(abs(amount))
    whole, rest = divmod(abs(amount), 10**places)
    return f"{whole}{mark}{rest:0{places}d}"


def _camt_amount(amount: int, currency: str, name: str = "Amt") -> str:
    return f'<{name} Ccy="{currency}">{decimal(amount, currency)}</{name}>'


def _direction(amount: int) -> str:
    return f"<CdtDbtInd>{'CRDT' if amount >= 0 else 'DBIT'}</CdtDbtInd>"


def _camt_balance(kind: str, amount: int, day: dt.date, currency: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_camt_amount(amount, currency)}"
        f"{_direction(amount)}<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _if(text: str, before: str, after: str) -> str:
    return f"{before}{escape(text)}{after}" if text else ""


def _camt_details(row: Row, in_batch: bool) -> str:
    side = "Dbtr" if row.amount >= 0 else "Cdtr"
    references = (
        _if(row.reference if in_batch else "", "<AcctSvcrRef>", "</AcctSvcrRef>")
        + _if(row.end_to_end_id or "NOTPROVIDED", "<EndToEndId>", "</EndToEndId>")
        + _if(row.transaction_id, "<TxId>", "</TxId>")
        + _if(row.mandate_id, "<MndtId>", "</MndtId>")
    )
    amount = _camt_amount(row.amount, row.currency) + _direction(row.amount) if in_batch else ""
    if row.original_amount is not None:
        instructed = _camt_amount(row.original_amount, row.original_currency)
        amount += f"<AmtDtls><InstdAmt>{instructed}</InstdAmt></AmtDtls>"
    party = _if(row.party_name, f"<{side}><Pty><Nm>", f"</Nm></Pty></{side}>") + _if(
        row.party_iban, f"<{side}Acct><Id><IBAN>", f"</IBAN></Id></{side}Acct>"
    )
    structured = _if(
        row.creditor_reference,
        "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>",
        "</Ref></CdtrRefInf></Strd>",
    )
    remittance = _if(row.texts, "<Ustrd>", "</Ustrd>") + structured
    returned = _if(row.return_code, "<RtrInf><Rsn><Cd>", "</Cd></Rsn></RtrInf>")
    return (
        f"<TxDtls><Refs>{references}</Refs>{amount}"
        + (f"<RltdPties>{party}</RltdPties>" if party else "")
        + (f"<RmtInf>{remittance}</RmtInf>" if remittance else "")
        + f"{returned}</TxDtls>"
    )


def _camt_entry(rows: Sequence[Row]) -> str:
    first = rows[0]
    code = first.code.split("/") if first.code.count("/") == 2 else []
    bank_code = (
        f"<BkTxCd><Domn><Cd>{code[0]}</Cd><Fmly><Cd>{code[1]}</Cd><SubFmlyCd>{code[2]}</SubFmlyCd>"
        "</Fmly></Domn></BkTxCd>"
        if code
        else f"<BkTxCd><Prtry><Cd>{escape(first.code or 'OTHR')}</Cd></Prtry></BkTxCd>"
    )
    status = {"booked": "BOOK", "pending": "PDNG", "info": "INFO"}[first.status]
    batch = _if(first.batch_reference, "<Btch><PmtInfId>", "</PmtInfId></Btch>")
    details = "".join(_camt_details(each, len(rows) > 1) for each in rows)
    return (
        f"<Ntry>{_camt_amount(first.entry_amount, first.currency)}{_direction(first.entry_amount)}"
        + ("<RvslInd>true</RvslInd>" if first.reversal else "")
        + f"<Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{first.day}</Dt></BookgDt>"
        + (f"<ValDt><Dt>{first.value_day}</Dt></ValDt>" if first.value_day else "")
        + _if(first.account_reference or first.reference, "<AcctSvcrRef>", "</AcctSvcrRef>")
        + f"{bank_code}<NtryDtls>{batch}{details}</NtryDtls>"
        + _if(first.info, "<AddtlNtryInf>", "</AddtlNtryInf>")
        + "</Ntry>\n"
    )


def batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows by entry: the parts of a batch together."""
    number = 0
    numbered = []
    for each in rows:
        number += each.part == 0
        numbered.append((number, each))
    for _number, group in groupby(numbered, key=lambda pair: pair[0]):
        yield [each for _n, each in group]


def camt(pages: Sequence[Page], *, message: str = "053", version: str = "08") -> Iterator[str]:
    """Statements as CAMT.053, or notifications as CAMT.054, piece by piece."""
    root, name = {"053": ("BkToCstmrStmt", "Stmt"), "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}[
        message
    ]
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{message}.001.{version}"><{root}>'
    moment = f"{pages[0].last_day}T06:00:00"
    yield f"<GrpHdr><MsgId>M{pages[0].number}</MsgId><CreDtTm>{moment}</CreDtTm></GrpHdr>\n"
    for page in pages:
        yield (
            f"<{name}><Id>{page.iban}-{page.number}</Id><ElctrncSeqNb>{page.number}</ElctrncSeqNb>"
            f"<CreDtTm>{moment}</CreDtTm><FrToDt><FrDtTm>{page.first_day}T00:00:00</FrDtTm>"
            f"<ToDtTm>{page.last_day}T23:59:59</ToDtTm></FrToDt>"
            f"<Acct><Id><IBAN>{page.iban}</IBAN></Id><Ccy>{page.currency}</Ccy></Acct>\n"
        )
        if message == "053":
            yield _camt_balance("OPBD", page.opening, page.first_day, page.currency)
            yield _camt_balance("CLBD", page.end, page.last_day, page.currency) + "\n"
        for group in batches(page.rows):
            yield _camt_entry(group)
        yield f"</{name}>"
    yield f"</{root}></Document>\n"


def ofx(page: Page, *, xml: bool = False) -> str:
    """A statement as OFX 1.02 (SGML), or 2.11 (XML)."""

    def leaf(name: str, value: str) -> str:
        text = escape(value)
        return f"<{name}>{text}</{name}>" if xml else f"<{name}>{text}\n"

    ok = f"<STATUS>{leaf('CODE', '0')}{leaf('SEVERITY', 'INFO')}</STATUS>"
    rows = "".join(_ofx_row(each, page.currency, leaf) for each in page.rows)
    sign = "-" if page.end < 0 else ""
    body = (
        f"<OFX><SIGNONMSGSRSV1><SONRS>{ok}{leaf('DTSERVER', f'{page.last_day:%Y%m%d}')}"
        f"{leaf('LANGUAGE', 'FRA')}</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS>"
        f"{leaf('TRNUID', '1')}{ok}<STMTRS>{leaf('CURDEF', page.currency)}<BANKACCTFROM>"
        f"{leaf('BANKID', page.iban[4:9])}{leaf('BRANCHID', page.iban[9:14])}"
        f"{leaf('ACCTID', page.iban[14:25])}{leaf('ACCTTYPE', 'CHECKING')}</BANKACCTFROM>"
        f"<BANKTRANLIST>{leaf('DTSTART', f'{page.first_day:%Y%m%d}')}"
        f"{leaf('DTEND', f'{page.last_day:%Y%m%d}')}{rows}</BANKTRANLIST>"
        f"<LEDGERBAL>{leaf('BALAMT', sign + decimal(page.end, page.currency))}"
        f"{leaf('DTASOF', f'{page.last_day:%Y%m%d}')}</LEDGERBAL></STMTRS></STMTTRNRS>"
        "</BANKMSGSRSV1></OFX>\n"
    )
    if xml:
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" '
            'SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n' + body
        )
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:UTF-8\nCHARSET:NONE\n"
        "COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n" + body
    )


def _ofx_row(row: Row, currency: str, leaf: Callable[[str, str], str]) -> str:
    """A movement."""
    sign = "-" if row.amount < 0 else ""
    return (
        "<STMTTRN>"
        + leaf("TRNTYPE", "CREDIT" if row.amount >= 0 else "DEBIT")
        + leaf("DTPOSTED", f"{row.day:%Y%m%d}120000")
        + leaf("TRNAMT", sign + decimal(row.amount, currency))
        + leaf("FITID", row.reference or row.end_to_end_id or "0")
        + leaf("NAME", (row.party_name or row.texts or "-")[:32])
        + (leaf("MEMO", row.texts) if row.texts else "")
        + "</STMTTRN>\n"
    )


def mt940(pages: Sequence[Page]) -> str:
    """Statements as MT940, what is known of a movement in code words."""
    lines = []
    for page in pages:
        opening, end = page.opening, page.end
        lines += [
            f":20:{page.number}",
            f":25:{page.iban}",
            f":28C:{page.number}/1",
            f":60F:{'C' if opening >= 0 else 'D'}{page.first_day:%y%m%d}{page.currency}"
            f"{decimal(opening, page.currency, ',')}",
        ]
        for each in page.rows:
            mark = "C" if each.amount >= 0 else "D"
            if each.reversal:
                mark = {"C": "RD", "D": "RC"}[mark]
            value = each.value_day or each.day
            lines.append(
                f":61:{value:%y%m%d}{each.day:%m%d}{mark}"
                f"{decimal(each.amount, page.currency, ',')}NTRF{each.end_to_end_id or 'NONREF'}"
                + (f"//{each.reference}" if each.reference else "")
            )
            said = [("EREF", each.end_to_end_id), ("NAME", each.party_name)]
            said += [("IBAN", each.party_iban), ("REMI", each.texts)]
            text = "".join(f"/{name}/{value}" for name, value in said if value) or "-"
            lines.append(":86:" + "\n".join(text[at : at + 65] for at in range(0, len(text), 65)))
        lines.append(
            f":62F:{'C' if end >= 0 else 'D'}{page.last_day:%y%m%d}{page.currency}"
            f"{decimal(end, page.currency, ',')}"
        )
        lines.append("-")
    return "\n".join(lines) + "\n"


def table(page: Page, *, balance: bool = False, delimiter: str = ";") -> str:
    """A statement as the table that French banks give: ``Date;Libellé;Débit;Crédit``."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(["Compte", page.iban])
    head = ["Date", "Date de valeur", "Libellé", "Débit", "Crédit"]
    writer.writerow([*head, "Solde"] if balance else head)
    reached = page.opening
    for each in page.rows:
        reached += each.amount
        text = decimal(each.amount, page.currency, ",")
        words = " ".join(part for part in (each.party_name, each.texts) if part)
        sign = "-" if reached < 0 else ""
        cells = [
            f"{each.day:%d/%m/%Y}",
            f"{each.value_day or each.day:%d/%m/%Y}",
            words,
            text if each.amount < 0 else "",
            text if each.amount >= 0 else "",
            sign + decimal(reached, page.currency, ","),
        ]
        writer.writerow(cells if balance else cells[:-1])
    return out.getvalue()
