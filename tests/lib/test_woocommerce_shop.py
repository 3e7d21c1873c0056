"""A running shop read through its REST interface, by a shop that is played."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from chambre.lib.woocommerce import (
    Address,
    Attribute,
    Charge,
    Coupon,
    Download,
    Reference,
    Response,
    Shop,
    WooCommerceRefusal,
    read_products,
    write_products,
)
from chambre.lib.woocommerce.records import OPEN

API = "https://ferme.test/wp-json/wc/v3/"


class Played:
    """Answers as a shop does, and remembers what it was asked."""

    def __init__(self, **records):
        self.records = {"settings/products": SETTINGS, "products/categories": CATEGORIES} | {
            path.replace("__", "/"): found for path, found in records.items()
        }
        self.asked = []
        self.waited = []
        self.first = []

    def __call__(self, method, url, headers, params):
        self.asked.append((method, url, dict(headers), dict(params)))
        if self.first:
            answer = self.first.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        path = url.removeprefix(API)
        if path not in self.records:
            return answer_of({"code": "rest_no_route"}, 404)
        records = self.records[path]
        if "page" not in params:
            return answer_of(records)
        size, page = int(params["per_page"]), int(params["page"])
        total = -(-len(records) // size)
        return answer_of(
            records[(page - 1) * size : page * size], **{"x-wp-totalpages": str(total)}
        )

    def shop(self, address="https://ferme.test"):
        return Shop(address, key="ck_1", secret="cs_2", fetch=self, sleep=self.waited.append)


def answer_of(data, status=200, **headers):
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return Response(status, {"content-type": "application/json", **headers}, body)


SETTINGS = [
    {"id": "woocommerce_weight_unit", "value": "g"},
    {"id": "woocommerce_dimension_unit", "value": "mm"},
    {"id": "woocommerce_enable_reviews", "value": "yes"},
]
CATEGORIES = [
    {"id": 3, "name": "Racines &amp; bulbes", "parent": 2},
    {"id": 2, "name": "Légumes", "parent": 0},
]
APPLES = {
    "id": 10,
    "name": "Pommes",
    "type": "variable",
    "status": "publish",
    "featured": True,
    "catalog_visibility": "visible",
    "description": "<p>Acides</p>",
    "sku": "POM",
    "regular_price": "",
    "sale_price": "",
    "date_on_sale_from": None,
    "manage_stock": False,
    "stock_quantity": None,
    "stock_status": "instock",
    "weight": "1250.5",
    "dimensions": {"length": "20", "width": "", "height": "3.5"},
    "categories": [{"id": 3, "name": "Racines", "slug": "racines"}],
    "tags": [{"id": 1, "name": "Bio &amp; local"}],
    "images": [{"id": 5, "src": "https://ferme.test/a.jpg"}, {"id": 6, "src": ""}],
    "attributes": [
        {"id": 4, "name": "Poids", "visible": True, "variation": True, "options": ["5 kg", "10 kg"]}
    ],
    "default_attributes": [{"id": 4, "name": "Poids", "option": "5 kg"}],
    "upsell_ids": [20],
    "menu_order": 2,
    "meta_data": [{"id": 1, "key": "_a", "value": "x"}, {"id": 2, "key": "_b", "value": {"c": 1}}],
    "a_field_of_tomorrow": [1, 2],
}
FIVE_KILOS = {
    "id": 12,
    "sku": "POM-5",
    "status": "publish",
    "regular_price": "12.50",
    "sale_price": "9.9",
    "date_on_sale_from": "2026-06-01T00:00:00",
    "date_on_sale_to": "2026-06-30T23:59:59",
    "manage_stock": True,
    "stock_quantity": 8,
    "stock_status": "instock",
    "backorders": "notify",
    "weight": "",
    "image": {"src": "https://ferme.test/5.jpg"},
    "attributes": [{"id": 4, "name": "Poids", "option": "5 kg"}],
    "menu_order": 1,
}
GUIDE = {
    "id": 20,
    "name": "Guide",
    "type": "simple",
    "status": "private",
    "virtual": True,
    "downloadable": True,
    "regular_price": "0",
    "manage_stock": "parent",
    "downloads": [{"id": "u1", "name": "Guide", "file": "https://ferme.test/g.pdf"}],
    "download_limit": -1,
    "grouped_products": [],
}


def test_products_come_with_their_variations_and_units():
    played = Played(products=[APPLES, GUIDE], products__10__variations=[FIVE_KILOS])

    apples, guide = played.shop().products()

    assert (apples.id, apples.sku, apples.kind, apples.featured) == (10, "POM", "variable", True)
    assert (apples.weight, apples.length, apples.width, apples.height) == (1251, 20, None, 4)
    assert apples.categories == (("Légumes", "Racines & bulbes"),)
    assert apples.tags == ("Bio & local",)
    assert apples.images == ("https://ferme.test/a.jpg",)
    assert apples.attributes == (Attribute("Poids", ("5 kg", "10 kg"), True, True, "5 kg"),)
    assert apples.upsells == (Reference(id=20),)
    assert apples.meta == (("_a", "x"),)
    assert (apples.regular_price, apples.stock, apples.position) == (None, None, 2)
    (five,) = apples.variations
    assert (five.kind, five.parent) == ("variation", Reference(id=10))
    assert (five.regular_price, five.sale_price, five.stock) == (1250, 990, Decimal(8))
    assert (five.sale_starts, five.sale_ends) == (date(2026, 6, 1), date(2026, 6, 30))
    assert (five.backorders, five.images) == ("notify", ("https://ferme.test/5.jpg",))
    assert five.attributes == (Attribute("Poids", ("5 kg",), None, True),)
    assert (guide.virtual, guide.regular_price, guide.stock_of_parent) == (True, 0, True)
    assert guide.downloads == (Download("https://ferme.test/g.pdf", "Guide", "u1"),)


def test_what_a_shop_says_can_be_written_as_a_file():
    played = Played(products=[APPLES, GUIDE], products__10__variations=[FIVE_KILOS])
    products = list(played.shop().products())

    again = read_products(write_products(products))

    assert again.problems == ()
    assert list(again.products) == [
        replace(products[0], variations=(products[0].variations[0],)),
        products[1],
    ]


def test_keys_are_sent_in_the_header_and_nowhere_else():
    played = Played(customers=[])

    list(played.shop("ferme.test/").customers())

    ((method, url, headers, params),) = played.asked
    assert (method, url) == ("GET", API + "customers")
    assert headers["Authorization"] == "Basic Y2tfMTpjc18y"
    assert params == {"orderby": "id", "order": "asc", "per_page": "100", "page": "1"}


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_every_page_is_asked_for_and_no_other(count):
    played = Played(customers=[{"id": i + 1, "email": f"{i}@x.test"} for i in range(count)])

    assert [customer.id for customer in played.shop().customers()] == list(range(1, count + 1))
    assert len(played.asked) == max(1, -(-count // 100))


def test_pages_end_where_the_link_says_so():
    played = Played()
    more = {"Link": '<https://evil.test/?page=2>; rel="next"'}
    played.first = [answer_of([{"id": 1}], **more), answer_of([{"id": 1}, {"id": 2}])]

    assert [customer.id for customer in played.shop().customers()] == [1, 2]
    assert {url for _, url, _, _ in played.asked} == {API + "customers"}


def test_a_busy_shop_is_asked_again_and_given_time():
    played = Played(customers=[{"id": 1, "email": "a@x.test"}])
    played.first = [
        answer_of({}, 429, **{"Retry-After": "7"}),
        answer_of(b"<html>", 503),
        TimeoutError("timed out"),
        answer_of({}, 429, **{"Retry-After": "86400"}),
    ]

    assert [customer.email for customer in played.shop().customers()] == ["a@x.test"]
    assert played.waited == [7.0, 2.0, 4.0, 120.0]


def test_a_shop_that_stays_busy_is_given_up():
    played = Played()
    played.first = [answer_of(b"<html>", 502)] * 9

    with pytest.raises(WooCommerceRefusal) as refusal:
        list(played.shop().customers())

    assert (refusal.value.code, refusal.value.data["status"]) == ("shop-busy", 502)
    assert (len(played.asked), played.waited) == (5, [1.0, 2.0, 4.0, 8.0])


def test_a_shop_that_cannot_be_reached_is_told_why():
    played = Played()
    played.first = [OSError("no route to host")] * 9

    with pytest.raises(WooCommerceRefusal, match="no route to host") as refusal:
        list(played.shop().customers())

    assert refusal.value.code == "shop-unreachable"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (answer_of({"code": "woocommerce_rest_cannot_view"}, 401), "key-refused"),
        (answer_of({"code": "woocommerce_rest_authentication_error"}, 403), "key-refused"),
        (answer_of(b"", 401), "key-refused"),
        (answer_of({"code": "rest_no_route"}, 404), "not-woocommerce"),
        (answer_of(b"<!doctype html>", 404), "not-woocommerce"),
        (answer_of({"code": "rest_invalid_param"}, 400), "shop-refused"),
        (answer_of(b"<!doctype html><h1>Maintenance", 200), "html-instead"),
        (answer_of(b"<h1>Forbidden", 403), "html-instead"),
        (answer_of(b'[{"id": 1', 200), "answer-unreadable"),
        (answer_of(b"\xff\xfe", 200), "answer-unreadable"),
        (answer_of({"id": 1}, 200), "answer-unreadable"),
        (
            answer_of(b"", 301, Location="https://new.test/wp-json/wc/v3/customers?page=1"),
            "redirected",
        ),
    ],
)
def test_what_went_wrong_is_told_at_once(answer, code):
    played = Played()
    played.first = [answer] * 9

    with pytest.raises(WooCommerceRefusal) as refusal:
        list(played.shop().customers())

    assert refusal.value.code == code
    assert refusal.value.fr
    assert refusal.value.en
    assert len(played.asked) == 1
    assert "cs_2" not in str(refusal.value)


def test_a_shop_that_moved_says_where_to():
    played = Played()
    played.first = [answer_of(b"", 302, Location="https://new.test/wp-json/wc/v3/orders?key=1")]

    with pytest.raises(WooCommerceRefusal) as refusal:
        list(played.shop().orders())

    assert refusal.value.en == "The shop has moved to https://new.test; give that address."


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://ferme.test", "address-unsafe"),
        ("ftp://ferme.test", "address-unsafe"),
        ("http://localhost.evil.test", "address-unsafe"),
        ("https://ck:cs@ferme.test", "address-unreadable"),
        ("https://ferme.test/?a=1", "address-unreadable"),
        ("https://", "address-unreadable"),
        ("https://ferme .test", "address-unreadable"),
        ("https://ferme.test:port", "address-unreadable"),
        ("", "address-unreadable"),
    ],
)
def test_keys_go_nowhere_that_is_not_safe(address, code):
    played = Played()

    with pytest.raises(WooCommerceRefusal) as refusal:
        played.shop(address)

    assert refusal.value.code == code
    assert played.asked == []


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("ferme.test", "https://ferme.test"),
        (" https://Ferme.test/boutique/ ", "https://ferme.test/boutique"),
        ("https://ferme.test/wp-json/wc/v3/", "https://ferme.test"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_addresses_are_brought_into_one_form(address, where):
    assert Played().shop(address).address == where


def test_a_shop_that_does_not_tell_its_units_is_taken_to_use_kilograms():
    played = Played(products=[{"id": 1, "name": "Blé", "weight": "0.5"}])
    played.first = [answer_of({"code": "woocommerce_rest_cannot_view"}, 403)]
    shop = played.shop()

    assert [product.weight for product in shop.products()] == [500]
    assert [(p.code, p.data["value"]) for p in shop.problems] == [
        ("unit-assumed", "kg"),
        ("unit-assumed", "cm"),
    ]


ORDER = {
    "id": 700,
    "number": "2026-700",
    "status": "processing",
    "currency": "EUR",
    "prices_include_tax": True,
    "date_created_gmt": "2026-05-31T22:30:00",
    "date_paid_gmt": "2026-05-31T22:31:00",
    "date_completed_gmt": None,
    "customer_id": 0,
    "total": "21.87",
    "total_tax": "1.14",
    "payment_method": "bacs",
    "payment_method_title": "Virement",
    "customer_note": "Sonner deux fois",
    "billing": {
        "first_name": "Ada",
        "last_name": "Martin",
        "company": "",
        "address_1": "1 rue du Pré",
        "address_2": "Bât. B",
        "city": "Valmère",
        "postcode": "59000",
        "country": "FR",
        "email": "ada@x.test",
        "phone": "+33 3 20 00 00 00",
    },
    "shipping": {},
    "line_items": [
        {
            "id": 1,
            "name": "Pommes - 5 kg",
            "product_id": 10,
            "variation_id": 12,
            "quantity": 1.5,
            "sku": "POM-5",
            "tax_class": "reduced",
            "subtotal": "18.73",
            "total": "15.73",
            "total_tax": "0.87",
            "price": 10.486666666666666,
            "meta_data": [
                {"key": "poids", "display_key": "Poids", "display_value": "5 kg", "value": "5 kg"},
                {"key": "_reduced_stock", "display_key": "_reduced_stock", "display_value": "1"},
            ],
        }
    ],
    "shipping_lines": [{"id": 2, "method_title": "Tournée", "total": "4.00", "total_tax": "0.22"}],
    "fee_lines": [{"id": 3, "name": "Consigne", "total": "1.00", "total_tax": "0.05"}],
    "coupon_lines": [{"id": 4, "code": "ete", "discount": "3.00", "discount_tax": "0.17"}],
    "refunds": [{"id": 900, "reason": "", "total": "-5.00"}],
}


def test_an_order_is_read_to_the_cent():
    played = Played(orders=[ORDER])

    (order,) = played.shop().orders(statuses=OPEN)

    assert played.asked[0][3]["status"] == "on-hold,pending,processing"
    assert played.asked[0][3]["dp"] == "2"
    assert (order.id, order.number, order.currency) == (700, "2026-700", "EUR")
    assert (order.total, order.total_tax, order.refunded) == (2187, 114, 500)
    assert order.created == datetime(2026, 5, 31, 22, 30, tzinfo=UTC)
    assert (order.completed, order.customer_id, order.is_open) == (None, None, True)
    assert order.billing == Address(
        "Ada", "Martin", "", "1 rue du Pré", "Bât. B", "59000", "Valmère", "", "FR",
        "ada@x.test", "+33 3 20 00 00 00",
    )  # fmt: skip
    (line,) = order.lines
    assert (line.quantity, line.subtotal, line.total, line.tax) == (Decimal("1.5"), 1873, 1573, 87)
    assert (line.product_id, line.variation_id, line.sku) == (10, 12, "POM-5")
    assert line.meta == (("Poids", "5 kg"),)
    assert order.charges == (
        Charge("shipping", "Tournée", 400, 22),
        Charge("fee", "Consigne", 100, 5),
    )
    assert order.coupons == (Coupon("ete", 300),)
    assert order.rounding == 0


def test_only_orders_that_changed_since_are_asked_for():
    played = Played(orders=[])

    list(played.shop().orders(modified_after=datetime(2026, 6, 1, tzinfo=UTC)))

    assert played.asked[0][3]["modified_after"] == "2026-06-01T00:00:00+00:00"
    assert played.asked[0][3]["dates_are_gmt"] == "true"


def test_a_refund_is_read_with_its_lines_below_zero():
    refund = {
        "id": 900,
        "amount": "5.00",
        "reason": "Abîmées",
        "refunded_payment": True,
        "date_created_gmt": "2026-06-02T08:00:00",
        "line_items": [
            {"id": 1, "name": "Pommes", "quantity": -1, "total": "-4.74", "total_tax": "-0.26"}
        ],
    }
    played = Played(orders=[ORDER], orders__700__refunds=[refund])
    shop = played.shop()
    (order,) = shop.orders()

    (found,) = shop.refunds(order)

    assert (found.id, found.amount, found.reason, found.by_gateway) == (900, 500, "Abîmées", True)
    assert [(line.quantity, line.total, line.tax) for line in found.lines] == [
        (Decimal(-1), -474, -26)
    ]


def test_a_currency_without_cents_is_counted_in_its_own_parts():
    order = {"id": 1, "currency": "XPF", "total": "1500", "line_items": []}

    (found,) = Played(orders=[order]).shop().orders()

    assert (found.total, found.number, found.rounding) == (1500, "1", 1500)


@pytest.mark.parametrize(
    "broken",
    [
        {"id": None, "currency": "EUR", "total": "1"},
        {"id": 2, "currency": "ZZZ", "total": "1"},
        {"id": 2, "currency": "EUR", "total": "un"},
        {"id": 2, "currency": "EUR", "total": "1.005"},
        {"id": 2, "currency": "EUR", "total": "1", "line_items": [{"id": 1, "quantity": "x"}]},
    ],
)
def test_a_record_that_cannot_be_read_is_told_and_passed_over(broken):
    good = {"id": 3, "currency": "EUR", "total": "1"}
    shop = Played(orders=[broken, "?", good]).shop()

    assert [order.id for order in shop.orders()] == [3]
    (problem,) = shop.problems
    assert (problem.code, problem.refused) == ("record-unreadable", True)
    assert problem.fr.startswith(f"« order {broken['id']} » n’a pas pu être lu : ")


def test_a_customer_is_read():
    (customer,) = (
        Played(
            customers=[
                {
                    "id": 5,
                    "email": " ada@x.test ",
                    "first_name": "Ada",
                    "username": "ada",
                    "date_created_gmt": "2024-01-02T03:04:05",
                    "billing": None,
                    "shipping": {"city": "Lille"},
                    "is_paying_customer": True,
                }
            ]
        )
        .shop()
        .customers()
    )

    assert (customer.id, customer.email, customer.first_name) == (5, "ada@x.test", "Ada")
    assert customer.created == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (customer.billing, customer.shipping) == (Address(), Address(city="Lille"))
