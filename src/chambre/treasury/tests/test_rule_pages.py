"""The pages of booking rules."""

import pytest

from chambre.treasury.models import BookingRule
from chambre.treasury.services.booking import rule_of

pytestmark = pytest.mark.django_db


def test_a_treasurer_reads_and_changes_a_rule(client, orchard, treasurer):
    client.force_login(treasurer)

    assert "756100" in client.get("/tresorerie/vergers/regles/").content.decode()
    values = {"account": "756200", "vat": "2000", "resource": "", "note": "Avec contrepartie"}
    answer = client.post("/tresorerie/vergers/regles/membership/", values)

    assert answer.status_code == 302
    assert rule_of(orchard, "membership").account == "756200"
    assert rule_of(orchard, "membership").vat == 2000
    page = client.get("/tresorerie/vergers/regles/membership/").content.decode()
    assert "Avec contrepartie" in page
    client.post("/tresorerie/vergers/regles/membership/", {"default": "1"})
    assert rule_of(orchard, "membership").account == "756100"


def test_what_is_wrong_is_said_beside_its_field_and_nothing_changes(client, orchard, treasurer):
    client.force_login(treasurer)

    answer = client.post("/tresorerie/vergers/regles/membership/", {"account": "cotisation"})

    assert answer.status_code == 422
    assert "cotisation" in answer.content.decode()
    assert not BookingRule.objects.exists()
    assert client.get("/tresorerie/vergers/regles/luck/").status_code == 404


def test_others_see_no_rule(client, orchard, passer_by):
    client.force_login(passer_by)
    assert client.get("/tresorerie/vergers/regles/").status_code == 403
    assert client.post("/tresorerie/vergers/regles/fee/", {"account": "627100"}).status_code == 403
    assert client.get("/tresorerie/vergers/mois/2026-3/").status_code == 403
