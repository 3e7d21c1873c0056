"""Uses that a contract counts: told once, taken back once, by those who may speak."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from chambre.core.actors import Actor
from chambre.core.errors import Conflict, Forbidden, KeyReused
from chambre.registry import api as registry
from chambre.rooms.reciprocity.models import Use
from chambre.rooms.reciprocity.queries.errors import NotForParty, NotNow, UseRefused
from chambre.rooms.reciprocity.services import using
from chambre.rooms.reciprocity.tests.conftest import Commons


def tell(commons: Commons, contract, key: str = "k1", **changed):
    given = {
        "user": commons.press, "quantity": Decimal(3), "unit": "diffusion",
        "by": commons.by(commons.omar), **changed,
    }  # fmt: skip
    return using.tell_use(contract=contract, key=key, **given)


def test_a_use_is_told_once(commons: Commons) -> None:
    contract = commons.signed()
    first = tell(commons, contract)
    assert tell(commons, contract) == first
    with pytest.raises(KeyReused):
        tell(commons, contract, quantity=Decimal(4))
    assert Use.objects.count() == 1
    assert (first.resource, first.day) == (commons.course, registry.today())


def test_it_is_taken_back_once(commons: Commons) -> None:
    use = tell(commons, commons.signed())
    by = commons.by(commons.ines)
    back = using.take_back_use(use=use, key="b1", by=by, note="Doublon")
    assert using.take_back_use(use=use, key="b1", by=by) == back
    assert back.quantity == Decimal(-3)
    with pytest.raises(Conflict):
        using.take_back_use(use=use, key="b2", by=by)
    with pytest.raises(Conflict):
        using.take_back_use(use=back, key="b3", by=by)
    assert sum(row.quantity for row in Use.objects.all()) == 0


def test_what_is_no_use(commons: Commons) -> None:
    contract = commons.signed()
    tomorrow = registry.today() + dt.timedelta(days=1)
    for changed in (
        {"quantity": Decimal(0)}, {"quantity": Decimal("0.0000001")}, {"quantity": Decimal("1e12")},
        {"unit": "vue"}, {"day": tomorrow},
    ):  # fmt: skip
        with pytest.raises(UseRefused):
            tell(commons, contract, **changed)
    with pytest.raises(NotNow):
        tell(commons, commons.draft("brouillon"))
    assert not Use.objects.exists()


def test_who_may_tell(commons: Commons) -> None:
    contract = commons.signed()
    with pytest.raises(NotForParty):
        tell(commons, contract, by=commons.by(commons.lou))
    with pytest.raises(Forbidden):
        tell(commons, contract, by=Actor.of(None))
    tell(commons, contract, key="own", user=commons.lou, by=commons.by(commons.lou))
    machine = Actor("token", commons.by(commons.omar).user, "key", frozenset({"reciprocity"}))
    tell(commons, contract, key="machine", by=machine)
    narrow = Actor("token", commons.by(commons.omar).user, "key", frozenset({"lens"}))
    with pytest.raises(Forbidden):
        tell(commons, contract, key="other", by=narrow)
    assert Use.objects.count() == 2
