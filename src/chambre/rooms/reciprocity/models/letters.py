"""Letters about contracts: that one is due is written down with what happened; it is sent after."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import DueLetter, letters_to_send


class ContractLetter(DueLetter):
    """An e-mail about a contract. Its words are put together when it is sent, and are not kept.

    To ``person``, or to the ``address`` of a mediator who has no account. ``sent_at`` without an
    ``error``: it went; with one: it is not sent any more, and why.
    """

    class Kind(models.TextChoices):
        OFFERED = "offered", _("offered for signing")
        IN_FORCE = "in-force", _("in force")
        WITHDRAWN = "withdrawn", _("taken back to be changed")
        BREACH = "breach", _("breach noted")
        REMEDIED = "remedied", _("breach remedied")
        SUSPENDED = "suspended", _("suspended")
        RESUMED = "resumed", _("in force again")
        ENDED = "ended", _("ended")
        MEDIATION = "mediation", _("mediation asked for")
        PROPOSED = "proposed", _("change proposed")
        DECIDED = "decided", _("change decided")
        REVIEW = "review", _("day of review")

    contract = models.ForeignKey(
        "reciprocity.Contract", on_delete=models.PROTECT, related_name="letters"
    )
    kind = models.CharField(_("about what"), max_length=10, choices=Kind)
    person = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    address = models.CharField(_("address"), max_length=254, blank=True, default="")
    turn = models.ForeignKey(
        "reciprocity.Turn", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta(DueLetter.Meta):
        indexes = [letters_to_send("recip_letter_to_send")]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.kind}"
