"""What is refused of bank accounts and their files, by name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import ChambreError
from chambre.lib.bankfiles import BankFileRefused
from chambre.lib.money import Money


class BankRefused(ChambreError):
    """The file cannot be taken as it is; nothing of it is kept. ``data["reason"]`` says why."""

    code = "treasury.bank-refused"
    status = 422
    default_message = _("This bank file cannot be taken as it is.")

    @classmethod
    def of(cls, error: BankFileRefused) -> BankRefused:
        """The library's refusal in the reader's language; amounts in ``data`` are cents."""
        facts: dict[str, Any] = {
            name: value.minor if isinstance(value, Money) else value
            for name, value in error.data.items()
        }
        kind = MappingNeeded if error.code.startswith("bank-mapping") else cls
        facts["file"] = facts.pop("name", "")
        return kind(error.message(get_language() or "fr"), reason=error.code, **facts)


class MappingNeeded(BankRefused):
    """The file is a table, and it is not known which column is which."""

    code = "treasury.bank-mapping-needed"


class AccountDiffers(BankRefused):
    """No statement of the file is of this account; ``data["accounts"]`` says whose they are."""

    code = "treasury.bank-account-differs"
