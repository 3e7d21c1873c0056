"""Signing: what is signed, its digest, and showing at that moment that it is you."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chambre.core import passkeys
from chambre.core.errors import ChambreError, Forbidden
from chambre.lib import exchange as lib
from chambre.rooms.exchange.models import Exchange, ExchangeParty
from chambre.rooms.exchange.queries.errors import NoExchange, NotForParty
from chambre.rooms.exchange.queries.exchanges import parties_of, signatures_of
from chambre.rooms.exchange.queries.language import read
from chambre.rooms.exchange.queries.people import capacity
from chambre.rooms.exchange.services import signing
from chambre.rooms.exchange.views.drawing import picture
from chambre.rooms.exchange.views.frame import actor_of, exchange_for, language, posted


def _party(exchange: Exchange, number: int) -> ExchangeParty:
    """A party of the words that are offered.

    Raises:
        NoExchange: It is no party of them.
    """
    rows = ExchangeParty.objects.select_related("version__exchange", "agent__user")
    found: ExchangeParty | None = rows.filter(
        pk=number, version__exchange=exchange, version__number=exchange.number,
        role=ExchangeParty.Role.PARTY,
    ).first()  # fmt: skip
    if found is None or exchange.state != Exchange.State.SIGNING:
        raise NoExchange(slug=exchange.slug)
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Read what is signed and sign it, with a passkey or a code sent by e-mail."""
    exchange = exchange_for(request, slug)
    party = _party(exchange, number)
    words = capacity(actor_of(request), party.agent)
    if not words:
        raise NotForParty
    status, error = 200, ""
    if request.method == "POST":
        act = posted(request, "act", 10)
        status = 422
        try:
            if act == "send":
                return _send(request, party)
            if act == "code":
                signing.sign_with_code(
                    party=party, digest=posted(request, "digest", 90),
                    code=posted(request, "code", 12), by=actor_of(request),
                )  # fmt: skip
                return _signed(request, party)
            passkey = passkeys.answered(request) if "credential" in request.POST else None
            if passkey is not None:
                signing.sign_with_passkey(
                    party=party, digest=posted(request, "digest", 90), passkey=passkey,
                    by=actor_of(request),
                )  # fmt: skip
                return _signed(request, party)
            error = _("The passkey did not answer as expected. Please try again.")
        except Forbidden:
            raise
        except ChambreError as refusal:
            error, status = str(refusal.message), refusal.status
    return _page(request, exchange, party, words, error, status)


def _page(
    request: HttpRequest,
    exchange: Exchange,
    party: ExchangeParty,
    words: str,
    error: str,
    status: int,
) -> HttpResponse:
    said = read(party.version.text)
    user = request.user
    has = passkeys.has_passkey(user)
    signed = signatures_of(party.version)
    context = {
        "exchange": exchange, "party": party, "capacity": words, "version": party.version,
        "reading": lib.plain_reading(said, language()), "drawn": picture(said, "sign"),
        "others": [(each, signed.get(each.pk)) for each in parties_of(party.version)],
        "email": getattr(user, "email", ""), "has_passkey": has, "error": error,
        "sent": "code" in request.GET or posted(request, "act", 10) == "code",
        "js_data": passkeys.challenge(user) if has else None,
    }  # fmt: skip
    return render(request, "exchange/sign.html", context, status=status)


def _send(request: HttpRequest, party: ExchangeParty) -> HttpResponse:
    by = actor_of(request)
    code = signing.new_code(party=party, by=by)
    signing.post_code(code, party=party, by=by)
    address = by.user.email if by.user is not None else ""
    messages.success(request, _("A code was sent to %(address)s.") % {"address": address})
    if settings.CHAMBRE_DEMO and by.user is not None and by.user.is_demo:
        words = _("In the demonstration letters go nowhere; this one holds the code %(code)s.")
        messages.info(request, words % {"code": code})
    here = reverse("exchange:exchange_sign", args=[party.version.exchange.slug, party.pk])
    return redirect(f"{here}?code=1#sign")


def _signed(request: HttpRequest, party: ExchangeParty) -> HttpResponse:
    exchange = Exchange.objects.get(pk=party.version.exchange_id)
    if exchange.state == Exchange.State.OPEN:
        messages.success(request, _("Signed. Everybody has signed: now each deposits their part."))
    else:
        messages.success(request, _("Signed. It begins when everybody has signed."))
    return redirect("exchange:exchange", exchange.slug)


SIGNING = [path("echanges/<slug:slug>/signer/<int:number>/", sign, name="exchange_sign")]
