"""The page on which somebody chooses which letters they receive: signed in, or by a letter's link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from chambre.core import choosing
from chambre.core.actors import Actor
from chambre.core.errors import Forbidden
from chambre.core.models import LetterChoice, User

ONE_CLICK = "One-Click"


class LettersForm(forms.Form):
    """One choice for each sort of letters that somebody may do without."""

    def __init__(self, paces: dict[str, str], data: Any = None) -> None:
        super().__init__(data, initial=paces)
        for name, sort in choosing.choosable().items():
            self.fields[name] = forms.ChoiceField(
                label=capfirst(sort.label), choices=LetterChoice.Pace.choices
            )

    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """What each room's choices are about, with their fields."""
        found = [
            (section.label, [self[sort.name] for sort in section.sorts if not sort.always])
            for section in choosing.sections()
        ]
        return [(label, fields) for label, fields in found if fields]


@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest) -> HttpResponse:
    """Choose one's own letters.

    Raises:
        Forbidden: Nobody is signed in, or they are but a machine.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    if by.user is None:
        raise Forbidden
    return _page(request, by.user, by, lambda: redirect("core:letters"))


@csrf_exempt  # the address itself is the secret, and mail programs have no cookie of ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letters_signed(request: HttpRequest, signed: str) -> HttpResponse:
    """Choose by the link of a letter; a mail program stops its sort with one click (RFC 8058).

    Raises:
        NotFound: The link is not good.
    """
    user, sort = choosing.read_link(signed)
    if request.POST.get("List-Unsubscribe") == ONE_CLICK:
        choosing.stop(user=user, sort=sort)
        # An answer that is no redirect: mail programs follow none (RFC 8058, section 3.1).
        return HttpResponse(_("Your choice is kept.") + "\n", content_type="text/plain")
    return _page(request, user, choosing.LINK, lambda: redirect("core:letters_signed", signed))


def _page(
    request: HttpRequest, user: User, by: Actor, again: Callable[[], HttpResponse]
) -> HttpResponse:
    """Show the choices, or keep them and show them again."""
    form = LettersForm(choosing.paces_of(user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        choosing.choose(user=user, paces=form.cleaned_data, by=by)
        messages.success(request, _("Your choice is kept."))
        return again()
    always = [
        (section.label, [sort.label for sort in section.sorts if sort.always])
        for section in choosing.sections()
    ]
    context = {
        "form": form,
        "always": [(label, sorts) for label, sorts in always if sorts],
        "address": user.email if by.user is not None else "",
    }
    return render(request, "core/letters.html", context, status=422 if form.errors else 200)
