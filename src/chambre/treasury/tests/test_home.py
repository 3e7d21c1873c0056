"""The treasury's first pages: for whom they are."""

import pytest
from django.urls import reverse

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
