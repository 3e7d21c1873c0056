"""Pages of tags that sign: fixed on an object, written again, trusted no longer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chambre.core.errors import NotFound
from chambre.lib import ntag424
from chambre.rooms.deposit.forms.moving import TagForm
from chambre.rooms.deposit.models import Scheme, Tag
from chambre.rooms.deposit.queries.managing import scheme_for
from chambre.rooms.deposit.services import tags
from chambre.rooms.deposit.views.stewardobjects import item_of
from chambre.rooms.deposit.views.stewards import actor_of, frame, sent


def _tag(scheme: Scheme, serial: str, uid: str) -> Tag:
    """A tag of an object.

    Raises:
        NotFound: There is none.
    """
    rows = Tag.objects.select_related("item__scheme__book__structure", "item__scheme__resource")
    row: Tag | None = rows.filter(item=item_of(scheme, serial), uid=uid[: tags.UID].upper()).first()
    if row is None:
        raise NotFound
    return row


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, slug: str, serial: str) -> HttpResponse:
    """Fix a tag on an object; what is to be written on it is shown."""
    by = actor_of(request)
    scheme = scheme_for(slug, by, "deposit.manage")
    row = item_of(scheme, serial)
    form, status = TagForm(request.POST or None), 200
    if request.method == "POST":
        made: list[Any] = []
        done, status = sent(form, lambda data: made.append(tags.enrol_tag(item=row, by=by, **data)))
        if done:
            return _written(request, scheme, *made[0])
    context = frame(request, scheme, item=row, form=form)
    return render(request, "deposit/tag_enrol.html", context, status=status)


@never_cache
@require_POST
def keys(request: HttpRequest, slug: str, serial: str, uid: str) -> HttpResponse:
    """What is to be written on a tag, again; that it was read is kept."""
    by = actor_of(request)
    scheme = scheme_for(slug, by, "deposit.manage")
    row = _tag(scheme, serial, uid)
    return _written(request, scheme, row, tags.read_keys(tag=row, by=by))


def _written(request: HttpRequest, scheme: Scheme, row: Tag, known: tags.Keys) -> HttpResponse:
    file = ntag424.ndef(row.item.uri)
    facts = [
        ("SDMMetaReadKey", known.meta.hex().upper()),
        ("SDMFileReadKey", known.file.hex().upper()),
        (_("Address"), file.address),
        ("NDEF", file.octets.hex().upper()),
        ("PICCDataOffset", file.picc_offset),
        ("SDMMACInputOffset", file.mac_offset),
        ("SDMMACOffset", file.mac_offset),
    ]
    context = frame(request, scheme, tag=row, item=row.item, facts=facts)
    return render(request, "deposit/tag_keys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, slug: str, serial: str, uid: str) -> HttpResponse:
    """Trust a tag no longer, after saying what that does."""
    by = actor_of(request)
    scheme = scheme_for(slug, by, "deposit.manage")
    row = _tag(scheme, serial, uid)
    back = reverse("deposit:item", args=[slug, serial])
    if request.method == "POST":
        tags.revoke_tag(tag=row, by=by)
        messages.success(request, _("The tag is no longer trusted."))
        return redirect(back)
    context = {
        "title": _("Trust the tag %(uid)s no longer?") % {"uid": row.uid},
        "lede": row.item.serial,
        "consequences": [
            _("A tap of it pays nothing from now on; the printed code still works."),
            _("What was paid on its taps stays."),
        ],
        "irreversible": True,
        "confirm": _("Trust it no longer"),
        "back": back,
        "danger": True,
    }
    return render(request, "ui/confirm.html", context)


_ITEM = "consigne/<slug:slug>/objets/<str:serial>"
TAGS = [
    path(f"{_ITEM}/etiquette-qui-signe/", enrol, name="tag_enrol"),
    path(f"{_ITEM}/etiquettes/<slug:uid>/cles/", keys, name="tag_keys"),
    path(f"{_ITEM}/etiquettes/<slug:uid>/revoquer/", revoke, name="tag_revoke"),
]
