"""Products of a shop: the list, one with its variants and photos, categories."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError
from chambre.registry import api as registry
from chambre.rooms.shop.forms.products import CategoryForm, ProductForm, VariantForm
from chambre.rooms.shop.models import Product, Shop
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.shelves import shelves_of, tree_of
from chambre.rooms.shop.services import catalogue, shelving
from chambre.rooms.shop.views.keeping.frame import (
    actor_of,
    asked,
    frame,
    page_of,
    shop_for,
)
from chambre.rooms.shop.views.keeping.pictures import pictures
from chambre.treasury import containers


@require_http_methods(["GET", "HEAD", "POST"])
def products(request: HttpRequest, slug: str) -> HttpResponse:
    """The products, by what is asked for; a new category."""
    shop, by = shop_for(request, slug), actor_of(request)
    form, status = CategoryForm(request.POST or None), 200
    if request.method == "POST":
        status = _add_category(form, shop, by)
        if status == 200:
            return redirect("shop:products", slug=slug)
    rows = Product.objects.filter(shop=shop).select_related("producer")
    rows = rows.prefetch_related("variants", "categories")
    chosen = {name: asked(request, name) for name in ("q", "state", "category", "producer")}
    if chosen["q"]:
        rows = rows.filter(Q(name__icontains=chosen["q"]) | Q(variants__sku=chosen["q"])).distinct()
    if chosen["state"] in Product.State.values:
        rows = rows.filter(state=chosen["state"])
    for name in ("category", "producer"):
        if chosen[name]:
            field = "categories__slug" if name == "category" else "producer__slug"
            rows = rows.filter(**{field: chosen[name]})
    context = frame(
        request, shop, page=page_of(request, rows), form=form, states=Product.State.choices,
        tree=tree_of(shelves_of(shop)), producers=shop.producers.all(), **chosen,
    )  # fmt: skip
    return render(request, "shop/keeping/products.html", context, status=status)


def _add_category(form: CategoryForm, shop: Shop, by: Any) -> int:
    authorize(by, "shop.manage", shop)
    if not form.is_valid():
        return 422
    parts = [part.strip() for part in form.cleaned_data["name"].split(">") if part.strip()]
    try:
        shelving.category(shop=shop, path=parts, by=by)
    except ChambreError as refusal:
        return form.told(refusal)
    return 200


def _kinds(shop: Shop) -> list[tuple[str, str]]:
    kinds = containers.kinds(shop.book, registry.today())
    return [(key, kind.name) for key, kind in kinds.items()]


@require_http_methods(["GET", "HEAD", "POST"])
def new_product(request: HttpRequest, slug: str) -> HttpResponse:
    """A new product with its first variant."""
    shop, by = shop_for(request, slug, "shop.manage"), actor_of(request)
    sent = request.POST if request.method == "POST" else None
    form = ProductForm(sent, shop=shop, kinds=_kinds(shop), initial={"state": "sold", "vat": 550})
    variant, status = VariantForm(sent, prefix="v"), 200
    if sent is not None:
        status = 422
        if form.is_valid() and variant.is_valid():
            said = form.said()
            try:
                made = catalogue.add_product(
                    shop=shop, by=by, name=said.pop("name"), variants=[variant.cleaned_data],
                    **said,
                )  # fmt: skip
            except ChambreError as refusal:
                both = [variant, form] if _of_variant(refusal) else [form]
                status = both[0].told(refusal)
            else:
                messages.success(request, _("The product is there."))
                return redirect("shop:keep_product", slug=slug, product=made.slug)
    context = frame(request, shop, form=form, variant_form=variant)
    return render(request, "shop/keeping/product_new.html", context, status=status)


def _of_variant(refusal: ChambreError) -> bool:
    return any(name in VariantForm.base_fields for name in refusal.data.get("fields", {}))


@require_http_methods(["GET", "HEAD", "POST"])
def product(request: HttpRequest, slug: str, product: str) -> HttpResponse:
    """One product: what is said of it, its variants, its photos."""
    shop = shop_for(request, slug, "shop.manage")
    row = Product.objects.filter(shop=shop, slug=product).select_related("producer").first()
    if row is None:
        raise NoShop
    act = request.POST.get("act", "")
    form = ProductForm(
        request.POST if act == "product" else None, shop=shop, kinds=_kinds(shop),
        initial=ProductForm.of(row),
    )  # fmt: skip
    variants = [
        (
            variant,
            VariantForm(
                request.POST if act == f"variant{variant.pk}" else None, prefix=f"v{variant.pk}",
                initial=VariantForm.of(variant),
            ),
        )
        for variant in row.variants.all()
    ]  # fmt: skip
    fresh = VariantForm(request.POST if act == "variant" else None, prefix="new")
    shown, status = pictures(request, shop, product=row)
    if request.method == "POST" and status == 200:
        status = _change(request, row, act, form, [*variants, (None, fresh)])
    if request.method == "POST" and status in (200, 303):
        return redirect("shop:keep_product", slug=slug, product=product)
    context = frame(request, shop, product=row, form=form, variants=variants, fresh=fresh, **shown)
    return render(request, "shop/keeping/product.html", context, status=status)


def _change(
    request: HttpRequest, row: Product, act: str, form: ProductForm, variants: list[Any]
) -> int:
    """Do one act on a product; the status of the answer, 200 when it was done."""
    chosen: Any = form if act == "product" else None
    variant = None
    for known, each in variants:
        if act == (f"variant{known.pk}" if known else "variant"):
            chosen, variant = each, known
    if chosen is None:
        return 200
    if not chosen.is_valid():
        return 422
    try:
        _write(row, act, chosen, variant, actor_of(request))
    except ChambreError as refusal:
        return int(chosen.told(refusal))
    messages.success(request, _("Noted."))
    return 200


def _write(row: Product, act: str, form: Any, variant: Any, by: Any) -> None:
    data = form.cleaned_data
    if act == "product":
        catalogue.change_product(product=row, by=by, **form.said(row))
    elif variant is None:
        catalogue.add_variant(product=row, by=by, **data)
    else:
        catalogue.change_variant(variant=variant, by=by, **data)


PRODUCTS = [
    path("boutiques/<slug:slug>/produits/", products, name="products"),
    path("boutiques/<slug:slug>/nouveau-produit/", new_product, name="product_new"),
    path("boutiques/<slug:slug>/produits/<slug:product>/", product, name="keep_product"),
]
