"""How forms look, and the fields that people in France expect: amounts, days.

One template renders every field: label, help, error beside it, then the control.
"""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from chambre.core.ui import figures


class Renderer(TemplatesSetting):
    """Renders forms and fields through the house's templates."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


class AmountInput(forms.TextInput):
    """A text box for an amount: digits on a phone's keyboard, the unit beside it."""

    template_name = "ui/widgets/amount.html"

    def __init__(self, attrs: dict[str, Any] | None = None, currency: str = "EUR") -> None:
        self.currency = currency
        base = {"inputmode": "decimal", "class": "amount", "autocomplete": "off"}
        super().__init__({**base, **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """Minor units as text; what was typed stays as it was typed."""
        return figures.amount(value, self.currency) if isinstance(value, int) else value

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Adds the unit that is shown beside the box."""
        context = super().get_context(name, value, attrs)
        context["widget"]["unit"] = figures.SYMBOLS.get(self.currency, self.currency)
        return context


class AmountField(forms.Field):
    """An amount as a person types it, as integer minor units (cents).

    ``1234,56``, ``1 234,56``, ``1234.56``, ``1 234`` and ``−12,5`` are understood; more decimals
    than the currency has are refused instead of rounded.

    Args:
        currency: ISO 4217 code, or a chamber's unit of account.
        min_value: Smallest amount accepted, in minor units.
        max_value: Largest amount accepted, in minor units.
    """

    widget = AmountInput
    default_error_messages = {
        "invalid": _("Type an amount such as 1234,56."),
        "decimals": _("No more than %(places)s decimals."),
        "min": _("At least %(limit)s."),
        "max": _("At most %(limit)s."),
    }

    def __init__(
        self,
        *,
        currency: str = "EUR",
        min_value: int | None = None,
        max_value: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.currency = currency
        self.min_value = min_value
        self.max_value = max_value
        kwargs.setdefault("widget", AmountInput(currency=currency))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | None:
        """Text into minor units.

        Raises:
            ValidationError: Not an amount, or more decimals than the currency has.
        """
        if isinstance(value, int) or value is None:
            return value
        text = re.sub(r"[\s\u00a0\u202f€]", "", str(value)).replace(figures.MINUS, "-")
        if not text:
            return None
        match = re.fullmatch(r"([+-]?)(\d{1,13})(?:[.,](\d*))?", text, re.ASCII)
        if match is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        sign, whole, rest = match[1], match[2], match[3] or ""
        places = figures.EXPONENTS.get(self.currency, 2)
        if len(rest) > places:
            raise ValidationError(
                self.error_messages["decimals"], code="decimals", params={"places": places}
            )
        minor = int(whole + rest.ljust(places, "0"))
        return -minor if sign == "-" else minor

    def validate(self, value: int | None) -> None:
        """Holds the limits.

        Raises:
            ValidationError: Below the smallest or above the largest amount.
        """
        super().validate(value)
        if value is None:
            return
        for limit, code, wrong in (
            (self.min_value, "min", self.min_value is not None and value < self.min_value),
            (self.max_value, "max", self.max_value is not None and value > self.max_value),
        ):
            if wrong and limit is not None:
                shown = figures.money(limit, self.currency)
                raise ValidationError(self.error_messages[code], code=code, params={"limit": shown})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the amount differs, however it is written."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class DayInput(forms.DateInput):
    """The browser's own date picker; the value travels as ISO 8601."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """A picker would drop what is no ISO day; a text box keeps it for the person to mend."""
        context = super().get_context(name, value, attrs)
        typed = context["widget"]["value"]
        if typed and not re.fullmatch(r"\d{4}-\d\d-\d\d", str(typed)):
            context["widget"]["type"] = "text"
        return context


class DayField(forms.DateField):
    """A day. Where the picker is missing, 31/12/2026 is understood too."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y"])
        super().__init__(**kwargs)
