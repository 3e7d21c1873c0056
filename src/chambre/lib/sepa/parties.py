"""Who pays and who is paid, as a file for a bank names them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chambre.lib.sepa.accounts import account
from chambre.lib.sepa.charset import fold, fold_name
from chambre.lib.sepa.errors import SepaRefusal

_NUMBER_FIRST = re.compile(r"(\d{1,5}(?:\s?(?:bis|ter|quater|[A-Da-d]))?)[\s,]+(?=\D)(.+)", re.I)


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address in parts (ISO 20022 structured address).

    Attributes:
        town: The town; needed.
        country: Code of two letters; needed.
        street: Street with its number, as it is written on a letter.
        postcode: As it is written.
    """

    town: str
    country: str = "FR"
    street: str = ""
    postcode: str = ""

    def parts(self) -> dict[str, str]:
        """Its parts as a file has them, the number of the house apart from the street.

        Raises:
            SepaRefusal: Town or country is missing, or the country is no code of two letters.
        """
        town, country = fold(self.town, 35), self.country.strip().upper()
        if not town or not country:
            raise SepaRefusal("address-short")
        if not re.fullmatch("[A-Z]{2}", country):
            raise SepaRefusal("country-wrong", text=self.country[:20])
        street = " ".join(self.street.split())
        split = _NUMBER_FIRST.fullmatch(street)
        number, name = (split[1], split[2]) if split else ("", street)
        found = {
            "street_name": fold(name, 70),
            "building_number": fold(number, 16),
            "postcode": fold(self.postcode, 16),
            "town": town,
            "country": country,
        }
        return {part: text for part, text in found.items() if text}


@dataclass(frozen=True, slots=True)
class Holder:
    """An account and whose it is.

    Attributes:
        name: Its holder, as the bank knows them; written with the letters of SEPA, 70 at most.
        iban: The account.
        bic: Its bank; may be empty inside the European Economic Area.
        address: Where the holder is, or none.
    """

    name: str
    iban: str
    bic: str = ""
    address: Address | None = None

    def facts(self) -> dict[str, object]:
        """Name, account, bank and address as a file has them, all checked.

        Raises:
            SepaRefusal: One of them is wrong.
        """
        iban, bic = account(self.iban, self.bic)
        found: dict[str, object] = {"name": fold_name(self.name), "IBAN": iban}
        if bic:
            found["BIC"] = bic
        if self.address:
            found["address"] = self.address.parts()
        return found
