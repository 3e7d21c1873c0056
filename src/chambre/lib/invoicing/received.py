"""What was read from an invoice that somebody sent, and whether it adds up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from .mentions import Problem, valid_siren, valid_siret
from .model import Invoice, Line
from .totals import Totals, VatTotal, line_net, totals_of, vat_amount


@dataclass(frozen=True, slots=True)
class Declared:
    """The sums that the sender wrote, in cents; None where the file says nothing.

    Attributes:
        lines: Sum of the lines (BT-106).
        allowances: BT-107.
        charges: BT-108.
        taxable: BT-109.
        vat: BT-110.
        gross: BT-112.
        payable: BT-115.
        breakdown: VAT by category and rate (BG-23).
    """

    lines: int | None = None
    allowances: int = 0
    charges: int = 0
    taxable: int | None = None
    vat: int | None = None
    gross: int | None = None
    prepaid: int = 0
    rounding: int = 0
    payable: int | None = None
    breakdown: tuple[VatTotal, ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """An invoice as it was read.

    Attributes:
        invoice: What it says. The profile MINIMUM has no lines.
        declared: Its sums, as written.
        syntax: ``cii`` or ``ubl``.
        profile: Specification that it claims (BT-24).
        type_code: Kind as written (BT-3), wider than :class:`~chambre.lib.invoicing.model.Kind`.
        xml: The document itself.
        from_pdf: Whether it came in a PDF.
    """

    invoice: Invoice
    declared: Declared
    syntax: str
    profile: str
    type_code: str
    xml: bytes = field(repr=False)
    from_pdf: bool = False

    def sums(self) -> Totals:
        """The sums that count: computed where there are lines, else those declared."""
        invoice = self.invoice
        if invoice.lines:
            return totals_of(
                invoice.lines, invoice.allowances,
                prepaid=invoice.prepaid, rounding=invoice.rounding,
            )  # fmt: skip
        said = self.declared
        taxable, vat = said.taxable or 0, said.vat or 0
        gross = said.gross if said.gross is not None else taxable + vat
        payable = said.payable if said.payable is not None else gross - said.prepaid
        return Totals(
            nets=(), lines=said.lines or taxable, allowances=said.allowances,
            charges=said.charges, taxable=taxable, vat=vat, gross=gross, prepaid=said.prepaid,
            rounding=said.rounding, payable=payable, breakdown=said.breakdown,
        )  # fmt: skip


def check_received(received: Received) -> list[Problem]:
    """Say what does not hold in an invoice that came in.

    Returns:
        Problems in the order of the paper; those that are ``grave`` forbid to accept it.
    """
    return [*_sums(received), *_rates(received), *_identity(received)]


def _amount(cents: int | None, *, french: bool) -> str:
    if cents is None:
        return "–"
    text = f"{'−' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
    return text.replace(".", ",") if french else text


def _differs(at: str, en: str, fr: str, said: int | None, found: int) -> Iterable[Problem]:
    if said is None or said == found:
        return
    yield Problem(
        "sum-differs", at,
        f"{en}: it says {_amount(said, french=False)}, its lines give "
        f"{_amount(found, french=False)}",
        f"{fr} : elle dit {_amount(said, french=True)}, ses lignes donnent "
        f"{_amount(found, french=True)}",
    )  # fmt: skip


def _sums(received: Received) -> Iterable[Problem]:
    said, found = received.declared, received.sums()
    if received.invoice.lines:
        for at, line in enumerate(received.invoice.lines, 1):
            yield from _line_sum(at, line_net(line), line)
        yield from _differs(
            "lines", "sum of the lines", "somme des lignes", said.lines, found.lines
        )
        yield from _differs("taxable", "sum without VAT", "total HT", said.taxable, found.taxable)
    # VAT is taken as its breakdown says; a cent of rounding is looked at below.
    vat = sum(part.amount for part in said.breakdown) if said.breakdown else found.vat
    taxable = said.taxable if said.taxable is not None else found.taxable
    yield from _differs("vat", "VAT", "TVA", said.vat, vat)
    yield from _differs("gross", "sum with VAT", "total TTC", said.gross, taxable + vat)
    gross = said.gross if said.gross is not None else taxable + vat
    payable = gross - said.prepaid + said.rounding
    yield from _differs("payable", "to be paid", "net à payer", said.payable, payable)


def _line_sum(at: int, net: int, line: Line) -> Iterable[Problem]:
    if line.net is None:
        return
    computed = line_net(replace(line, net=None))
    if abs(computed - net) > 1:
        yield Problem(
            "line-sum", f"lines.{at}",
            f"line {at}: quantity × price is {_amount(computed, french=False)}, "
            f"it says {_amount(net, french=False)}",
            f"ligne {at} : quantité × prix donne {_amount(computed, french=True)}, "
            f"elle dit {_amount(net, french=True)}",
            grave=False,
        )  # fmt: skip


def _rates(received: Received) -> Iterable[Problem]:
    for part in received.declared.breakdown:
        right = vat_amount(part.base, part.vat.rate)
        if part.amount == right:
            continue
        shown = f"{part.vat.rate / 100:g}"
        yield Problem(
            "vat-differs", "vat",
            f"VAT at {shown} % on {_amount(part.base, french=False)} is "
            f"{_amount(right, french=False)}, it says {_amount(part.amount, french=False)}",
            f"la TVA à {shown.replace('.', ',')} % sur {_amount(part.base, french=True)} est de "
            f"{_amount(right, french=True)}, elle dit {_amount(part.amount, french=True)}",
            grave=abs(part.amount - right) > 1,
        )  # fmt: skip
    if not (received.declared.breakdown and received.invoice.lines):
        return
    said = {part.vat.key: part.base for part in received.declared.breakdown}
    found = {part.vat.key: part.base for part in received.sums().breakdown}
    if said != found:
        yield Problem(
            "bases-differ", "vat",
            "the bases of VAT are not those of its lines",
            "les bases de TVA ne sont pas celles de ses lignes",
        )  # fmt: skip


def _identity(received: Received) -> Iterable[Problem]:
    invoice, seller = received.invoice, received.invoice.seller
    if not invoice.number:
        yield Problem("number", "number", "it has no number", "elle n’a pas de numéro")
    if not seller.name:
        yield Problem(
            "seller-name", "seller.name",
            "it does not say who sends it", "elle ne dit pas qui l’envoie",
        )  # fmt: skip
    if seller.siren and not valid_siren(seller.siren):
        yield Problem(
            "seller-siren-wrong", "seller.siren",
            f"the sender’s SIREN {seller.siren} is wrong",
            f"le SIREN {seller.siren} de l’expéditeur est faux",
            grave=False,
        )  # fmt: skip
    if seller.siret and not valid_siret(seller.siret, seller.siren):
        yield Problem(
            "seller-siret-wrong", "seller.siret",
            f"the sender’s SIRET {seller.siret} is wrong",
            f"le SIRET {seller.siret} de l’expéditeur est faux",
            grave=False,
        )  # fmt: skip
    if invoice.currency != "EUR":
        yield Problem(
            "currency", "currency",
            f"it is in {invoice.currency}; the books are in euros",
            f"elle est en {invoice.currency} ; les comptes sont en euros",
        )  # fmt: skip
    if not invoice.due:
        yield Problem(
            "due", "due",
            "it does not say by when it is to be paid",
            "elle ne dit pas quand la payer",
            grave=False,
        )  # fmt: skip
