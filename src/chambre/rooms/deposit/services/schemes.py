"""Schemes, their types and places, and what is decided about them. Decisions are only added to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from chambre.core import addresses, clock
from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Invalid
from chambre.ledger import api as ledger
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.deposit.models import ItemType, Place, Scheme, Tariff, Terms, UnclaimedDecision
from chambre.rooms.deposit.queries.errors import NameTaken
from chambre.rooms.deposit.services import kinds
from chambre.rooms.deposit.services.accounts import SYSTEM
from chambre.treasury import api as treasury

STANDARD_VAT = 2000
"""20 %, in hundredths of a percent: what an object that never comes back is sold with."""
RESERVED = frozenset({
    "o", "types", "lieux", "carte", "scan", "etiquettes", "appareils", "nouvel-appareil",
    "compte", "structures",
})  # fmt: skip
"""Words of our own addresses under ``/consigne/``."""
NON_PROFIT = frozenset({"association", "association-local", "collective", "foundation"})
TERMS = (
    "liability", "takes_back", "condition", "damaged_kept", "late_after", "late_kept",
    "distance_limit", "burst_count", "burst_minutes", "top_speed", "unlink_after",
    "counted_more", "counted_days",
)  # fmt: skip
"""What the rules of a scheme say; a new version says what it does not change as before."""


def own_address() -> str:
    """The address that codes begin with when nobody gives another one: the house's own."""
    return addresses.own_address(scheme="https")


def _short_name(model: Any, slug: str) -> str:
    slug = slug.strip().lower()
    if not slug or slugify(slug) != slug or len(slug) > 50:
        message = _("A short name has letters, digits and hyphens, at most 50.")
        raise Invalid(message, fields={"slug": [message]})
    if model.objects.filter(slug=slug).exists():
        message = _("“%(slug)s” is taken.") % {"slug": slug}
        raise NameTaken(message, fields={"slug": [message]})
    return slug


def _name(name: str) -> str:
    name = " ".join(name.split())[:140]
    if not name:
        raise Invalid(_("Give it a name."), fields={"name": [_("Give it a name.")]})
    return name


@transaction.atomic
def create_scheme(
    *,
    slug: str,
    name: str,
    structure: Agent,
    amount: int,
    by: Actor,
    resource: Resource | None = None,
    base_uri: str = "",
    vat: int = STANDARD_VAT,
    terms: dict[str, Any] | None = None,
    reason: str = "",
) -> Scheme:
    """Start a deposit scheme: a commons of its own, with its first rules and its tariff.

    The structure's books are opened when it keeps none yet.

    Args:
        slug: Short name, at most 50 signs.
        name: What people call it.
        structure: Who keeps the money and owes the deposits.
        amount: Deposit of one object in cents.
        by: Who starts it.
        resource: The commons that it is; absent: one is put into the register.
        base_uri: What the addresses in its codes begin with; absent: the house's own.
        vat: VAT on what is kept, in hundredths of a percent.
        terms: Any of :data:`TERMS`.
        reason: Where it was decided.

    Raises:
        Forbidden: ``by`` does not answer for this structure's money.
        NameTaken: Another scheme has this short name, or another resource.
        Invalid: A name, an amount or an address that is none.
    """
    authorize(by, "deposit.create_scheme", structure)
    slug, name = _short_name(Scheme, slug), _name(name)
    if slug in RESERVED:
        raise NameTaken(_("“%(slug)s” is taken.") % {"slug": slug}, fields={"slug": [slug]})
    base_uri = (base_uri or own_address()).strip().rstrip("/")
    if not base_uri.lower().startswith(("http://", "https://")):
        message = _("An address begins with https://.")
        raise Invalid(message, fields={"base_uri": [message]})
    chart = "associatif" if structure.legal_form in NON_PROFIT else "pcg"
    book = ledger.open_book(structure=structure, chart=chart, by=SYSTEM)
    if resource is None:
        resource = registry.create_resource(
            slug=slug, name=name, by=by, fields={"kind": Resource.Kind.SCHEME}
        )
    scheme: Scheme = Scheme.objects.create(
        slug=slug, name=name, resource=resource, book=book, base_uri=base_uri
    )
    audit(by, "deposit.scheme.created", scheme, amount=amount)
    reason = reason or _("When the scheme began")
    set_terms(scheme=scheme, by=by, reason=reason, **(terms or {}))
    set_tariff(scheme=scheme, amount=amount, vat=vat, by=by, reason=reason)
    return scheme


@transaction.atomic
def set_terms(
    *, scheme: Scheme, by: Actor, reason: str, since: dt.date | None = None, **changes: Any
) -> Terms:
    """Decide the rules of a scheme from a day on; what is not said stays as it was.

    Args:
        scheme: Which one.
        by: Who writes the decision down.
        reason: Where it was decided, and why.
        since: First day; absent: today.
        **changes: Any of :data:`TERMS`.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        Invalid: No reason, an unknown rule, or a percentage over 100.
    """
    authorize(by, "deposit.manage", scheme)
    if unknown := set(changes) - set(TERMS):
        raise Invalid(_("There is no such rule."), fields={each: [""] for each in unknown})
    if not reason.strip():
        message = _("Say where it was decided.")
        raise Invalid(message, fields={"reason": [message]})
    Scheme.objects.select_for_update().get(pk=scheme.pk)
    last = Terms.objects.filter(scheme=scheme).order_by("-number").first()
    values: dict[str, Any] = {"liability": "scheme", "takes_back": "any"}
    if last is not None:
        values = {each: getattr(last, each) for each in TERMS}
    values |= changes
    for each in ("damaged_kept", "late_kept"):
        if (value := values.get(each)) is not None and not 0 <= value <= 100:
            message = _("A percentage lies between 0 and 100.")
            raise Invalid(message, fields={each: [message]})
    number = last.number + 1 if last is not None else 1
    row: Terms = Terms.objects.create(
        scheme=scheme,
        number=number,
        since=since or clock.today(),
        reason=reason.strip()[:254],
        by=by.label[:254],
        **values,
    )
    audit(by, "deposit.terms.set", scheme, number=number, changes=sorted(changes))
    return row


@transaction.atomic
def set_tariff(
    *,
    scheme: Scheme,
    amount: int,
    by: Actor,
    type_: ItemType | None = None,
    since: dt.date | None = None,
    vat: int | None = None,
    reason: str = "",
) -> Tariff:
    """Decide what a deposit is from a day on. What was paid before is paid back as it was.

    Args:
        scheme: Whose tariff.
        amount: Cents; zero: objects of this kind go out without a deposit.
        by: Who writes it down.
        type_: Only for this type; absent: for all that have none of their own.
        since: First day; absent: today.
        vat: VAT on what is kept, in hundredths of a percent; absent: as before.
        reason: Where it was decided.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        Invalid: A negative amount, or a rate over 100 %.
    """
    authorize(by, "deposit.manage", scheme)
    if not 0 <= amount <= 10**9:
        message = _("A deposit is a number of cents, zero or more.")
        raise Invalid(message, fields={"amount": [message]})
    if vat is None:
        last = Tariff.objects.filter(scheme=scheme).order_by("-since", "-id").first()
        vat = last.vat if last is not None else STANDARD_VAT
    if not 0 <= vat <= 10_000:
        raise Invalid(_("A VAT rate lies between 0 and 100 %."), fields={"vat": [str(vat)]})
    row: Tariff = Tariff.objects.create(
        scheme=scheme, type=type_, since=since or clock.today(), amount=amount, vat=vat,
        reason=reason.strip()[:254], by=by.label[:254],
    )  # fmt: skip
    audit(by, "deposit.tariff.set", scheme, amount=amount, type=type_.slug if type_ else "")
    return row


@transaction.atomic
def decide_unclaimed(
    *,
    scheme: Scheme,
    after_days: int,
    outcome: str,
    reference: str,
    by: Actor,
    since: dt.date | None = None,
) -> UnclaimedDecision:
    """Write down what the commons decided about deposits that nobody claims.

    Without a decision nothing ever happens to them: they stay owed.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        Invalid: No reference to the decision, no such outcome, or fewer than 30 days.
    """
    authorize(by, "deposit.manage", scheme)
    if not reference.strip():
        message = _("Say where it was decided.")
        raise Invalid(message, fields={"reference": [message]})
    if outcome not in UnclaimedDecision.Outcome.values or not 30 <= after_days <= 36_500:
        message = _("Choose what becomes of them, and after how many days (30 at least).")
        raise Invalid(message, fields={"after_days": [message]})
    row: UnclaimedDecision = UnclaimedDecision.objects.create(
        scheme=scheme, since=since or clock.today(), after_days=after_days, outcome=outcome,
        reference=reference.strip()[:254], by=by.label[:254],
    )  # fmt: skip
    audit(by, "deposit.unclaimed.decided", scheme, outcome=outcome, after_days=after_days)
    return row


@transaction.atomic
def create_type(
    *,
    slug: str,
    scheme: Scheme,
    by: Actor,
    name: str = "",
    counting: str = "serial",
    grai: str = "",
    unit_cost: int = 0,
    wash: bool = False,
    equipment: bool = False,
    material: str = "",
    grams: int = 0,
    own_uri: str = "",
    amount: int | None = None,
) -> ItemType:
    """Add a type of object.

    Args:
        slug: Short name.
        scheme: Of which scheme.
        by: Who adds it.
        name: What people call it; absent: as the short name.
        counting: ``serial`` (each has its code) or ``class`` (counted only).
        grai: GRAI of the class when the commons has a GS1 licence (:func:`kinds.grai_of`).
        unit_cost: What one costs, in cents; it is booked when objects are put in service.
        wash: Washed and inspected before it is issued again.
        equipment: Equipment (2154) rather than packaging (2186).
        material: What it is made of.
        grams: What one weighs, in grams; 0: nobody said.
        own_uri: Address or UUID that the class has already (:func:`kinds.own_name_of`).
        amount: Deposit in cents, when it is another one than the scheme's.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        NameTaken: Another type has this short name.
        Invalid: A GRAI, an address or a weight that is none.
    """
    authorize(by, "deposit.manage", scheme)
    slug = _short_name(ItemType, slug)
    if counting not in ItemType.Counting.values:
        raise Invalid(_("There is no such way to count."), fields={"counting": [counting]})
    row: ItemType = ItemType.objects.create(
        scheme=scheme, slug=slug, name=_name(name or slug), counting=counting,
        identifiable=counting == ItemType.Counting.SERIAL, unit_cost=unit_cost, wash=wash,
        equipment=equipment, material=" ".join(material.split())[:60],
        grams=kinds.weight_of(grams), **kinds.names_of(grai, own_uri),
    )  # fmt: skip
    audit(by, "deposit.type.created", row, counting=counting)
    if amount is not None:
        set_tariff(scheme=scheme, type_=row, amount=amount, by=by, reason=_("With the type"))
    return row


@transaction.atomic
def create_place(
    *,
    slug: str,
    scheme: Scheme,
    name: str,
    by: Actor,
    partner: Agent | None = None,
    cash: bool | None = None,
    **fields: Any,
) -> Place:
    """Add a place that issues and takes back.

    Args:
        slug: Short name.
        scheme: Of which scheme.
        name: What people call it.
        by: Who adds it.
        partner: The structure that runs it with its own till; absent: the scheme itself.
        cash: Whether it has a drawer of ours, opened empty; absent: when no partner runs it.
        **fields: ``address``, ``hours``, ``latitude``, ``longitude`` (millionths of a degree),
            ``issues``, ``returns``.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        NameTaken: Another place has this short name.
        Invalid: A name or a position that is none.
    """
    authorize(by, "deposit.manage", scheme)
    slug, name = _short_name(Place, slug), _name(name)
    _on_the_globe(fields.get("latitude"), fields.get("longitude"))
    drawer = None
    if cash if cash is not None else partner is None:
        drawer = treasury.add_drawer(
            book=scheme.book, name=_("Deposits %(place)s") % {"place": slug}, by=SYSTEM
        )
        treasury.count_drawer(
            drawer=drawer, kind="opening", pieces={}, day=clock.today(),
            key=f"deposit:place:{slug}", by=SYSTEM,
        )  # fmt: skip
    try:
        with transaction.atomic():
            row: Place = Place.objects.create(
                scheme=scheme, slug=slug, name=name, partner=partner, drawer=drawer, **fields
            )
    except IntegrityError:
        raise NameTaken(_("“%(slug)s” is taken.") % {"slug": slug}) from None
    audit(by, "deposit.place.created", row, partner=partner.slug if partner else "")
    return row


def _on_the_globe(latitude: int | None, longitude: int | None) -> None:
    """Both or none of the two, and a point that there is; in millionths of a degree."""
    if latitude is None and longitude is None:
        return
    if (
        None in (latitude, longitude)
        or abs(latitude or 0) > 90 * 10**6
        or (abs(longitude or 0) > 180 * 10**6)
    ):
        message = _("This is no position: write latitude and longitude, as 50.6369, 3.0635.")
        raise Invalid(message, fields={"position": [message]})


PLACE = ("name", "address", "hours", "latitude", "longitude", "issues", "returns", "closed_on")


@transaction.atomic
def change_place(*, place: Place, by: Actor, **changes: Any) -> Place:
    """Change what a place is and does; what was recorded there stays.

    Raises:
        Forbidden: ``by`` does not manage the scheme.
        Invalid: There is no such field, or a name or a position that is none.
    """
    authorize(by, "deposit.manage", place)
    if unknown := set(changes) - set(PLACE):
        raise Invalid(_("There is no such field."), fields={each: [""] for each in unknown})
    place = Place.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=place.pk)
    for field, value in changes.items():
        setattr(place, field, value)
    place.name = _name(place.name)
    _on_the_globe(place.latitude, place.longitude)
    place.save()
    audit(by, "deposit.place.changed", place, fields=sorted(changes))
    return place
