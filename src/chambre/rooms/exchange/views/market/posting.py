"""One offer or need: shown, put up, changed, taken off, photos, favourite."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import NotFound
from chambre.rooms.exchange.forms.market import PhotoForm, PostingForm
from chambre.rooms.exchange.models import Posting, PostingFavourite
from chambre.rooms.exchange.queries.market import postings, talks
from chambre.rooms.exchange.queries.people import agents_of
from chambre.rooms.exchange.services.market import photos
from chambre.rooms.exchange.services.market import posting as services
from chambre.rooms.exchange.views.market.frame import BASE, actor_of, done, key_of, told_by

ONE = BASE + "<int:number>/"
CHANGE = "exchange.change_posting"


@require_safe
def show(request: HttpRequest, number: int) -> HttpResponse:
    """An offer or a need, with what meets it directly."""
    by = actor_of(request)
    row = postings.posting_for(number, by)
    return render(request, "exchange/market/posting.html", _context(request, row, PhotoForm()))


def _context(request: HttpRequest, row: Posting, photo_form: PhotoForm) -> dict[str, Any]:
    by = actor_of(request)
    own = by.may(CHANGE, row)
    open_ = postings.is_open(row)
    return {
        "posting": row,
        "photos": list(row.photos.select_related("small", "large")),
        "own": own,
        "open": open_,
        "may_close": by.may("exchange.close_posting", row) and not row.ended,
        "kept": PostingFavourite.objects.filter(
            posting=row, person__user_id=by.user.pk if by.user else 0
        ).exists(),
        "matches": postings.matches(row, by) if open_ else [],
        "askers": talks.askers_of(row) if own else [],
        "photo_form": photo_form,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Put an offer or a need up."""
    by = actor_of(request)
    authorize(by, "exchange.post")
    kind = "need" if request.GET.get("genre") == "need" else "offer"
    agents = list(agents_of(by).order_by("name"))
    form = PostingForm(request.POST or None, initial={"kind": kind}, agents=agents)
    if request.method == "POST" and form.is_valid():
        key = f"page:{by.label[:60]}:{key_of(request)}"
        made = told_by(
            form, lambda: services.post(said=form.said(), key=key, by=by, owner=form.owner())
        )
        if made is not None:
            messages.success(request, _("It is on the market. A photo helps."))
            return redirect("exchange:posting", made.pk)
    status = 422 if form.errors else 200
    context = {"form": form, "key": key_of(request)}
    return render(request, "exchange/market/write.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Say something else of it."""
    by = actor_of(request)
    row = postings.posting_for(number, by)
    authorize(by, CHANGE, row)
    form = PostingForm(request.POST or None, initial=PostingForm.of(row))
    if request.method == "POST" and form.is_valid():
        made = told_by(form, lambda: services.change(posting=row, said=form.said(), by=by))
        if made is not None:
            messages.success(request, _("Kept."))
            return redirect("exchange:posting", number)
    status = 422 if form.errors else 200
    context = {"form": form, "posting": row, "key": key_of(request)}
    return render(request, "exchange/market/write.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, number: int) -> HttpResponse:
    """Take it off the market."""
    by = actor_of(request)
    row = postings.posting_for(number, by)
    authorize(by, "exchange.close_posting", row)
    if request.method == "POST":
        done(request, lambda: services.close(posting=row, by=by), _("It is off the market."))
        return redirect("exchange:market_mine")
    context = {
        "title": _("Take it off the market"),
        "lede": row.title,
        "consequences": [
            _("Nobody finds it any more, and no new ring is made with it."),
            _("A ring that waits for answers with it is over for everybody in it."),
        ],
        "irreversible": True,
        "confirm": _("Take it off"),
        "back": reverse("exchange:posting", args=[number]),
    }
    return render(request, "ui/confirm.html", context)


@require_POST
def keep(request: HttpRequest, number: int) -> HttpResponse:
    """Keep it as a favourite, or not any more."""
    by = actor_of(request)
    row = postings.posting_for(number, by)
    kept = request.POST.get("kept") == "1"
    done(request, lambda: services.keep(posting=row, by=by, kept=kept))
    return redirect("exchange:posting", number)


@require_POST
def add_photo(request: HttpRequest, number: int) -> HttpResponse:
    """Add a photo."""
    by = actor_of(request)
    row = postings.posting_for(number, by)
    authorize(by, CHANGE, row)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["photo"]
        made = told_by(
            form,
            lambda: photos.add_photo(
                posting=row, content=sent.read(), name=sent.name or "photo", by=by,
                alt=form.cleaned_data["alt"],
            ),
        )  # fmt: skip
        if made is not None:
            return redirect("exchange:posting", number)
    context = _context(request, row, form)
    return render(request, "exchange/market/posting.html", context, status=422)


@require_POST
def remove_photo(request: HttpRequest, number: int, photo: int) -> HttpResponse:
    """Take a photo away."""
    by = actor_of(request)
    row = postings.posting_for(number, by)
    found = row.photos.select_related("small", "large", "posting__owner").filter(pk=photo).first()
    if found is None:
        raise NotFound
    done(request, lambda: photos.remove_photo(photo=found, by=by), _("The photo is gone."))
    return redirect("exchange:posting", number)


POSTING = [
    path(BASE + "nouveau/", new, name="posting_new"),
    path(ONE, show, name="posting"),
    path(ONE + "modifier/", change, name="posting_change"),
    path(ONE + "retirer/", close, name="posting_close"),
    path(ONE + "favori/", keep, name="posting_keep"),
    path(ONE + "photos/", add_photo, name="posting_photo"),
    path(ONE + "photos/<int:photo>/retirer/", remove_photo, name="posting_photo_remove"),
]
