"""The audit trail: one row per act, in the transaction of the act."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import models

from chambre.core.actors import Actor
from chambre.core.db.rows import insert
from chambre.core.models import AuditEntry


def audit(by: Actor, action: str, obj: models.Model | None = None, **data: Any) -> AuditEntry:
    """Write down who did what; see :func:`trail_row`."""
    return insert(trail_row(by, action, obj, **data))


def trail_row(by: Actor, action: str, obj: models.Model | None = None, **data: Any) -> AuditEntry:
    """The row of the audit trail, for who writes it together with other rows.

    Args:
        by: Who acts.
        action: ``app.object.verb``, for example ``registry.resource.created``.
        obj: What it was done to.
        **data: JSON-able details: what changed, amounts in minor units. No secrets.
    """
    context = structlog.contextvars.get_contextvars()
    return AuditEntry(
        actor_kind=by.kind,
        user=by.user,
        actor=by.label[:254],
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        object_label=str(obj)[:200] if obj is not None else "",
        data=data,
        request_id=str(context.get("request_id", "")),
    )
