"""Cash and cheques in a browser: every page fits, and is accessible."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.browser.harness import assert_accessible, shoot

from chambre.core.actors import Actor
from chambre.treasury.models import BankAccount
from chambre.treasury.services import cheques, drawers, vouchers
from chambre.treasury.tests.payouts.samples import filled

DAY = dt.date(2026, 3, 4)


@pytest.fixture
def treasurer(transactional_db, system):
    book, user = filled(system)
    by = Actor.of(user)
    drawer = drawers.add_drawer(book=book, name="Caisse du marché", by=by)
    drawers.count_drawer(drawer=drawer, kind="opening", pieces={}, day=DAY, key="o", by=by)
    drawers.move_cash(
        drawer=drawer, kind="in", amount=12_350, reason="Vente de plants", use="sale.product",
        day=DAY, key="m", by=by,
    )  # fmt: skip
    rows = [
        cheques.receive_cheque(
            book=book, drawn_by=f"Adhérent {n}", bank="Banque postale", number=f"000000{n}",
            amount=2_500, reason="Adhésion", use="membership", key=f"c{n}", day=DAY, by=by,
        )
        for n in range(4)
    ]  # fmt: skip
    cheques.make_slip(
        book=book, account=BankAccount.objects.get(), day=DAY, key="s", by=by,
        cheques=[row.pk for row in rows[:2]],
    )  # fmt: skip
    vouchers.issue_voucher(
        book=book, amount=5_000, reason="Tombola", use="purchase", day=DAY, key="v", by=by
    )
    return user


def test_pages_fit_and_are_accessible(visitor, treasurer):
    page = visitor.open("/tresorerie/vergers/caisse/", user=treasurer)
    pages = {
        "cash": "caisse/",
        "drawer": "caisse/caisse-du-marche/",
        "count": "caisse/caisse-du-marche/compter/",
        "cheques": "cheques/",
        "cheque": "cheques/nouveau/",
        "slip": "cheques/remises/1/",
        "vouchers": "bons/",
        "voucher": "bons/nouveau/",
    }
    for name, path in pages.items():
        page.goto(f"/tresorerie/vergers/{path}")
        shoot(page, f"desk-{name}")
        assert_accessible(page)
