"""The booking rules of a structure: which account, which VAT, which resource."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from chambre.core.errors import Invalid
from chambre.registry import api as registry
from chambre.treasury.forms.rules import RuleForm
from chambre.treasury.models import BookingRule
from chambre.treasury.queries.rules import GROUPS, rules_of
from chambre.treasury.services.booking import change_rule, rule_of
from chambre.treasury.uses import BY_NAME
from chambre.treasury.views.home import actor_of, readable


@require_safe
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Where each use of money is booked."""
    book = readable(request, slug)
    found = rules_of(book)
    context = {
        "structure": book.structure,
        "groups": [(label, found[group]) for group, label in GROUPS.items()],
    }
    return render(request, "treasury/rules/index.html", context)


@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, slug: str, use: str) -> HttpResponse:
    """One use: its account now, and what it was; changed by whoever answers for the money."""
    book = readable(request, slug)
    known = BY_NAME.get(use)
    if known is None:
        raise Http404
    by = actor_of(request)
    now = rule_of(book, use)
    resources = registry.resources_visible_to(by).order_by("name")
    initial = {
        "account": now.account,
        "vat": "" if now.vat is None else now.vat,
        "resource": resources.filter(pk=now.resource).first() if now.resource else None,
    }
    form = RuleForm(request.POST or None, initial=initial, resources=resources)
    if request.method == "POST" and (request.POST.get("default") == "1" or form.is_valid()):
        values = {} if request.POST.get("default") == "1" else form.cleaned_data
        try:
            change_rule(book=book, use=use, by=by, **values)
        except Invalid as refusal:
            for field in refusal.data.get("fields", {}):
                form.add_error(field, str(refusal.message))
        else:
            messages.success(request, _("From now on it is booked so. What is booked stays."))
            return redirect("treasury:rules", slug=slug)
    context = {
        "structure": book.structure,
        "use": known,
        "now": now,
        "form": form,
        "history": BookingRule.objects.filter(book=book, use=use).select_related("resource")[:20],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "treasury/rules/rule.html", context, status=status)


RULES = [
    path("<slug:slug>/regles/", rules, name="rules"),
    path("<slug:slug>/regles/<str:use>/", rule, name="rule"),
]
