"""Photos on the pages of a product, a producer and the shop itself: added, and taken away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from chambre.core.errors import ChambreError
from chambre.rooms.shop.forms.products import PhotoForm
from chambre.rooms.shop.models import Photo, Producer, Product, Shop
from chambre.rooms.shop.services import photos
from chambre.rooms.shop.views.keeping.frame import actor_of, done


def pictures(
    request: HttpRequest, shop: Shop, *, product: Product | None = None,
    producer: Producer | None = None,
) -> tuple[dict[str, Any], int]:  # fmt: skip
    """What a page shows of photos, after what was sent about them is done.

    Returns:
        What the template needs, and the status: 200 when nothing was sent about photos, 303 when it
        was done.
    """
    act = request.POST.get("act", "")
    rows = Photo.objects.filter(shop=shop, product=product, producer=producer)
    form, status = PhotoForm(), 200
    if act == "photo":
        form = PhotoForm(request.POST, request.FILES)
        status = _add(request, form, shop, product, producer)
    elif act.startswith("remove"):
        number = act.removeprefix("remove")
        photo = rows.filter(pk=int(number) if number.isdecimal() else 0).first()
        by, status = actor_of(request), 303
        if photo is not None:
            done(request, lambda: photos.remove_photo(photo=photo, by=by), _("The photo is gone."))
    return {"photos": rows.select_related("small", "large"), "photo_form": form}, status


def _add(
    request: HttpRequest, form: PhotoForm, shop: Shop, product: Product | None,
    producer: Producer | None,
) -> int:  # fmt: skip
    if not form.is_valid():
        return 422
    sent = form.cleaned_data["photo"]
    try:
        photos.add_photo(
            shop=shop, content=sent.read(), name=sent.name[:100], by=actor_of(request),
            product=product, producer=producer, alt=form.cleaned_data["alt"],
        )  # fmt: skip
    except ChambreError as refusal:
        return form.told(refusal)
    messages.success(request, _("Noted."))
    return 303
