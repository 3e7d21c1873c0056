"""What a payer sees: one payment, by its address that nobody can guess, and nothing of anybody else.

Whoever has the address may pay. The provider's page is reached by a link, because the house's policy
lets a form send nobody elsewhere.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from chambre.core.errors import ChambreError, NotFound
from chambre.core.ratelimit import address_of, limit
from chambre.lib.sepa import qr, rf
from chambre.treasury.models import Payment, PaymentAttempt, ProviderAccount
from chambre.treasury.services.attempts import accounts_for, look, open_attempt
from chambre.treasury.services.notices import LARGEST, take_notice
from chambre.treasury.services.payments import qr_payload
from chambre.treasury.views.credit import paying_form
from chambre.treasury.views.desk import key_of
from chambre.treasury.views.home import actor_of

PAYABLE = ("created", "pending", "failed", "partly_paid")


def _payment(public_id: str) -> Payment:
    row = Payment.objects.select_related("book__structure").filter(public_id=public_id).first()
    if row is None:
        raise NotFound()
    return row


def _private(response: HttpResponse) -> HttpResponse:
    """Not for search engines, and the address goes to nobody."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"  # without any, a browser says Origin: null
    return response


@never_cache
@require_safe
def pay(request: HttpRequest, public_id: str) -> HttpResponse:
    """How much, what for, who is paid; by card or by transfer."""
    limit("payment", address_of(request), times=120, seconds=60)
    row = _payment(public_id)
    if "retour" in request.GET:
        row = _look(request, row)
    payable = row.state in PAYABLE and row.open > 0
    payload = qr_payload(row) if payable else ""
    context: dict[str, Any] = {
        "payment": row,
        "payable": payable,
        "came_back": "retour" in request.GET,
        "reference": rf.write(row.reference),
        "iban": " ".join(row.iban[at : at + 4] for at in range(0, len(row.iban), 4)),
        "accounts": accounts_for(row) if payable else [],
        "lines": row.lines.all(),
        "units": paying_form(row, actor_of(request)) if payable else None,
        "key": key_of(request),
    }
    if payload:
        drawing = qr.draw(payload, label=_("Code to scan with your bank’s app"))
        context["qr"] = mark_safe(drawing)  # noqa: S308 - drawn by us, from digits and our own names
    return _private(render(request, "treasury/payments/pay.html", context))


def _look(request: HttpRequest, row: Payment) -> Payment:
    """The payer is back: ask the provider at once instead of waiting for its notice."""
    limit("payment-look", row.public_id, times=30, seconds=60)
    attempts = row.attempts.filter(stage__in=["open", "pending", "authorised"])
    for attempt in attempts.select_related("account").exclude(remote="").order_by("-id")[:2]:
        try:
            look(attempt=attempt, by=actor_of(request))
        except ChambreError:
            continue  # the page says that it is not confirmed yet; we go on looking by ourselves
    return _payment(row.public_id)


@require_POST
def by_card(request: HttpRequest, public_id: str, account: str) -> HttpResponse:
    """Prepare the provider's page, and show the way there."""
    limit("payment-card", address_of(request), times=20, seconds=60)
    row = _payment(public_id)
    through = ProviderAccount.objects.filter(book=row.book_id, public_id=account).first()
    if through is None:
        raise NotFound()
    here = request.build_absolute_uri(reverse("treasury:pay", args=[public_id]))
    notices = request.build_absolute_uri(reverse("treasury:notice", args=[account]))
    try:
        attempt = open_attempt(
            payment=row,
            account=through,
            return_url=f"{here}?retour=1",
            cancel_url=here,
            notice_url=notices,
            language=(get_language() or "fr")[:2],
            by=actor_of(request),
        )
    except ChambreError as error:
        messages.error(request, str(error.message))
        return redirect("treasury:pay", public_id=public_id)
    return redirect("treasury:pay_at", public_id=public_id, number=attempt.pk)


@never_cache
@require_safe
def at_provider(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The way to the provider's page: by itself after a moment, and as a link."""
    row = _payment(public_id)
    attempt = PaymentAttempt.objects.select_related("account").filter(payment=row, pk=number)
    found = attempt.exclude(url="").first()
    if found is None or not found.url.startswith("https://"):
        raise NotFound()
    context = {"payment": row, "attempt": found}
    return _private(render(request, "treasury/payments/leaving.html", context))


@csrf_exempt
@require_POST
def notice(request: HttpRequest, account: str) -> HttpResponse:
    """Where providers send notices. They are kept and looked into; what they say is not believed."""
    limit("notice", address_of(request), times=600, seconds=60)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise NotFound()
    take_notice(account=account, headers=request.headers, body=request.body)
    return HttpResponse(status=200)


PAYING = [
    path("payer/<str:public_id>/", pay, name="pay"),
    path("payer/<str:public_id>/par/<str:account>/", by_card, name="pay_by_card"),
    path("payer/<str:public_id>/vers/<int:number>/", at_provider, name="pay_at"),
    path("avis/<str:account>/", notice, name="notice"),
]
