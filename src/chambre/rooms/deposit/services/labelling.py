"""Labels of objects, as a PDF: for a whole type, a batch, or some objects."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.addresses import is_local
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.lib.labels import Label, LabelRefusal, find_format, sheet_pdf
from chambre.rooms.deposit.models import Item, ItemType, Scheme

GONE = (Item.State.RETIRED, Item.State.LOST)


def warning_of(scheme: Scheme) -> str:
    """What somebody should know before they print codes of a scheme; empty: nothing."""
    if not is_local(scheme.base_uri):
        return ""
    words = _(
        "These codes begin with %(address)s: no phone opens them elsewhere than on this computer. For real"
        " objects make a scheme with an address of its own (--base-uri), or set CHAMBRE_ORIGINS before."
    )
    return words % {"address": scheme.base_uri}


def label_sheet(
    *,
    type_: ItemType,
    by: Actor,
    format: str = "a4-24",
    lot: str = "",
    codes: Sequence[str] = (),
    first: int = 0,
    count: int = 0,
    language: str = "",
    skip: int = 0,
    shift: tuple[int, int] = (0, 0),
) -> tuple[bytes, int]:
    """Print the labels of objects of a type, in the order in which they were put in service.

    Who prints labels can make copies of codes, so it is for those who manage the scheme.

    Args:
        type_: Of which type; out of service and lost objects are left out.
        by: Who prints.
        format: See :func:`chambre.lib.labels.find_format`.
        lot: Only this batch.
        codes: Only these objects, by their addresses.
        first: Leave so many objects out at the beginning.
        count: At most so many; zero: all.
        language: ``fr`` or ``en``; absent: the present one.
        skip: Labels of the first sheet that were used already.
        shift: How far a printer has to be corrected, right and down, in tenths of a millimetre.

    Returns:
        The PDF, and how many labels it has.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        Invalid: No such format, nothing to print, too many, or more left out than a sheet has.
    """
    authorize(by, "deposit.manage", type_.scheme)
    rows = Item.objects.filter(type=type_).exclude(state__in=GONE).order_by("pk")
    if lot:
        rows = rows.filter(lot__name=lot)
    if codes:
        rows = rows.filter(uri__in=codes)
    chosen = rows[first : first + count] if count else rows[first:]
    labels = [
        Label(uri, serial, type_.scheme.name, type_.name)
        for uri, serial in chosen.values_list("uri", "serial")
    ]
    language = language or get_language() or "fr"
    try:
        pdf = sheet_pdf(
            labels, format=find_format(format), language=language, issued=timezone.now(),
            skip=skip, shift=shift,
        )  # fmt: skip
    except LabelRefusal as refusal:
        message = refusal.message(get_language() or "fr")
        raise Invalid(message, fields={_FIELDS.get(refusal.code, "type"): [message]}) from refusal
    audit(by, "deposit.labels.printed", type_, count=len(labels), lot=lot)
    return pdf, len(labels)


_FIELDS = {"label-format": "format", "label-skip": "skip"}

__all__ = ["label_sheet"]
