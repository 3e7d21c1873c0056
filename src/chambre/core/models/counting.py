"""Tables of Django's database cache and of the rate limits: shared by all processes."""

from __future__ import annotations

from django.db import models


class CacheRow(models.Model):
    """A row of the cache. Django's ``DatabaseCache`` reads and writes it; nobody else does."""

    cache_key = models.CharField(primary_key=True, max_length=255)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "core_cache"

    def __str__(self) -> str:
        return self.cache_key


class RateCount(models.Model):
    """How often something was tried in one window of time (see :mod:`chambre.core.ratelimit`)."""

    key = models.CharField(max_length=64)
    window = models.BigIntegerField()
    count = models.PositiveIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="rate_window")]

    def __str__(self) -> str:
        return f"{self.key} {self.window}: {self.count}"
