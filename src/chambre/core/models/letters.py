"""Letters that are due: written down with what happened, sent after."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DueLetter(models.Model):
    """An e-mail that is due. Its words are put together when it is sent, and are not kept.

    A room adds about what it is, and to whom. ``key`` tells one event from every other: a second letter
    about it is not written down. ``sent_at`` without an ``error``: it went; with one: it is not sent any
    more, and why. Sent by :class:`chambre.core.mailing.Postman`.
    """

    key = models.CharField(max_length=160, unique=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.CharField(_("why it did not go"), max_length=254, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["id"]
        verbose_name = _("letter")


def letters_to_send(name: str) -> models.Index:
    """The index that finds the letters that wait; ``name`` is unique in the database."""
    return models.Index(fields=["id"], condition=Q(sent_at__isnull=True), name=name)
