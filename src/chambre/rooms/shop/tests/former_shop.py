"""A real server on this machine that pretends to be a shop of WooCommerce."""

from __future__ import annotations

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

BILLING = {
    "first_name": "Lou", "last_name": "Martin", "address_1": "3 rue du Four", "city": "Valmère",
    "postcode": "72000", "email": "Lou@exemple.test", "phone": "0612345678",
}  # fmt: skip
LINE = {
    "id": 1, "name": "Carottes", "quantity": 2, "product_id": 20, "variation_id": 0,
    "subtotal": "3.79", "total": "3.79", "total_tax": "0.21", "sku": "CAR",
}  # fmt: skip


def order(number, status, **more):
    return {
        "id": number, "number": str(number), "status": status, "currency": "EUR", "total": "4.00",
        "total_tax": "0.21", "date_created_gmt": "2026-03-01T10:00:00", "customer_id": 7,
        "billing": BILLING, "line_items": [LINE], **more,
    }  # fmt: skip


ANSWERS = {
    "settings/products": [{"id": "woocommerce_weight_unit", "value": "kg"}],
    "products/categories": [{"id": 1, "name": "Légumes", "parent": 0}],
    "products": [
        {
            "id": 20, "type": "simple", "name": "Carottes", "sku": "CAR", "status": "publish",
            "regular_price": "2.00", "tax_status": "taxable", "tax_class": "taux-reduit",
            "manage_stock": True, "stock_quantity": 10, "weight": "0.5",
            "categories": [{"id": 1, "name": "Légumes"}],
        }
    ],
    "customers": [
        {"id": 7, "email": "lou@exemple.test", "first_name": "Lou", "last_name": "Martin",
         "billing": BILLING},
        {"id": 8, "email": "pas une adresse", "first_name": "Nul"},
    ],
    "orders": [
        order(1041, "completed", date_paid_gmt="2026-03-01T10:05:00"),
        order(1042, "processing", date_paid_gmt="2026-03-02T10:05:00",
              payment_method_title="Carte"),
        order(1043, "processing", line_items=[{**LINE, "product_id": 99, "name": "Miel"}],
              customer_id=0, billing={**BILLING, "email": "max@exemple.test"}),
    ],
}  # fmt: skip


class Former(BaseHTTPRequestHandler):
    """Answers like a shop, page by page, to whoever has the key."""

    seen: list[str] = []
    moved = ""

    def do_GET(self):
        parts = urlsplit(self.path)
        self.seen.append(self.path)
        wanted = base64.b64encode(b"ck_1:cs_1").decode()
        if self.moved:
            return self._say(301, {}, {"Location": self.moved})
        if self.headers["Authorization"] != f"Basic {wanted}":
            return self._say(401, {"code": "woocommerce_rest_cannot_view"})
        found = ANSWERS[parts.path.partition("/wp-json/wc/v3/")[2]]
        page = int(parse_qs(parts.query).get("page", ["1"])[0])
        return self._say(200, found if page == 1 else [], {"X-WP-TotalPages": "1"})

    def _say(self, status, data, headers=None):
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def former():
    """The address of a shop of WooCommerce on this machine."""
    Former.seen, Former.moved = [], ""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Former)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
