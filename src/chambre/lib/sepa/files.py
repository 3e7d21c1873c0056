"""Files for a bank: transfers (pain.001.001.09) and collections (pain.008.001.08).

``sepaxml`` lays the message out; what it does not do is done here: identifiers that stay the same
when a file is made again, references of ISO 11649 in their own field, the letters of SEPA, and
the check of the finished message against the schema and against its own sums.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import sepaxml
from lxml import etree

from chambre.lib.sepa import rf
from chambre.lib.sepa.accounts import read_creditor_id
from chambre.lib.sepa.amounts import check_amount
from chambre.lib.sepa.charset import fold, read_id
from chambre.lib.sepa.errors import SepaRefusal
from chambre.lib.sepa.parties import Holder

TRANSFERS, COLLECTIONS = "pain.001.001.09", "pain.008.001.08"
Turn = Literal["FRST", "RCUR", "OOFF", "FNAL"]


@dataclass(frozen=True, slots=True)
class Remittance:
    """What a payment is for.

    Attributes:
        text: Free text, cut at 140 characters.
        reference: ISO 11649 reference instead of it; travels in a field of its own.
    """

    text: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer of a file.

    Attributes:
        id: End-to-end identifier, 1 to 35 characters; it comes back on the statement.
        payee: Who is paid, and where.
        amount: Cents.
        day: When the bank is to do it.
        remittance: What for.
    """

    id: str
    payee: Holder
    amount: int
    day: date
    remittance: Remittance


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection of a file.

    Attributes:
        id: End-to-end identifier, 1 to 35 characters.
        debtor: From whom, and where.
        amount: Cents.
        day: When it is due.
        remittance: What for.
        mandate: Unique reference of the mandate (*RUM*).
        signed: When the mandate was signed.
        sequence: First of several, one of several, the only one, the last one.
        former_creditor: Creditor identifier under which the mandate was used or signed before, in
            the first collection after it changed; else empty.
        is_new_account: The first collection from another account of the debtor with that mandate.
    """

    id: str
    debtor: Holder
    amount: int
    day: date
    remittance: Remittance
    mandate: str
    signed: date
    sequence: Turn = "RCUR"
    former_creditor: str = ""
    is_new_account: bool = False


@dataclass(frozen=True, slots=True)
class BankFile:
    """A finished file.

    Attributes:
        content: XML in UTF-8.
        count: How many payments it holds.
        total: Their sum in cents.
        sha256: Digest of the content.
    """

    content: bytes
    count: int
    total: int
    sha256: str


def write_transfers(
    *, id: str, made_at: datetime, payer: Holder, transfers: Sequence[Transfer], batch: bool = True
) -> BankFile:
    """Write a file of transfers.

    Args:
        id: Identifier of the message, at most 30 characters, used once for ever.
        made_at: When it is made.
        payer: Whose account is debited.
        transfers: What is to be paid; grouped by day.
        batch: One movement on the statement per day; else one per transfer.

    Returns:
        The file: the same arguments give the same bytes.

    Raises:
        SepaRefusal: Something a bank would send back; nothing is written.
    """
    writer = sepaxml.SepaTransfer(
        {**payer.facts(), "currency": "EUR", "batch": True}, schema=TRANSFERS, clean=False
    )
    _require(transfers)
    for transfer in transfers:
        writer.add_payment(
            {
                **transfer.payee.facts(),
                "amount": check_amount(transfer.amount),
                "execution_date": transfer.day,
                "description": _text(transfer.remittance),
                "endtoend_id": read_id(transfer.id),
            }
        )
    remittances = {transfer.id: transfer.remittance for transfer in transfers}
    root = _finish(writer, id, made_at, remittances, batch)
    for agent in root.iterfind(".//{*}DbtrAgt/{*}FinInstnId"):
        if not len(agent):  # the IBAN says it; an empty element would be refused
            other = etree.SubElement(agent, _tag(agent, "Othr"))
            etree.SubElement(other, _tag(agent, "Id")).text = "NOTPROVIDED"
    return _close(root, TRANSFERS)


def write_collections(
    *,
    id: str,
    made_at: datetime,
    creditor: Holder,
    creditor_id: str,
    collections: Sequence[Collection],
    scheme: Literal["CORE", "B2B"] = "CORE",
    batch: bool = True,
) -> BankFile:
    """Write a file of collections (*prélèvements*).

    Args:
        id: Identifier of the message, at most 30 characters, used once for ever.
        made_at: When it is made.
        creditor: Whose account is credited.
        creditor_id: SEPA creditor identifier (*ICS*).
        collections: What is to be collected; grouped by day and sequence.
        scheme: ``CORE`` for anybody, ``B2B`` between companies.
        batch: One movement on the statement per group; else one per collection.

    Raises:
        SepaRefusal: Something a bank would send back; nothing is written.
    """
    config = {
        **creditor.facts(),
        "currency": "EUR",
        "batch": True,
        "instrument": scheme,
        "creditor_id": read_creditor_id(creditor_id),
    }
    writer = sepaxml.SepaDD(config, schema=COLLECTIONS, clean=False)
    _require(collections)
    for collection in collections:
        if collection.signed > collection.day:
            facts = {"signed": f"{collection.signed}", "day": f"{collection.day}"}
            raise SepaRefusal("mandate-late", mandate=collection.mandate, **facts)
        writer.add_payment(
            {
                **collection.debtor.facts(),
                "amount": check_amount(collection.amount),
                "type": collection.sequence,
                "collection_date": collection.day,
                "mandate_id": read_id(collection.mandate),
                "mandate_date": collection.signed,
                "description": _text(collection.remittance),
                "endtoend_id": read_id(collection.id),
            }
        )
    remittances = {collection.id: collection.remittance for collection in collections}
    root = _finish(writer, id, made_at, remittances, batch)
    amended = {each.id: each for each in collections if each.former_creditor or each.is_new_account}
    for payment in root.iter("{*}DrctDbtTxInf"):
        if one := amended.get(_first(payment, "EndToEndId").text or ""):
            _say_amended(_first(payment, "MndtRltdInf"), one)
    return _close(root, COLLECTIONS)


def _say_amended(mandate: etree._Element, collection: Collection) -> None:
    """Say what changed of a mandate since its last collection; the debtor's bank looks for it.

    A new account is said without naming the former one: ``SMNDA``, *same mandate with new debtor
    account*, whether it is at the same bank or at another (EPC130-08 of rulebook 9.0, section 1.5.4).
    """
    for known in mandate.findall("{*}AmdmntInd"):
        mandate.remove(known)
    etree.SubElement(mandate, _tag(mandate, "AmdmntInd")).text = "true"
    details = etree.SubElement(mandate, _tag(mandate, "AmdmntInfDtls"))
    if collection.former_creditor:
        node = _below(details, "OrgnlCdtrSchmeId", "Id", "PrvtId", "Othr")
        _below(node, "Id").text = read_creditor_id(collection.former_creditor)
        _below(node, "SchmeNm", "Prtry").text = "SEPA"
    if collection.is_new_account:
        _below(details, "OrgnlDbtrAcct", "Id", "Othr", "Id").text = "SMNDA"


def _below(node: etree._Element, *names: str) -> etree._Element:
    """New elements, each in the one before; the innermost."""
    for name in names:
        node = etree.SubElement(node, _tag(node, name))
    return node


def check_file(content: bytes) -> tuple[int, int]:
    """Check a file as a bank does: schema, number and sums of each group, unique identifiers.

    Returns:
        How many payments it holds, and their sum in cents.

    Raises:
        SepaRefusal: What is wrong with it.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise SepaRefusal("file-invalid", schema="XML", reason=str(error)) from None
    schema = etree.QName(root).namespace or ""
    schema = schema.rpartition(":")[2]
    if schema not in {TRANSFERS, COLLECTIONS}:
        expected = f"{TRANSFERS}, {COLLECTIONS}"
        raise SepaRefusal("file-invalid", schema=expected, reason=schema or "–")
    return _check(root, schema)


def _require(payments: Sequence[Transfer] | Sequence[Collection]) -> None:
    if not payments:
        raise SepaRefusal("file-empty")
    seen: set[str] = set()
    for payment in payments:
        if payment.id in seen:
            raise SepaRefusal("id-twice", text=payment.id[:60])
        seen.add(payment.id)


def _text(remittance: Remittance) -> str:
    if remittance.reference and remittance.text:
        raise SepaRefusal("two-remittances")
    if remittance.reference:
        return rf.read(remittance.reference)
    return fold(remittance.text, 140) or "-"


def _finish(
    writer: Any, id: str, made_at: datetime, remittances: dict[str, Remittance], batch: bool
) -> etree._Element:
    """The message as a tree in its namespace, with our identifiers and references."""
    if len(read_id(id)) > 30:
        raise SepaRefusal("text-too-long", text=id, limit=30)
    root = etree.fromstring(writer.export(validate=False))
    _first(root, "GrpHdr/{*}MsgId").text = id
    _first(root, "GrpHdr/{*}CreDtTm").text = made_at.strftime("%Y-%m-%dT%H:%M:%S")
    for number, group in enumerate(root.iterfind(".//{*}PmtInf"), start=1):
        _first(group, "PmtInfId").text = f"{id}-{number}"
        _first(group, "BtchBookg").text = "true" if batch else "false"
    for payment in [*root.iter("{*}CdtTrfTxInf"), *root.iter("{*}DrctDbtTxInf")]:
        remittance = remittances[_first(payment, "EndToEndId").text or ""]
        if remittance.reference:
            _put_reference(_first(payment, "RmtInf"), rf.read(remittance.reference))
    return root


def _put_reference(place: etree._Element, reference: str) -> None:
    """Put a creditor reference in its field instead of the free text."""
    place.clear()
    node = place
    for name in ("Strd", "CdtrRefInf"):
        node = etree.SubElement(node, _tag(place, name))
    kind = node
    for name in ("Tp", "CdOrPrtry", "Cd"):
        kind = etree.SubElement(kind, _tag(place, name))
    kind.text = "SCOR"
    issuer = etree.SubElement(_first(node, "Tp"), _tag(place, "Issr"))
    issuer.text = "ISO"
    etree.SubElement(node, _tag(place, "Ref")).text = reference


def _close(root: etree._Element, schema: str) -> BankFile:
    count, total = _check(root, schema)
    etree.indent(root)
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
    return BankFile(content, count, total, hashlib.sha256(content).hexdigest())


def _check(root: etree._Element, schema: str) -> tuple[int, int]:
    try:
        _schema(schema).assertValid(root)
    except etree.DocumentInvalid as error:
        raise SepaRefusal("file-invalid", schema=schema, reason=str(error)) from None
    count = total = 0
    seen: set[str] = set()
    for group in root.iter("{*}PmtInf"):
        amounts = [_cents(each.text) for each in group.iter("{*}InstdAmt")]
        _same(group, len(amounts), sum(amounts))
        count, total = count + len(amounts), total + sum(amounts)
        for each in group.iter("{*}EndToEndId"):
            if (text := each.text or "") in seen:
                raise SepaRefusal("id-twice", text=text)
            seen.add(text)
    _same(_first(root, "GrpHdr"), count, total)
    return count, total


def _same(head: etree._Element, count: int, total: int) -> None:
    said = (int(_first(head, "NbOfTxs").text or 0), _cents(_first(head, "CtrlSum").text))
    if said != (count, total):
        names = [f"{n} × {sum_ // 100}.{sum_ % 100:02d}" for n, sum_ in (said, (count, total))]
        raise SepaRefusal("file-sums", said=names[0], held=names[1])


def _cents(text: str | None) -> int:
    euros, _, cents = (text or "0").partition(".")
    return int(euros) * 100 + int(cents.ljust(2, "0")[:2] or 0)


def _first(node: etree._Element, path: str) -> etree._Element:
    found = node.find(f".//{{*}}{path}")
    if found is None:
        raise SepaRefusal("file-invalid", schema="ISO 20022", reason=path.replace("{*}", ""))
    return found


def _tag(beside: etree._Element, name: str) -> str:
    return f"{{{etree.QName(beside).namespace}}}{name}"


@cache
def _schema(name: str) -> etree.XMLSchema:
    """The published schema of a message; it comes with ``sepaxml``."""
    folder = Path(sepaxml.__file__).parent / "schemas"
    return etree.XMLSchema(etree.parse(str(folder / f"{name}.xsd")))
