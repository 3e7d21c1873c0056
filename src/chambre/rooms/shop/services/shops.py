"""Shops, their producers and the places where orders are fetched."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.ledger import api as ledger
from chambre.registry.models import Agent, Resource
from chambre.rooms.shop.models import PickupPlace, Producer, Shop
from chambre.rooms.shop.queries.errors import NameTaken
from chambre.rooms.shop.services.names import SYSTEM, clean_name, free_slug, own_slug
from chambre.treasury import api as treasury

SHOP = (
    "name", "lede", "description", "terms", "email", "phone", "resource", "pay_ahead",
    "pay_at_pickup", "by_card", "hold_minutes", "is_open",
)  # fmt: skip
"""What may be changed of a shop."""
PRODUCER = ("name", "description", "place", "commission")
PLACE = (
    "name", "kind", "address", "postcode", "city", "latitude", "longitude", "instructions",
    "container_place", "drawer", "is_open",
)  # fmt: skip
RESERVED = frozenset({"nouvelle", "photos", "commande", "mes-commandes", "hors-ligne"})
"""Words of our own addresses under ``/boutique/``."""


@transaction.atomic
def create_shop(
    *,
    slug: str,
    name: str,
    structure: Agent,
    by: Actor,
    resource: Resource | None = None,
    **more: Any,
) -> Shop:
    """Open a shop of a structure, with the structure as its first producer.

    Args:
        slug: Short name, unique in the house: part of the shop's address.
        name: 1 to 140 characters.
        structure: Whose shop it is; its book is opened when it has none.
        by: Who opens it.
        resource: What its sales feed unless a product says otherwise; None: the structure itself.
        **more: Any of :data:`SHOP`.

    Raises:
        Forbidden: ``by`` may not do this for the structure.
        Invalid: A name is missing or wrong.
        NameTaken: Another shop has this short name.
    """
    authorize(by, "shop.create", structure)
    slug = own_slug(slug, Shop.objects)
    if slug in RESERVED:
        raise NameTaken(_("“%(slug)s” is taken.") % {"slug": slug})
    book = ledger.open_book(structure=structure, chart=chart_for(structure), by=SYSTEM)
    shop = Shop(slug=slug, name=clean_name(name), book=book, resource=resource)
    _set(shop, more, SHOP)
    try:
        with transaction.atomic():
            shop.save(force_insert=True)
    except IntegrityError:  # somebody was faster
        raise NameTaken(_("“%(slug)s” is taken.") % {"slug": slug}) from None
    audit(by, "shop.shop.created", shop)
    Producer.objects.create(
        shop=shop, slug=free_slug(structure.name, shop.producers), name=structure.name[:140],
        agent=structure, place=structure.place,
    )  # fmt: skip
    return shop


def chart_for(structure: Agent) -> str:
    """The chart of accounts of a structure of its legal form."""
    non_profit = {"association", "association-local", "collective", "foundation"}
    return "associatif" if structure.legal_form in non_profit else "pcg"


@transaction.atomic
def change_shop(*, shop: Shop, by: Actor, **changes: Any) -> Shop:
    """Change what a shop says of itself and how it is paid.

    Raises:
        Forbidden: ``by`` does not manage it.
        Invalid: No such field, or no name.
    """
    authorize(by, "shop.manage", shop)
    shop = Shop.objects.select_for_update(of=("self",)).select_related("book").get(pk=shop.pk)
    _set(shop, changes, SHOP)
    if not (shop.pay_ahead or shop.pay_at_pickup):
        message = _("Orders are paid when they are placed or when they are fetched.")
        raise Invalid(message, fields={"pay_ahead": [message]})
    shop.save()
    audit(by, "shop.shop.changed", shop, fields=sorted(changes))
    return shop


@transaction.atomic
def add_producer(
    *, shop: Shop, name: str, by: Actor, agent: Agent | None = None, own: bool = False, **more: Any
) -> Producer:
    """Let somebody sell in a shop; the one that is there for the same agent.

    What another structure sells is owed to it, less the commission; with ``own`` its products are
    bought by the shop and the sale is the shop's.

    Args:
        shop: Where.
        name: 1 to 140 characters.
        by: Who says so.
        agent: Who it is in the register.
        own: Sales are the shop's own income.
        **more: Any of :data:`PRODUCER`; ``commission`` in hundredths of a percent.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: No name, or no such field.
    """
    authorize(by, "shop.manage", shop)
    if agent is not None and (known := shop.producers.filter(agent=agent).first()):
        return known
    party = None
    if not own and (agent is None or agent.pk != shop.book.structure_id):
        party = treasury.note_party(
            book=shop.book, name=name, agent=agent, by=SYSTEM, is_business=True
        )
    producer = Producer(shop=shop, name=clean_name(name), agent=agent, party=party)
    producer.slug = free_slug(producer.name, shop.producers)
    _set(producer, more, PRODUCER)
    producer.save(force_insert=True)
    audit(by, "shop.producer.added", producer)
    return producer


@transaction.atomic
def change_producer(*, producer: Producer, by: Actor, **changes: Any) -> Producer:
    """Change what is said of a producer; the commission holds for what is handed over from now on.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: No such field, or no name.
    """
    authorize(by, "shop.manage", producer)
    _set(producer, changes, PRODUCER)
    producer.save()
    audit(by, "shop.producer.changed", producer, fields=sorted(changes))
    return producer


@transaction.atomic
def add_place(*, shop: Shop, name: str, by: Actor, slug: str = "", **more: Any) -> PickupPlace:
    """Add a place where orders are fetched.

    Args:
        shop: Whose.
        name: 1 to 140 characters.
        by: Who adds it.
        slug: Short name; empty: made of the name.
        **more: Any of :data:`PLACE`.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: No name, no such field, or a drawer of another structure.
        NameTaken: The shop has a place of this short name.
    """
    authorize(by, "shop.manage", shop)
    place = PickupPlace(shop=shop, name=clean_name(name))
    place.slug = own_slug(slug, shop.places) if slug else free_slug(place.name, shop.places)
    _set(place, more, PLACE)
    _check_drawer(place)
    place.save(force_insert=True)
    audit(by, "shop.place.added", place)
    return place


@transaction.atomic
def change_place(*, place: PickupPlace, by: Actor, **changes: Any) -> PickupPlace:
    """Change a place; its short name stays.

    Raises:
        Forbidden: ``by`` does not manage the shop.
        Invalid: No name, no such field, or a drawer of another structure.
    """
    authorize(by, "shop.manage", place)
    _set(place, changes, PLACE)
    _check_drawer(place)
    place.save()
    audit(by, "shop.place.changed", place, fields=sorted(changes))
    return place


def _check_drawer(place: PickupPlace) -> None:
    if place.drawer is not None and place.drawer.book_id != place.shop.book_id:
        message = _("This drawer is not of this structure.")
        raise Invalid(message, fields={"drawer": [message]})


def _set(row: Any, changes: dict[str, Any], allowed: tuple[str, ...]) -> None:
    if unknown := set(changes) - set(allowed):
        raise Invalid(_("There is no such field."), fields={each: [""] for each in unknown})
    for field, value in changes.items():
        setattr(row, field, clean_name(value) if field == "name" else value)
