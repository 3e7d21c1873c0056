"""Resources: what is shared and lasts, in the twelve blocks of its record."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chambre.registry.models import fields
from chambre.registry.models.agents import Agent


class Resource(models.Model):
    """What is shared and lasts: a machine's plans, an orchard, a training course, a scheme.

    The record is the union of the templates by which people describe commons (its blocks and
    their order are in :mod:`chambre.registry.record`). **Owner and custodian are two answers.**
    Columns hold what is said once; what repeats is in the tables of
    :mod:`chambre.registry.models.details`. Nothing here is written but by the services, each with
    a revision.
    """

    class Standing(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")
        COMMONS = "commons", _("commons")
        ORDINARY = "ordinary", _("ordinary")

    class Kind(models.TextChoices):
        LAND = "land", _("land or water")
        LIVING = "living", _("living things and seeds")
        BUILDING = "building", _("building")
        PLACE = "place", _("shared place")
        TOOL = "tool", _("tool or machine")
        PLAN = "plan", _("plans and designs")
        SOFTWARE = "software", _("software")
        DATA = "data", _("data")
        KNOWLEDGE = "knowledge", _("knowledge")
        TRAINING = "training", _("training")
        CARE = "care", _("care and attention")
        SCHEME = "scheme", _("scheme or service")
        MONEY = "money", _("money or credit")
        OTHER = "other", _("something else")

    class Type(models.TextChoices):
        INFRASTRUCTURE = "infrastructure", _("infrastructure: many activities stand on it")
        SECTOR = "sector", _("sector: shared by those of one trade")
        LOCAL = "local", _("local: shared by those of one place")

    class Answer(models.TextChoices):
        YES = "yes", _("yes")
        PARTLY = "partly", _("partly")
        NO = "no", _("no")

    class Stage(models.TextChoices):
        WISH = "wish", _("wish")
        EMERGING = "emerging", _("emerging")
        OPERATING = "operating", _("operating")
        MATURE = "mature", _("mature")
        DORMANT = "dormant", _("dormant")
        CLOSED = "closed", pgettext_lazy("stage of a commons", "closed")
        ENCLOSED = "enclosed", _("enclosed")

    class Scope(models.TextChoices):
        NEIGHBOURHOOD = "neighbourhood", _("neighbourhood")
        COMMUNE = "commune", _("commune")
        INTERCOMMUNAL = "intercommunal", _("several communes")
        DEPARTMENT = "department", _("department")
        REGION = "region", _("region")
        COUNTRY = "country", _("country")
        WORLD = "world", _("several countries, or the world")

    # The record itself
    uid = models.UUIDField(_("permanent number"), default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    chamber = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="resources", verbose_name=_("chamber")
    )
    uri = models.URLField(
        _("address of the original record"),
        max_length=500,
        null=True,
        blank=True,
        unique=True,
        help_text=_("Only when the record was first written elsewhere."),
    )
    standing = models.CharField(
        _("standing"), max_length=12, choices=Standing, default=Standing.CANDIDATE, db_index=True
    )

    # 1 identity
    name = models.CharField(_("name"), max_length=200)
    nickname = fields.line(_("other name"), 120)
    summary = fields.line(_("in one line"), 240)
    description = fields.text(_("description"))
    genesis = fields.text(_("how it began"))
    image = models.ForeignKey(
        "core.StoredFile",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("image"),
    )
    image_alt = fields.line(
        _("what the image shows"), help_text=_("Read out to people who do not see it.")
    )
    scope = fields.choice(_("how far it reaches"), Scope)
    since = fields.partial_date(_("since"))
    until = fields.partial_date(_("until"))

    # 2 the resource
    kind = models.CharField(
        _("kind"), max_length=12, choices=Kind, default=Kind.OTHER, db_index=True
    )
    commons_type = fields.choice(_("type of commons"), Type)
    what = fields.text(_("what exactly is shared"))
    tangible = fields.choice(_("can it be touched?"), Answer)
    rival = fields.choice(
        _("does one person's use leave less for others?"), Answer, _("Economists say: rival.")
    )
    excludable = fields.choice(
        _("can people be kept from using it?"), Answer, _("Economists say: excludable.")
    )
    condition = fields.text(_("state it is in"))
    capacity = fields.text(_("how much there is, how many it can serve"))
    obtain = fields.text(_("where and how it can be had"))
    edition = fields.line(_("current version"), 60)
    part_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
        verbose_name=_("part of"),
    )

    # 3 why a commons
    why = fields.text(_("in what sense it is a commons"))
    has_resource = fields.choice(_("is there a resource that can be named?"), Answer)
    has_community = fields.choice(_("is there a community that cares for it?"), Answer)
    has_rules = fields.choice(_("are there rules that this community made?"), Answer)
    stage = fields.choice(_("how far it is"), Stage)

    # 4 community
    community = fields.text(_("who the community is"))
    may_join = fields.text(_("who may join, and how"))
    excluded = fields.text(_("who is left out, and why"))
    members_count = models.PositiveIntegerField(_("number of members"), null=True, blank=True)
    contributors_count = models.PositiveIntegerField(
        _("number of contributors"), null=True, blank=True
    )
    users_count = models.PositiveIntegerField(_("number of users"), null=True, blank=True)
    larger_community = fields.text(_("larger community that it belongs to"))

    # 5 needs met, benefits
    needs_met = fields.text(_("needs that it meets"))
    services = fields.text(_("services that it renders"))
    beneficiaries = fields.text(_("who benefits"))

    # 6 governance
    decision_written = fields.text(_("how decisions are made, as written"))
    decision_practice = fields.text(_("how decisions are made in fact"))
    conflict = fields.text(_("how conflicts are settled"))
    monitoring = fields.text(_("how the use of the resource is watched"))
    sanctions = fields.text(_("what happens when rules are broken"))
    rule_change = fields.text(_("how rules are changed"))
    contribute = fields.text(_("how anybody can contribute"))

    # 7 rights and law
    owner = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned",
        verbose_name=_("owner"),
        help_text=_("Who holds the title."),
    )
    owner_note = fields.text(_("about the title and its holders"))
    custodian = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="kept",
        verbose_name=_("custodian"),
        help_text=_("Who has it in their care today."),
    )
    legal_form = fields.line(_("legal form"))
    contracts = fields.text(_("contracts that bind it"))

    # 8 protection
    risks = fields.text(_("risks of capture"))

    # 9 means
    means_people = fields.text(_("people"))
    means_money = fields.text(_("money"))
    means_kind = fields.text(_("in kind"))
    earners = fields.text(_("who earns something from it"))
    redistribution = fields.text(_("how what it brings in is shared"))
    reciprocity = fields.text(_("what is asked in return (reciprocity)"))

    # 12 about the record
    provenance = fields.text(_("where the record comes from"))
    record_licence = models.CharField(
        _("licence of the record"), max_length=60, default="CC-BY-SA-4.0", blank=True
    )
    version = models.PositiveIntegerField(_("version"), default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(_("last changed"), auto_now=True)

    # Written by services for searching: folded text, see chambre.registry.folding
    sort_name = models.CharField(max_length=260, editable=False, default="", db_index=True)
    search_name = models.TextField(editable=False, default="")
    search_terms = models.TextField(editable=False, default="")
    search_text = models.TextField(editable=False, default="")

    class Meta:
        ordering = ["name"]
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        constraints = [
            models.UniqueConstraint(Lower("slug"), name="resource_slug_any_case"),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True) | ~Q(part_of=models.F("id")),
                name="resource_not_part_of_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name
