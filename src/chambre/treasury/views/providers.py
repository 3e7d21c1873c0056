"""A structure's accounts at payment providers: what is filled in, what they transferred."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, NotFound
from chambre.registry.forms import show_mistakes
from chambre.treasury.forms.payments import ProviderForm
from chambre.treasury.models import ProviderAccount, ProviderTransfer
from chambre.treasury.providers import ALL
from chambre.treasury.queries import payments as queries
from chambre.treasury.services import credentials
from chambre.treasury.services.provideraccounts import (
    change_provider_account,
    open_provider_account,
    provider_of,
)
from chambre.treasury.services.providertransfers import look_for_transfers
from chambre.treasury.views.home import actor_of, readable


@require_safe
def providers(request: HttpRequest, slug: str) -> HttpResponse:
    """Through whom a structure is paid, and what they sent to its bank account."""
    book = readable(request, slug)
    rows = queries.accounts_of(book, actor_of(request))
    transfers = ProviderTransfer.objects.filter(account__book=book).select_related("account")
    context = {
        "book": book,
        "structure": book.structure,
        "accounts": [
            {
                "row": row,
                "provider": provider_of(row).label,
                "notices": request.build_absolute_uri(
                    reverse("treasury:notice", args=[row.public_id])
                ),
            }
            for row in rows
        ],
        "transfers": transfers.order_by("-day", "-id")[:50],
        "adapters": list(ALL.values()),
    }
    return render(request, "treasury/payments/providers.html", context)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str, provider: str) -> HttpResponse:
    """Let a structure be paid through a provider."""
    book = readable(request, slug)
    by = actor_of(request)
    authorize(by, "treasury.manage", book)
    adapter = ALL.get(provider)
    if adapter is None:
        raise NotFound()
    initial = {"label": _("Pay by card"), "mode": ProviderAccount.Mode.SANDBOX}
    form = ProviderForm(request.POST or None, adapter=adapter, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                open_provider_account(
                    book=book,
                    provider=provider,
                    label=form.cleaned_data["label"],
                    mode=form.cleaned_data["mode"],
                    values=form.values(),
                    by=by,
                )
            except ChambreError as error:
                show_mistakes(error, form)
            else:
                messages.success(request, _("Payers can use it now. Add the address of notices."))
                return redirect("treasury:providers", slug=slug)
    context = {
        "book": book,
        "structure": book.structure,
        "form": form,
        "adapter": adapter,
    }
    return render(request, "treasury/payments/provider.html", context, status=status)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Change an account; secrets are replaced and never shown."""
    book = readable(request, slug)
    by = actor_of(request)
    authorize(by, "treasury.manage", book)
    row = ProviderAccount.objects.filter(book=book, public_id=public_id).first()
    if row is None:
        raise NotFound()
    adapter = provider_of(row)
    kept = [name for name, value in credentials.read(row.public_id).items() if value]
    form = ProviderForm(
        request.POST or None,
        adapter=adapter,
        kept=kept,
        known=row,
        initial={"label": row.label, "active": row.active, **row.settings},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                change_provider_account(
                    account=row,
                    label=form.cleaned_data["label"],
                    values=form.values(),
                    active=form.cleaned_data["active"],
                    by=by,
                )
            except ChambreError as error:
                show_mistakes(error, form)
            else:
                messages.success(request, _("Kept."))
                return redirect("treasury:providers", slug=slug)
    context = {
        "book": book,
        "structure": book.structure,
        "form": form,
        "adapter": adapter,
        "account": row,
    }
    return render(request, "treasury/payments/provider.html", context, status=status)


@require_POST
def look_now(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """Ask the provider now what it transferred."""
    book = readable(request, slug)
    row = ProviderAccount.objects.filter(book=book, public_id=public_id).first()
    if row is None:
        raise NotFound()
    try:
        found = look_for_transfers(account=row, by=actor_of(request))
    except ChambreError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Transfers that are new or moved: %(n)d.") % {"n": len(found)})
    return redirect("treasury:providers", slug=slug)


PROVIDERS = [
    path("<slug:slug>/encaissements/", providers, name="providers"),
    path("<slug:slug>/encaissements/ajouter/<slug:provider>/", add, name="provider_add"),
    path("<slug:slug>/encaissements/<str:public_id>/", change, name="provider"),
    path("<slug:slug>/encaissements/<str:public_id>/regarder/", look_now, name="provider_look"),
]
