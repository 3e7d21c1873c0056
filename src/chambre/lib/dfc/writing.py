"""A catalogue as JSON-LD in the terms of the DFC business ontology 1.16.0.

The chain is enterprise → ``maintains`` → catalogue → ``lists`` → item → ``references`` → supplied
product, and item → ``offeredThrough`` → offer → ``hasPrice``; an enterprise also ``manages`` its
items and ``supplies`` its products, which is where Open Food Network looks for them. Sale sessions
list offers, and are coordinated by the enterprise. Both directions of a link are written, so that
a reader may begin anywhere.

The ontology calls the picture of a product ``Image``, the connectors that platforms read with
``image``: both are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

from .facts import (
    ALLERGENS,
    CERTIFICATIONS,
    CONTEXT,
    COUNTRIES,
    CURRENCIES,
    ORIGINS,
    PRODUCT_TYPES,
    UNITS,
)
from .model import (
    Catalogue,
    CatalogueItem,
    DfcRefusal,
    Enterprise,
    Offer,
    Place,
    Product,
    ProductGroup,
    Quantity,
    SaleSession,
)

_MAX_VAT = 10_000


def to_jsonld(catalogue: Catalogue) -> dict[str, Any]:
    """Write a catalogue as a JSON-LD document, ready for ``json.dumps``.

    The same catalogue always gives the same document: the enterprise, its producers, the
    catalogue, then each item with its product and offers, the groups, the sessions.

    Args:
        catalogue: What the shop shows.

    Returns:
        ``@context`` and ``@graph``.

    Raises:
        DfcRefusal: It would not mean what it says: a key that is empty, comes twice or names
            nothing, a term that the DFC does not have, an impossible amount or time.
    """
    names = _Names(catalogue)
    offers = {offer.key: item for item in catalogue.items for offer in item.offers}
    sessions: dict[str, list[str]] = {}
    for session in catalogue.sessions:
        for key in session.offers:
            if key not in offers:
                raise DfcRefusal("key-unknown", kind="offer", value=key)
            sessions.setdefault(key, []).append(names.session(session.key))
    graph = [_enterprise(one, catalogue, names) for one in names.enterprises.values()]
    graph.append(_catalogue(catalogue, names))
    for item in catalogue.items:
        graph.append(_item(item, names))
        graph.append(_product(item.product, names))
        graph.extend(
            _offer(offer, item, sessions.get(offer.key, ()), names) for offer in item.offers
        )
    graph.extend(_group(group, catalogue, names) for group in catalogue.groups)
    graph.extend(_session(session, names) for session in catalogue.sessions)
    return {"@context": CONTEXT, "@graph": graph}


class _Names:
    """Gives everything its address, and sees that no two things share one."""

    def __init__(self, catalogue: Catalogue) -> None:
        base = catalogue.base.rstrip("/")
        parts = urlsplit(base)
        odd = parts.query or parts.fragment or any(mark.isspace() for mark in base)
        if parts.scheme not in {"http", "https"} or not parts.hostname or odd:
            raise DfcRefusal("base-unreadable", value=catalogue.base[:200])
        self.base = base
        self.own = catalogue.enterprise.key
        everybody = [catalogue.enterprise, *catalogue.producers]
        _unique("enterprise", (one.key for one in everybody))
        self.enterprises = {one.key: one for one in everybody}
        products = [item.product.key for item in catalogue.items]
        _unique("product", [*products, *(group.key for group in catalogue.groups)])
        self.groups = {one.key for one in catalogue.groups}
        _unique("catalogue item", (item.key for item in catalogue.items))
        _unique("offer", (offer.key for item in catalogue.items for offer in item.offers))
        _unique("session", (session.key for session in catalogue.sessions))

    def _below(self, kind: str, key: str) -> str:
        return f"{self.base}/{kind}/{quote(key, safe='')}"

    def enterprise(self, key: str) -> str:
        """Address of an enterprise; of the shop's own for an empty key."""
        key = key or self.own
        if key not in self.enterprises:
            raise DfcRefusal("key-unknown", kind="enterprise", value=key)
        return self._below("enterprises", key)

    @property
    def catalogue(self) -> str:
        """Address of the catalogue."""
        return f"{self.base}/catalog"

    def item(self, key: str) -> str:
        """Address of an item."""
        return self._below("catalog_items", key)

    def product(self, key: str) -> str:
        """Address of a product."""
        return self._below("supplied_products", key)

    def group(self, key: str) -> str:
        """Address of a group of variants."""
        if key not in self.groups:
            raise DfcRefusal("key-unknown", kind="product group", value=key)
        return self._below("product_groups", key)

    def offer(self, key: str) -> str:
        """Address of an offer."""
        return self._below("offers", key)

    def session(self, key: str) -> str:
        """Address of a sale session."""
        return self._below("sale_sessions", key)


def _unique(kind: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key.strip() in {"", ".", ".."}:  # dots climb in addresses, even when encoded
            raise DfcRefusal("key-unusable", kind=kind, value=key)
        if key in seen:
            raise DfcRefusal("key-repeated", kind=kind, value=key)
        seen.add(key)


def _said(node: Mapping[str, Any]) -> dict[str, Any]:
    """A node without what is not said; a list of one is that one, as in other DFC documents."""
    found = {}
    for key, value in node.items():
        if isinstance(value, list):
            if value:
                found[key] = value[0] if len(value) == 1 else value
        elif value is not None and value != "":
            found[key] = value
    return found


def _number(value: Decimal | int) -> float:
    """A number for JSON, where no exact decimals exist; amounts here have few digits.

    The shortest text of a float gives back any decimal of up to fifteen digits as it was, so
    nothing is lost between here and the reader's own decimals.
    """
    return float(value)


def _term(terms: Mapping[str, Any], name: str, prefix: str, kind: str) -> str:
    """A term with its prefix; nothing for an empty name."""
    if not name:
        return ""
    if name not in terms:
        raise DfcRefusal("term-unknown", kind=kind, value=name)
    return f"{prefix}:{name}"


def _enterprise(one: Enterprise, catalogue: Catalogue, names: _Names) -> dict[str, Any]:
    own = one.key == names.own
    phone = {"@type": "dfc-b:PhoneNumber", "dfc-b:phoneNumber": one.phone} if one.phone else None
    supplied = [
        names.product(item.product.key)
        for item in catalogue.items
        if (item.product.producer or names.own) == one.key
    ]
    return _said(
        {
            "@id": names.enterprise(one.key),
            "@type": "dfc-b:Enterprise",
            "dfc-b:name": one.name,
            "dfc-b:description": one.description,
            "dfc-b:websitePage": one.website,
            "dfc-b:email": one.email,
            "dfc-b:hasPhoneNumber": phone,
            "dfc-b:VATnumber": one.vat_number,
            "dfc-b:logo": one.logo,
            "dfc-b:hasAddress": _address(one.place) if one.place else None,
            "dfc-b:maintains": names.catalogue if own else None,
            "dfc-b:manages": [names.item(item.key) for item in catalogue.items] if own else None,
            "dfc-b:supplies": supplied,
        }
    )


def _address(place: Place) -> dict[str, Any]:
    if place.country and not re.fullmatch("[A-Z]{3}", place.country):
        raise DfcRefusal("country-unreadable", value=place.country[:40])
    return _said(
        {
            "@type": "dfc-b:Address",
            "dfc-b:street": place.street,
            "dfc-b:postcode": place.postcode,
            "dfc-b:city": place.city,
            "dfc-b:region": place.region,
            "dfc-b:hasCountry": f"{COUNTRIES}{place.country}" if place.country else None,
            "dfc-b:latitude": None if place.latitude is None else _number(place.latitude),
            "dfc-b:longitude": None if place.longitude is None else _number(place.longitude),
        }
    )


def _catalogue(catalogue: Catalogue, names: _Names) -> dict[str, Any]:
    return _said(
        {
            "@id": names.catalogue,
            "@type": "dfc-b:Catalog",
            "dfc-b:name": catalogue.name,
            "dfc-b:maintainedBy": names.enterprise(""),
            "dfc-b:lists": [names.item(item.key) for item in catalogue.items],
        }
    )


def _item(item: CatalogueItem, names: _Names) -> dict[str, Any]:
    return _said(
        {
            "@id": names.item(item.key),
            "@type": "dfc-b:CatalogItem",
            "dfc-b:listedIn": names.catalogue,
            "dfc-b:managedBy": names.enterprise(""),
            "dfc-b:references": names.product(item.product.key),
            "dfc-b:sku": item.sku,
            "dfc-b:stockLimitation": None if item.stock is None else _number(item.stock),
            "dfc-b:offeredThrough": [names.offer(offer.key) for offer in item.offers],
        }
    )


def _quantity(quantity: Quantity) -> dict[str, Any]:
    if quantity.value <= 0:
        raise DfcRefusal("quantity-not-positive", value=str(quantity.value))
    return {
        "@type": "dfc-b:QuantitativeValue",
        "dfc-b:hasUnit": _term(UNITS, quantity.unit, "dfc-m", "unit"),
        "dfc-b:value": _number(quantity.value),
    }


def _product(product: Product, names: _Names) -> dict[str, Any]:
    return _said(
        {
            "@id": names.product(product.key),
            "@type": "dfc-b:SuppliedProduct",
            "dfc-b:name": product.name,
            "dfc-b:description": product.description,
            "dfc-b:suppliedBy": names.enterprise(product.producer),
            "dfc-b:hasType": _term(PRODUCT_TYPES, product.type, "dfc-pt", "product type"),
            "dfc-b:hasQuantity": _quantity(product.quantity) if product.quantity else None,
            "dfc-b:isVariantOf": names.group(product.group) if product.group else None,
            "dfc-b:Image": list(product.images),
            "dfc-b:image": list(product.images),
            "dfc-b:hasCertification": [
                _term(CERTIFICATIONS, name, "dfc-f", "certification")
                for name in product.certifications
            ],
            "dfc-b:hasGeographicalOrigin": _term(ORIGINS, product.origin, "dfc-f", "origin"),
            "dfc-b:hasAllergenCharacteristic": [
                {
                    "@type": "dfc-b:AllergenCharacteristic",
                    "dfc-b:hasAllergenDimension": _term(ALLERGENS, name, "dfc-m", "allergen"),
                }
                for name in product.allergens
            ],
        }
    )


def _offer(
    offer: Offer, item: CatalogueItem, sessions: Iterable[str], names: _Names
) -> dict[str, Any]:
    if offer.price < 0:
        raise DfcRefusal("price-negative", value=offer.key)
    if offer.vat_rate is not None and not 0 <= offer.vat_rate <= _MAX_VAT:
        raise DfcRefusal("rate-out-of-range", value=offer.vat_rate)
    if offer.currency not in CURRENCIES:
        raise DfcRefusal("term-unknown", kind="currency", value=offer.currency)
    rate = None if offer.vat_rate is None else _number(Decimal(offer.vat_rate).scaleb(-2))
    price = {
        "@type": "dfc-b:Price",
        "dfc-b:value": _number(Decimal(offer.price).scaleb(-2)),
        "dfc-b:VATrate": rate,
        "dfc-b:hasUnit": f"dfc-m:{CURRENCIES[offer.currency]}",
    }
    return _said(
        {
            "@id": names.offer(offer.key),
            "@type": "dfc-b:Offer",
            "dfc-b:offers": names.item(item.key),
            "dfc-b:hasPrice": _said(price),
            "dfc-b:stockLimitation": None if offer.stock is None else _number(offer.stock),
            "dfc-b:listedIn": list(sessions),
        }
    )


def _group(group: ProductGroup, catalogue: Catalogue, names: _Names) -> dict[str, Any]:
    variants = [
        names.product(item.product.key)
        for item in catalogue.items
        if item.product.group == group.key
    ]
    return _said(
        {
            "@id": names.group(group.key),
            "@type": "dfc-b:SuppliedProduct",
            "dfc-b:name": group.name,
            "dfc-b:description": group.description,
            "dfc-b:suppliedBy": names.enterprise(""),
            "dfc-b:hasType": _term(PRODUCT_TYPES, group.type, "dfc-pt", "product type"),
            "dfc-b:hasVariant": variants,
        }
    )


def _session(session: SaleSession, names: _Names) -> dict[str, Any]:
    if session.starts.tzinfo is None or session.ends.tzinfo is None:
        raise DfcRefusal("time-without-zone", value=session.key)
    if session.ends < session.starts:
        raise DfcRefusal("session-ends-first", value=session.key)
    return _said(
        {
            "@id": names.session(session.key),
            "@type": "dfc-b:SaleSession",
            "dfc-b:name": session.name,
            "dfc-b:startDate": session.starts.isoformat(),
            "dfc-b:endDate": session.ends.isoformat(),
            "dfc-b:objectOf": {
                "@type": "dfc-b:Coordination",
                "dfc-b:coordinatedBy": names.enterprise(""),
            },
            "dfc-b:lists": [names.offer(key) for key in session.offers],
        }
    )
