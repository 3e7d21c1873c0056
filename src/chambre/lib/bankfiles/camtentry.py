"""One entry (``Ntry``) of a CAMT message as rows.

What the standard says and importers get wrong:

- ``Sts`` is a code itself up to version 07 and has a ``Cd`` in it from 08 on; only ``BOOK`` moved
  the account.
- A batch (``NtryDtls`` with several ``TxDtls``) is one amount on the account. It is split when its
  parts, with the charges that the bank took, add up to it; else it stays whole, with all its texts.
- ``CdtDbtInd`` is the direction of the entry itself, also when ``RvslInd`` says that it undoes
  another. Some banks write the direction of what is undone; the balances tell (``reader.py``).
- A single transaction is the whole entry, whatever amount (instructed, before charges, in another
  currency) it carries.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from .errors import BankFileRefused
from .plain import account_of, clean, find_rf, iban_of, iso_day, joined, minor_of
from .plain import reference_of as ref
from .types import Row, Status
from .xmlpieces import Tree, branch, every, leaf, one, text

_STATUS: dict[str, Status] = {
    "BOOK": "booked",
    "INFO": "info",
    "PDNG": "pending",
    "FUTR": "pending",
}
_MOST_PARTS = 100_000
_TX_AMOUNTS = (
    ("Amt",),
    ("AmtDtls", "TxAmt", "Amt"),
    ("AmtDtls", "CntrValAmt", "Amt"),
    ("AmtDtls", "InstdAmt", "Amt"),
)
_ENTRY_AMOUNTS = (
    ("AmtDtls", "CntrValAmt", "Amt"),
    ("AmtDtls", "TxAmt", "Amt"),
    ("AmtDtls", "PstngAmt", "Amt"),
)
_ORIGINAL_AMOUNTS = (("AmtDtls", "InstdAmt", "Amt"), ("AmtDtls", "TxAmt", "Amt"), ("Amt",))


class Entries:
    """Reads the entries of one statement.

    Attributes:
        account: Account of the statement, comparable.
        currency: Its currency; taken from the first entry when the statement does not say it.
        balances: Its balances.
        day: Last day it is about, for what is pending without a day.
        notices: What a person should know.
    """

    def __init__(self, name: str, account: str, currency: str) -> None:
        self.account = account
        self.currency = currency
        self.balances: list[tuple[str, int, dt.date | None]] = []
        self.day: dt.date | None = None
        self.notices: list[tuple[str, dict[str, str]]] = []
        self._name = name
        self._number = 0

    def rows(self, entry: Any) -> list[Row]:
        """The rows that an entry is: one, or one for each part of a batch.

        Raises:
            BankFileRefused: Something that the amount stands on cannot be read.
        """
        self._number += 1
        if not isinstance(entry, dict):
            raise self._refuse("bank-missing", field="Amt")
        whole = self._whole(entry)
        transactions = [
            each if each.__class__ is dict else {} for each in every(entry, "NtryDtls", "TxDtls")
        ]
        if batch := branch(branch(entry, "NtryDtls"), "Btch"):
            name = ref(leaf(batch, "PmtInfId")) or ref(leaf(batch, "MsgId"))
            whole = whole._replace(batch_reference=name)
        if not transactions:
            return [whole]
        if len(transactions) > _MOST_PARTS:
            raise self._refuse("bank-too-many", limit=_MOST_PARTS)
        rows = [self._transaction(whole, each) for each in transactions]
        return rows if len(rows) == 1 else self._split(whole, rows, transactions)

    def day_of(self, written: str, where: str) -> dt.date | None:
        """A day or the day of a moment; None when nothing is written.

        Raises:
            BankFileRefused: No such day.
        """
        if not written:
            return None
        try:
            return iso_day(written.strip())
        except ValueError as error:
            raise self._refuse("bank-value", where, field="Dt", value=written[:40]) from error

    def amount_of(self, amount: Any, where: str = "", currency: str = "") -> int:
        """An amount in smallest parts of the account's currency, or of another that is expected.

        Raises:
            BankFileRefused: None, not a number, or in another currency.
        """
        written, own = amount if amount.__class__ is tuple else (text(amount), "")
        if not written:
            raise self._refuse("bank-missing", where, field="Amt")
        expected = currency or self.currency or own
        if own and own != expected:
            raise self._refuse("bank-entry-currency", where, found=own, expected=expected)
        try:
            value = minor_of(written, expected or "EUR")
        except ValueError as error:
            raise self._refuse("bank-value", where, field="Amt", value=written[:40]) from error
        if value < 0:
            raise self._refuse("bank-value", where, field="Amt", value=written[:40])
        return value

    def _refuse(self, code: str, where: str = "", **data: Any) -> BankFileRefused:
        return BankFileRefused(code, name=self._name, where=where or f"Ntry {self._number}", **data)

    # The entry as one row

    def _whole(self, entry: Tree) -> Row:
        stated = leaf(branch(entry, "Sts"), "Cd") or leaf(entry, "Sts")
        status = _STATUS.get(stated.strip())
        if status is None:
            raise self._refuse("bank-value", field="Sts", value=stated[:40])
        direction = leaf(entry, "CdtDbtInd").strip()
        if direction not in {"CRDT", "DBIT"}:
            raise self._refuse("bank-value", field="CdtDbtInd", value=direction[:40])
        amount, original, original_currency = self._entry_amount(entry)
        sign = 1 if direction == "CRDT" else -1
        value_day = self._entry_day(entry, "ValDt")
        info = clean(leaf(entry, "AddtlNtryInf"))
        reference = ref(leaf(entry, "AcctSvcrRef"))
        return Row(
            status=status,
            day=self._entry_day(entry, "BookgDt") or value_day or self._undated(status),
            value_day=value_day,
            amount=sign * amount,
            currency=self.currency,
            original_amount=None if original is None else sign * original,
            original_currency=original_currency,
            charges=self._charges(entry),
            reversal=leaf(entry, "RvslInd").strip() in {"true", "1"},
            reference=reference,
            account_reference=reference,
            entry_reference=ref(leaf(entry, "NtryRef")),
            info=info,
            creditor_reference=find_rf(info),
            code=_code(entry),
            entry_amount=sign * amount,
            place=self._number,
        )

    def _undated(self, status: Status) -> dt.date:
        """The day of an entry that has none: the statement's; a booked one needs its own."""
        if status == "booked" or self.day is None:
            raise self._refuse("bank-missing", field="BookgDt")
        return self.day

    def _entry_day(self, entry: Tree, name: str) -> dt.date | None:
        day = branch(entry, name)
        return self.day_of(leaf(day, "Dt") or leaf(day, "DtTm"), "") if day else None

    def _entry_amount(self, entry: Tree) -> tuple[int, int | None, str]:
        """Its amount in the account's currency, then in the other one if there is one."""
        amount = entry.get("Amt")
        own = amount[1] if amount.__class__ is tuple else ""
        self.currency = self.currency or own
        if not own or own == self.currency:
            return self.amount_of(amount), None, ""
        details = [entry, *every(entry, "NtryDtls", "TxDtls")[:1]]
        for path in _ENTRY_AMOUNTS:
            for each in (found for tree in details for found in every(tree, *path)):
                if each.__class__ is tuple and each[1] == self.currency:
                    return self.amount_of(each), self.amount_of(amount, currency=own), own[:3]
        raise self._refuse("bank-entry-currency", found=own, expected=self.currency)

    def _charges(self, tree: Tree) -> int:
        """What the bank took inside the amount, as a sum that is not positive."""
        charges = branch(tree, "Chrgs")
        if not charges:
            return 0
        total = 0
        for record in every(charges, "Rcrd") or [charges]:
            amount = one(record, "Amt")
            included = text(record, "ChrgInclInd").strip() in {"true", "1", ""}
            if amount.__class__ is not tuple or amount[1] != self.currency or not included:
                continue
            value = self.amount_of(amount)
            total += value if text(record, "CdtDbtInd") == "CRDT" else -value
        return min(total, 0)

    # One transaction of an entry

    def _transaction(self, whole: Row, tx: Tree) -> Row:
        """What one ``TxDtls`` says; with the amount of the whole, until it is split."""
        references = branch(tx, "Refs")
        incoming = self._sign(tx, whole) > 0
        remittance = branch(tx, "RmtInf")
        reference, more = _structured(remittance) if "Strd" in remittance else ("", [])
        texts = joined([*(text(each) for each in every(remittance, "Ustrd")), *more])
        more_info = leaf(tx, "AddtlTxInf")
        info = joined([more_info, whole.info]) if more_info else whole.info
        original, currency = self._original(tx, whole)
        reason = branch(branch(tx, "RtrInf"), "Rsn")
        batch = ref(leaf(references, "PmtInfId")) or ref(leaf(references, "MsgId"))
        return whole._replace(
            reference=ref(leaf(references, "AcctSvcrRef")) or whole.reference,
            end_to_end_id=ref(leaf(references, "EndToEndId")),
            transaction_id=_transaction_id(references),
            mandate_id=ref(leaf(references, "MndtId")),
            batch_reference=whole.batch_reference or batch,
            texts=texts,
            info=info,
            creditor_reference=reference or find_rf(texts) or find_rf(info),
            original_amount=original,
            original_currency=currency,
            charges=self._charges(tx) or whole.charges,
            code=_code(tx) or whole.code,
            return_code=clean(leaf(reason, "Cd") or leaf(reason, "Prtry"))[:35],
            **_party(tx, self.account, incoming, whole.reversal),
        )

    def _sign(self, tx: Tree, whole: Row) -> int:
        direction = leaf(tx, "CdtDbtInd").strip()
        if direction in {"CRDT", "DBIT"}:
            return 1 if direction == "CRDT" else -1
        return 1 if whole.amount >= 0 else -1

    def _original(self, tx: Tree, whole: Row) -> tuple[int | None, str]:
        """The amount in the currency that it was paid in, when that is another one."""
        if "AmtDtls" not in tx and "Amt" not in tx:
            return whole.original_amount, whole.original_currency
        for path in _ORIGINAL_AMOUNTS:
            for amount in every(tx, *path):
                if amount.__class__ is tuple and amount[1] and amount[1] != whole.currency:
                    value = self.amount_of(amount, currency=amount[1])
                    return self._sign(tx, whole) * value, amount[1][:3]
        return whole.original_amount, whole.original_currency

    # A batch

    def _split(self, whole: Row, rows: list[Row], transactions: list[Any]) -> list[Row]:
        """The parts of a batch with their own amounts, when they add up to it."""
        amounts = [self._tx_amount(tx, whole) for tx in transactions]
        known = [each for each in amounts if each is not None]
        charges = _missing_charges(whole, rows, sum(known))
        if len(known) < len(rows) or sum(known) + charges != whole.amount:
            self.notices.append(("batch-whole", {"place": str(whole.place)}))
            return [_together(whole, rows)]
        split = [
            row._replace(amount=amount, charges=0 if charges else row.charges)
            for row, amount in zip(rows, known, strict=True)
        ]
        if charges:
            split.append(whole._replace(amount=charges, charges=charges, code="charges"))
        return [row._replace(part=number, parts=len(split)) for number, row in enumerate(split)]

    def _tx_amount(self, tx: Any, whole: Row) -> int | None:
        """The amount of a part in the account's currency, signed, if it says one."""
        for path in _TX_AMOUNTS:
            for amount in every(tx, *path):
                if amount.__class__ is tuple and amount[1] == whole.currency:
                    return self._sign(tx, whole) * self.amount_of(amount)
        return None


def _code(tree: Tree) -> str:
    """The bank transaction code: domain/family/subfamily, or the bank's own."""
    code = branch(tree, "BkTxCd")
    if not code:
        return ""
    domain = branch(code, "Domn")
    if not domain:
        return clean(leaf(branch(code, "Prtry"), "Cd"))[:64]
    family = branch(domain, "Fmly")
    names = (leaf(domain, "Cd"), leaf(family, "Cd"), leaf(family, "SubFmlyCd"))
    return clean("/".join(names))[:64]


def _transaction_id(references: Tree) -> str:
    """What the banks, or the payer's own, call the transaction; or the number of a cheque."""
    names = ("TxId", "ChqNb", "InstrId", "UETR")
    return next((found for name in names if (found := ref(leaf(references, name)))), "")


def _structured(remittance: Tree) -> tuple[str, list[str]]:
    """The creditor's structured reference, and what else is structured as words."""
    reference, words = "", []
    for each in every(remittance, "Strd"):
        reference = reference or ref(text(each, "CdtrRefInf", "Ref"))
        words += [text(info) for info in every(each, "AddtlRmtInf")]
        words += [text(number) for number in every(each, "RfrdDocInf", "Nb")]
    return reference.replace(" ", "")[:35], words


def _party(tx: Tree, own: str, incoming: bool, reversal: bool) -> dict[str, Any]:
    """Who is on the other side: of money that came in, the debtor; that went out, the creditor.

    When a movement undoes another, or a payment came back, the parties stay those of the payment;
    the other side is then whoever does not own this account.
    """
    parties = branch(tx, "RltdPties")
    if not parties:
        return {}
    side, other = ("Dbtr", "Cdtr") if incoming else ("Cdtr", "Dbtr")
    there = _account(parties, other)
    if own and (_account(parties, side) == own or (reversal and there and there != own)):
        side = other
    agent = branch(branch(branch(tx, "RltdAgts"), f"{side}Agt"), "FinInstnId")
    collects = branch(parties, "Cdtr")
    collects = branch(collects, "Pty") or collects
    creditor = text(collects, "Id", "PrvtId", "Othr", "Id") if "Id" in collects else ""
    return {
        "party_name": _name(parties, side),
        "party_iban": _account(parties, side),
        "party_bic": clean(leaf(agent, "BICFI") or leaf(agent, "BIC"))[:11],
        "ultimate_name": _name(parties, f"Ultmt{side}"),
        "creditor_id": clean(creditor)[:35],
    }


def _name(parties: Tree, side: str) -> str:
    """The name of a party; inside ``Pty`` from version 08 on."""
    party = branch(parties, side)
    return clean(leaf(branch(party, "Pty") or party, "Nm"))[:140] if party else ""


def _account(parties: Tree, side: str) -> str:
    """The account of a party: its IBAN, or the number it has."""
    identity = branch(branch(parties, f"{side}Acct"), "Id")
    if number := leaf(identity, "IBAN"):
        return iban_of(number) or account_of(number)[:34]
    return account_of(leaf(branch(identity, "Othr"), "Id"))[:34] if identity else ""


def _missing_charges(whole: Row, rows: list[Row], known: int) -> int:
    """Charges that explain why the parts make another sum than the batch, or zero."""
    missing = whole.amount - known
    said = {whole.charges, sum(row.charges for row in rows)}
    return missing if missing and missing in said else 0


def _together(whole: Row, rows: list[Row]) -> Row:
    """A batch that cannot be split, with all that its parts say."""
    names = list(dict.fromkeys(row.party_name for row in rows if row.party_name))
    return whole._replace(
        texts=joined([row.texts for row in rows])[:2000],
        party_name=names[0] if len(names) == 1 else "",
    )
