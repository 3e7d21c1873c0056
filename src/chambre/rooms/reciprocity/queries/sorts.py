"""The sorts of letters about contracts, among which people choose."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.choosing import Sort
from chambre.rooms.reciprocity.models import ContractLetter

Kind = ContractLetter.Kind
SORTS = (
    Sort("reciprocity.signature", _("contracts to sign, or taken back to be changed")),
    Sort("reciprocity.changes", _("changes that are proposed, days of review")),
    Sort(
        "reciprocity.standing",
        _("in force, suspended or ended; breaches, mediation, changes that were decided"),
        always=True,
    ),
)
SORT_OF: dict[str, str] = {
    Kind.OFFERED: "reciprocity.signature",
    Kind.WITHDRAWN: "reciprocity.signature",
    Kind.PROPOSED: "reciprocity.changes",
    Kind.REVIEW: "reciprocity.changes",
    Kind.IN_FORCE: "reciprocity.standing",
    Kind.BREACH: "reciprocity.standing",
    Kind.REMEDIED: "reciprocity.standing",
    Kind.SUSPENDED: "reciprocity.standing",
    Kind.RESUMED: "reciprocity.standing",
    Kind.ENDED: "reciprocity.standing",
    Kind.MEDIATION: "reciprocity.standing",
    Kind.DECIDED: "reciprocity.standing",
}
"""Of which sort the letters of each kind are."""
