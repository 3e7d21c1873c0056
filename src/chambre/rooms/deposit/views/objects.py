"""The page of an object at the address that its label holds: opened by any phone's camera."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.core.errors import NotFound
from chambre.lib import gs1
from chambre.lib.ntag424 import MAC_NAME, PICC_NAME
from chambre.rooms.deposit.models import Item, ItemType
from chambre.rooms.deposit.queries.looking import Life, life_of, object_at, open_places, taking_back
from chambre.rooms.deposit.services import tags
from chambre.rooms.deposit.views import linking
from chambre.rooms.deposit.views.frame import open_page

LISTED = 6
"""Places on the page of an object; all are on the map."""
READY = frozenset({Item.State.ACTIVE, Item.State.RETURNED, Item.State.WASHING})
GONE = frozenset({Item.State.RETIRED, Item.State.LOST, Item.State.RECALLED})


@require_safe
@open_page
def own(request: HttpRequest, serial: str) -> HttpResponse:
    """An object with an address of our own."""
    found = object_at(request.build_absolute_uri(request.path), serial)
    return _show(request, found, serial)


@require_safe
@open_page
def digital_link(request: HttpRequest, rest: str) -> HttpResponse:
    """An object, or a class of objects, at its GS1 Digital Link."""
    address = request.build_absolute_uri(request.path)
    try:
        link = gs1.read_link(address)
    except gs1.Gs1Refused as refused:
        return _unknown(request, rest, 400, why=refused.message(request.LANGUAGE_CODE))  # type: ignore[attr-defined]
    if len(link.key.value) == 14:
        return _show_class(request, _types().filter(grai=link.key.value).first(), rest)
    serial = link.key.value[14:]
    return _show(request, object_at(address, serial), serial)


@require_safe
@open_page
def type_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A type of object at its own address."""
    return _show_class(request, _types().filter(slug=slug).first(), slug)


def _types() -> QuerySet[ItemType]:
    return ItemType.objects.select_related("scheme").order_by("pk")


def _unknown(request: HttpRequest, code: str, status: int = 404, why: str = "") -> HttpResponse:
    context = {"code": code[:100], "why": why}
    response = render(request, "deposit/unknown.html", context, status=status)
    response["Cache-Control"] = "no-cache"
    return response


def _show(request: HttpRequest, item: Item | None, code: str) -> HttpResponse:
    if item is None:
        return _unknown(request, code)
    life = life_of(item)
    places = taking_back(life)
    subject = linking.Subject(item.uri, item.scheme.slug, linking.json_ld(life, places))
    try:
        if (told := linking.answer_machine(request, subject)) is not None:
            return told
    except NotFound as error:
        return _unknown(request, code, why=str(error.message))
    tap = _tap(request, item)
    context = {**_words(life), "life": life, "item": item, "places": places[:LISTED],
               "more_places": len(places) > LISTED, "tap": tap}  # fmt: skip
    context["code_query"] = f"code={quote(item.uri, safe='')}" + (f"&{tap['query']}" if tap else "")
    response = render(request, "deposit/object.html", context)
    _add_links(request, response, subject)
    if tap:
        response["Cache-Control"] = "no-store"  # a tap is good once
    return response


def _add_links(request: HttpRequest, response: HttpResponse, subject: linking.Subject) -> None:
    """Tell a machine that reads the page where the links are."""
    anchor = request.build_absolute_uri(request.path) + "?linkType=linkset"
    response["Link"] = linking.link_header(linking.links_of(request, subject), anchor)


def _tap(request: HttpRequest, item: Item) -> dict[str, Any] | None:
    """What the tag of the object signed, when this address was opened by tapping it."""
    picc, mac = request.GET.get(PICC_NAME, ""), request.GET.get(MAC_NAME, "")
    if not picc and not mac:
        return None
    try:
        fresh = tags.see_tap(item=item, picc=picc[:64], mac=mac[:32])
    except tags.NoTap as error:
        return {"good": False, "words": str(error.message), "query": ""}
    if fresh is tags.Freshness.OLD:
        words = _("This tap was used already, or is a while ago. Tap the tag again.")
        return {"good": False, "words": words, "query": ""}
    words = _("The tag signed: the object itself is in your hands.")
    return {"good": True, "words": words, "query": f"{PICC_NAME}={picc}&{MAC_NAME}={mac}"}


def _words(life: Life) -> dict[str, Any]:
    """How an object stands, in one sentence and one badge."""
    item = life.item
    if item.state in GONE:
        said = {
            Item.State.RETIRED: _("It is out of service: please do not use it any more."),
            Item.State.LOST: _("It was thought lost. Bring it back, so that it serves again."),
            Item.State.RECALLED: _("It is recalled: do not use it, and bring it back."),
        }[Item.State(item.state)]
        return {"badge": "danger", "said": said}
    if item.state == Item.State.OUT:
        return {
            "badge": "warning",
            "said": _("It is in circulation. Bring it back, it serves again."),
        }
    if item.state in READY:
        return {"badge": "good", "said": _("It waits for its next turn.")}
    return {"badge": "warning", "said": _("It is being looked after, and comes back afterwards.")}


def _show_class(request: HttpRequest, type_: ItemType | None, code: str) -> HttpResponse:
    """Objects of a kind that have no code of their own, or the kind of those that do."""
    if type_ is None:
        return _unknown(request, code)
    places = list(open_places(type_.scheme).filter(returns=True)[: LISTED + 1])
    data = linking.class_data(type_, places[:LISTED])
    subject = linking.Subject(type_.uri, type_.scheme.slug, data)
    try:
        if (told := linking.answer_machine(request, subject)) is not None:
            return told
    except NotFound as error:
        return _unknown(request, code, why=str(error.message))
    context = {"type": type_, "places": places[:LISTED], "more_places": len(places) > LISTED}
    response = render(request, "deposit/class.html", context)
    _add_links(request, response, subject)
    return response


@require_safe
def resolver(request: HttpRequest) -> HttpResponse:
    """What this resolver of GS1 Digital Links is and knows (``/.well-known/gs1resolver``)."""
    told = {
        "name": _("Objects on deposit of this Chamber"),
        "resolverRoot": request.build_absolute_uri("/").rstrip("/"),
        "supportedPrimaryKeys": ["8003"],
        "linkTypeDefaultCanBeLinkset": False,
        "validatesAIs": True,
    }
    response = linking.with_cors(JsonResponse(told))
    response["Cache-Control"] = "public, max-age=3600"
    return response
