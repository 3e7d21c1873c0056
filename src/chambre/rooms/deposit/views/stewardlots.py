"""Pages of batches: what was put in service together, where it is now, and its recall."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.lib.exports import Column, Kind, Row, Table
from chambre.rooms.deposit.forms import RecallForm
from chambre.rooms.deposit.models import Lot, Scheme
from chambre.rooms.deposit.queries import recalling
from chambre.rooms.deposit.queries.managing import scheme_for
from chambre.rooms.deposit.services import caring
from chambre.rooms.deposit.services.telling import tell_now
from chambre.rooms.deposit.views.figures import MEDIA, file_of
from chambre.rooms.deposit.views.stewards import actor_of, frame, page_of, sent


@require_safe
def lots(request: HttpRequest, slug: str) -> HttpResponse:
    """The batches of a scheme, the newest first."""
    scheme = scheme_for(slug, actor_of(request))
    context = frame(request, scheme, page=page_of(request, recalling.lots_of(scheme)))
    return render(request, "deposit/lots.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def lot(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One batch: where each of its objects is, who is asked for it, and its recall.

    ``?format=`` gives all of it as a file.
    """
    by = actor_of(request)
    scheme = scheme_for(slug, by)
    row = recalling.lot_of(scheme, number)
    form, status = RecallForm(request.POST or None), 200
    if request.method == "POST":
        done, status = sent(form, lambda data: caring.recall(lot=row, reason=data["reason"], by=by))
        if done:
            tell_now()
            messages.success(request, _("The batch is recalled."))
            return redirect("deposit:lot", slug=slug, number=number)
    items = recalling.items_in(row)
    if kind := request.GET.get("format", ""):
        name = f"lot-{scheme.slug}-{row.pk}"
        title = _("Where the objects of a batch are")
        return file_of(kind, title, scheme, [_table(scheme, row)], name)
    page = page_of(request, items)
    context = frame(
        request,
        scheme,
        lot=row,
        counts=recalling.counts(row),
        recalls=row.recalls.all(),
        page=page,
        rows=list(recalling.where(scheme, list(page.object_list))),
        form=form,
        files=sorted(MEDIA),
    )
    return render(request, "deposit/lot.html", context, status=status)


def _table(scheme: Scheme, row: Lot) -> Table:
    heads = (("serial", _("Serial")), ("state", _("State")), ("place", _("Seen last at")))
    rows = []
    for each in recalling.where(scheme, list(recalling.items_in(row))):
        item, contract = each.item, each.contract
        seen = timezone.localdate(item.moved_at) if item.moved_at else None
        rows.append(
            Row(
                (
                    item.serial, item.get_state_display(), item.place.name if item.place else "–",
                    seen, contract.opened_on if contract else None, each.ask, reach(each),
                )
            )
        )  # fmt: skip
    columns = [
        *(Column(key, title) for key, title in heads),
        Column("seen", _("Seen last"), Kind.DATE),
        Column("out", _("With somebody since"), Kind.DATE),
        Column("ask", _("Whom to ask")),
        Column("reach", _("How they are reached")),
    ]
    return Table("batch", row.name, columns, rows)


def reach(each: recalling.Where) -> str:
    """How whoever has an object learns of a recall."""
    if each.contract is None:
        return "–"
    if each.is_known:
        return _("by account: the scheme writes to them")
    return _("nobody knows who has it: a notice at the place")


LOTS = [
    path("consigne/<slug:slug>/lots/", lots, name="lots"),
    path("consigne/<slug:slug>/lots/<int:number>/", lot, name="lot"),
]
