"""Rounds: what was worked out, who said what, what was booked."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.rooms.clearing.models.obligations import Obligation


class Round(models.Model):
    """One clearing: worked out, agreed to by everybody concerned, booked in every book at once.

    ``number`` is of the computation that counts; it grows with each one that is asked for. The row is the
    lock of everything in the round.
    """

    class State(models.TextChoices):
        COMPUTING = "computing", _("being worked out")
        PROPOSED = "proposed", _("waits for answers")
        BOOKED = "booked", _("booked")
        ENDED = "ended", _("ended without booking")

    name = models.CharField(_("name"), max_length=140)
    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.COMPUTING)
    number = models.PositiveIntegerField(_("computation"), default=1)
    days = models.PositiveSmallIntegerField(_("days to answer"), default=7)
    answer_by = models.DateField(_("answer by"), null=True)
    max_ring = models.PositiveSmallIntegerField(_("members per ring, at most"), null=True)
    pot = models.BigIntegerField(_("pot, at most"), default=0)
    lender = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("who lends"),
    )  # fmt: skip
    pot_days = models.PositiveSmallIntegerField(_("days to give back"), default=30)
    even = models.BooleanField(_("spread evenly"), default=True)
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(_("by"), max_length=254)
    at = models.DateTimeField(auto_now_add=True)
    booked_on = models.DateField(_("booked on"), null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("clearing round")
        constraints = [
            models.CheckConstraint(
                condition=Q(max_ring__isnull=True) | Q(max_ring__gte=2), name="clearing_ring_of_two"
            ),
            models.CheckConstraint(
                condition=~Q(state="booked") | Q(booked_on__isnull=False),
                name="clearing_booked_day",
            ),
            models.CheckConstraint(
                condition=Q(pot=0) | Q(pot__gt=0, lender__isnull=False), name="clearing_pot_lender"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoundMember(AppendOnlyModel):
    """Somebody among whom a round is; without any, it is among everybody of the chamber."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="members")
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["round_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "agent"], name="clearing_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.agent_id}"


class Computation(AppendOnlyModel):
    """What was worked out once; sums in cents. ``bound``: more was proved impossible."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="computations")
    number = models.PositiveIntegerField(_("computation"))
    total = models.BigIntegerField(_("owed in all"))
    cleared = models.BigIntegerField(_("set off"))
    bound = models.BigIntegerField(_("at most"))
    obligations = models.PositiveIntegerField(_("obligations"))
    concerned = models.PositiveIntegerField(_("concerned"))
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["round_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="clearing_computed_once"),
            models.CheckConstraint(
                condition=Q(cleared__gte=0) & Q(cleared__lte=F("total")), name="clearing_within"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}/{self.number}"


class Part(AppendOnlyModel):
    """How much of an obligation a computation sets off, and what was open of it then."""

    computation = models.ForeignKey(Computation, on_delete=models.PROTECT, related_name="parts")
    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, related_name="parts")
    owed = models.BigIntegerField(_("open before"))
    amount = models.BigIntegerField(_("set off"))

    class Meta:
        ordering = ["computation_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["computation", "obligation"], name="clearing_part_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(amount__lte=F("owed")), name="clearing_part_within"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.obligation_id}: {self.amount}"


class Ring(AppendOnlyModel):
    """A ring of a computation: each place owes the next one, the last one the first."""

    computation = models.ForeignKey(Computation, on_delete=models.PROTECT, related_name="rings")
    number = models.PositiveIntegerField(_("number"))
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        ordering = ["computation_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["computation", "number"], name="clearing_ring_number")
        ]

    def __str__(self) -> str:
        return f"{self.computation_id}/{self.number}"


class RingPlace(AppendOnlyModel):
    """Who stands where in a ring."""

    ring = models.ForeignKey(Ring, on_delete=models.PROTECT, related_name="places")
    position = models.PositiveIntegerField(_("position"))
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["ring_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["ring", "position"], name="clearing_place_once"),
            models.UniqueConstraint(fields=["ring", "agent"], name="clearing_place_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.ring_id}: {self.position}"


class Answer(AppendOnlyModel):
    """What somebody said to their own effect of a computation, once.

    ``kept``: it was said to the same effect before.
    """

    computation = models.ForeignKey(Computation, on_delete=models.PROTECT, related_name="answers")
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    agrees = models.BooleanField(_("agrees"))
    effect = models.CharField(_("digest of the effect"), max_length=64)
    kept = models.BooleanField(_("from the computation before"), default=False)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["computation_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["computation", "agent"], name="clearing_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.agrees}"


class Booking(AppendOnlyModel):
    """The set-off entry of a round in one structure's book."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="bookings")
    agent = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField("ledger.JournalEntry", on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("set off on each side"))

    class Meta:
        ordering = ["round_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "agent"], name="clearing_booked_once")
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.agent_id}"
