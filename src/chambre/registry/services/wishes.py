"""Needs and offers: said, changed, answered. Each writes a version of the resource's record."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.errors import Conflict, Invalid, NotFound
from chambre.registry import held
from chambre.registry.cleaning import clean_record
from chambre.registry.errors import mistakes
from chambre.registry.models import Resource, Wish
from chambre.registry.services import history, resources, tables
from chambre.registry.versions import latest_record

OPEN_FIELDS = ("kind", "category", "title", "description", "since", "expires")


@transaction.atomic
def add_wish(
    *,
    resource: Resource,
    kind: str,
    category: str,
    title: str,
    by: Actor,
    description: str = "",
    since: dt.date | None = None,
    expires: dt.date | None = None,
) -> Wish:
    """Say what a resource needs or has to offer.

    Args:
        resource: Which.
        kind: ``need`` or ``offer``.
        category: Of what: a :class:`Wish.Category` value.
        title: In one line.
        by: Who says it.
        description: More about it.
        since: From when; by default today.
        expires: Last day on which it is shown; None: until it is closed.

    Raises:
        Forbidden: ``by`` may not change the resource.
        Invalid: Something is malformed.
    """
    authorize(by, "registry.change_resource", resource)
    values = _clean(
        kind=kind,
        category=category,
        title=title,
        description=description,
        since=since or held.today(),
        expires=expires,
    )
    resource = resources.lock(resource)
    before = latest_record(resource)
    last = resource.wish_rows.order_by("-position").first()
    wish = Wish.objects.create(
        resource=resource, position=last.position + 1 if last else 1, **values
    )
    _write(resource, before, by, _("added: %(title)s") % {"title": wish.title})
    return wish


@transaction.atomic
def change_wish(*, wish: Wish, by: Actor, **fields: Any) -> Wish:
    """Change a need or offer that is still open.

    Raises:
        Forbidden: ``by`` may not change the resource.
        Invalid: Something is malformed.
        Conflict: It was closed.
    """
    authorize(by, "registry.change_resource", wish.resource)
    resource, wish, before = _lock(wish)
    now = {name: getattr(wish, name) for name in OPEN_FIELDS}
    unknown = sorted(fields.keys() - set(OPEN_FIELDS))
    if unknown:
        raise mistakes({name: [_("There is no such field.")] for name in unknown})
    values = _clean(**{**now, **fields})
    if values == now:
        return wish
    for name, value in values.items():
        setattr(wish, name, value)
    wish.save(update_fields=list(OPEN_FIELDS))
    _write(resource, before, by, _("changed: %(title)s") % {"title": wish.title})
    return wish


@transaction.atomic
def close_wish(*, wish: Wish, outcome: str, by: Actor) -> Wish:
    """Close a need or offer, and say what came of it.

    Raises:
        Forbidden: ``by`` may not change the resource.
        Invalid: What came of it is missing or malformed.
        Conflict: It was closed before.
    """
    authorize(by, "registry.change_resource", wish.resource)
    resource, wish, before = _lock(wish)
    outcome = resources.clean_reason(outcome)
    if not outcome:
        raise mistakes({"outcome": [_("Say what came of it.")]})
    wish.closed = held.today()
    wish.outcome = outcome
    wish.save(update_fields=["closed", "outcome"])
    _write(resource, before, by, _("closed: %(title)s") % {"title": wish.title})
    return wish


def _lock(wish: Wish) -> tuple[Resource, Wish, dict[str, Any]]:
    resource = resources.lock(wish.resource)
    found = resource.wish_rows.filter(pk=wish.pk).first()
    if found is None:
        raise NotFound
    if found.closed is not None:
        raise Conflict(_("This was closed already."))
    return resource, found, latest_record(resource)


def _clean(**values: Any) -> dict[str, Any]:
    row = {**values, "closed": "", "outcome": ""}
    try:
        clean = clean_record({"wishes": [row]})["wishes"][0]
    except Invalid as error:
        found = {path.split("/")[-1]: texts for path, texts in error.data["fields"].items()}
        raise mistakes(found) from error
    since = dt.date.fromisoformat(clean["since"])
    expires = dt.date.fromisoformat(clean["expires"]) if clean["expires"] else None
    if expires is not None and expires < since:
        raise mistakes({"expires": [_("The end is before the beginning.")]})
    return {name: clean[name] for name in OPEN_FIELDS} | {"since": since, "expires": expires}


def _write(resource: Resource, before: dict[str, Any], by: Actor, reason: str) -> None:
    after = {**before, "wishes": tables.read_list(resource, "wishes")}
    resources.write_version(
        resource, before, after, action=history.Action.WISH, by=by, reason=reason[:300]
    )
