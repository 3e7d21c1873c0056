"""What a catalogue is made of, before it becomes linked data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from chambre.lib.refusal import Refusal


class DfcRefusal(Refusal):
    """A catalogue that would not mean what it says."""

    texts: ClassVar = {
        "base-unreadable": (
            "“{value}” is not an address that things can be named below.",
            "« {value} » n’est pas une adresse sous laquelle nommer des choses.",
        ),
        "key-unusable": (
            "A {kind} has the key “{value}”, which cannot stand in an address.",
            "La clé « {value} » d’un élément « {kind} » ne peut pas figurer dans une adresse.",
        ),
        "key-repeated": (
            "Two of the kind {kind} have the key “{value}”.",
            "Deux éléments « {kind} » ont la clé « {value} ».",
        ),
        "key-unknown": (
            "There is no {kind} “{value}” in this catalogue.",
            "Il n’y a pas de « {kind} » « {value} » dans ce catalogue.",
        ),
        "term-unknown": (
            "“{value}” is not a {kind} of the DFC that is known here.",
            "« {value} » n’est pas un terme DFC connu ici ({kind}).",
        ),
        "price-negative": (
            "The price of “{value}” is below zero.",
            "Le prix de « {value} » est au-dessous de zéro.",
        ),
        "quantity-not-positive": (
            "A quantity is above zero, not {value}.",
            "Une quantité est au-dessus de zéro, pas {value}.",
        ),
        "rate-out-of-range": (
            "A VAT rate lies between 0 and 100 %, that is 0 and 10000; not {value}.",
            "Un taux de TVA est entre 0 et 100 %, soit 0 et 10000 ; pas {value}.",
        ),
        "time-without-zone": (
            "The session “{value}” begins or ends at a time without a zone.",
            "La vente « {value} » commence ou finit à une heure sans fuseau.",
        ),
        "session-ends-first": (
            "The session “{value}” ends before it begins.",
            "La vente « {value} » finit avant de commencer.",
        ),
        "country-unreadable": (
            "“{value}” is not a country code of three letters, such as FRA.",
            "« {value} » n’est pas un code de pays à trois lettres, comme FRA.",
        ),
    }


@dataclass(frozen=True, slots=True)
class Place:
    """An address; every part may be empty.

    Attributes:
        country: ISO 3166 alpha-3, such as ``FRA``.
        latitude: Degrees north; with ``longitude`` or not at all.
        longitude: Degrees east.
    """

    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A shop, a farm: who sells or grows.

    Attributes:
        key: What names it in its address; unique among the enterprises of a catalogue.
        website: Address of its pages.
        phone: As it is dialled.
        vat_number: Number for VAT within the EU.
        logo: Address of a picture.
    """

    key: str
    name: str
    description: str = ""
    website: str = ""
    email: str = ""
    phone: str = ""
    vat_number: str = ""
    logo: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much one piece of a product is: 450 ``Gram``, 1 ``Bunch``.

    Attributes:
        value: Above zero.
        unit: Name in :data:`~.facts.UNITS`.
    """

    value: Decimal | int
    unit: str


@dataclass(frozen=True, slots=True)
class ProductGroup:
    """What the variants of a product have in common; its ``key`` is shared with products'."""

    key: str
    name: str
    description: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """What is grown or made, in the size that it is sold in.

    Attributes:
        key: Unique among products and groups.
        description: Plain text.
        quantity: What one is.
        type: Name in :data:`~.facts.PRODUCT_TYPES`; empty when it fits none.
        group: Key of the group it is a variant of.
        producer: Key of the enterprise that grew or made it; the shop's own when empty.
        images: Addresses.
        certifications: Names in :data:`~.facts.CERTIFICATIONS`.
        origin: Name in :data:`~.facts.ORIGINS`.
        allergens: Names in :data:`~.facts.ALLERGENS`.
    """

    key: str
    name: str
    description: str = ""
    quantity: Quantity | None = None
    type: str = ""
    group: str = ""
    producer: str = ""
    images: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    origin: str = ""
    allergens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A price at which an item can be had.

    Attributes:
        key: Unique among offers.
        price: Cents, with tax.
        currency: ISO 4217, one of :data:`~.facts.CURRENCIES`.
        vat_rate: Hundredths of a percent (550 is 5.5 %); ``None`` when it is not said.
        stock: How many are offered at this price; ``None`` without limit.
    """

    key: str
    price: int
    currency: str = "EUR"
    vat_rate: int | None = None
    stock: Decimal | int | None = None


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """A product as the shop lists it.

    Attributes:
        key: Unique among items.
        stock: How many there are; ``None`` without limit.
    """

    key: str
    product: Product
    sku: str = ""
    stock: Decimal | int | None = None
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class SaleSession:
    """An order cycle: from when to when these offers can be ordered.

    Attributes:
        key: Unique among sessions.
        starts: Aware time.
        ends: Aware time, not before ``starts``.
        offers: Keys of offers.
    """

    key: str
    starts: datetime
    ends: datetime
    offers: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that a shop shows to other platforms.

    Attributes:
        base: Address below which everything is named, such as ``https://x.test/dfc/boutique``.
        enterprise: Who keeps the shop.
        producers: Who else grew or made something.
    """

    base: str
    enterprise: Enterprise
    items: tuple[CatalogueItem, ...] = ()
    groups: tuple[ProductGroup, ...] = ()
    producers: tuple[Enterprise, ...] = ()
    sessions: tuple[SaleSession, ...] = field(default=())
    name: str = ""
