"""Codes with which somebody shows, at the moment of signing, that it is they."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SentCode(models.Model):
    """A code that was sent to somebody who wants to sign; good once, for some words, for some minutes.

    A room adds ``party``, for whom it is signed. Only a keyed digest of the code is kept; ``used_at`` is
    set by the signature that it allowed. Made and used by :class:`chambre.core.signing.Codes`.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["-id"]
