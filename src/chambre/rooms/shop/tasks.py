"""What the shop does by the clock and in the background."""

from __future__ import annotations

import functools
from typing import Any

import structlog
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core import fetching
from chambre.core.errors import Conflict
from chambre.core.jobs import Report, Run, job
from chambre.core.schedule import every
from chambre.rooms.shop.models import Arrival, Shop
from chambre.rooms.shop.queries.finding import shop_named
from chambre.rooms.shop.queries.keeping import distribution_of
from chambre.rooms.shop.services import basketorders, letters
from chambre.rooms.shop.services.changing import expire_order, expired_orders
from chambre.rooms.shop.services.missing import settle_missed
from chambre.rooms.shop.services.moving.arrivals import bring_arrival, look
from chambre.rooms.shop.services.moving.pictures import bring_pictures
from chambre.rooms.shop.services.moving.reading import Reading
from chambre.rooms.shop.services.moving.visiting import Visited, visit
from chambre.rooms.shop.services.seasonmoney import ask_all_due

NOTES = 200
"""Notes of a visit that are written down; the rest is counted."""
log = structlog.get_logger("chambre.shop")


@every("shop.expire", minutes=5)
def let_unpaid_orders_go() -> None:
    """Free the goods of orders that nobody paid in time."""
    for order in expired_orders():
        expire_order(order=order)


@every("shop.baskets", minutes=30)
def make_baskets() -> None:
    """Make the orders of subscriptions, settle what was left out, ask for instalments."""
    _made, failed = basketorders.make_due_orders()
    for each in failed:
        log.warning("shop.basket-not-made", subscription=each.subscription.pk, reason=each.reason)
    settle_missed()
    ask_all_due()


@every("shop.letters", minutes=1)
def send_letters() -> None:
    """Send the e-mails that wait."""
    letters.LETTERS.send_waiting()


@every("shop.remind", minutes=30)
def remind_customers() -> None:
    """Remind people of what they fetch within a day."""
    letters.remind()


@job("shop.look", title=gettext_lazy("A product file looked at"), resumable=True)
def look_at_file(run: Run, *, arrival: int) -> Report:
    """Say what a product file would do."""
    return _told(look(arrival=Arrival.objects.get(pk=arrival), by=run.by))


@job("shop.bring", title=gettext_lazy("Products brought in"), resumable=True)
def bring_file(run: Run, *, arrival: int) -> Report:
    """Bring a product file in that was looked at; all of it or nothing, and never twice."""
    row = Arrival.objects.get(pk=arrival)
    return _told(bring_arrival(arrival=row, by=run.by, progress=run.progress))


@job("shop.visit", title=gettext_lazy("A running shop brought in"))
def visit_shop(
    run: Run, *, shop: str, address: str, options: dict[str, Any], into: int | None
) -> Report:
    """Bring products, customers and orders of a shop that still runs in; again it changes nothing.

    Raises:
        Conflict: What was confided did not come along.
        ShopRefused: The other shop cannot be reached, or says no.
    """
    row = shop_named(shop)
    if not run.confided:
        raise Conflict(_("The key was lost on the way; please give it again."))
    found = visit(
        shop=row, address=address, by=run.by, reading=Reading.of(options), progress=run.progress,
        into=None if into is None else distribution_of(row, into),
        fetch=functools.partial(fetching.fetch, public=True), **run.confided,
    )  # fmt: skip
    return _seen(run, row, found)


def _seen(run: Run, shop: Shop, found: Visited) -> Report:
    """What came out of a running shop, and what did not."""
    summary = (
        _("%(products)d products and %(variations)d variations made, %(updated)d changed.")
        % found.products
    )
    told = found.as_json()
    summary += " " + _(
        "%(customers)d customers, %(orders)d orders to be read, %(placed)d orders placed."
    ) % {name: told[name] for name in ("customers", "orders", "placed")}
    report = Report(
        summary=summary, url=reverse("shop:products", args=[shop.slug]),
        facts={name: value for name, value in told.items() if isinstance(value, int)},
    )  # fmt: skip
    kinds = {
        "record": _("record"), "customer": _("customer"), "order": _("order"),
    }  # fmt: skip
    for each in found.skipped:
        report.refuse(f"{kinds[each['kind']]} {each['number']}", why=each["reason"])
    for line in found.products["skipped"]:
        report.refuse(_("product"), why=line["reason"], line=line["line"])
    for text in found.notices[:NOTES]:
        run.note(text, "warning")
    if len(found.notices) > NOTES:
        run.note(_("%(many)d more notes.") % {"many": len(found.notices) - NOTES}, "warning")
    return report


def _told(row: Arrival) -> Report:
    names = ("products", "variations", "updated")
    report = Report(
        summary=_("%(products)d products and %(variations)d variations made, %(updated)d changed.")
        % row.report,
        facts={name: row.report[name] for name in names},
        url=reverse("shop:arrival", args=[row.shop.slug, row.pk]),
    )
    for line in row.report["skipped"]:
        report.refuse(row.name, why=line["reason"], line=line["line"])
    return report


@job("shop.pictures", title=gettext_lazy("Photos fetched"), resumable=True)
def fetch_pictures(run: Run, *, shop: str) -> Report:
    """Fetch the pictures of photos that have only an address."""
    row = shop_named(shop)
    found = bring_pictures(shop=row, by=run.by, from_addresses=True, progress=run.progress)
    report = Report(
        summary=_("%(many)d photos brought in.") % {"many": found.brought},
        facts={"photos": found.brought}, url=reverse("shop:coming", args=[row.slug]),
    )  # fmt: skip
    for each in found.missing:
        report.refuse(each["photo"], why=each["reason"])
    return report
