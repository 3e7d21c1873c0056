"""A shop's catalogue as linked data of the Data Food Consortium (DFC), for other local platforms.

:func:`to_jsonld` writes an enterprise with its catalogue, products, offers and sale sessions in
the terms of the DFC business ontology 1.16.0, with product types, measures and facets of the
DFC taxonomies 1.3.0 (both of 15 July 2025, github.com/datafoodconsortium). The context is named
by its address, which readers such as Open Food Network know by heart; nothing is fetched.

:func:`suggest_type` proposes the type of a product from its French or English name.

Prices are cents, VAT rates hundredths of a percent, weights are given with their unit.
"""

from .facts import (
    ALLERGENS,
    CERTIFICATIONS,
    CONTEXT,
    CURRENCIES,
    LINKS,
    ORIGINS,
    PREFIXES,
    PRODUCT_TYPES,
    UNITS,
    Term,
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
from .suggesting import suggest_type
from .writing import to_jsonld

__all__ = [
    "ALLERGENS",
    "CERTIFICATIONS",
    "CONTEXT",
    "CURRENCIES",
    "LINKS",
    "ORIGINS",
    "PREFIXES",
    "PRODUCT_TYPES",
    "UNITS",
    "Catalogue",
    "CatalogueItem",
    "DfcRefusal",
    "Enterprise",
    "Offer",
    "Place",
    "Product",
    "ProductGroup",
    "Quantity",
    "SaleSession",
    "Term",
    "suggest_type",
    "to_jsonld",
]
