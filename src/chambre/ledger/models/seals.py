"""Seals: what was recorded, vouched for batch by batch, each seal chained to the one before."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Seal(AppendOnlyModel):
    """A link of the chain of a chamber: one Merkle root over a batch of records of one kind.

    Each chamber has one chain; a seal covers records of one ``kind`` (journal entries, accounts,
    events…) whose ids lie between ``first`` and ``last``, and the digest of the seal before it,
    of whatever kind.
    """

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField(_("number in the chain"))
    kind = models.CharField(_("kind of records"), max_length=16, default="entry")
    first = models.BigIntegerField(_("first record"))
    last = models.BigIntegerField(_("last record"))
    count = models.PositiveIntegerField(_("records"))
    root = models.BinaryField(_("Merkle root"), max_length=32)
    previous = models.BinaryField(_("previous seal"), max_length=32)
    digest = models.BinaryField(_("digest"), max_length=32)
    sealed_at = models.DateTimeField(_("sealed"))

    class Meta:
        ordering = ["chamber", "number"]
        verbose_name = _("seal")
        constraints = [
            models.UniqueConstraint(fields=["chamber", "number"], name="seal_number"),
            models.UniqueConstraint(fields=["chamber", "kind", "last"], name="seal_range"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {bytes(self.digest).hex()[:12]}"


class SealedList(AppendOnlyModel):
    """What a seal covers, record by record: to say which one changed, and to prove one alone.

    The seal's root vouches for it. ``ids`` has 8 big-endian bytes a record, ``hashes`` the 32
    bytes of its leaf in the tree, in the same order.
    """

    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, related_name="sealed")
    ids = models.BinaryField(_("ids"))
    hashes = models.BinaryField(_("hashes of the leaves"))

    class Meta:
        ordering = ["seal"]
        verbose_name = _("list of what was sealed")

    def __str__(self) -> str:
        return str(self.seal_id)
