"""Payouts and collections in a browser: every page fits, and is accessible."""

from __future__ import annotations

import pytest
from tests.browser.harness import assert_accessible, assert_zooms, shoot

from chambre.treasury.models import Collection, Mandate, OrderFile, Payout
from chambre.treasury.tests.payouts.samples import filled


@pytest.fixture
def treasurer(transactional_db, system):
    return filled(system)[1]


def test_pages_fit_and_are_accessible(visitor, treasurer):
    page = visitor.open("/tresorerie/vergers/", user=treasurer)
    pages = {
        "home": "",
        "list": "virements/",
        "new": "virements/nouveau/",
        "half": f"virements/{Payout.objects.get(key='p2').code}/",
        "sent": f"virements/{Payout.objects.get(key='p0').code}/",
        "file": "virements/fichier/",
        "made": f"fichiers/{OrderFile.objects.get(kind='transfers').message}/",
        "drawn": "prelevements/",
        "plan": "prelevements/nouveau/",
        "planned": f"prelevements/{Collection.objects.get(key='c3').code}/",
        "drawn-file": "prelevements/fichier/",
        "mandates": "mandats/",
        "mandate": f"mandats/{Mandate.objects.get(key='m3').pk}/",
        "mandate-new": "mandats/nouveau/",
    }
    for name, path in pages.items():
        page.goto(f"/tresorerie/vergers/{path}")
        shoot(page, f"payouts-{name}")
        assert_accessible(page)
    page.goto("/tresorerie/vergers/virements/")
    assert_zooms(page)
