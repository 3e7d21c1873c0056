"""The treasury's first pages: for whom they are."""

import pytest
from django.urls import reverse

from chambre.ledger.models import Book
from chambre.registry import api as registry

pytestmark = pytest.mark.django_db


def test_a_treasurer_of_one_structure_is_taken_to_it(client, orchard, treasurer):
    client.force_login(treasurer)

    answer = client.get(reverse("treasury:index"), follow=True)

    assert answer.redirect_chain == [("/tresorerie/vergers/", 302)]
    assert "Les Vergers de la Lysse" in answer.content.decode()


def test_nobody_else_sees_a_structures_money(client, orchard, passer_by):
    assert client.get("/tresorerie/vergers/").status_code == 302
    client.force_login(passer_by)
    assert client.get("/tresorerie/").status_code == 403
    assert client.get("/tresorerie/vergers/").status_code == 403
    assert client.get("/tresorerie/nowhere/").status_code == 404


def test_looking_opens_no_accounts_and_the_button_does_with_the_right_chart(
    client, make_user, system
):
    structure = registry.create_structure(
        slug="chorale", name="La Chorale", legal_form="association", by=system
    )
    user = make_user("ada@exemple.test")
    person = registry.create_person(email=user.email, name="Ada", by=system)
    registry.grant_role(agent=person, kind="treasurer", scope=structure, by=system)
    client.force_login(user)

    page = client.get("/tresorerie/chorale/").content.decode()
    assert '<option value="associatif" selected>' in page
    assert client.get("/tresorerie/chorale/regles/").status_code == 404
    assert client.get("/tresorerie/chorale/factures/nouvelle/").status_code == 404
    assert not Book.objects.exists()

    assert client.post("/tresorerie/chorale/ouvrir/", {"chart": "luck"}).status_code == 422
    assert not Book.objects.exists()
    assert client.post("/tresorerie/chorale/ouvrir/", {"chart": "associatif"}).status_code == 302
    assert Book.objects.get().chart == "associatif"
    assert client.get("/tresorerie/chorale/").status_code == 200


def test_nobody_else_opens_accounts(client, passer_by, system):
    registry.create_structure(slug="chorale", name="La Chorale", by=system)
    client.force_login(passer_by)
    assert client.post("/tresorerie/chorale/ouvrir/").status_code == 403
    assert not Book.objects.exists()
