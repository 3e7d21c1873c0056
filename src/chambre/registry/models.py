"""Tables of the registry: agents, roles, resources."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Agent(models.Model):
    """Somebody or something that can own, hold, give and receive (vf:Agent)."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        STRUCTURE = "structure", _("structure")
        CHAMBER = "chamber", _("chamber")
        PUBLIC = "public", _("public body")

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, db_index=True)
    name = models.CharField(_("name"), max_length=200)
    siren = models.CharField(_("SIREN"), max_length=9, blank=True)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
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
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("agent")
        verbose_name_plural = _("agents")

    def __str__(self) -> str:
        return self.name


class Resource(models.Model):
    """What is shared and lasts: a machine's plans, an orchard, a training course, a scheme."""

    class Standing(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")
        COMMONS = "commons", _("commons")
        ORDINARY = "ordinary", _("ordinary")

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    chamber = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="resources", verbose_name=_("chamber")
    )
    owner = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned",
        verbose_name=_("owner"),
    )
    custodian = models.ForeignKey(
        Agent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="kept",
        verbose_name=_("custodian"),
    )
    standing = models.CharField(
        _("standing"), max_length=12, choices=Standing, default=Standing.CANDIDATE
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("resource")
        verbose_name_plural = _("resources")

    def __str__(self) -> str:
        return self.name
