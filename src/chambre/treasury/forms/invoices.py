"""Forms of invoices: the issuer, the customer, a draft with its lines, a credit note."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chambre.core.ui.forms import AmountField, DayField
from chambre.lib import invoicing as lib
from chambre.registry import api as registry
from chambre.treasury.invoicedata import InvoiceIn, LineIn
from chambre.treasury.models import InvoiceIssuer, Party
from chambre.treasury.uses import ALL

UNIT_LABELS = {
    "C62": _("piece"), "HUR": _("hour"), "DAY": _("day"), "MON": _("month"), "KGM": _("kilogram"),
    "TNE": _("tonne"), "LTR": _("litre"), "MTR": _("metre"), "MTK": _("square metre"),
    "KWH": _("kilowatt-hour"), "KMT": _("kilometre"), "XBX": _("box"), "XBO": _("bottle"),
    "LS": _("lump sum"),
}  # fmt: skip
"""Units offered in forms."""


class DecimalText(forms.CharField):
    """A number with a comma or a point and few decimals, exact.

    Args:
        places: Most decimals.
        signed: Whether it may be negative.
    """

    def __init__(self, *, places: int, signed: bool = False, **kwargs: Any) -> None:
        self.places, self.signed = places, signed
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "size": 8}))
        super().__init__(max_length=24, **kwargs)

    def clean(self, value: Any) -> Any:
        """Text into a ``Decimal``; None when it is empty.

        Raises:
            ValidationError: Not such a number.
        """
        text = re.sub(r"[\s\u00a0\u202f€]", "", super().clean(value)).replace("\u2212", "-")
        if not text:
            return None
        match = re.fullmatch(r"(-?)(\d{1,9})(?:[.,](\d*))?", text, re.ASCII)
        if match is None or (match[1] and not self.signed):
            raise ValidationError(_("Type a number such as 12,5."))
        if len(match[3] or "") > self.places:
            raise ValidationError(_("No more than %(n)s decimals.") % {"n": self.places})
        return Decimal(f"{match[1]}{match[2]}.{match[3] or '0'}")


def decimal_shown(value: Decimal, *, least: int = 0) -> str:
    """A number as the form shows it, with at least so many decimals."""
    whole, _point, after = lib.decimal_text(value).partition(".")
    text = f"{whole}.{after.ljust(least, '0')}" if after or least else whole
    return text.replace(".", ",") if (get_language() or "fr").startswith("fr") else text


def vat_choices() -> list[tuple[Any, Any]]:
    """Rates in force today, and the reasons for none."""
    language = get_language() or "fr"
    rates = [
        (str(rate.rate), lib.rate_shown(lib.Vat("S", rate.rate), language))
        for rate in lib.rates_on(registry.today())
    ]
    none = [(key, each.fr if language.startswith("fr") else each.en)
            for key, each in lib.EXEMPTIONS.items()]  # fmt: skip
    return [*rates, (_("without VAT"), none)]


class IssuerForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a structure signs its invoices."""

    class Meta:
        model = InvoiceIssuer
        fields = (
            "name", "street", "more_address", "postcode", "city", "country", "siren", "siret",
            "legal", "email", "phone", "regime", "vat_number", "on_debits", "iban", "bic", "prefix",
            "term_days", "end_of_month", "penalty_rate", "remind", "first_reminder",
            "second_reminder", "last_reminder",
        )  # fmt: skip
        help_texts = {
            "country": _("Two letters: FR, BE…"),
            "legal": _("For example: SCIC SA with variable capital, RCS Rennes 732 829 320."),
            "iban": _("Where customers pay; a code to scan is printed with it."),
            "prefix": _(
                "Numbers are then PREFIX-2026-0001, and PREFIX-A-2026-0001 for credit notes."
            ),
            "penalty_rate": _(
                "Empty: the legal rate, that of the European Central Bank plus 10 points."
            ),
        }

    def _post_clean(self) -> None:
        """The service checks; two forms of the same truth would part one day."""


class PartyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A customer or a supplier."""

    class Meta:
        model = Party
        fields = (
            "name", "street", "more_address", "postcode", "city", "country", "email", "is_business",
            "siren", "siret", "vat_number",
        )  # fmt: skip

    def clean_siren(self) -> str:
        """Nine digits with their check digit, or nothing."""
        siren: str = re.sub(r"\s", "", self.cleaned_data["siren"])
        if siren and not lib.valid_siren(siren):
            raise ValidationError(_("This SIREN is not right."))
        return siren

    def clean_siret(self) -> str:
        """Fourteen digits of that SIREN, or nothing."""
        siret: str = re.sub(r"\s", "", self.cleaned_data["siret"])
        if siret and not lib.valid_siret(siret, self.cleaned_data.get("siren", "")):
            raise ValidationError(_("This SIRET is not right, or not of this SIREN."))
        return siret

    def clean_country(self) -> str:
        """Two letters."""
        country: str = self.cleaned_data["country"].upper()
        if not re.fullmatch("[A-Z]{2}", country):
            raise ValidationError(_("Two letters: FR, BE…"))
        return country


class InvoiceForm(forms.Form):
    """What is said of a whole invoice."""

    party = forms.ModelChoiceField(
        label=_("Customer"), queryset=Party.objects.none(), required=False, to_field_name="code",
        empty_label=_("choose"),
    )  # fmt: skip
    issued = DayField(label=_("Day of issue"), required=False, help_text=_("Empty: today."))
    delivered = DayField(
        label=_("Delivered or done on"), required=False,
        help_text=_("Decides the rate of VAT."),
    )  # fmt: skip
    due = DayField(
        label=_("Pay by"), required=False, help_text=_("Empty: by the terms of the structure.")
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=(("fr", "français"), ("en", "English")), required=False
    )
    order = forms.CharField(label=_("The customer's order"), max_length=100, required=False)
    with_vat = forms.BooleanField(label=_("Prices include VAT"), required=False)
    barter = forms.BooleanField(
        label=_("Paid by compensation"), required=False,
        help_text=_("The customer pays with what they deliver; the mention is put on the invoice."),
    )  # fmt: skip
    barter_amount = AmountField(
        label=_("Worth of the counterpart"), required=False, min_value=0,
        help_text=_("With VAT; what is left is paid in money."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Words to the customer"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = parties  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """One line. A line without name and price is not there."""

    use_required_attribute = False  # a line that nobody began is simply not there

    name = forms.CharField(
        label=_("What is sold"), max_length=254,
        error_messages={"required": _("Say what is sold.")},
    )  # fmt: skip
    quantity = DecimalText(label=_("Quantity"), places=4, signed=True, initial="1")
    unit = forms.ChoiceField(label=_("Unit"), choices=list(UNIT_LABELS.items()))
    price = DecimalText(
        label=_("Price of one"), places=6, error_messages={"required": _("Give its price.")}
    )
    vat = forms.ChoiceField(label=_("VAT"))
    use = forms.ChoiceField(label=_("Booked as"), required=False)
    resource = forms.ChoiceField(label=_("Resource"), required=False)
    discount = AmountField(label=_("Discount on the line"), required=False, min_value=0)
    description = forms.CharField(label=_("More words"), max_length=1000, required=False)

    def __init__(self, *args: Any, resources: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vat"].choices = vat_choices()  # type: ignore[attr-defined]
        self.fields["use"].choices = [  # type: ignore[attr-defined]
            (use.name, use.label) for use in ALL
            if use.group == "income" and use.name not in ("discount", "charge")
        ]  # fmt: skip
        self.resources = resources
        self.fields["resource"].choices = [  # type: ignore[attr-defined]
            ("", _("none")), *[(each.slug, each.name) for each in resources],
        ]  # fmt: skip

    @property
    def is_empty(self) -> bool:
        """Whether nobody typed anything that counts."""
        return not any(
            (self.data.get(self.add_prefix(name)) or "").strip() for name in ("name", "price")
        )

    def asked(self) -> LineIn:
        """The line as the service takes it."""
        data = self.cleaned_data
        resource = {each.slug: each.pk for each in self.resources}.get(data.get("resource"))
        return LineIn(
            name=data["name"],
            price=data["price"],
            quantity=data["quantity"],
            vat=data["vat"],
            use=data["use"] or "sale.service",
            unit=data["unit"],
            description=data["description"],
            discount=data["discount"] or 0,
            resource=resource,
        )


MOST_LINES = 200
"""Lines of an invoice typed by hand."""


class DraftForms:
    """The form of a draft and those of its lines, together."""

    def __init__(
        self,
        data: Any = None,
        *,
        parties: Any,
        resources: Any,
        asked: InvoiceIn | None = None,
        party: Party | None = None,
    ) -> None:
        initial = {} if asked is None else _initial(asked, party)
        self.head = InvoiceForm(data, parties=parties, initial=initial)
        resources = list(resources)  # once for all lines
        if data is not None:
            self.lines = _typed(data, resources)
            return
        slugs = {each.pk: each.slug for each in resources}
        rows = [_line_initial(line, slugs) for line in asked.lines] if asked else []
        self.lines = [
            LineForm(prefix=f"l{at}", resources=resources, initial=row)
            for at, row in enumerate(rows or [{}])
        ]

    @property
    def count(self) -> int:
        """How many lines the page has."""
        return len(self.lines)

    def is_valid(self) -> bool:
        """Whether everything that was typed can be read."""
        bound = [line for line in self.lines if line.is_bound and not line.is_empty]
        return all([self.head.is_valid(), *[line.is_valid() for line in bound]])

    def asked(self) -> InvoiceIn:
        """The invoice as the service takes it; only when everything is valid."""
        data = self.head.cleaned_data
        return InvoiceIn(
            lines=tuple(line.asked() for line in self.lines if line.is_bound and not line.is_empty),
            issued=data["issued"],
            due=data["due"],
            delivered=data["delivered"],
            language=data["language"] or "fr",
            order=data["order"],
            note=data["note"],
            with_vat=data["with_vat"],
            barter=data["barter"],
            barter_amount=data["barter_amount"] or 0,
        )

    def party(self) -> Party | None:
        """The customer that was chosen."""
        found: Party | None = self.head.cleaned_data.get("party")
        return found


def _typed(data: Any, resources: list[Any]) -> list[LineForm]:
    """The lines that were sent, and one more when somebody asked for it."""
    said = str(data.get("lines", "1"))
    count = min(MOST_LINES, int(said) if said.isdecimal() else 1)
    lines = [LineForm(data, prefix=f"l{at}", resources=resources) for at in range(count)]
    if "add" in data and count < MOST_LINES:
        lines.append(LineForm(prefix=f"l{count}", resources=resources))
    return lines


def _initial(asked: InvoiceIn, party: Party | None) -> dict[str, Any]:
    return {
        "party": party,
        "issued": asked.issued,
        "due": asked.due,
        "delivered": asked.delivered,
        "language": asked.language,
        "order": asked.order,
        "note": asked.note,
        "with_vat": asked.with_vat,
        "barter": asked.barter,
        "barter_amount": asked.barter_amount or None,
    }


def _line_initial(line: LineIn, slugs: dict[int, str]) -> dict[str, Any]:
    return {
        "name": line.name,
        "price": decimal_shown(line.price, least=2),
        "quantity": decimal_shown(line.quantity),
        "vat": line.vat,
        "use": line.use,
        "unit": line.unit,
        "description": line.description,
        "discount": line.discount or None,
        "resource": slugs.get(line.resource or 0),
    }


class MailForm(forms.Form):
    """Where an invoice or a reminder goes."""

    to = forms.EmailField(label=_("To"))


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Why"), max_length=254)
