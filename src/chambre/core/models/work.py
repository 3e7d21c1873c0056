"""Background work: jobs that a person started, workers, and what is done by the clock."""

from __future__ import annotations

import uuid

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chambre.core.models.people import User


class Job(models.Model):
    """A long piece of work that can be left and come back to.

    ``params`` is what the job function is called with. ``report`` says what was done and what was
    refused, line by line (see :class:`chambre.core.jobs.Report`). ``sealed`` is what it is told in
    confidence; empty as soon as a worker has it (:mod:`chambre.core.confiding`).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    ENDED = (State.DONE, State.REFUSED, State.FAILED, State.CANCELLED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=80, db_index=True)
    title = models.CharField(_("title"), max_length=200)
    params = models.JSONField(_("parameters"), default=dict)
    sealed = models.TextField(_("told in confidence"), blank=True, default="", editable=False)
    user = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="jobs", verbose_name=_("person")
    )
    actor_kind = models.CharField(_("kind of actor"), max_length=12)
    actor = models.CharField(_("started by"), max_length=254)
    scopes = models.JSONField(_("scopes"), default=list)
    language = models.CharField(_("language"), max_length=5, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING, db_index=True
    )
    done = models.BigIntegerField(_("steps done"), default=0)
    total = models.BigIntegerField(_("steps in all"), null=True)
    message = models.CharField(_("what it is doing"), max_length=300, blank=True)
    report = models.JSONField(_("report"), null=True)
    error_code = models.CharField(_("code of the refusal"), max_length=80, blank=True)
    error = models.TextField(_("why it did not work"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    worker = models.CharField(_("worker"), max_length=64, blank=True)
    cancel_requested = models.BooleanField(_("asked to stop"), default=False)
    created_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [models.Index(fields=["user", "-created_at"], name="job_by_user")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the job."""
        return reverse("core:job", args=[self.pk])

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in self.ENDED


class JobLine(models.Model):
    """A line of the log of a job."""

    class Level(models.TextChoices):
        INFO = "info", _("note")
        WARNING = "warning", _("warning")
        ERROR = "error", _("error")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="lines")
    at = models.DateTimeField(_("when"), auto_now_add=True)
    level = models.CharField(_("level"), max_length=8, choices=Level, default=Level.INFO)
    text = models.CharField(_("text"), max_length=500)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class Worker(models.Model):
    """A process that does background work. Alive as long as it holds its lock."""

    id = models.CharField(primary_key=True, max_length=64)
    host = models.CharField(_("machine"), max_length=120)
    pid = models.PositiveIntegerField(_("process"))
    started_at = models.DateTimeField(_("started"))
    seen_at = models.DateTimeField(_("last seen"), db_index=True)

    class Meta:
        ordering = ["-seen_at"]
        verbose_name = _("worker")

    def __str__(self) -> str:
        return f"{self.host} {self.pid}"


class Schedule(models.Model):
    """When a piece of regular work is due, and how it went last time."""

    name = models.CharField(primary_key=True, max_length=80)
    next_at = models.DateTimeField(_("due"))
    started_at = models.DateTimeField(_("last started"), null=True)
    ended_at = models.DateTimeField(_("last ended"), null=True)
    error = models.TextField(_("last failure"), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("regular work")

    def __str__(self) -> str:
        return self.name
