"""Each party's copy of a contract: PDF with the digest, the signatures and the words themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chambre.core.addresses import own_address
from chambre.lib.reciprocity.papers import PaperParty, Signed, contract_pdf
from chambre.rooms.reciprocity.queries.contracts import signing_of, version_of
from chambre.rooms.reciprocity.queries.language import read
from chambre.rooms.reciprocity.queries.people import knows_names, name_for
from chambre.rooms.reciprocity.views.contracts.frame import actor_of, contract_for, language


@require_safe
def paper(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A version as PDF, as far as it is signed; names of people for those who may know them."""
    contract = contract_for(request, slug)
    version = version_of(contract, number)
    rows = signing_of(version)
    known = knows_names(actor_of(request), contract, [row.party.agent for row in rows])
    parties = [
        PaperParty(
            name=name_for(row.party.agent, known),
            role=row.party.name if row.party.name != row.party.agent.slug else "",
            missing=row.missing,
            signed=tuple(
                Signed(
                    name_for(one.signer, known), one.capacity, str(one.get_means_display()), one.at
                )
                for one in row.signatures
            ),
        )
        for row in rows
    ]
    moments = [one.at for row in rows for one in row.signatures]
    address = own_address() + reverse("reciprocity:contract_verify")
    content = contract_pdf(
        read(version.text), version.text, parties, title=contract.name,
        subject=contract.resource.name if contract.resource else "–", number=version.number,
        issued=max(moments, default=version.at), language=language(),
        verify=_("A copy is verified at %(address)s.") % {"address": address},
    )  # fmt: skip
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{contract.slug}-{number}.pdf"'
    return response


PAPERS = [path("contrats/<slug:slug>/versions/<int:number>/pdf/", paper, name="contract_paper")]
