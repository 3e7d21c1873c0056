"""Products, their variants and stock, for machines. Money in cents, weights in grams."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chambre.core.rest import SIGNED_IN, Page, PageQuery, page_by_id, problems
from chambre.registry import api as registry
from chambre.rooms.shop.models import Category, Product, Shop, Stock, Variant
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.rest.common import (
    MOST,
    MOST_CENTS,
    TEXT,
    Number,
    by_of,
    given,
    shop_of,
)
from chambre.rooms.shop.rest.keeping import router as keeping_router
from chambre.rooms.shop.services import catalogue, shelving

router = Router()
DAY = 101
LAST_DAY = 1231


class VariantPart(Schema):
    """What changes of a variant; `price` for a piece, or for a kilogram of what is weighed."""

    sku: str = Field("", max_length=100, pattern=TEXT)
    name: str = Field("", max_length=140, pattern=TEXT)
    price: int = Field(0, ge=0, le=MOST_CENTS)
    sale_price: int | None = Field(None, ge=0, le=MOST_CENTS)
    sale_from: dt.date | None = None
    sale_until: dt.date | None = None
    lowest: int | None = Field(None, ge=0, le=MOST_CENTS, description="Of a free price.")
    highest: int | None = Field(None, ge=0, le=MOST_CENTS, description="Of a free price.")
    step: int = Field(1, ge=1, le=1_000_000)
    estimate: int | None = Field(None, ge=1, le=MOST, description="What one weighs, about.")
    weight: int | None = Field(None, ge=1, le=MOST)
    backorders: str = Field("no", pattern="^(no|notify|yes)$")
    available: bool = True
    position: int = Field(0, ge=-MOST, le=MOST)


class VariantIn(VariantPart):
    """A new variant."""

    price: int = Field(ge=0, le=MOST_CENTS)


class VariantOut(Schema):
    """A variant; `left`: pieces that can be ordered in all, null where they are not counted."""

    id: int
    sku: str
    name: str
    options: dict[str, Any]
    price: int
    sale_price: int | None
    sale_from: dt.date | None
    sale_until: dt.date | None
    lowest: int | None
    highest: int | None
    step: int
    estimate: int | None
    weight: int | None
    backorders: str
    available: bool
    position: int
    left: int | None


class ProductPart(Schema):
    """What changes of a product; `vat` in hundredths of a percent, seasons as month and day (601)."""

    name: str = Field("", min_length=1, max_length=200, pattern=TEXT)
    state: str = Field("draft", pattern="^(draft|sold|hidden)$")
    kind: str = Field("goods", pattern="^(goods|basket|suspended)$")
    summary: str = Field("", max_length=2_000, pattern=TEXT)
    description: str = Field("", max_length=50_000, pattern=TEXT)
    tags: list[str] = Field([], max_length=50)
    unit: str = Field("piece", pattern="^(piece|bunch|kg|l|pot|box)$")
    pricing: str = Field("unit", pattern="^(unit|weight)$")
    vat: int = Field(550, ge=0, le=10_000)
    origin: str = Field("", max_length=140, pattern=TEXT)
    labels: str = Field("", max_length=140, pattern=TEXT)
    ingredients: str = Field("", max_length=2_000, pattern=TEXT)
    allergens: str = Field("", max_length=140, pattern=TEXT, description="Codes, comma between.")
    season_from: int | None = Field(None, ge=DAY, le=LAST_DAY)
    season_until: int | None = Field(None, ge=DAY, le=LAST_DAY)
    container: str = Field("", max_length=120, pattern=TEXT)
    containers: int = Field(1, ge=1, le=100)
    dfc_type: str = Field("", max_length=120, pattern=TEXT)
    position: int = Field(0, ge=-MOST, le=MOST)
    resource: str = Field("", max_length=60, pattern=TEXT, description="What its sales feed.")
    producer: str = Field("", max_length=50, pattern=TEXT, description="Empty: the shop's own.")
    categories: list[str] = Field([], max_length=50, description="Such as `Vegetables > Roots`.")


class ProductIn(ProductPart):
    """A new product with its variants."""

    name: str = Field(min_length=1, max_length=200, pattern=TEXT)
    variants: list[VariantIn] = Field(min_length=1, max_length=100)


class ProductOut(Schema):
    """A product."""

    slug: str
    name: str
    state: str
    kind: str
    summary: str
    description: str
    tags: list[Any]
    unit: str
    pricing: str
    vat: int
    origin: str
    labels: str
    ingredients: str
    allergens: str
    season_from: int | None
    season_until: int | None
    container: str
    containers: int
    dfc_type: str
    position: int
    resource: str
    producer: str
    categories: list[str] = Field(description="Short names.")
    variants: list[VariantOut]


class ProductsQuery(PageQuery):
    """Which products."""

    category: str = Field("", max_length=80, pattern=TEXT, description="Short name.")
    producer: str = Field("", max_length=50, pattern=TEXT, description="Short name.")


class StockRow(Schema):
    """A stock: of one distribution, or (null) for all. Pieces."""

    variant: int
    distribution: int | None
    there: int
    promised: int
    left: int


def variant_data(row: Variant, left: dict[int, int]) -> dict[str, Any]:
    """A variant as it is told."""
    names = [name for name in VariantOut.model_fields if name != "left"]
    return {**given(row, *names), "left": left.get(row.pk, 0) if row.counted else None}


def product_data(row: Product, left: dict[int, int], *, whole: bool = True) -> dict[str, Any]:
    """A product as it is told; visitors only see variants that are on sale."""
    own = ("resource", "producer", "categories", "variants")
    names = [name for name in ProductOut.model_fields if name not in own]
    return {
        **given(row, *names),
        "resource": row.resource.slug if row.resource else "",
        "producer": row.producer.slug,
        "categories": [each.slug for each in row.categories.all()],
        "variants": [
            variant_data(each, left) for each in row.variants.all() if whole or each.available
        ],
    }


def _left(rows: list[Product]) -> dict[int, int]:
    found = Stock.objects.filter(variant__product__in=rows, distribution=None)
    return {row.variant_id: row.left for row in found}


def _products(shop: Shop, request: HttpRequest) -> tuple[Any, bool]:
    """The products that the caller may see, and whether they keep the shop."""
    whole = by_of(request).may("shop.read", shop)
    rows = Product.objects.filter(shop=shop).select_related("producer", "resource")
    rows = rows.prefetch_related("categories", "variants")
    return (rows if whole else rows.filter(state=Product.State.SOLD)), whole


def _product(request: HttpRequest, slug: str, product: str, permission: str = "") -> Product:
    shop = shop_of(request, slug, permission)
    row: Product | None = _products(shop, request)[0].filter(slug=product.replace("\0", "")).first()
    if row is None:
        raise NoShop
    row.shop = shop
    return row


def _variant(shop: Shop, number: int) -> Variant:
    rows = Variant.objects.filter(product__shop=shop, pk=number)
    row: Variant | None = rows.select_related("product__producer").first()
    if row is None:
        raise NoShop
    row.product.shop = shop
    return row


def _said(shop: Shop, request: HttpRequest, data: dict[str, Any]) -> dict[str, Any]:
    """What the service is told of a product."""
    if "resource" in data:
        data["resource"] = registry.resource(data["resource"]) if data["resource"] else None
    if "tags" in data:
        data["tags"] = [tag.replace("\0", "").strip()[:60] for tag in data["tags"] if tag.strip()]
    name = data.pop("producer", "")
    if name:
        data["producer"] = shop.producers.filter(slug=name).first()
        if data["producer"] is None:
            raise NoShop
    if "categories" in data:
        data["categories"] = [
            shelving.category(shop=shop, path=path, by=by_of(request))
            for each in data["categories"]
            if (path := [part for part in each.replace("\0", "").split(">") if part.strip()])
        ]
    return data


@router.get("/shops/{slug}/products", response={200: Page[ProductOut], **problems(404)})
def list_products(request: HttpRequest, slug: str, which: Query[ProductsQuery]) -> dict[str, Any]:
    """The products of a shop: those on sale, all for who keeps it."""
    rows, whole = _products(shop_of(request, slug), request)
    if which.category:
        rows = rows.filter(categories__in=Category.objects.filter(slug=which.category))
    if which.producer:
        rows = rows.filter(producer__slug=which.producer)
    page = page_by_id(rows, which)
    left = _left(page["items"])
    return {**page, "items": [product_data(row, left, whole=whole) for row in page["items"]]}


@router.post(
    "/shops/{slug}/products", response={201: ProductOut, **problems(404, 409)}, auth=SIGNED_IN
)
def post_product(request: HttpRequest, slug: str, payload: ProductIn) -> Status[dict[str, Any]]:
    """Add a product with its variants."""
    shop = shop_of(request, slug, "shop.manage")
    data = _said(shop, request, payload.dict())
    row = catalogue.add_product(shop=shop, by=by_of(request), **data)
    return Status(201, product_data(row, {}))


@router.get("/shops/{slug}/products/{product}", response={200: ProductOut, **problems(404)})
def get_product(request: HttpRequest, slug: str, product: str) -> dict[str, Any]:
    """A product."""
    row = _product(request, slug, product)
    return product_data(row, _left([row]), whole=by_of(request).may("shop.read", row.shop))


@router.patch(
    "/shops/{slug}/products/{product}", response={200: ProductOut, **problems(404, 409)},
    auth=SIGNED_IN,
)  # fmt: skip
def patch_product(
    request: HttpRequest, slug: str, product: str, payload: ProductPart
) -> dict[str, Any]:
    """Change a product; orders keep what it said when they were placed."""
    row = _product(request, slug, product, "shop.manage")
    data = _said(row.shop, request, payload.dict(exclude_unset=True))
    row = catalogue.change_product(product=row, by=by_of(request), **data)
    return product_data(Product.objects.get(pk=row.pk), _left([row]))


@router.post(
    "/shops/{slug}/products/{product}/variants", response={201: VariantOut, **problems(404)},
    auth=SIGNED_IN,
)  # fmt: skip
def post_variant(
    request: HttpRequest, slug: str, product: str, payload: VariantIn
) -> Status[dict[str, Any]]:
    """Add a variant to a product."""
    row = _product(request, slug, product, "shop.manage")
    made = catalogue.add_variant(product=row, by=by_of(request), **payload.dict())
    return Status(201, variant_data(made, {}))


@router.patch(
    "/shops/{slug}/variants/{number}", response={200: VariantOut, **problems(404)}, auth=SIGNED_IN
)
def patch_variant(
    request: HttpRequest, slug: str, number: Number, payload: VariantPart,
) -> dict[str, Any]:  # fmt: skip
    """Change a variant; orders keep the price at which they were placed."""
    row = _variant(shop_of(request, slug, "shop.manage"), number)
    changes = payload.dict(exclude_unset=True)
    row = catalogue.change_variant(variant=row, by=by_of(request), **changes)
    return variant_data(row, _left([row.product]))


@keeping_router.get(
    "/shops/{slug}/stock", response={200: Page[StockRow], **problems(404)}, auth=SIGNED_IN
)
def list_stock(request: HttpRequest, slug: str, which: Query[PageQuery]) -> dict[str, Any]:
    """How much is there and how much of it is promised."""
    shop = shop_of(request, slug, "shop.prepare")
    page = page_by_id(Stock.objects.filter(variant__product__shop=shop), which)
    return {**page, "items": [_stock_data(row) for row in page["items"]]}


def _stock_data(row: Stock) -> dict[str, Any]:
    return {
        "variant": row.variant_id, "distribution": row.distribution_id,
        **given(row, "there", "promised", "left"),
    }  # fmt: skip
