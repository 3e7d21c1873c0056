"""Moving a shop in from WooCommerce and out to it again.

* :func:`read_products`: a product file (CSV) in any of the languages and writings that shops
  export → products with their variations, and what was wrong, line by line;
* :func:`write_products`: products → a product file; what was not changed here stands in it as it
  came, cell by cell;
* :func:`product_of_cells`: a product again from the cells that a shop kept of its row;
* :class:`Shop`: products, customers, orders and refunds of a running shop through its REST
  interface (``wc/v3``), over whatever fetches for you.

Prices are cents, weights grams, lengths millimetres; nothing passes through a float. No network
and no database: pictures stay addresses, and what is done with products is the caller's matter.

What the files look like was learned from WooCommerce's own importer and exporter and from headers
of exports in six languages, in 2026; nothing of its code is here.
"""

from chambre.lib.web import Response

from .headers import LANGUAGES, STANDARD, header_for
from .model import Attribute, Catalogue, Download, Product, Reference
from .problems import Problem, WooCommerceRefusal
from .reader import read_products
from .records import Address, Charge, Coupon, Customer, Order, OrderLine, Refund
from .rest import Fetch, shop_address
from .rows import product_of_cells
from .shop import Shop
from .writer import write_products

__all__ = [
    "LANGUAGES",
    "STANDARD",
    "Address",
    "Attribute",
    "Catalogue",
    "Charge",
    "Coupon",
    "Customer",
    "Download",
    "Fetch",
    "Order",
    "OrderLine",
    "Problem",
    "Product",
    "Reference",
    "Refund",
    "Response",
    "Shop",
    "WooCommerceRefusal",
    "header_for",
    "product_of_cells",
    "read_products",
    "shop_address",
    "write_products",
]
