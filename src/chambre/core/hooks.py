"""Hooks: one floor says what happened, another hears it, without importing each other.

An event is a frozen dataclass declared on a lower floor; a handler is a function in an app's
``hooks.py``. :func:`emit` writes the event in the transaction of what happened; the worker delivers
it after the commit. Each delivery and its effect are one transaction, so that an event has its
effect once for each handler, however often it is tried. Example::

    # registry/events.py
    @event("registry.resource.created")
    @dataclass(frozen=True, slots=True)
    class ResourceCreated:
        resource: int

    # a service of the registry
    emit(ResourceCreated(resource=resource.pk), by=by)

    # rooms/lens/hooks.py
    @hears(ResourceCreated)
    def open_its_page(event: ResourceCreated) -> None:
        ...

Handlers write to the database and nothing else; what calls the outside or lasts long is started as
a job. The order of two events is kept as long as the first one succeeds at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import structlog
from django.db import connection, transaction
from django.utils import timezone

from chambre.core.actors import Actor
from chambre.core.db.busy import is_busy
from chambre.core.db.rows import insert, insert_all
from chambre.core.discovery import discover
from chambre.core.models import Delivery, OutboxEvent

log = structlog.get_logger("chambre.hooks")

Event = TypeVar("Event")
Handler = Callable[[Any], None]
PARK_AFTER = 10
"""Failures after which a delivery is set aside and shown by ``chambre doctor``."""

_types: dict[str, type] = {}
_names: dict[type, str] = {}
_handlers: dict[type, list[Handler]] = {}


def event(name: str) -> Callable[[type[Event]], type[Event]]:
    """Register a frozen dataclass as an event. ``name`` is ``app.thing.happened``, for ever.

    Its fields are text, integers, booleans, dates, UUIDs, and tuples of them.

    Raises:
        TypeError: It is not a frozen dataclass, or the name is taken.
    """

    def register(cls: type[Event]) -> type[Event]:
        params = getattr(cls, "__dataclass_params__", None)
        if params is None or not params.frozen:
            raise TypeError(f"{cls.__name__} must be a frozen dataclass")
        known = _types.get(name)
        if known is not None and known.__qualname__ != cls.__qualname__:
            raise TypeError(f"{name} is already {known.__qualname__}")
        _types[name] = cls
        _names[cls] = name
        return cls

    return register


def handler_name(handler: Handler) -> str:
    """How a handler is known in the outbox: its module and its name."""
    return f"{handler.__module__}.{handler.__qualname__}"


def hears(*types: type) -> Callable[[Handler], Handler]:
    """Call the function after each event of these types. It must be short and only write here."""

    def register(handler: Handler) -> Handler:
        for cls in types:
            if cls not in _names:
                raise TypeError(f"{cls.__name__} is not an event")
            known = _handlers.setdefault(cls, [])
            if all(handler_name(one) != handler_name(handler) for one in known):
                known.append(handler)
        return handler

    return register


@cache
def _adapter(cls: Any) -> Any:
    """Reads and writes events as JSON, by the types of their fields."""
    from pydantic import TypeAdapter  # only when an event is written or read

    return TypeAdapter(cls)


def handlers_of(cls: type) -> list[Handler]:
    """Who hears events of this type."""
    discover("hooks")
    return _handlers.get(cls, [])


def emit(happened: Any, by: Actor | None = None) -> OutboxEvent:
    """Say that something happened, in the transaction in which it did.

    Nobody hears of it when the transaction is rolled back.

    Raises:
        TypeError: It is not an event.
        RuntimeError: There is no transaction: the event could be lost, or be a lie.
    """
    row = insert(outbox_row(happened, by))
    address(row, type(happened))
    return row


def outbox_row(happened: Any, by: Actor | None = None) -> OutboxEvent:
    """The row of the outbox, for who writes it together with other rows and then addresses it.

    Raises:
        TypeError, RuntimeError: See :func:`emit`.
    """
    cls = type(happened)
    if cls not in _names:
        raise TypeError(f"{cls.__name__} is not an event")
    if not connection.in_atomic_block:
        raise RuntimeError("emit() belongs inside the transaction of what happened")
    context = structlog.contextvars.get_contextvars()
    return OutboxEvent(
        name=_names[cls],
        payload=_adapter(cls).dump_python(happened, mode="json"),  # type: ignore[arg-type]
        actor=by.label[:254] if by else "",
        request_id=str(context.get("request_id", "")),
    )


def address(row: OutboxEvent, cls: type) -> None:
    """Give what was written in the outbox to each of its handlers."""
    if handlers := handlers_of(cls):
        now = timezone.now()
        insert_all(
            *(
                Delivery(event=row, handler=handler_name(handler), next_at=now)
                for handler in handlers
            )
        )


def read_event(row: OutboxEvent) -> Any:
    """The event as it was emitted.

    Raises:
        LookupError: No installed app declares an event of this name.
    """
    cls = _types.get(row.name)
    if cls is None:
        raise LookupError(f"no app declares the event {row.name}")
    return _adapter(cls).validate_python(row.payload, strict=False)


def backoff(attempts: int) -> dt.timedelta:
    """How long to wait after a number of failures: 2 s, 4 s, 8 s… at most one hour."""
    return dt.timedelta(seconds=min(2**attempts, 3600))


def deliver_pending(limit: int = 1000, *, force: bool = False) -> int:
    """Deliver what waits; how many deliveries succeeded.

    Several processes may do this at once.

    Args:
        limit: At most so many tries.
        force: Also those that wait for their next try.
    """
    discover("hooks")
    delivered = 0
    due = {} if force else {"next_at__lte": timezone.now()}
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, **due).order_by("id")
    for pk in list(waiting.values_list("pk", flat=True)[:limit]):
        delivered += _deliver(pk)
    return delivered


def _deliver(pk: int) -> bool:
    """Try one delivery; whether it had its effect now."""
    try:
        with transaction.atomic():
            delivery = (
                Delivery.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("event")
                .filter(pk=pk, state=Delivery.State.WAITING)
                .first()
            )
            if delivery is None:
                return False  # somebody else has it, or it is done
            handler = _find(delivery.handler)
            with structlog.contextvars.bound_contextvars(request_id=delivery.event.request_id):
                handler(read_event(delivery.event))
            delivery.state = Delivery.State.DONE
            delivery.done_at = timezone.now()
            delivery.attempts += 1
            delivery.error = ""
            delivery.save(update_fields=["state", "done_at", "attempts", "error"])
    except Exception as error:  # whatever a handler does wrong is its own delivery's failure
        if is_busy(error):  # nothing is wrong with the event: it is tried again soon
            log.warning("hook.busy", delivery=pk, error=str(error))
        else:
            _failed(pk, error)
        return False
    return True


def _find(name: str) -> Handler:
    """The handler of that name.

    Raises:
        LookupError: No installed app has it (any more).
    """
    for handlers in _handlers.values():
        for handler in handlers:
            if handler_name(handler) == name:
                return handler
    raise LookupError(f"no app has the handler {name}")


@transaction.atomic
def _failed(pk: int, error: Exception) -> None:
    """Note a failure: try again later, or set it aside."""
    delivery = Delivery.objects.select_for_update().get(pk=pk)
    if delivery.state != Delivery.State.WAITING:
        return
    delivery.attempts += 1
    delivery.error = f"{type(error).__name__}: {error}"[:2000]
    delivery.next_at = timezone.now() + backoff(delivery.attempts)
    if delivery.attempts >= PARK_AFTER:
        delivery.state = Delivery.State.PARKED
    delivery.save(update_fields=["attempts", "error", "next_at", "state"])
    log.error(
        "hook.failed",
        delivery=pk,
        handler=delivery.handler,
        attempts=delivery.attempts,
        parked=delivery.state == Delivery.State.PARKED,
        exc_info=error,
    )


def retry_parked() -> int:
    """Put what was set aside back in the queue, once its cause is mended; how many there were."""
    return Delivery.objects.filter(state=Delivery.State.PARKED).update(
        state=Delivery.State.WAITING, attempts=0, next_at=timezone.now()
    )


def events() -> dict[str, type]:
    """Every declared event by its name."""
    discover("hooks")
    return dict(_types)
