"""Economic models that people keep: each change is a version, and stays."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chambre.core.models import AppendOnlyModel


class Simulation(models.Model):
    """The economic model of a resource, or of one that does not exist yet; its numbers are in its versions.

    ``number`` is of the last version. ``public``: anybody may read it; else the members of its chamber.
    ``origin`` says how it began; ``preset`` and ``copied_from`` from what.
    """

    class Origin(models.TextChoices):
        BLANK = "blank", _("begun from nothing")
        PRESET = "preset", _("begun from an example")
        FILE = "file", _("brought in as a file")
        COPY = "copy", _("copied from another model")
        LEDGER = "ledger", _("begun from the books")

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=140)
    chamber = models.ForeignKey("registry.Agent", on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(
        "registry.Resource", null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("resource"),
    )  # fmt: skip
    owner = models.ForeignKey(
        "registry.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )
    public = models.BooleanField(_("anybody may read it"), default=False)
    number = models.PositiveIntegerField(_("number of the version"), default=1)
    origin = models.CharField(_("how it began"), max_length=8, choices=Origin)
    preset = models.CharField(_("example"), max_length=60, blank=True, default="")
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )
    archived_at = models.DateTimeField(_("put away"), null=True, blank=True)
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("economic model")
        indexes = [models.Index(fields=["resource", "name"], name="recip_model_of_resource")]

    def __str__(self) -> str:
        return self.name


class SimulationVersion(AppendOnlyModel):
    """A model as it was written once: its file (TOML), and the seed that its figures are shown with."""

    simulation = models.ForeignKey(Simulation, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("model"))
    digest = models.CharField(_("digest"), max_length=80)
    seed = models.PositiveIntegerField(_("seed"), default=1)
    note = models.CharField(_("what changed"), max_length=500, blank=True, default="")
    key = models.CharField(_("idempotency key"), max_length=120, unique=True)
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["simulation_id", "-number"]
        verbose_name = _("version of an economic model")
        constraints = [
            models.UniqueConstraint(fields=["simulation", "number"], name="recip_model_version")
        ]

    def __str__(self) -> str:
        return f"{self.simulation_id}/{self.number}"
