"""Columns that several tables of the registry share."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

PARTIAL_DATE = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
"""A year, a month or a day as ISO 8601 writes them: ``2019``, ``2019-05``, ``2019-05-01``."""

COMMUNE = r"(?:[0-8][0-9]|9[0-8]|2[AB])[0-9]{3}"
"""Code of a commune (INSEE, Code officiel géographique): five characters, 2A and 2B in Corsica."""


def text(label: Any, help_text: Any = "") -> models.TextField[str, str]:
    """A text of any length, empty when nothing was said."""
    return models.TextField(label, blank=True, default="", help_text=help_text)


def line(label: Any, length: int = 200, help_text: Any = "") -> models.CharField[str, str]:
    """One line of text, empty when nothing was said."""
    return models.CharField(label, max_length=length, blank=True, default="", help_text=help_text)


def choice(
    label: Any, choices: Any, help_text: Any = "", length: int = 16
) -> models.CharField[str, str]:
    """One of a few answers, empty when nothing was said."""
    return models.CharField(
        label, max_length=length, choices=choices, blank=True, default="", help_text=help_text
    )


def partial_date(label: Any, help_text: Any = "") -> models.CharField[str, str]:
    """A day, a month or only a year; sorts as text."""
    return models.CharField(
        label,
        max_length=10,
        blank=True,
        default="",
        help_text=help_text or _("A year, a month or a day: 2019, 2019-05 or 2019-05-01."),
        validators=[
            RegexValidator(
                rf"^{PARTIAL_DATE}\Z",
                _("Write 2019, 2019-05 or 2019-05-01."),
            )
        ],
    )


def commune_code(label: Any) -> models.CharField[str, str]:
    """A commune's INSEE code."""
    return models.CharField(
        label,
        max_length=5,
        blank=True,
        default="",
        help_text=_("Five characters, for example 29019 (not the postcode)."),
        validators=[
            RegexValidator(rf"^{COMMUNE}\Z", _("An INSEE code has five characters, such as 29019."))
        ],
    )


def web_address(label: Any, help_text: Any = "") -> models.URLField[str, str]:
    """An http or https address, empty when there is none."""
    return models.URLField(label, max_length=500, blank=True, default="", help_text=help_text)
