"""Cases: what no rule decides, with its evidence, decided by people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Case(AppendOnlyModel):
    """Something that does not fit, with what was seen. It is open until it has a decision."""

    class Kind(models.TextChoices):
        UNKNOWN = "unknown", _("unknown code")
        FOREIGN = "foreign", _("object of another scheme")
        ALREADY = "already", _("already brought back")
        NEVER_ISSUED = "never-issued", _("never issued")
        WITHDRAWN = "withdrawn", _("out of service, lost or recalled")
        DAMAGED = "damaged", _("damaged")
        ELSEWHERE = "elsewhere", _("brought back to another place than its own")
        DISTANCE = "distance", _("more than a code alone may pay at a distance")
        TRAVEL = "travel", _("two places too quickly")
        BURST = "burst", _("too many in a short time")
        CLONED = "cloned", _("a tag that was copied")
        COUNT = "count", _("more came back than went out")
        RECOUNT = "recount", _("counted again, and not as many")
        BOOKS = "books", _("books and contracts differ")
        OUTSIDE = "outside", _("an event from outside that does not fit")
        UNREADABLE = "unreadable", _("a code that cannot be read")

    scheme = models.ForeignKey("deposit.Scheme", on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    subject = models.CharField(
        _("what it is about, once"),
        max_length=200,
        unique=True,
        help_text=_("The same is one case."),
    )
    item = models.ForeignKey(
        "deposit.Item", null=True, on_delete=models.PROTECT, related_name="cases"
    )
    contract = models.ForeignKey(
        "deposit.Contract", null=True, on_delete=models.PROTECT, related_name="cases"
    )
    act_key = models.CharField(_("key of the act that opened it"), max_length=200, blank=True)
    place = models.ForeignKey(
        "deposit.Place", null=True, on_delete=models.PROTECT, related_name="cases"
    )
    code = models.CharField(_("code as it was read"), max_length=200, blank=True)
    evidence = models.JSONField(_("what was seen"), default=dict)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["-id"]
        verbose_name = _("case")
        indexes = [models.Index(fields=["scheme", "kind", "at"], name="case_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class CaseVoice(AppendOnlyModel):
    """What somebody said of the deposit of a case: nobody decides alone what becomes of it.

    One person proposes how much of it is paid back; another one confirms exactly that. The newest
    proposal is the one that stands, unless it was withdrawn; what was said before stays readable.
    """

    class Kind(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        CONFIRMED = "confirmed", _("confirmed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="voices")
    kind = models.CharField(_("what was said"), max_length=9, choices=Kind, default=Kind.PROPOSED)
    about = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="answers",
        verbose_name=_("the proposal that it confirms or withdraws"),
    )
    contract = models.ForeignKey(
        "deposit.Contract",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("the deposit that it is about"),
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    amount = models.PositiveBigIntegerField(_("cents to pay"))
    channel = models.CharField(_("how"), max_length=10, blank=True)
    words = models.CharField(_("why"), max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["about"], name="casevoice_answered_once"),
            models.CheckConstraint(
                condition=Q(kind="proposed", about__isnull=True)
                | Q(~Q(kind="proposed"), about__isnull=False),
                name="casevoice_answers_a_proposal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind} {self.amount}"


class CaseDecision(AppendOnlyModel):
    """How a case ended; once."""

    class Outcome(models.TextChoices):
        PAID = "paid", _("paid")
        KEPT = "kept", _("the deposit is kept")
        REFUSED = "refused", _("nothing is paid")
        CLOSED = "closed", _("nothing to do")

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(_("decision"), max_length=8, choices=Outcome)
    amount = models.PositiveBigIntegerField(_("cents"), default=0)
    words = models.CharField(_("why"), max_length=500)
    act = models.ForeignKey("deposit.Act", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("decision of a case")

    def __str__(self) -> str:
        return f"{self.case_id}: {self.outcome}"
