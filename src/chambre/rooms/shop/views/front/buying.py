"""The basket and the way to the till: put in, change, order. Every form works without a script."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import ChambreError
from chambre.core.ratelimit import address_of, limit
from chambre.core.ui.forms import AmountField
from chambre.rooms.shop.forms.front import CheckoutForm, NoteForm
from chambre.rooms.shop.models import Order, OrderLine, Slot, Variant
from chambre.rooms.shop.queries.drawings import LEAF, drawing_of
from chambre.rooms.shop.queries.errors import SoldOut
from chambre.rooms.shop.queries.opening import slots_of
from chambre.rooms.shop.queries.pictures import Picture, first_photos, picture_of
from chambre.rooms.shop.queries.quoting import Sums, sums_of
from chambre.rooms.shop.services import changing, ordering, reducing
from chambre.rooms.shop.services.asking import Trouble, Wanted, Who, quoted
from chambre.rooms.shop.views.front import cart as carts
from chambre.rooms.shop.views.front.frame import Visit, language, open_form


@dataclass(slots=True)
class Row:
    """A line of the basket as it is shown."""

    key: str
    wanted: Wanted
    line: OrderLine | None
    trouble: Trouble | None
    variant: Variant | None
    picture: Picture | None

    @property
    def drawing(self) -> str:
        """What stands where there is no photo."""
        return drawing_of(self.variant.product.name) if self.variant else LEAF

    @property
    def step(self) -> int:
        """Pieces that come and go together."""
        return self.variant.step if self.variant else 1

    @property
    def less(self) -> int:
        """One step less."""
        return max(self.wanted.quantity - self.step, 0)

    @property
    def more(self) -> int:
        """One step more."""
        return self.wanted.quantity + self.step

    @property
    def rest(self) -> int:
        """Pieces that are left of it, in whole steps, when it is more than there is."""
        left = self.trouble.left if self.trouble else 0
        return left - left % self.step


def rows_of(visit: Visit) -> tuple[list[Row], Sums]:
    """The lines of the basket with today's prices, and what they come to."""
    wanted = visit.cart.wanted
    if visit.distribution is None:
        lines: list[OrderLine | None] = [None] * len(wanted)
        troubles: list[Trouble | None] = [None] * len(wanted)
    else:
        before = ordering.promised_by(visit.lines_before)
        lines, troubles = quoted(wanted, visit.distribution, before)
    known = [line for line in lines if line is not None]
    if visit.lines_before:
        changing.keep_prices(visit.lines_before, known)
    variants = {line.variant_id: line.variant for line in known}
    if missing := [each.variant for each in wanted if each.variant not in variants]:
        rows = Variant.objects.filter(pk__in=missing, product__shop=visit.shop)
        variants |= {row.pk: row for row in rows.select_related("product")}
    photos = first_photos([row.product_id for row in variants.values()])
    found = []
    for each, line, trouble in zip(wanted, lines, troubles, strict=True):
        variant = variants.get(each.variant)
        photo = photos.get(variant.product_id) if variant else None
        picture = picture_of(photo) if photo else None
        found.append(Row(carts.key_of(each), each, line, trouble, variant, picture))
    _reduce(visit, known)
    return found, sums_of(known)


def _reduce(visit: Visit, lines: list[OrderLine]) -> None:
    """Take what the code of the basket gives off its lines, and remember what it gives or why not."""
    visit.adjustments, visit.coupon_trouble = [], ""
    try:
        visit.adjustments = reducing.preview(visit.shop, lines, [visit.cart.coupon], visit.day)
    except ChambreError as refusal:
        visit.coupon_trouble = str(refusal.message)


def basket_context(visit: Visit, **more: Any) -> dict[str, Any]:
    """What the page of the basket shows."""
    rows, sums = rows_of(visit)
    ready = bool(rows) and visit.distribution is not None and not any(row.trouble for row in rows)
    ready = ready and not visit.coupon_trouble
    return visit.context(rows=rows, sums=sums, ready=ready, quiet=True, **more)


@require_safe
def basket(request: HttpRequest, slug: str) -> HttpResponse:
    """What is in the basket and what it comes to."""
    return render(request, "shop/front/basket.html", basket_context(Visit(request, slug)))


@open_form
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Put pieces of a variant into the basket, from the shelves or from its own page."""
    limit("basket", address_of(request), times=240, seconds=60)
    visit = Visit(request, slug)
    rows = Variant.objects.filter(product__shop=visit.shop, pk=_number(request, "variant"))
    variant = rows.select_related("product").first()
    trouble = _("This is not in the shop any more.")
    if variant is not None:
        price, trouble = _price(request, variant)
        many = _number(request, "quantity") or variant.step
        many += -many % variant.step  # whole steps
        if not trouble:
            visit.cart.put(variant.pk, many, price)
    if visit.cart.distribution is None and visit.distribution is not None:
        visit.cart.distribution = visit.distribution.pk
    if request.htmx:  # type: ignore[attr-defined]
        context = visit.context(added=variant if not trouble else None, trouble=trouble)
        if variant is not None:
            context["many"] = visit.cart.many(variant.pk)
        answer = render(request, "shop/front/_added.html", context)
    else:
        if trouble:
            messages.error(request, trouble)
        answer = redirect(_back(request, visit, variant))
    return carts.write(answer, visit.shop, visit.cart)


def _price(request: HttpRequest, variant: Variant) -> tuple[int | None, str]:
    """The price that was chosen where it is free, in cents, and what is wrong with it."""
    typed = request.POST.get("price", "")
    if variant.lowest is None or not typed:
        return None, ""
    try:
        field = AmountField(min_value=variant.lowest, max_value=variant.highest)
        price = field.clean(typed)
    except ValidationError as refusal:
        return None, str(refusal.messages[0])
    return (None if price == variant.price else price), ""


def _back(request: HttpRequest, visit: Visit, variant: Variant | None) -> str:
    """To the basket, or to the shelf on which the product stands."""
    if request.POST.get("then") != "shelf" or variant is None:
        return reverse("shop:basket", args=[visit.shop.slug])
    query = request.POST.get("query", "")[:200]
    shelf = reverse("shop:catalogue", args=[visit.shop.slug])
    return f"{shelf}{'?' + query if query else ''}#p{variant.product_id}"


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")[:9]
    return int(text) if text.isascii() and text.isdigit() else 0


@open_form
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Change how many, take out, take what is left, or empty the basket."""
    limit("basket", address_of(request), times=240, seconds=60)
    visit = Visit(request, slug)
    cart = visit.cart
    if "empty" in request.POST:
        cart.wanted = []
    for each in list(cart.wanted):
        key = carts.key_of(each)
        text = request.POST.get(f"n-{key}", "")
        if text.isascii() and text.isdigit():
            cart.set(key, int(text[:6]))
    # A button says it all: line, colon, pieces; it counts more than what stands in the boxes.
    key, _colon, many = request.POST.get("set", "").partition(":")
    if many.isascii() and many.isdigit():
        cart.set(key, int(many[:6]))
    if "coupon" in request.POST:
        cart.coupon = "".join(request.POST["coupon"].split()).upper()[:24]
    if not cart.wanted and not cart.order:
        cart.distribution, cart.coupon = None, ""
    if request.htmx:  # type: ignore[attr-defined]
        answer = render(request, "shop/front/_basket.html", basket_context(visit, told=True))
    else:
        answer = redirect("shop:basket", slug=slug)
    return carts.write(answer, visit.shop, cart)


@open_form
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose the distribution for which is ordered."""
    visit = Visit(request, slug)
    chosen = _number(request, "distribution")
    if any(row.pk == chosen for row in visit.distributions):
        visit.cart.distribution = chosen
    then = "shop:basket" if visit.cart.wanted else "shop:catalogue"
    return carts.write(redirect(then, slug=slug), visit.shop, visit.cart)


@open_form
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave an order as it is: what was changed of it in the basket is forgotten."""
    visit = Visit(request, slug)
    order = visit.cart.order
    then = redirect("shop:order", slug=slug, public_id=order) if order else redirect(
        "shop:catalogue", slug=slug
    )  # fmt: skip
    return carts.write(then, visit.shop, carts.Cart())


@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest, slug: str) -> HttpResponse:
    """Say who fetches the order, when, and how it is paid; then it is placed, once."""
    visit = Visit(request, slug)
    if visit.cart.order and visit.order is None:  # it is being prepared by now, or gone
        messages.error(request, _("This order cannot be changed any more."))
        answer = redirect("shop:order", slug=slug, public_id=visit.cart.order)
        return carts.write(answer, visit.shop, carts.Cart())
    rows, sums = rows_of(visit)
    if visit.coupon_trouble or visit.distribution is None:
        return redirect("shop:basket", slug=slug)
    if not rows or any(row.trouble for row in rows):
        return redirect("shop:basket", slug=slug)
    if visit.order is not None:
        return _save(request, visit, visit.order, rows, sums)
    slots = slots_of([visit.distribution])[visit.distribution.pk]
    about: dict[str, Any] = {
        "shop": visit.shop, "place": visit.distribution.place, "slots": slots,
    }  # fmt: skip
    if request.method != "POST":
        form = CheckoutForm(initial=_known(visit), **about)
        return _till(request, visit, form, rows, sums)
    limit("order", address_of(request), times=20, seconds=60)
    form = CheckoutForm(request.POST, **about)
    if not form.is_valid():
        return _till(request, visit, form, rows, sums, 422)
    try:
        order = _place(visit, form.cleaned_data, slots)
    except SoldOut as refusal:
        return _sold_out(request, visit, refusal)
    except ChambreError as refusal:
        form.refuse(refusal.data.get("fields", {}), str(refusal.message))
        return _till(request, visit, form, rows, sums, refusal.status)
    answer = redirect("shop:order", slug=slug, public_id=order.public_id)
    return carts.write(answer, visit.shop, carts.Cart())


def _known(visit: Visit) -> dict[str, Any]:
    """What is known of somebody who is signed in, and a key for this form."""
    user = visit.by.user
    known: dict[str, Any] = {"key": uuid.uuid4().hex}
    if user is not None:
        known |= {"name": user.get_full_name(), "email": user.email}
    return known


def _place(visit: Visit, said: dict[str, Any], slots: list[Slot]) -> Order:
    distribution = visit.distribution
    assert distribution is not None
    codes = [visit.cart.coupon] if visit.cart.coupon else []
    user = visit.by.user
    own = user is not None and user.email.lower() == said["email"].strip().lower()
    chosen = [slot for slot in slots if str(slot.pk) == said.get("slot")]
    return ordering.place_order(
        distribution=distribution,
        who=Who(
            email=said["email"], name=said["name"], phone=said["phone"],
            address=said.get("address", ""), postcode=said.get("postcode", ""),
            city=said.get("city", ""), language=language(),
            user=user.pk if user is not None and own else None, credit=own,
        ),
        wanted=visit.cart.wanted,
        key=said["key"],
        by=visit.by,
        pay=said["pay"],
        slot=chosen[0] if chosen else None,
        note=said["note"],
        codes=codes,
    )  # fmt: skip


def _till(
    request: HttpRequest, visit: Visit, form: Any, rows: list[Row], sums: Sums, status: int = 200
) -> HttpResponse:
    context = visit.context(form=form, rows=rows, sums=sums, quiet=True)
    return render(request, "shop/front/checkout.html", context, status=status)


def _sold_out(request: HttpRequest, visit: Visit, refusal: SoldOut) -> HttpResponse:
    """Somebody was faster: the basket says what is left of what, and keeps the rest."""
    context = basket_context(visit, refusal=refusal)
    return render(request, "shop/front/basket.html", context, status=refusal.status)


def _save(
    request: HttpRequest, visit: Visit, order: Order, rows: list[Row], sums: Sums
) -> HttpResponse:
    """Write the changes of an order that is in the basket."""
    slots = slots_of([order.distribution])[order.distribution_id]
    about: dict[str, Any] = {"slots": slots, "taken": order.slot_id}
    if request.method != "POST":
        known = {"key": uuid.uuid4().hex, "note": order.note, "slot": str(order.slot_id or "")}
        form = NoteForm(initial=known, **about)
        return _till(request, visit, form, rows, sums)
    form = NoteForm(request.POST, **about)
    if not form.is_valid():
        return _till(request, visit, form, rows, sums, 422)
    said = form.cleaned_data
    chosen = [slot for slot in slots if str(slot.pk) == said.get("slot")]
    try:
        changing.change_order(
            order=order, wanted=visit.cart.wanted, by=visit.by,
            key=f"{order.public_id[:20]}:{said['key']}",
            slot=chosen[0] if chosen else None, note=said["note"], codes=_codes(visit, order),
        )  # fmt: skip
    except SoldOut as refusal:
        return _sold_out(request, visit, refusal)
    except ChambreError as refusal:
        form.refuse(refusal.data.get("fields", {}), str(refusal.message))
        return _till(request, visit, form, rows, sums, refusal.status)
    messages.success(request, _("Your order is changed."))
    answer = redirect("shop:order", slug=visit.shop.slug, public_id=order.public_id)
    return carts.write(answer, visit.shop, carts.Cart())


def _codes(visit: Visit, order: Order) -> list[str] | None:
    """The codes of an order that is changed; None: those that it has."""
    had = [row.origin for row in order.adjustments.order_by("number") if row.origin]
    said = [visit.cart.coupon] if visit.cart.coupon else []
    return None if said == had[:1] else said


BUYING = [
    path("boutique/<slug:slug>/panier/", basket, name="basket"),
    path("boutique/<slug:slug>/panier/ajouter/", add, name="basket_add"),
    path("boutique/<slug:slug>/panier/changer/", change, name="basket_change"),
    path("boutique/<slug:slug>/retraits/choisir/", choose, name="choose"),
    path("boutique/<slug:slug>/panier/laisser/", leave, name="basket_leave"),
    path("boutique/<slug:slug>/commander/", checkout, name="checkout"),
]
