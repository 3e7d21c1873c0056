"""What the pages of contracts share: who asks, which contract, the words of it, acts that may be refused."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from chambre.core.actors import authorize
from chambre.core.errors import ChambreError, Forbidden
from chambre.core.ui import figures
from chambre.lib.reciprocity import model
from chambre.rooms.reciprocity.models import Contract
from chambre.rooms.reciprocity.queries.contracts import contract_named
from chambre.rooms.reciprocity.queries.language import read
from chambre.rooms.reciprocity.views.frame import actor_of, key_of, language, page_of

__all__ = [
    "actor_of", "asked", "contract_for", "done", "frame", "in_words", "key_of", "language",
    "page_of", "posted", "said_by",
]  # fmt: skip


def contract_for(
    request: HttpRequest, slug: str, permission: str = "reciprocity.read_contract"
) -> Contract:
    """A contract for somebody who may do something with it.

    Raises:
        NoContract: There is none, or they may not read it.
        Forbidden: Not for this person.
    """
    contract = contract_named(slug, actor_of(request))
    authorize(actor_of(request), permission, contract)
    return contract


def said_by(contract: Contract, text: str | None = None) -> model.Contract:
    """What a contract says: its own words, or others."""
    return read(contract.current.text if text is None else text)


def in_words(value: Decimal) -> str:
    """A number as people read it, without zeros at its end."""
    text = f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    text = text.replace("-", figures.MINUS)
    return text.replace(".", ",") if language() == "fr" else text


def asked(request: HttpRequest, name: str, longest: int = 80) -> str:
    """A word of the address, cut and clean."""
    return request.GET.get(name, "")[:longest].replace("\0", "").strip()


def posted(request: HttpRequest, name: str, longest: int = 80) -> str:
    """A word that was sent, cut and clean."""
    return request.POST.get(name, "")[:longest].replace("\0", "").strip()


def done(request: HttpRequest, act: Callable[[], Any], success: str = "") -> bool:
    """Do what a button asks; what was refused is said at the top of the next page."""
    try:
        act()
    except Forbidden:
        raise
    except ChambreError as refusal:
        lines = [each for texts in refusal.data.get("fields", {}).values() for each in texts]
        messages.error(request, " ".join(lines) or str(refusal.message))
        return False
    if success:
        messages.success(request, success)
    return True


def frame(request: HttpRequest, contract: Contract, here: str = "", **more: Any) -> dict[str, Any]:
    """What every page of a contract shows: its tabs, and whether this person works on it."""
    works = actor_of(request).may("reciprocity.change_contract", contract)
    names = [(_("The contract"), "contract"), (_("May I use it?"), "contract_ask")]
    if contract.state != Contract.State.DRAFT:
        names.append((_("Uses"), "contract_uses"))
        if actor_of(request).may("reciprocity.read_distributions", contract):
            names.append((_("Distributions of income"), "distributions"))
    if works and contract.state == Contract.State.DRAFT:
        names += [(_("Write"), "contract_write"), (_("Settings"), "contract_settle")]
    elif works:
        names.append((_("Settings"), "contract_settle"))
    links = [(label, reverse(f"reciprocity:{name}", args=[contract.slug])) for label, name in names]
    return {
        "contract": contract, "links": links, "works": works, "crumb": here, "key": key_of(request),
        "here": max(
            (url for _label, url in links if request.path.startswith(url)), key=len, default=""
        ),
        **more,
    }  # fmt: skip
