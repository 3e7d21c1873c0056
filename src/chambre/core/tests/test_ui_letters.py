"""What arrives in people's letter boxes, and the doors that are closed."""

import re

import pytest
from django.core import mail
from django.core.cache import cache

pytestmark = pytest.mark.django_db

FRENCH, ENGLISH = {"accept-language": "fr"}, {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _patience():
    cache.clear()


def test_a_code_arrives_in_the_language_of_the_page(client, make_user):
    make_user("ada@exemple.test")

    client.post("/compte/login/code/", {"email": "ada@exemple.test"}, headers=ENGLISH)

    letter = mail.outbox[-1]
    code = re.search(r"^ {4}(\S+)$", letter.body, re.MULTILINE)[1]
    assert letter.subject == f"{code} is your sign-in code"
    assert letter.body.startswith("Hello,\n\nHere is your code. Type it")
    assert letter.body.rstrip().endswith("Chambre, at testserver")


def test_somebody_without_an_account_is_told_so_by_letter_only(client):
    data = {"email": "inconnue@exemple.test"}
    page = client.post("/compte/login/code/", data, headers=FRENCH, follow=True).content.decode()

    letter = mail.outbox[-1]
    assert letter.subject == "Aucun compte à cette adresse"
    assert "http://testserver/compte/signup/" in letter.body
    assert "Saisissez le code" in page  # the page does not tell who has an account


def test_making_an_account_twice_leads_to_the_sign_in(client, make_user):
    make_user("ada@exemple.test")

    client.post("/compte/signup/", {"email": "ada@exemple.test", "name": "Ada"}, headers=FRENCH)

    letter = mail.outbox[-1]
    assert letter.subject == "Vous avez déjà un compte"
    assert "    http://testserver/compte/login/\n" in letter.body


def test_letters_hold_no_markup(client, make_user):
    make_user("o'neil@exemple.test")

    client.post("/compte/signup/", {"email": "o'neil@exemple.test", "name": "O"}, headers=FRENCH)

    assert "o'neil@exemple.test" in mail.outbox[-1].body
    assert "&" not in mail.outbox[-1].body


def test_where_accounts_are_by_invitation_nobody_is_sent_to_a_closed_door(client, settings):
    settings.CHAMBRE_SIGNUP = "closed"

    assert "/compte/signup/" not in client.get("/").content.decode()
    assert "/compte/signup/" not in client.get("/compte/login/").content.decode()
    closed = client.get("/compte/signup/").content.decode()
    assert "Les comptes se font sur invitation" in closed
