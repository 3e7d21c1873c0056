"""Agents (people, structures, chambers, public bodies) and the roles that people hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from chambre.registry.models import fields

if TYPE_CHECKING:
    from chambre.registry.models.resources import Resource


class Agent(models.Model):
    """Somebody or something that can own, hold, give and receive (vf:Agent).

    Structures, chambers and public bodies are public; people are not.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        STRUCTURE = "structure", _("structure")
        CHAMBER = "chamber", _("chamber")
        PUBLIC = "public", _("public body")

    class LegalForm(models.TextChoices):
        ASSOCIATION = "association", _("association (1901 Act)")
        ASSOCIATION_LOCAL = "association-local", _("association (Alsace-Moselle law)")
        COLLECTIVE = "collective", _("collective without legal personality")
        SCIC = "scic", _("cooperative of collective interest (SCIC)")
        SCOP = "scop", _("workers' cooperative (SCOP)")
        CAE = "cae", _("cooperative of activities and employment (CAE)")
        COOPERATIVE = "cooperative", _("other cooperative")
        SAS = "sas", _("simplified company (SAS, SASU)")
        SARL = "sarl", _("limited company (SARL, EURL)")
        SA = "sa", _("public limited company (SA)")
        CIVIL = "civil", _("civil company (SCI, SCEA…)")
        FARM = "farm", _("farm (EARL, GAEC)")
        SOLE = "sole", _("sole trader")
        CIGALE = "cigale", _("investors' club (Cigales)")
        FOUNDATION = "foundation", _("foundation or endowment fund")
        MUTUAL = "mutual", _("mutual society")
        COMMUNE = "commune", _("commune")
        INTERCOMMUNAL = "intercommunal", _("grouping of communes")
        DEPARTMENT = "department", _("department or region")
        STATE = "state", _("State service or public establishment")
        OTHER = "other", _("other")

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, db_index=True)
    name = models.CharField(_("name"), max_length=200)
    siren = models.CharField(_("SIREN"), max_length=9, blank=True, default="")
    siret = models.CharField(_("SIRET"), max_length=14, blank=True, default="")
    rna = models.CharField(
        _("RNA number"),
        max_length=10,
        blank=True,
        default="",
        help_text=_("Number of an association in the national register: W and nine characters."),
    )
    legal_form = fields.choice(_("legal form"), LegalForm, length=20)
    description = fields.text(_("description"))
    website = fields.web_address(_("website"))
    contact = fields.line(
        _("public contact"), help_text=_("An address that everybody may see; none for people.")
    )
    place = fields.line(_("place"), 120)
    commune_code = fields.commune_code(_("INSEE code of the commune"))
    since = fields.partial_date(_("since"))
    until = fields.partial_date(_("until"))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agent",
        verbose_name=_("account"),
    )
    chamber = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agents",
        verbose_name=_("chamber"),
    )
    is_home = models.BooleanField(_("chamber of this installation"), default=False)
    version = models.PositiveIntegerField(_("version"), default=0)
    sort_name = models.CharField(max_length=260, editable=False, default="", db_index=True)
    search = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("agent")
        verbose_name_plural = _("agents")
        constraints = [
            models.UniqueConstraint(Lower("slug"), name="agent_slug_any_case"),
            models.UniqueConstraint(
                fields=["is_home"], condition=Q(is_home=True), name="agent_one_home_chamber"
            ),
            # The same legal person twice only as two establishments.
            models.UniqueConstraint(
                fields=["siren", "siret"], condition=~Q(siren=""), name="agent_siren_and_siret"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(kind="person"), name="agent_only_people_sign_in"
            ),
            models.CheckConstraint(
                condition=Q(is_home=False) | Q(kind="chamber"), name="agent_home_is_a_chamber"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_public(self) -> bool:
        """Whether everybody may know of it: all but people."""
        return self.kind != self.Kind.PERSON


class Role(models.Model):
    """What a person is somewhere: in a chamber, in a structure, or for a resource.

    Held on day D when ``since <= D`` and (``until`` is empty or ``D < until``): ``until`` is the
    first day on which it is no longer held. Never deleted.
    """

    class Kind(models.TextChoices):
        MEMBER = "member", _("member")
        STEWARD = "steward", _("steward")
        TREASURER = "treasurer", _("treasurer")
        FACILITATOR = "facilitator", _("facilitator")
        ADMINISTRATOR = "administrator", _("administrator")

    agent = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="roles", verbose_name=_("person")
    )
    kind = models.CharField(_("role"), max_length=16, choices=Kind)
    in_agent = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="roles_in",
        verbose_name=_("held in"),
    )
    resource = models.ForeignKey(
        "registry.Resource",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="roles",
        verbose_name=_("resource"),
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until (that day not included)"), null=True, blank=True)
    reason = fields.line(_("why"), 300)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    granted_label = models.CharField(_("granted by"), max_length=254)
    granted_at = models.DateTimeField(_("granted"), auto_now_add=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_label = models.CharField(_("ended by"), max_length=254, blank=True, default="")
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    end_reason = fields.line(_("why it ended"), 300)

    class Meta:
        ordering = ["-since", "-id"]
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.CheckConstraint(
                condition=Q(in_agent__isnull=False, resource__isnull=True)
                | Q(in_agent__isnull=True, resource__isnull=False),
                name="role_in_one_place",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="role_order"
            ),
            # Services refuse overlaps; this holds even if two of them met.
            models.UniqueConstraint(
                fields=["agent", "kind", "in_agent"],
                condition=Q(until__isnull=True, in_agent__isnull=False),
                name="role_once_in_agent",
            ),
            models.UniqueConstraint(
                fields=["agent", "kind", "resource"],
                condition=Q(until__isnull=True, resource__isnull=False),
                name="role_once_for_resource",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent}: {self.get_kind_display()}, {self.in_agent or self.resource}"

    @property
    def scope(self) -> Agent | Resource:
        """Where it is held: an :class:`Agent` or a :class:`Resource`."""
        place = self.in_agent or self.resource
        if place is None:
            raise ValueError("a role without a place")
        return place
