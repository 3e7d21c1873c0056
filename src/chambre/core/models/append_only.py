"""Rows that are written once."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Refuses what the database would refuse anyway, with a clearer traceback."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{self.model.__name__} is append-only: record a correction instead.")

    update = _refuse
    delete = _refuse
    bulk_update = _refuse
    update_or_create = _refuse


class AppendOnlyModel(models.Model):
    """Rows that are written once. The triggers of ``core.db.append_only`` hold it.

    A migration of a subclass ends with ``ProtectTable("Model")``.
    """

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
