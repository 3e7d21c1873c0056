"""Who gets in, how often somebody may try, and that all processes count together."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from chambre.core.models import AuditEntry, CacheRow, User
from chambre.core.ui.context import LETTERS_AS_FILES

pytestmark = pytest.mark.django_db
DATABASE_CACHE = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    }
}
LOGIN = "/compte/login/"
PASSWORD = "trois petits bocaux"


@pytest.fixture(autouse=True)
def _shared_cache(settings):
    settings.CACHES = DATABASE_CACHE
    yield
    cache.clear()


@pytest.fixture
def ada(make_user):
    from allauth.account.models import EmailAddress

    user = make_user("ada@exemple.test", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def try_password(client, email="ada@exemple.test", password="wrong", address="203.0.113.1"):
    return client.post(LOGIN, {"login": email, "password": password}, REMOTE_ADDR=address)


def signed_in(client):
    return "_auth_user_id" in client.session


def test_a_password_opens_the_door(client, ada):
    answer = try_password(client, password=PASSWORD)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in(client)


def test_a_code_from_the_mail_opens_the_door_once(client, ada):
    client.post(reverse("account_request_login_code"), {"email": "ada@exemple.test"})
    code = re.search(r"^\s*([A-Z0-9]{4,}-?[A-Z0-9]*)\s*$", mail.outbox[0].body, re.MULTILINE)[1]

    wrong = client.post(reverse("account_confirm_login_code"), {"code": "0000-0000"})
    assert wrong.status_code == 200
    assert not signed_in(client)

    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert signed_in(client)

    other = Client()
    other.post(reverse("account_confirm_login_code"), {"code": code})
    assert not signed_in(other)


def test_nobody_learns_who_has_an_account(client, ada):
    known = client.post(reverse("account_request_login_code"), {"email": "ada@exemple.test"})
    unknown = Client().post(reverse("account_request_login_code"), {"email": "who@exemple.test"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_an_account_is_shut_for_a_while_after_five_wrong_passwords_from_anywhere(client, ada):
    for number in range(5):
        try_password(Client(), address=f"203.0.113.{number}")

    right = try_password(client, password=PASSWORD, address="198.51.100.7")

    assert not signed_in(client)
    assert right.status_code == 200
    assert "Trop de tentatives. Réessayez dans 5 minutes." in right.content.decode()
    assert CacheRow.objects.filter(cache_key__contains="login_failed").exists()


def test_an_address_is_shut_after_ten_wrong_passwords_whatever_the_account(client, ada, make_user):
    for number in range(10):
        try_password(Client(), email=f"p{number}@exemple.test")

    try_password(client, password=PASSWORD)
    assert not signed_in(client)

    try_password(client, password=PASSWORD, address="198.51.100.7")
    assert signed_in(client)


def test_codes_are_not_sent_without_end(ada):
    url = reverse("account_request_login_code")
    statuses = [
        Client().post(url, {"email": "ada@exemple.test"}, REMOTE_ADDR=f"203.0.113.{n}").status_code
        for n in range(5)
    ]

    assert len(mail.outbox) == 3
    assert statuses[:3] == [302, 302, 302]
    refused = Client().post(url, {"email": "ada@exemple.test"})
    assert "Trop de tentatives. Réessayez dans 1 minute." in refused.content.decode()


def test_whoever_knocks_without_end_reads_when_to_come_back(ada):
    for _try in range(30):
        try_password(Client(), email="")

    answer = try_password(Client(), email="")

    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "Trop de tentatives. Réessayez dans 1 minute." in answer.content.decode()


def test_a_code_that_is_wrong_too_often_is_replaced_by_another(client, ada):
    client.post(reverse("account_request_login_code"), {"email": "ada@exemple.test"})
    for _try in range(3):
        answer = client.post(reverse("account_confirm_login_code"), {"code": "FAUX"}, follow=True)

    assert "Trop de codes faux. Demandez-en un autre." in answer.content.decode()
    assert not signed_in(client)


def test_without_a_mail_server_the_page_says_where_the_letter_is(client, ada, settings, tmp_path):
    settings.EMAIL_BACKEND = LETTERS_AS_FILES
    settings.EMAIL_FILE_PATH = tmp_path / "mail"

    answer = client.post(
        reverse("account_request_login_code"), {"email": "ada@exemple.test"}, follow=True
    )

    assert "aucun serveur de courrier" in answer.content.decode()
    [letter] = (tmp_path / "mail").iterdir()
    assert "To: ada@exemple.test" in letter.read_text()


def test_a_header_that_anybody_can_send_is_not_believed(settings, ada):
    for number in range(10):
        Client().post(
            LOGIN,
            {"login": f"p{number}@exemple.test", "password": "wrong"},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )

    client = Client()
    client.post(
        LOGIN,
        {"login": "ada@exemple.test", "password": PASSWORD},
        headers={"X-Forwarded-For": "192.0.2.99"},
    )
    assert not signed_in(client)


def test_a_new_account_is_recorded_and_speaks_its_language(client):
    client.post(
        reverse("account_signup"),
        {"email": "New@exemple.test", "name": "New"},
        headers={"Accept-Language": "en"},
    )

    user = User.objects.get()
    assert (user.email, user.language, user.is_admin) == ("new@exemple.test", "en", False)
    assert not user.has_usable_password()
    assert AuditEntry.objects.get(action="core.person.signed-up").user == user
    assert (user.name, user.agent.name) == ("New", "New")


def test_where_accounts_are_closed_nobody_makes_one(client, settings):
    settings.CHAMBRE_SIGNUP = "closed"

    answer = client.post(reverse("account_signup"), {"email": "new@exemple.test", "name": "New"})

    assert answer.status_code == 200
    assert not User.objects.exists()


def test_somebody_who_was_stopped_cannot_come_in(client, ada):
    ada.is_active = False
    ada.save()

    try_password(client, password=PASSWORD)
    assert not signed_in(client)


def test_my_sessions_can_be_seen_and_ended(ada):
    here, there = Client(), Client()
    try_password(here, password=PASSWORD)
    try_password(there, password=PASSWORD)
    assert here.get(reverse("usersessions_list")).status_code == 200

    here.post(reverse("usersessions_list"))

    assert there.get(reverse("core:jobs")).status_code == 302
    assert here.get(reverse("core:jobs")).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "account_email",
        "account_change_password",
        "mfa_index",
        "usersessions_list",
        "mfa_activate_totp",
    ],
)
def test_pages_of_the_account_need_somebody(client, name):
    assert client.get(reverse(name)).status_code == 302
