"""Labels to print: which objects, on which sheet, and the PDF."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from chambre.core.actors import Actor
from chambre.core.errors import Forbidden, Invalid
from chambre.lib.labels import A4, ROLLS
from chambre.rooms.deposit.models import ItemType, Lot
from chambre.rooms.deposit.services.labelling import label_sheet, warning_of

ON_PAGE = 1_000
"""Labels of one PDF from this page, set in some three seconds; the command line has no such bound."""


class LabelForm(forms.Form):
    """Which labels, and how they are printed."""

    type = forms.ModelChoiceField(
        label=lazy("Type of object"), queryset=ItemType.objects.none(), to_field_name="slug"
    )
    lot = forms.CharField(
        label=lazy("Only this batch"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "lots"}),
    )
    format = forms.CharField(
        label=lazy("Sheet or roll"),
        initial="a4-24",
        max_length=20,
        widget=forms.TextInput(attrs={"list": "formats"}),
        help_text=lazy("A sheet of A4, or the size of a label of a roll in millimetres: 50x30."),
    )
    first = forms.IntegerField(label=lazy("Leave out so many objects"), min_value=0, initial=0)
    count = forms.IntegerField(
        label=lazy("At most so many labels"), min_value=1, max_value=ON_PAGE, initial=ON_PAGE
    )
    skip = forms.IntegerField(
        label=lazy("Labels already used on the first sheet"), min_value=0, initial=0
    )
    right = forms.DecimalField(
        label=lazy("Printer off, millimetres to the right"), initial=0, decimal_places=1,
        min_value=-20, max_value=20,
    )  # fmt: skip
    down = forms.DecimalField(
        label=lazy("Printer off, millimetres down"), initial=0, decimal_places=1,
        min_value=-20, max_value=20,
    )  # fmt: skip


def _form(by: Actor, data: Any, initial: dict[str, Any]) -> LabelForm:
    """The form with the types of schemes that somebody manages.

    Raises:
        Forbidden: They manage none.
    """
    rows = ItemType.objects.filter(counting=ItemType.Counting.SERIAL).select_related(
        "scheme__book__structure", "scheme__resource"
    )
    manages: dict[int, bool] = {}
    for row in rows:
        if row.scheme_id not in manages:
            manages[row.scheme_id] = by.may("deposit.manage", row.scheme)
    own = [pk for pk, may in manages.items() if may]
    if not own and not by.may("deposit.manage"):
        raise Forbidden(permission="deposit.manage")
    form = LabelForm(data, initial=initial)
    types = rows.filter(scheme__in=own)
    form.fields["type"].queryset = types  # type: ignore[attr-defined]
    if len(types) == 1:
        form.initial["type"] = form.initial.get("type") or types[0].slug
    return form


@require_safe
def labels(request: HttpRequest) -> HttpResponse:
    """Choose the labels; with the form filled in, the PDF itself."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    asked = "format" in request.GET
    form = _form(by, request.GET if asked else None, {"type": request.GET.get("type", "")})
    if asked and form.is_valid():
        chosen = form.cleaned_data
        try:
            pdf, count = label_sheet(
                type_=chosen["type"], by=by, format=chosen["format"], lot=chosen["lot"],
                first=chosen["first"], count=chosen["count"], skip=chosen["skip"],
                shift=(int(chosen["right"] * 10), int(chosen["down"] * 10)),
            )  # fmt: skip
        except Invalid as error:
            for field, messages in error.data["fields"].items():
                form.add_error(field, messages)
        else:
            name = f"{chosen['type'].slug}-{chosen['format'].lower().replace(' ', '')}-{count}.pdf"
            response = HttpResponse(pdf, content_type="application/pdf")
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
    schemes = {each.scheme_id: each.scheme for each in form.fields["type"].queryset}  # type: ignore[attr-defined]
    context = {
        "form": form,
        "warnings": {words for each in schemes.values() if (words := warning_of(each))},
        "formats": [*A4, *ROLLS],
        "lots": Lot.objects.filter(type__in=form.fields["type"].queryset)[:50],  # type: ignore[attr-defined]
    }
    return render(request, "deposit/labels.html", context, status=422 if asked else 200)
