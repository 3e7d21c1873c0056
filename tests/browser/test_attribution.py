"""Attribution in a browser: the count as one writes, and the same without a script."""

from __future__ import annotations

import pytest
from tests.browser.harness import assert_accessible, shoot

from chambre.rooms.lens import services
from chambre.rooms.lens.models import RuleDraft
from chambre.rooms.lens.tests.attribution_samples import rule, treasurer_of, world

PAGES = {
    "rules": "/attribution/",
    "rule": "/attribution/regles/0/",
    "draft": "/attribution/changements/",
    "text": "/attribution/texte/",
    "hand": "/attribution/lignes/",
    "left": "/attribution/reste/",
    "suggestions": "/attribution/propositions/",
    "history": "/attribution/historique/",
    "version": "/attribution/historique/1/",
}


@pytest.fixture
def treasurer(transactional_db, system):
    chamber = world(system)
    by = treasurer_of("nectar", "cuma", email="bruno@exemple.test", system=system)
    press = rule("presse", {"presse": 1}, label="(?i)presse", account=["6*"])
    rules = services.check_rules([press], chamber=chamber)
    services.apply_rules(rules=rules, chamber=chamber, by=by)
    services.put_rule(
        rule=rule("ventes", {"verger": 1}, account=["701*"]),
        place=None,
        was="",
        chamber=chamber,
        by=by,
    )
    return by


def test_pages_fit_and_are_accessible(visitor, treasurer):
    page = visitor.open("/", user=treasurer.user)

    for name, path in PAGES.items():
        page.goto(path)
        shoot(page, f"attribution-{name}")
        assert_accessible(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_what_a_rule_takes_is_counted_while_it_is_written(visitor, treasurer, scripts):
    page = visitor.open("/attribution/regles/nouvelle/", user=treasurer.user, scripts=scripts)
    page.fill("[name=name]", "assurances")
    page.fill("[name=account]", "616*")
    page.locator("[name=shares-resource]").first.select_option("verger")
    page.locator("[name=shares-weight]").first.fill("1")

    if not scripts:
        page.click("button[name=try]")
    page.locator("#trial .stat-figure").first.wait_for()
    page.get_by_role("cell", name="616000").wait_for()
    page.click(".actions button[name=save]")
    page.wait_for_url("**/attribution/")

    assert [each["name"] for each in RuleDraft.objects.get().rules] == [
        "presse",
        "ventes",
        "assurances",
    ]
