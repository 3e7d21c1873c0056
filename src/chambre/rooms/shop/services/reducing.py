"""What is taken off an order: coupons by their code, and work that was done.

Uses are counted on the coupon by a statement that also asks whether one is left; its row stays locked until
the order is written. So two orders never share the last use, and a person's uses are counted one by one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.lib.money import shares
from chambre.lib.shopping import coupons as rules
from chambre.lib.shopping.coupons import CouponRefusal
from chambre.rooms.shop.models import (
    Adjustment,
    Category,
    Coupon,
    CouponUse,
    Customer,
    Order,
    OrderLine,
    Product,
    ShiftSignup,
    Shop,
    WorkUse,
)
from chambre.rooms.shop.queries.errors import NameTaken, Ruled
from chambre.rooms.shop.queries.prices import price_on

COUPON = (
    "label", "kind", "value", "minimum", "most", "starts", "ends", "per_person", "in_all",
    "not_on_sale", "alone", "is_on",
)  # fmt: skip
"""What may be said of a coupon, and changed."""
MOST_CODES = 5


@dataclass(slots=True)
class Spread:
    """Reductions of an order that is being written.

    Attributes:
        rows: What stands among its reductions: kind, label, cents, what gives it.
        coupons: The coupons that are used.
        work: Discounts for work, and how many cents of each.
    """

    rows: list[tuple[str, str, int, str]] = field(default_factory=list)
    coupons: list[Coupon] = field(default_factory=list)
    work: list[tuple[ShiftSignup, int]] = field(default_factory=list)


def clean_codes(codes: Sequence[str]) -> list[str]:
    """Codes as they are kept: capitals, no spaces, each once.

    Raises:
        Invalid: Too many.
    """
    found = list(
        dict.fromkeys("".join(code.split()).upper()[:24] for code in codes if code.strip())
    )
    if len(found) > MOST_CODES:
        message = _("At most %(most)d codes on one order.") % {"most": MOST_CODES}
        raise Invalid(message, fields={"coupon": [message]})
    return found


def spread(
    lines: Sequence[OrderLine], codes: Sequence[str], customer: Customer, day: dt.date
) -> Spread:
    """Take reductions off lines that are not written yet, in the caller's transaction.

    Raises:
        Invalid: There is no such code.
        Ruled: A coupon cannot be used for this; nothing was used.
    """
    if not (said := clean_codes(codes)):
        return Spread()
    coupons, work = _named(customer.shop, said)
    for coupon in sorted(coupons, key=lambda row: row.pk):
        _use(coupon)
    signups = _locked(work)
    told = _lib_lines(lines, day)
    try:
        for coupon in coupons:
            uses = rules.Uses(by_person=coupon.uses.filter(customer=customer).count())
            rules.check_coupon(_lib(coupon, counted=True), told, day=day, uses=uses)
        done = rules.reduce(
            told, [_lib(coupon) for coupon in coupons],
            work=sum(row.credit - row.used for row in signups),
        )  # fmt: skip
    except CouponRefusal as refusal:
        raise Ruled(refusal, field="coupon") from None
    for at, line in enumerate(lines):
        line.reduction = sum(each.by_line[at] for each in done)
    return _rows(coupons, signups, done)


def preview(
    shop: Shop, lines: Sequence[OrderLine], codes: Sequence[str], day: dt.date
) -> list[tuple[str, int]]:
    """What codes would take off lines: label and cents of each. Nothing is used by it.

    Raises:
        Invalid: There is no such code.
        Ruled: A coupon cannot be used for this.
    """
    if not lines or not (said := clean_codes(codes)):
        return []
    coupons, signups = _named(shop, said)
    told = _lib_lines(lines, day)
    try:
        for coupon in coupons:
            rules.check_coupon(_lib(coupon), told, day=day, uses=rules.Uses(in_all=coupon.used))
        done = rules.reduce(
            told, [_lib(coupon) for coupon in coupons],
            work=sum(row.credit - row.used for row in signups),
        )  # fmt: skip
    except CouponRefusal as refusal:
        raise Ruled(refusal, field="coupon") from None
    for at, line in enumerate(lines):
        line.reduction = sum(each.by_line[at] for each in done)
    return [(label, amount) for _kind, label, amount, _of in _rows(coupons, signups, done).rows]


def _named(shop: Shop, said: list[str]) -> tuple[list[Coupon], list[ShiftSignup]]:
    """The coupons of codes, in their order, and the work of which some discount is left."""
    rows = Coupon.objects.filter(shop=shop, is_on=True, code__in=said)
    coupons = {
        row.code: row for row in rows.prefetch_related("products", "categories", "producers")
    }
    work = {
        row.code: row
        for row in ShiftSignup.objects.filter(
            shift__distribution__cycle__shop=shop, code__in=said, state=ShiftSignup.State.DONE
        )
    }
    if missing := [code for code in said if code not in coupons and code not in work]:
        message = _("There is no reduction “%(code)s”.") % {"code": missing[0]}
        raise Invalid(message, fields={"coupon": [message]})
    return (
        [coupons[code] for code in said if code in coupons],
        [work[code] for code in said if code in work],
    )


def _use(coupon: Coupon) -> None:
    rows = Coupon.objects.filter(pk=coupon.pk, is_on=True)
    free = rows.filter(Q(in_all__isnull=True) | Q(used__lt=F("in_all")))
    if not free.update(used=F("used") + 1):
        raise Ruled(CouponRefusal("coupon-used-up", coupon=coupon.code), field="coupon")


def _locked(work: list[ShiftSignup]) -> list[ShiftSignup]:
    rows = ShiftSignup.objects.select_for_update(of=("self",)).filter(
        pk__in=[row.pk for row in work]
    )
    return list(rows.order_by("pk"))


def _lib(coupon: Coupon, *, counted: bool = False) -> rules.Coupon:
    """A coupon as the rules see it; ``counted``: its uses in all were counted by the database."""
    return rules.Coupon(
        code=coupon.code, kind=rules.CouponKind(coupon.kind), value=coupon.value,
        minimum=coupon.minimum, most=coupon.most,
        products=frozenset(str(row.pk) for row in coupon.products.all()),
        categories=frozenset(str(row.pk) for row in coupon.categories.all()),
        producers=frozenset(str(row.pk) for row in coupon.producers.all()),
        starts=coupon.starts, ends=coupon.ends, per_person=coupon.per_person,
        in_all=None if counted else coupon.in_all, not_on_sale=coupon.not_on_sale,
        alone=coupon.alone,
    )  # fmt: skip


def _lib_lines(lines: Sequence[OrderLine], day: dt.date) -> list[rules.OrderLine]:
    shelves: dict[int, set[str]] = defaultdict(set)
    through = Product.categories.through.objects.filter(
        product__in={line.variant.product_id for line in lines}
    )
    for product, category in through.values_list("product", "category"):
        shelves[product].add(str(category))
    return [_lib_line(line, day, shelves[line.variant.product_id]) for line in lines]


def _lib_line(line: OrderLine, day: dt.date, shelves: set[str]) -> rules.OrderLine:
    product, variant = line.variant.product, line.variant
    return rules.OrderLine(
        key=str(line.number), gross=line.gross, vat=line.vat, pieces=line.quantity,
        product=str(product.pk), producer=str(product.producer_id),
        categories=frozenset(shelves),
        on_sale=variant.sale_price is not None and price_on(variant, day) == variant.sale_price,
        reducible=product.kind != Product.Kind.SUSPENDED,
    )  # fmt: skip


def _rows(
    coupons: list[Coupon], signups: list[ShiftSignup], done: Sequence[rules.Reduction]
) -> Spread:
    found = Spread(coupons=coupons)
    names = {coupon.code: coupon for coupon in coupons}
    for each in done:
        if (coupon := names.get(each.code)) is not None:
            label = coupon.label or coupon.code
            found.rows.append((Adjustment.Kind.COUPON, label, each.amount, coupon.code))
    left = sum(each.amount for each in done if each.code == rules.WORK)
    for row in signups:
        part = min(left, row.credit - row.used)
        if part:
            found.work.append((row, part))
            found.rows.append((Adjustment.Kind.WORK, _("Work done"), part, row.code))
            left -= part
    return found


def write(order: Order, found: Spread) -> None:
    """Write the reductions of an order that is in the database and locked."""
    Adjustment.objects.bulk_create(
        Adjustment(
            order=order, number=number, kind=kind, label=label[:140], amount=amount, origin=of
        )
        for number, (kind, label, amount, of) in enumerate(found.rows, 1)
    )
    CouponUse.objects.bulk_create(
        CouponUse(coupon=coupon, order=order, customer=order.customer) for coupon in found.coupons
    )
    for signup, amount in found.work:
        WorkUse.objects.create(signup=signup, order=order, amount=amount)
        ShiftSignup.objects.filter(pk=signup.pk).update(used=F("used") + amount)


def release(order: Order) -> list[str]:
    """Use nothing any more for an order that is locked; the codes that it had, in their order."""
    codes = list(order.adjustments.order_by("number").values_list("origin", flat=True))
    for use in order.coupon_uses.order_by("coupon_id"):
        Coupon.objects.filter(pk=use.coupon_id, used__gt=0).update(used=F("used") - 1)
    order.coupon_uses.all().delete()
    for row in order.work_uses.order_by("signup_id"):
        ShiftSignup.objects.filter(pk=row.signup_id).update(used=F("used") - row.amount)
    order.work_uses.all().delete()
    return [code for code in codes if code]


def follow(order: Order) -> None:
    """Let the reductions of a locked order say what its lines say, after something was weighed."""
    rows = list(order.adjustments.order_by("number"))
    before = sum(row.amount for row in rows)
    if not rows or before == order.reduction:
        return
    parts = shares(order.reduction, [row.amount for row in rows]) if before else []
    for row, part in zip(rows, parts, strict=False):
        if row.kind == Adjustment.Kind.WORK:
            for use in order.work_uses.filter(signup__code=row.origin, amount__gt=part):
                ShiftSignup.objects.filter(pk=use.signup_id).update(
                    used=F("used") - use.amount + part
                )
                WorkUse.objects.filter(pk=use.pk).update(amount=part)
        row.amount = part
        row.save(update_fields=["amount"])


@transaction.atomic
def save_coupon(
    *, shop: Shop, code: str, by: Actor, coupon: Coupon | None = None,
    products: Sequence[Product] = (), categories: Sequence[Category] = (),
    producers: Sequence[Any] = (), **said: Any,
) -> Coupon:  # fmt: skip
    """Make a coupon, or change one; what was ordered keeps its reduction.

    Args:
        shop: Where.
        code: What people type: letters, digits, hyphens, at most 24.
        by: Who says so.
        coupon: The one that is changed; None: a new one.
        products: It concerns these, and what is in
        categories: these categories or of
        producers: these producers; nothing of the three: everything.
        **said: Any of :data:`COUPON`.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: Something makes no sense.
        NameTaken: Another coupon of the shop has this code.
    """
    authorize(by, "shop.manage", shop)
    row = coupon or Coupon(shop=shop)
    if coupon is not None:
        row = Coupon.objects.select_for_update(of=("self",)).get(pk=coupon.pk, shop=shop)
    if unknown := set(said) - set(COUPON):
        raise Invalid(_("There is no such field."), fields={each: [""] for each in unknown})
    for name, value in said.items():
        setattr(row, name, value)
    row.code = "".join(code.split()).upper()[:24]
    _check(row)
    others = Coupon.objects.filter(shop=shop, code=row.code).exclude(pk=row.pk)
    if others.exists():
        message = _("“%(slug)s” is taken.") % {"slug": row.code}
        raise NameTaken(message, fields={"code": [message]})
    row.save()
    row.products.set(products)
    row.categories.set(categories)
    row.producers.set(producers)
    audit(by, "shop.coupon.saved", row, value=row.value)
    return row


def _check(row: Coupon) -> None:
    wrong: dict[str, list[str]] = {}
    if not row.code or not all(sign.isalnum() or sign == "-" for sign in row.code):
        wrong["code"] = [_("A code has letters, digits and hyphens.")]
    if row.kind not in Coupon.Kind.values:
        wrong["kind"] = [_("There is no such choice.")]
    if row.value is None or row.value < 1 or (row.kind == "percent" and row.value > 10_000):
        wrong["value"] = [_("A percentage lies between 0 and 100, an amount above zero.")]
    if row.starts and row.ends and row.ends < row.starts:
        wrong["ends"] = [_("It ends after it begins.")]
    if row.in_all is not None and row.in_all < row.used:
        wrong["in_all"] = [_("It was used more often already.")]
    if wrong:
        raise Invalid(next(iter(wrong.values()))[0], fields=wrong)
