"""Offers of use: who puts what at others' disposal, under which rules, accepted by whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel
from chambre.lib.booking import read_opening, write_opening
from chambre.registry.models import Role


class Offer(models.Model):
    """A resource at others' disposal. Its rules are in its versions of terms.

    ``number`` is of the terms in force, 0 while none are. ``owner`` and ``custodian`` are those of the
    offer: they stay who they were when the register changes. The row is what everything about the thing is
    locked by. ``ends_on`` is the first day on which it is no longer at disposal.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits to be accepted")
        OPEN = "open", _("at disposal")
        LEAVING = "leaving", _("will be withdrawn")
        ENDED = "ended", pgettext_lazy("offer of use", "withdrawn")

    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(
        "registry.Resource", on_delete=models.PROTECT, related_name="+",
        verbose_name=_("resource"),
    )  # fmt: skip
    owner = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    custodian = models.ForeignKey(
        "registry.Agent", on_delete=models.PROTECT, related_name="+", verbose_name=_("custodian")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PROPOSED)
    number = models.PositiveIntegerField(_("number of the version"), default=0)
    ends_on = models.DateField(_("withdrawn from"), null=True, blank=True)
    item = models.ForeignKey(
        "ledger.StockItem", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_by = models.CharField(max_length=254)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("offer of use")
        constraints = [
            # Two offers of one thing would each keep their own calendar.
            models.UniqueConstraint(
                fields=["resource"], condition=~Q(state="ended"), name="access_one_offer"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(number__gte=1) | Q(state="ended"),
                name="access_open_has_terms",
            ),
        ]

    def __str__(self) -> str:
        return str(self.resource)

    @property
    def terms(self) -> Terms:
        """The terms in force."""
        return self.versions.get(number=self.number)


class Terms(AppendOnlyModel):
    """The rules of an offer as they were written once; both sides accept the digest."""

    class Audience(models.TextChoices):
        ANYBODY = "anybody", _("anybody who is signed in")
        MEMBERS = "members", _("members of the Chamber")
        CIRCLE = "circle", _("those who hold a role for the resource")
        NAMED = "named", _("people who are named")

    class Return(models.TextChoices):
        NOTHING = "nothing", _("nothing")
        UPKEEP = "upkeep", _("upkeep: leave it as it was found, or better")
        HOURS = "hours", _("hours of work")
        DEPOSIT = "deposit", _("a deposit, given back")
        SHARE = "share", _("a share of what it brings in, by a contract")

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    audience = models.CharField(_("for whom"), max_length=8, choices=Audience)
    purpose = models.CharField(_("for what"), max_length=500, blank=True, default="")
    hours = models.TextField(_("opening hours"), blank=True, default="")
    capacity = models.PositiveIntegerField(_("places at the same time"), default=1)
    shortest = models.PositiveIntegerField(_("shortest booking, in minutes"), default=0)
    longest = models.PositiveIntegerField(_("longest booking, in minutes"), default=0)
    notice = models.PositiveIntegerField(_("booked so many minutes before"), default=0)
    ahead_days = models.PositiveIntegerField(_("booked at most so many days ahead"), default=0)
    buffer = models.PositiveIntegerField(_("minutes kept free after each booking"), default=0)
    through = models.BooleanField(_("may be kept over closed hours"), default=False)
    week_count = models.PositiveIntegerField(_("bookings a week and person"), null=True, blank=True)
    week_minutes = models.PositiveIntegerField(
        _("minutes a week and person"), null=True, blank=True
    )
    month_count = models.PositiveIntegerField(
        _("bookings a month and person"), null=True, blank=True
    )
    month_minutes = models.PositiveIntegerField(
        _("minutes a month and person"), null=True, blank=True
    )
    approval = models.BooleanField(_("each booking is approved"), default=False)
    training = models.CharField(_("training needed"), max_length=140, blank=True, default="")
    priority = models.CharField(
        _("who goes first on the waiting list"), max_length=200, blank=True, default="",
        help_text=_("Roles in their order, separated by commas; then everybody else."),
    )  # fmt: skip
    gives = models.CharField(_("what they give back"), max_length=8, choices=Return)
    gives_amount = models.BigIntegerField(_("how much, in cents or minutes"), default=0)
    gives_text = models.CharField(_("in words"), max_length=300, blank=True, default="")
    contract = models.CharField(
        _("contract that shares what it brings in"), max_length=60, blank=True, default=""
    )
    cancel_minutes = models.PositiveIntegerField(_("cancelled so many minutes before"), default=0)
    withdrawal_days = models.PositiveIntegerField(_("days of notice of the owner"), default=30)
    place = models.CharField(_("where it is"), max_length=200, blank=True, default="")
    counter = models.CharField(_("counter that is read"), max_length=20, blank=True, default="")
    digest = models.CharField(_("digest"), max_length=64)
    note = models.CharField(_("what changed"), max_length=500, blank=True, default="")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["offer_id", "-number"]
        verbose_name = _("rules of use")
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="access_terms_number"),
            models.CheckConstraint(
                condition=Q(capacity__gte=1) & Q(capacity__lte=1000), name="access_capacity"
            ),
            models.CheckConstraint(condition=Q(gives_amount__gte=0), name="access_gives_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}/{self.number}"

    @property
    def hours_in_words(self) -> str:
        """The opening hours in the reader's language, a line each; empty: always."""
        french = (get_language() or "fr").startswith("fr")
        return write_opening(read_opening(self.hours), "fr" if french else "en")

    @property
    def first_in_words(self) -> str:
        """Who goes first on the waiting list, in the reader's language."""
        names = [name.strip() for name in self.priority.split(",") if name.strip()]
        return ", ".join(str(Role.Kind(name).label) for name in names)


class Named(AppendOnlyModel):
    """Somebody whom terms name."""

    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="named")
    person = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["terms_id", "id"]
        verbose_name = _("person who is named")
        constraints = [
            models.UniqueConstraint(fields=["terms", "person"], name="access_named_once")
        ]

    def __str__(self) -> str:
        return f"{self.terms_id}: {self.person_id}"


class Consent(AppendOnlyModel):
    """One side accepts terms: their digest, by whom, when."""

    class Side(models.TextChoices):
        OWNER = "owner", _("owner")
        CUSTODIAN = "custodian", _("custodian")

    terms = models.ForeignKey(Terms, on_delete=models.PROTECT, related_name="consents")
    side = models.CharField(_("side"), max_length=9, choices=Side)
    digest = models.CharField(_("digest"), max_length=64)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["terms_id", "id"]
        verbose_name = _("acceptance of rules")
        constraints = [
            models.UniqueConstraint(fields=["terms", "side"], name="access_consent_once")
        ]

    def __str__(self) -> str:
        return f"{self.terms_id} {self.side}"


class OfferTurn(AppendOnlyModel):
    """What became of an offer, in order."""

    class Kind(models.TextChoices):
        PROPOSED = "proposed", _("rules proposed")
        IN_FORCE = "in-force", _("rules in force")
        LEAVING = "leaving", _("withdrawal announced")
        ENDED = "ended", pgettext_lazy("offer of use", "withdrawn")
        BROKEN = "broken", _("out of use")
        MENDED = "mended", _("back in use")

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="turns")
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    terms = models.ForeignKey(Terms, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("why"), max_length=500, blank=True, default="")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["offer_id", "id"]
        verbose_name = _("turn of an offer")

    def __str__(self) -> str:
        return f"{self.offer_id} {self.kind}"


class Attestation(models.Model):
    """Somebody attests that a person was trained; it holds from a day on until it is ended."""

    person = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="attestations")
    training = models.CharField(_("training"), max_length=140)
    evidence = models.CharField(_("what shows it"), max_length=300, blank=True, default="")
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["offer_id", "id"]
        verbose_name = _("attestation of training")
        indexes = [models.Index(fields=["offer", "person"], name="access_trained")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.training}"
