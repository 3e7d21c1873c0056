"""Units of account: euros in cents, hours in minutes, the Chamber's credit units. They never mix.

An amount is an integer count of the smallest part. Arithmetic never rounds; sharing an amount out
(:func:`shares`) loses nothing. Different units of account are refused in one sum, one comparison
or one difference, because no factor between them is a fact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, total_ordering
from typing import ClassVar, Literal

from chambre.lib.refusal import Refusal
from chambre.lib.units.decimals import NO_BREAK, format_scaled, is_french, parse_scaled
from chambre.lib.units.table import find_unit
from chambre.lib.units.text import format_quantity, parse_quantity

_TWO_DECIMALS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD "
    "GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG"
)
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
_CREDIT = re.compile(r"CRD(?:-[A-Z0-9]{1,12})?")


class MoneyRefusal(Refusal):
    """Units of account that do not go together, or an amount that cannot be read."""

    texts: ClassVar = {
        "account-unit-unknown": (
            "There is no unit of account “{unit}”.",
            "Il n’y a pas d’unité de compte « {unit} ».",
        ),
        "account-units-differ": (
            "{left} and {right} are different units of account and never add up.",
            "{left} et {right} sont des unités de compte différentes et ne s’additionnent jamais.",
        ),
        "amount-in-other-unit": (
            "“{text}” is not in {unit}.",
            "« {text} » n’est pas en {unit}.",
        ),
    }


@dataclass(frozen=True, slots=True)
class AccountUnit:
    """What an amount is counted in.

    Attributes:
        code: ISO 4217 code of a currency, ``HUR`` (UN/CEFACT: hour) for time given, ``CRD`` or
            ``CRD-NAME`` for a chamber's credit units. At most 16 characters.
        kind: Which of the three families it is of.
        parts: Smallest parts in one: 100 cents, 60 minutes, 1 yen.
        symbol: Short sign, or the code.
    """

    code: str
    kind: Literal["currency", "time", "credit"]
    parts: int
    symbol: str

    @property
    def decimals(self) -> int:
        """Decimals of the smallest part; 0 for hours, whose parts are minutes."""
        return 0 if self.kind == "time" else len(str(self.parts)) - 1


@cache
def _known() -> dict[str, AccountUnit]:
    found = {"HUR": AccountUnit("HUR", "time", 60, "h")}
    for codes, parts in ((_TWO_DECIMALS, 100), (_NO_DECIMALS, 1), (_THREE_DECIMALS, 1000)):
        for code in codes.split():
            found[code] = AccountUnit(code, "currency", parts, _SYMBOLS.get(code, code))
    return found


@cache
def account_unit(code: str) -> AccountUnit:
    """Return a unit of account by its code.

    Raises:
        MoneyRefusal: There is none of that code.
    """
    if found := _known().get(code):
        return found
    if _CREDIT.fullmatch(code):
        return AccountUnit(code, "credit", 100, code)
    raise MoneyRefusal("account-unit-unknown", unit=str(code)[:20])


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """Share an amount by integer weights without losing or inventing a part.

    Everybody gets the floor of their exact share; the parts left over go one by one to the
    largest remainders, ties to the earlier place. A negative amount is shared as its opposite,
    then negated, so that a reversal takes back exactly what was given. Who has weight 0 gets 0.

    Args:
        amount: What is shared, in smallest parts; may be negative.
        weights: One non-negative integer per place, at least one of them positive.

    Returns:
        One amount per place, summing to ``amount``; each differs from the exact share by less
        than one part.

    Raises:
        ValueError: No weights, a negative weight, or all weights zero.
        TypeError: Something that is not an integer.
    """
    # Two and three places are nearly all calls, and this runs once per line of the books.
    size = len(weights)
    if size == 2:
        first, second = weights
        total = first + second
        if first < 0 or second < 0 or total.__class__ is not int or amount.__class__ is not int:
            return _shares(amount, weights)
        if not total:
            raise ValueError("all weights are zero")
        if amount < 0:
            taken, rest = divmod(-amount * first, total)
            taken = -taken - 1 if rest and rest + rest >= total else -taken
        else:
            taken, rest = divmod(amount * first, total)
            if rest and rest + rest >= total:
                taken += 1
        return [taken, amount - taken]
    return _three_shares(amount, weights) if size == 3 else _shares(amount, weights)


def _three_shares(amount: int, weights: Sequence[int]) -> list[int]:
    """:func:`shares` for three places, without a sort."""
    first, second, third = weights
    total = first + second + third
    if min(first, second, third) < 0 or total.__class__ is not int or amount.__class__ is not int:
        return _shares(amount, weights)
    if not total:
        raise ValueError("all weights are zero")
    size = -amount if amount < 0 else amount
    a, rest_a = divmod(size * first, total)
    b, rest_b = divmod(size * second, total)
    c, rest_c = divmod(size * third, total)
    left = size - a - b - c
    if left == 1:  # to the largest remainder, ties to the earlier
        if rest_a >= rest_b and rest_a >= rest_c:
            a += 1
        elif rest_b >= rest_c:
            b += 1
        else:
            c += 1
    elif left:  # two left: all but the smallest remainder, ties leave out the later
        if rest_c <= rest_b and rest_c <= rest_a:
            a, b = a + 1, b + 1
        elif rest_b <= rest_a:
            a, c = a + 1, c + 1
        else:
            b, c = b + 1, c + 1
    return [-a, -b, -c] if amount < 0 else [a, b, c]


def _shares(amount: int, weights: Sequence[int]) -> list[int]:
    """:func:`shares` for any number of places."""
    for number in (amount, *weights):
        if number.__class__ is not int:
            raise TypeError(f"amounts and weights are integers, not {number!r}")
    if not weights:
        raise ValueError("no weights")
    if min(weights) < 0:
        raise ValueError("a weight is negative")
    total = sum(weights)
    if not total:
        raise ValueError("all weights are zero")
    size = -amount if amount < 0 else amount
    parts = [size * weight // total for weight in weights]
    left = size - sum(parts)
    if left:
        order = sorted(range(len(parts)), key=lambda i: -(size * weights[i] % total))
        for i in order[:left]:
            parts[i] += 1
    return [-part for part in parts] if amount < 0 else parts


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the smallest parts of a unit of account; never a float, never rounded.

    Attributes:
        minor: Smallest parts (cents, minutes); negative for the other direction.
        currency: Code of the unit of account; see :func:`account_unit`.
    """

    minor: int
    currency: str = "EUR"

    def __post_init__(self) -> None:
        if self.minor.__class__ is not int:
            raise TypeError(f"an amount is an integer of smallest parts, not {self.minor!r}")
        account_unit(self.currency)

    @property
    def unit(self) -> AccountUnit:
        """The unit of account."""
        return account_unit(self.currency)

    def _same(self, other: Money) -> None:
        if other.currency != self.currency:
            raise MoneyRefusal("account-units-differ", left=self.currency, right=other.currency)

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __mul__(self, times: int) -> Money:
        if times.__class__ is not int:
            return NotImplemented
        return Money(self.minor * times, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return self.minor < other.minor

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Share the amount by integer weights without losing a cent.

        The parts are the floor shares; the cents left over go one by one to the largest
        remainders, ties to the earlier part, so the result is the same everywhere and sums to
        ``self``. A negative amount is split as its opposite, then negated.

        Args:
            weights: One non-negative integer per part, at least one of them positive.

        Raises:
            ValueError: No weights, a negative weight, or all weights zero.
            TypeError: A weight that is not an integer.
        """
        return [Money(part, self.currency) for part in shares(self.minor, weights)]

    def format(self, language: str = "fr") -> str:
        """Write the amount: ``1 234,56 €`` in French, ``€1,234.56`` in English."""
        unit = self.unit
        if unit.kind == "time":
            return format_quantity(self.minor, find_unit("hour"), language=language)
        number = format_scaled(abs(self.minor), decimals=unit.decimals, language=language)
        sign = "-" if self.minor < 0 else ""
        if is_french(language) or unit.kind == "credit":
            return f"{sign}{number}{NO_BREAK}{unit.symbol}"
        gap = NO_BREAK if unit.symbol.isalpha() else ""
        return f"{sign}{unit.symbol}{gap}{number}"

    def __str__(self) -> str:
        return self.format("en")

    @classmethod
    def parse(cls, text: str, *, currency: str = "EUR", language: str = "fr") -> Money:
        """Read an amount as it is written in French or English.

        The symbol or code may stand before or behind, or be absent: ``"1 234,56 €"``,
        ``"EUR 12"``, ``"-5"``. Hours are read as ``"2 h 30"``, ``"2:30"`` or ``"2,5"``.

        Args:
            text: What somebody typed.
            currency: The unit of account that is expected.
            language: ``"fr"`` or ``"en"``: which of comma and point is which.

        Raises:
            NumberRefusal: Not a number, finer than the smallest part, or ambiguous.
            MoneyRefusal: The text names another unit of account.
            UnitRefusal: Hours that are no whole number of minutes.
        """
        unit = account_unit(currency)
        if unit.kind == "time":
            return cls(parse_quantity(text, unit=find_unit("hour"), language=language), currency)
        number = _without_symbol(text, unit)
        return cls(parse_scaled(number, decimals=unit.decimals, language=language), currency)


_SIGN_AND_REST = re.compile(r"([+\-\u2212]?)\s*(.*)")


def _without_symbol(text: str, unit: AccountUnit) -> str:
    """Take the unit's symbol or code off an amount, in front or behind.

    Raises:
        MoneyRefusal: Another symbol stands there.
    """
    sign, body = _SIGN_AND_REST.fullmatch(" ".join(text.split())).groups()  # type: ignore[union-attr]
    for name in sorted({unit.symbol, unit.code}, key=len, reverse=True):
        if body.upper().startswith(name):
            body = body[len(name) :].strip()
            break
        if body.upper().endswith(name):
            body = body[: -len(name)].strip()
            break
    if any(mark.isalpha() or mark in "€$£¥" for mark in body):
        raise MoneyRefusal("amount-in-other-unit", text=text.strip()[:60], unit=unit.code)
    return sign + body
