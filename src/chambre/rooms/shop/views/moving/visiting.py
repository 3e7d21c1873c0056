"""Moving in from a shop that still runs: its address and key, then a job with its report."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chambre.core.jobs import start_job
from chambre.core.models import Job
from chambre.rooms.shop.forms.moving import VisitForm
from chambre.rooms.shop.views.keeping.frame import actor_of, frame, shop_for


@sensitive_post_parameters("consumer_key", "consumer_secret")
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, slug: str) -> HttpResponse:
    """Say where a shop runs and give the key to read it; the rest is done in the background."""
    shop, by = shop_for(request, slug, "shop.manage"), actor_of(request)
    form, status = VisitForm(request.POST or None, shop=shop), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            title = _("%(shop)s from %(address)s") % {
                "shop": shop.name, "address": form.cleaned_data["address"],
            }  # fmt: skip
            return redirect(
                start_job(
                    "shop.visit", by, title=title, confided=form.confided(), shop=shop.slug,
                    **form.asked(),
                )
            )  # fmt: skip
    jobs = Job.objects.filter(kind="shop.visit", params__shop=shop.slug, user=by.user)
    context = frame(request, shop, form=form, visits=jobs[:10], crumb=_("A shop that still runs"))
    return render(request, "shop/moving/visit.html", context, status=status)


VISITING = [path("boutiques/<slug:slug>/importer/boutique/", visit, name="visit")]
