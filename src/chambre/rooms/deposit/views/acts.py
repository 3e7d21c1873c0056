"""What a phone asks for, read strictly, done by the services, and told in words.

Each act has its own key, so that a phone that heard no answer asks again and gets the same one. One
act that is refused says so in its own answer: the others of the same request are done.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chambre.core.actors import Actor
from chambre.core.errors import ChambreError, Forbidden, Invalid
from chambre.core.ratelimit import address_of, limit
from chambre.core.ui import figures
from chambre.core.ui.forms import AmountField
from chambre.rooms.deposit.models import Act, Part
from chambre.rooms.deposit.queries.finding import item_of
from chambre.rooms.deposit.queries.looking import life_of
from chambre.rooms.deposit.queries.working import places_of
from chambre.rooms.deposit.services.asking import Answer, Asked, Condition, Split
from chambre.rooms.deposit.services.phones import AWAY, Tap, at_the_counter, from_anywhere
from chambre.rooms.deposit.services.ways import clean_slip, in_fours
from chambre.rooms.deposit.views.frame import speak
from chambre.rooms.deposit.views.wordings import KINDS, MEANS, outcome_words

MOST_ACTS = 50
"""Acts of one request; a longer queue is sent in several."""
LOOKS, SECONDS = 120, 60


def _text(data: dict[str, Any], name: str, longest: int = 200) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > longest or "\0" in value:
        message = _("This cannot be read.")
        raise Invalid(message, fields={name: [message]})
    return value.strip()


def _codes(data: dict[str, Any]) -> tuple[str, ...]:
    codes = data.get("codes", [])
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        message = _("This cannot be read.")
        raise Invalid(message, fields={"codes": [message]})
    return tuple(code.strip()[:400] for code in codes if code.strip())


def _splits(data: dict[str, Any]) -> tuple[Split, ...]:
    """The part that goes another way than the rest, when there is one: an amount as people type it.

    Raises:
        Invalid: No amount, or the way of the rest.
    """
    if not (typed := _text(data, "part", 20)):
        return ()
    try:
        amount = AmountField(min_value=1).clean(typed)
    except ValidationError as error:
        raise Invalid(error.messages[0], fields={"part": error.messages}) from None
    means = _text(data, "part_means")
    if means == (_text(data, "means") or "cash"):
        message = _("Choose another way for the part than for the rest.")
        raise Invalid(message, fields={"part_means": [message]})
    iban = _text(data, "iban", 50).replace(" ", "")
    return (Split(means, amount, iban=iban, name=_text(data, "name", 140)),)


def _asked(data: dict[str, Any]) -> Asked:
    condition = _text(data, "condition") or Condition.GOOD
    if condition not in set(Condition):
        raise Invalid(_("There is no such condition."), fields={"condition": [condition]})
    return Asked(
        key=_text(data, "key"),
        codes=_codes(data),
        place=_text(data, "place"),
        means=_text(data, "means") or "cash",
        splits=_splits(data) if data.get("kind") == Act.Kind.RETURN else (),
        condition=Condition(condition),
        iban=_text(data, "iban", 50).replace(" ", ""),
        name=_text(data, "name", 140),
    )


def _tap(data: dict[str, Any]) -> Tap | None:
    picc, mac = _text(data, "picc"), _text(data, "mac")
    return Tap(picc, mac) if picc or mac else None


def _waited(data: dict[str, Any]) -> dt.timedelta | None:
    seconds = data.get("waited", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e9:
        return None
    return dt.timedelta(seconds=float(seconds))


def do_act(data: Any, *, by: Actor, address: str) -> Answer:
    """Do one act.

    Args:
        data: ``kind``, ``key``, ``codes``, ``place``, ``means``, ``condition``, ``counter`` (whether
            somebody of the place asks), ``account`` of an issue, ``part`` and ``part_means`` of a
            return that is paid back in two ways, and what belongs to them.
        by: Who asks.
        address: From where.

    Raises:
        ChambreError: What the services refuse, or what cannot be read.
    """
    if not isinstance(data, dict):
        raise Invalid(_("This cannot be read."), fields={})
    kind, asked, tap = data.get("kind"), _asked(data), _tap(data)
    if kind not in (Act.Kind.ISSUE, Act.Kind.RETURN):
        raise Invalid(_("Choose between issuing and taking back."), fields={"kind": []})
    if data.get("counter") is True:
        account = _text(data, "account", 254)
        return at_the_counter(kind, asked, by=by, tap=tap, waited=_waited(data), account=account)
    if kind == Act.Kind.ISSUE:
        raise Forbidden(permission="deposit.operate")
    return from_anywhere(asked, address=address, tap=tap)


def told(answer: Answer, data: dict[str, Any]) -> dict[str, Any]:
    """An answer to an act, as the page shows it: words and amounts in the language of who reads."""
    kind = data["kind"]
    lines = answer.lines or []
    paid = [line for line in lines if line.get("refund")]
    return {
        **answer.as_json(),
        "kind": kind,
        "title": outcome_words(kind, answer),
        "amount": figures.money(answer.refund) if answer.refund else "",
        "good": answer.outcome in (KINDS[kind], "refunded"),
        "count": len(lines) or 1,
        "paid": len(paid) if lines else int(bool(answer.refund)),
        "slip_words": in_fours(clean_slip(answer.slip_code)) if answer.slip_code else "",
        "shared": _shared(answer, data),
    }


def _shared(answer: Answer, data: dict[str, Any]) -> str:
    """What went which way, when it was two; empty: one way, or nothing was paid."""
    if not answer.is_paid or not (splits := _splits(data)):
        return ""
    (part,) = splits
    ways = [
        (part.amount, part.means),
        (answer.refund - part.amount, _text(data, "means") or "cash"),
    ]
    return " · ".join(
        f"{figures.money(amount)} ({MEANS.get(Part.Channel(means), means)})"
        for amount, means in ways
        if amount
    )


def refused(error: ChambreError) -> dict[str, Any]:
    """A refusal as the page shows it."""
    return {"title": str(error.message), "code": error.code, "data": error.data}


@require_POST
def acts(request: HttpRequest) -> HttpResponse:
    """Do the acts that a phone sends; one answer for each, in order."""
    speak(request)
    by: Actor = request.actor  # type: ignore[attr-defined]
    try:
        body = json.loads(request.body)
        listed = body["acts"]
    except (ValueError, KeyError, TypeError):
        listed = None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_ACTS:
        error = Invalid(_("Between 1 and 50 acts at once."), fields={"acts": []})
        return JsonResponse({"error": refused(error)}, status=error.status)
    answers = [_answered(each, by, address_of(request)) for each in listed]
    response = JsonResponse({"answers": answers})
    response["Cache-Control"] = "no-store"
    return response


def _answered(data: Any, by: Actor, address: str) -> dict[str, Any]:
    key = data.get("key") if isinstance(data, dict) else None
    try:
        answer = do_act(data, by=by, address=address)
    except ChambreError as error:
        status = 401 if isinstance(error, Forbidden) and by.kind == "anonymous" else error.status
        return {"key": key, "status": status, "error": refused(error)}
    return {"key": key, "status": 200, "answer": told(answer, data)}


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Who uses this phone, at which places they work, and what anybody may choose."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    user: Any = by.user
    response = JsonResponse(
        {
            "signed_in": user is not None,
            "who": user.get_full_name() if user is not None else "",
            "csrf": get_token(request),
            "places": places_of(by),
            "away": [str(means) for means in AWAY],
        }
    )
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def look(request: HttpRequest) -> HttpResponse:
    """What anybody may know of an object, in a few words; nothing is recorded."""
    speak(request)
    try:
        limit("deposit.look", address_of(request), times=LOOKS, seconds=SECONDS)
        life = life_of(item_of(request.GET.get("code", "")[:400]))
    except ChambreError as error:
        return JsonResponse({"error": refused(error)}, status=error.status)
    item = life.item
    response = JsonResponse(
        {
            "uri": item.uri,
            "serial": item.serial,
            "type": item.type.name,
            "scheme": item.scheme.slug,
            "scheme_name": item.scheme.name,
            "state": item.state,
            "state_words": str(item.get_state_display()),
            "rotations": item.rotations,
            "held": life.held,
            "held_words": figures.money(life.held) if life.held else "",
            "at_a_distance": bool(life.held and life.held <= life.distance_limit),
        }
    )
    response["Cache-Control"] = "no-store"
    return response
