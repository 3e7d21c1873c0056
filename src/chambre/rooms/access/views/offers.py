"""Putting a thing at others' disposal: rules, acceptance, withdrawal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, Forbidden, Invalid
from chambre.registry import api as registry
from chambre.rooms.access.forms import TermsForm, WithdrawForm
from chambre.rooms.access.models import Consent, Offer
from chambre.rooms.access.services import offering
from chambre.rooms.access.views.frame import actor_of, done, frame, offer_for


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Put a resource at others' disposal: its rules, which the other side then accepts."""
    resource = registry.resource(slug)
    by = actor_of(request)
    draft = Offer(
        resource=resource, chamber=resource.chamber, owner=resource.owner,
        custodian=resource.custodian,
    )  # fmt: skip
    if resource.owner_id is None or resource.custodian_id is None:
        if by.user is None:
            raise Forbidden
        return render(request, "access/new.html", {"resource": resource})
    authorize(by, "access.propose", draft)
    form = TermsForm(request.POST or None, initial=offering.DEFAULTS)
    status = _sent(
        request, form,
        lambda: offering.offer_use(resource=resource, by=by, named=_people(form), **form.rules()),
    )  # fmt: skip
    if status == 302:
        return redirect("access:terms", slug)
    return render(request, "access/new.html", {"resource": resource, "form": form}, status=status)


def _people(form: TermsForm) -> list[Any]:
    """The people whose addresses were named.

    Raises:
        Invalid: Nobody has one of them.
    """
    try:
        return [registry.person(email) for email in form.addresses()]
    except ChambreError as refusal:
        raise Invalid(refusal.message, fields={"people": [str(refusal.message)]}) from refusal


def _sent(request: HttpRequest, form: TermsForm, act: Any) -> int:
    if request.method != "POST":
        return 200
    if not form.is_valid():
        return 422
    try:
        act()
    except ChambreError as refusal:
        return form.told(refusal)
    messages.success(
        request, _("The rules are proposed. They count once both sides accepted them.")
    )
    return 302


@require_http_methods(["GET", "HEAD"])
def terms(request: HttpRequest, slug: str) -> HttpResponse:
    """The rules in force, those that are proposed, who accepted what, and what became of the offer."""
    offer = offer_for(request, slug)
    versions = list(offer.versions.prefetch_related("consents"))
    newest = versions[0]
    context = frame(request, offer, versions=versions, newest=newest)
    accepted = {row.side for row in newest.consents.all()}
    sides = [("owner", context["owns"]), ("custodian", context["keeps"])]
    context |= {
        "current": next((row for row in versions if row.number == offer.number), None),
        "accepted": accepted, "turns": offer.turns.order_by("-id"),
        "to_accept": [
            (side, Consent.Side(side).label)
            for side, may in sides
            if may and side not in accepted and offer.state != Offer.State.ENDED
        ],
        "withdraw": WithdrawForm() if context["owns"] and offer.state != Offer.State.ENDED else None,
    }  # fmt: skip
    return render(request, "access/terms.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose other rules; those in force stay until both sides accepted them."""
    offer = offer_for(request, slug, "access.propose")
    newest = offer.versions.all()[0]
    initial: dict[str, Any] = {name: getattr(newest, name) for name in offering.FIELDS}
    named = [row.person.user for row in newest.named.select_related("person__user")]
    initial["people"] = "\n".join(user.email for user in named if user is not None)
    form = TermsForm(request.POST or None, initial=initial)
    status = _sent(
        request, form,
        lambda: offering.propose_terms(
            offer=offer, by=actor_of(request), named=_people(form), **form.rules()
        ),
    )  # fmt: skip
    if status == 302:
        return redirect("access:terms", slug)
    return render(request, "access/propose.html", frame(request, offer, form=form), status=status)


@require_POST
def accept(request: HttpRequest, slug: str) -> HttpResponse:
    """Accept the rules that were shown, for one side."""
    offer = offer_for(request, slug)
    newest = offer.versions.all()[0]
    side, digest = request.POST.get("side", "")[:12], request.POST.get("digest", "")[:64]
    done(
        request,
        lambda: offering.accept(terms=newest, side=side, digest=digest, by=actor_of(request)),
        _("Accepted."),
    )  # fmt: skip
    return redirect("access:terms", slug)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a thing back, with the notice that was accepted; what will happen is shown before."""
    offer = offer_for(request, slug, "access.own")
    form = WithdrawForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                offering.announce_withdrawal(offer=offer, by=actor_of(request), **form.cleaned_data)
            except ChambreError as refusal:
                status = form.told(refusal)
            else:
                return redirect("access:terms", slug)
    days = offer.terms.withdrawal_days if offer.number else 0
    context = {
        "title": _("Take it back"), "lede": offer.resource.name, "form": form, "danger": True,
        "consequences": [
            _("The rules give %(days)d days of notice.") % {"days": days},
            _("What is booked stays, also after that day; nothing more is booked from it on."),
            _("Who keeps it and who booked it get a letter; its history stays."),
        ],
        "confirm": _("Announce it"), "back": request.path.removesuffix("reprendre/") + "regles/",
    }  # fmt: skip
    return render(request, "ui/confirm.html", context, status=status)


@require_POST
def stay(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an announced withdrawal back."""
    offer = offer_for(request, slug, "access.own")
    done(
        request,
        lambda: offering.stay(offer=offer, by=actor_of(request)),
        _("It stays at disposal."),
    )
    return redirect("access:terms", slug)


OFFERS = [
    path("mises-a-disposition/<slug:slug>/proposer/", new, name="new"),
    path("mises-a-disposition/<slug:slug>/regles/", terms, name="terms"),
    path("mises-a-disposition/<slug:slug>/regles/autres/", propose, name="propose"),
    path("mises-a-disposition/<slug:slug>/regles/accepter/", accept, name="accept"),
    path("mises-a-disposition/<slug:slug>/reprendre/", withdraw, name="withdraw"),
    path("mises-a-disposition/<slug:slug>/reprendre/annuler/", stay, name="stay"),
]
