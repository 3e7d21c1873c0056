"""Telling uses that a contract counts: diffusions, hours, pieces; each once, taken back by its opposite."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chambre.core.actors import Actor, authorize
from chambre.core.audit import audit
from chambre.core.errors import Conflict, Invalid, KeyReused
from chambre.lib.reciprocity import model
from chambre.registry import api as registry
from chambre.registry.models import Agent, Resource
from chambre.rooms.reciprocity.models import Contract, Turn, Use
from chambre.rooms.reciprocity.queries.binding import may_speak_for
from chambre.rooms.reciprocity.queries.contracts import BINDING
from chambre.rooms.reciprocity.queries.errors import NotForParty, NotNow, UseRefused
from chambre.rooms.reciprocity.queries.language import read

LONGEST_KEY = 80
PLACES = Decimal("0.000001")
MOST = Decimal("1000000000")


def units_counted(said: model.Contract) -> list[str]:
    """The units of use that a contract counts, in the order of its words; empty: any."""
    found: dict[str, None] = {}
    for owed in said.counterparts:
        if owed.trigger == "use":
            if not owed.of:
                return []
            found[owed.of] = None
    for step in said.steps:
        for count in step.count:
            if count.kind == "use":
                found[count.unit] = None
    for one in said.classes:
        for test in (*one.all, *one.any, *one.none):
            if test.word == "used" and test.threshold is not None and test.threshold.unit:
                found[test.threshold.unit] = None
    return list(found)


@transaction.atomic
def tell_use(
    *, contract: Contract, user: Agent, quantity: Decimal, unit: str, key: str, by: Actor,
    day: dt.date | None = None, note: str = "", resource: Resource | None = None,
) -> Use:  # fmt: skip
    """Write down that somebody used the resource, in a unit that the contract counts.

    Telling it again with the same key gives the first one.

    Args:
        contract: One that binds (or bound on that day).
        user: Who used it.
        quantity: How many; more than 0, at most six decimals.
        unit: Of what: ``diffusion``, ``h``, ``bouteille``.
        key: Idempotency key, 1 to 80 characters, unique for the contract.
        by: Who speaks for the user, or works on the contract; a machine with their key.
        day: When; today by default, never later.
        note: A remark.
        resource: By default the contract's.

    Raises:
        Forbidden: ``by`` is no member and does not work on the contract.
        NotForParty: ``by`` may not speak for the user.
        NotNow: The contract does not bind on that day.
        UseRefused: A quantity, unit or day that cannot be.
        KeyReused: The key was used for something else.
    """
    authorize(by, "reciprocity.tell_use", contract)
    if not by.may("reciprocity.change_contract", contract) and not may_speak_for(
        by, user, contract
    ):
        raise NotForParty(_("You cannot tell a use of somebody for whom you may not speak."))
    day = day or registry.today()
    own = _key(contract, key)
    resource = resource or contract.resource
    before = Use.objects.filter(key=own).first()
    if before is None:
        before, made = _new(contract, user, quantity, unit, day, note, resource, own, by)
        if made:
            return before
    same = (before.contract_id, before.user_id, before.unit, before.day, before.quantity)
    if same != (contract.pk, user.pk, unit, day, quantity):
        raise KeyReused(key=key)
    return before


def _new(
    contract: Contract, user: Agent, quantity: Decimal, unit: str, day: dt.date, note: str,
    resource: Resource | None, key: str, by: Actor,
) -> tuple[Use, bool]:  # fmt: skip
    """A new row, or the one that somebody else has just written under this key."""
    _check(contract, quantity, unit, day)
    if resource is None:
        raise UseRefused(fields={"resource": [_("Say which resource was used.")]})
    try:
        with transaction.atomic():
            row = Use.objects.create(
                contract=contract, user=user, resource=resource, quantity=quantity, unit=unit,
                day=day, note=note.strip()[:300], key=key, by=by.label[:254],
            )  # fmt: skip
    except IntegrityError:
        return Use.objects.get(key=key), False
    audit(by, "reciprocity.use.told", contract, user=user.slug, quantity=str(quantity), unit=unit)
    return row, True


def _key(contract: Contract, key: str) -> str:
    if not 1 <= len(key) <= LONGEST_KEY or "\0" in key:
        words = _("A key has 1 to %(most)d characters.") % {"most": LONGEST_KEY}
        raise Invalid(words, fields={"key": [words]})
    return f"{contract.pk}:{key}"


def _check(contract: Contract, quantity: Decimal, unit: str, day: dt.date) -> None:
    """Hold what a use must be.

    Raises:
        UseRefused: ``data["fields"]`` says where.
        NotNow: The contract does not bind on that day.
    """
    fields: dict[str, list[str]] = {}
    if not 0 < quantity <= MOST or quantity != quantity.quantize(PLACES):
        fields["quantity"] = [_("More than 0, with at most six decimals.")]
    known = units_counted(read(contract.current.text))
    if not unit or len(unit) > 24 or (known and unit not in known):
        words = _("This contract counts in: %(units)s.") % {"units": ", ".join(known)}
        fields["unit"] = [words if known else _("Say what is counted.")]
    if day > registry.today():
        fields["day"] = [_("This day has not come yet.")]
    if fields:
        raise UseRefused(fields=fields)
    if contract.state in BINDING:
        return
    ended = contract.turns.filter(kind=Turn.Kind.ENDED, about__isnull=True).last()
    signed = contract.turns.filter(kind=Turn.Kind.IN_FORCE).exists()
    if (
        contract.state != Contract.State.ENDED
        or not signed
        or ended is None
        or day > timezone.localtime(ended.at).date()
    ):
        raise NotNow(_("Only a contract in force counts uses."))


@transaction.atomic
def take_back_use(*, use: Use, key: str, by: Actor, note: str = "") -> Use:
    """Correct a use that was told by mistake: its opposite is written, once.

    Raises:
        Forbidden: ``by`` is no member and does not work on the contract.
        NotForParty: ``by`` may not speak for the user.
        Conflict: It is a correction itself, or was taken back already.
        KeyReused: The key was used for something else.
    """
    contract = use.contract
    authorize(by, "reciprocity.tell_use", contract)
    if not by.may("reciprocity.change_contract", contract) and not may_speak_for(
        by, use.user, contract
    ):
        raise NotForParty(_("You cannot tell a use of somebody for whom you may not speak."))
    own = _key(contract, key)
    done: Use | None = Use.objects.filter(key=own).first()
    if done is not None:
        if done.corrects_id != use.pk:
            raise KeyReused(key=key)
        return done
    if use.corrects_id is not None:
        raise Conflict(_("This is a correction itself."))
    try:
        with transaction.atomic():
            row = Use.objects.create(
                contract=contract, user=use.user, resource=use.resource, quantity=-use.quantity,
                unit=use.unit, day=use.day, note=note.strip()[:300], corrects=use, key=own,
                by=by.label[:254],
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(_("This use was taken back already.")) from error
    audit(by, "reciprocity.use.taken-back", contract, use=use.pk)
    return row
