"""One category of a shop: its name and where it stands."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chambre.core.errors import ChambreError
from chambre.rooms.shop.forms.products import ShelfField, ShelfForm
from chambre.rooms.shop.models import Category, Shop
from chambre.rooms.shop.queries.errors import NoShop
from chambre.rooms.shop.queries.shelves import paths_of, shelves_of
from chambre.rooms.shop.services import shelving
from chambre.rooms.shop.views.keeping.frame import actor_of, done, frame, shop_for


@require_http_methods(["GET", "HEAD", "POST"])
def category(request: HttpRequest, slug: str, category: str) -> HttpResponse:
    """Rename a category, put it elsewhere."""
    shop, by = shop_for(request, slug, "shop.manage"), actor_of(request)
    row = _category(shop, category)
    initial = {"name": row.name, "parent": row.parent_id, "position": row.position}
    form, status = (
        ShelfForm(request.POST if request.method == "POST" else None, initial=initial),
        200,
    )
    paths = {pk: " > ".join(names) for pk, names in paths_of(shelves_of(shop)).items()}
    _offer_parents(form, row, paths)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                shelving.change_category(row=row, by=by, **form.cleaned_data)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                messages.success(request, _("The category is changed."))
                return redirect("shop:products", slug=slug)
    free = not row.children.exists() and not row.products.exists()
    context = frame(request, shop, form=form, category=row, where=paths[row.pk], free=free)
    return render(request, "shop/keeping/category.html", context, status=status)


def _offer_parents(form: ShelfForm, row: Category, paths: dict[int, str]) -> None:
    """Every category but this one and those that stand in it."""
    field = form.fields["parent"]
    assert isinstance(field, ShelfField)
    field.names = paths
    rows = Category.objects.filter(shop=row.shop_id).exclude(pk__in=shelving.inside(row))
    field.queryset = rows


@require_POST
def remove(request: HttpRequest, slug: str, category: str) -> HttpResponse:
    """Take away a category on which nothing stands."""
    shop, by = shop_for(request, slug, "shop.manage"), actor_of(request)
    row = _category(shop, category)
    done(request, lambda: shelving.remove_category(row=row, by=by), _("The category is gone."))
    return redirect("shop:products", slug=slug)


def _category(shop: Shop, slug: str) -> Category:
    row = shop.categories.filter(slug=slug).first()
    if row is None:
        raise NoShop
    return row


SHELVES = [
    path("boutiques/<slug:slug>/rayons/<slug:category>/", category, name="keep_category"),
    path("boutiques/<slug:slug>/rayons/<slug:category>/retirer/", remove, name="category_remove"),
]
