"""Named queries and subscriptions: made, looked at, ended."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.db.horizon import settled
from chambre.core.errors import ChambreError, Conflict, Forbidden, NotFound
from chambre.epcis import schedules, sealing
from chambre.epcis.language import QueryRefused, read_question
from chambre.epcis.models import Event, NamedQuery, Subscription
from chambre.epcis.telling import objection
from chambre.epcis.times import moment

MOST_QUERIES = 2000
MOST_SUBSCRIPTIONS = 500
RESERVED = "SimpleEventQuery"


class QueryExists(Conflict):
    """There is a query of this name already."""

    code = "epcis.query-exists"
    default_message = gettext_lazy("There is already a query of this name.")


class SubscriptionRefused(ChambreError):
    """A subscription that cannot be kept as it stands."""

    code = "epcis.subscription"
    status = 400


@transaction.atomic
def name_query(*, name: str, query: Any, by: Actor) -> NamedQuery:
    """Keep a question under a name.

    Raises:
        Forbidden: ``by`` may not ask.
        QueryRefused: No name, or a question that makes no sense.
        QueryExists: The name is taken.
    """
    authorize(by, "epcis.ask")
    if not name or len(name) > 200 or "/" in name or not name.isprintable() or name != name.strip():
        raise QueryRefused(_("A name is text without “/”, at most 200 characters."))
    if not isinstance(query, Mapping):
        raise QueryRefused(_("A query is an object of parameters and values."))
    read_question(query)
    if name == RESERVED or NamedQuery.objects.filter(name=name).exists():
        raise QueryExists
    if NamedQuery.objects.count() >= MOST_QUERIES:
        raise QueryRefused(_("There are too many named queries. Delete some first."))
    try:
        with transaction.atomic():
            row = NamedQuery.objects.create(name=name, query=dict(query), user=by.user)
    except IntegrityError:
        raise QueryExists from None
    audit(by, "epcis.query.named", row)
    return row


def query_named(name: str) -> NamedQuery:
    """A named query.

    Raises:
        NotFound: There is none of this name.
    """
    row = NamedQuery.objects.filter(name=name).first()
    if row is None:
        raise NotFound(_("There is no query of this name."))
    return row


def _owns(by: Actor, row: NamedQuery | Subscription) -> None:
    """Whoever made it ends it, and who looks after the repository.

    Raises:
        Forbidden: It is somebody else's.
    """
    if by.user is not None and row.user_id == by.user.pk and by.may("epcis.ask"):
        return
    if not by.may("epcis.manage"):
        raise Forbidden(permission="epcis.manage")


@transaction.atomic
def forget_query(*, name: str, by: Actor) -> None:
    """Delete a named query and the subscriptions to it.

    Raises:
        NotFound: There is none.
        Forbidden: It is somebody else's.
    """
    row = query_named(name)
    _owns(by, row)
    for subscription in row.subscriptions.all():
        _owns(by, subscription)
    audit(by, "epcis.query.deleted", row)
    row.delete()


@transaction.atomic
def subscribe(
    *, query: NamedQuery, wanted: Mapping[str, Any], epc_format: str, by: Actor
) -> Subscription:
    """Have somebody told what a named query newly finds.

    Args:
        query: The query; not one that puts in order or counts.
        wanted: ``dest`` and ``stream: true`` or ``schedule``; ``signatureToken``,
            ``initialRecordTime``, ``reportIfEmpty``.
        epc_format: Form of the identifiers.
        by: Who subscribes.

    Raises:
        Forbidden: ``by`` may not ask.
        SubscriptionRefused: Something is missing or makes no sense.
    """
    authorize(by, "epcis.ask")
    if not isinstance(wanted, Mapping):
        raise SubscriptionRefused(_("An object with dest and stream or schedule is expected."))
    question = read_question(query.query)
    if question.order_by or question.maximum is not None:
        raise SubscriptionRefused(
            _("A query with orderBy, eventCountLimit or maxEventCount cannot be followed.")
        )
    stream, schedule = _times(wanted)
    since = _since(wanted.get("initialRecordTime"))
    if Subscription.objects.count() >= MOST_SUBSCRIPTIONS:
        raise SubscriptionRefused(_("There are too many subscriptions. End some first."))
    now = timezone.now()
    row = Subscription.objects.create(
        query=query,
        dest=_dest(wanted.get("dest")),
        token=_token(wanted.get("signatureToken")),
        stream=stream,
        schedule=schedule,
        report_if_empty=wanted.get("reportIfEmpty") is True,
        epc_format=epc_format,
        initial_record_time=since or now,
        cursor=0 if since is not None else _newest(),
        due_at=now if stream and since is not None else _first(schedule, now),
        user=by.user,
    )
    audit(by, "epcis.subscription.made", row, query=query.name, dest=row.dest)
    return row


def _newest() -> int:
    """Up to where events were recorded already: what comes after this is told."""
    found = settled([Event], patience=2.0)[Event]
    # Somebody is recording a long document: what of it is lower is told too, which does no harm.
    return found if found is not None else 0


def _first(schedule: dict[str, str] | None, now: dt.datetime) -> dt.datetime | None:
    return schedules.next_time(schedule, now) if schedule is not None else None


def _times(wanted: Mapping[str, Any]) -> tuple[bool, dict[str, str] | None]:
    stream, schedule = wanted.get("stream", False), wanted.get("schedule")
    if not isinstance(stream, bool) or not isinstance(wanted.get("reportIfEmpty", False), bool):
        raise SubscriptionRefused(_("stream and reportIfEmpty are true or false."))
    if stream == (schedule is not None):
        raise SubscriptionRefused(_("Either stream: true or a schedule, not both and not neither."))
    if schedule is None:
        return True, None
    try:
        return False, schedules.checked(schedule)
    except ValueError as error:
        raise SubscriptionRefused(str(error)) from None


def _since(text: Any) -> dt.datetime | None:
    if text is None:
        return None
    try:
        return moment(text)
    except (ValueError, AttributeError, TypeError):
        raise SubscriptionRefused(_("initialRecordTime is not a moment.")) from None


def _dest(address: Any) -> str:
    try:
        parts = urlsplit(address)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and len(address) <= 2000
        right = right and parts.username is None and address.isprintable() and parts.port != 0
    except (ValueError, AttributeError, TypeError):
        right = False
    if not right:
        raise SubscriptionRefused(_("dest is the http(s) address of the receiver."))
    if refused := objection(address):
        raise SubscriptionRefused(refused)
    return str(address)


def _token(secret: Any) -> str:
    if secret is None:
        return ""
    if not isinstance(secret, str) or not 1 <= len(secret) <= 1000:
        raise SubscriptionRefused(_("signatureToken is text, at most 1000 characters."))
    return sealing.seal(secret)


def subscription_of(query: NamedQuery, key: str) -> Subscription:
    """A subscription of a query.

    Raises:
        NotFound: There is none.
    """
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        raise NotFound(_("There is no such subscription.")) from None
    row: Subscription | None = query.subscriptions.filter(pk=wanted).first()
    if row is None:
        raise NotFound(_("There is no such subscription."))
    return row


@transaction.atomic
def unsubscribe(*, subscription: Subscription, by: Actor) -> None:
    """End a subscription; what is on its way may still arrive.

    Raises:
        Forbidden: It is somebody else's.
    """
    _owns(by, subscription)
    audit(by, "epcis.subscription.ended", subscription, dest=subscription.dest)
    Subscription.objects.filter(pk=subscription.pk).delete()
