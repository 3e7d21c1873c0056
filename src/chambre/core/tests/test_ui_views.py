"""The first page, the switches, the invented people and what the footer leads to."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from django.conf import settings as real_settings
from django.template import loader
from django.test import Client

from chambre.core.models import AuditEntry
from chambre.core.ui import archive, slots
from chambre.core.ui.slots import DemoPerson

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines(monkeypatch, make_user):
    """An invented person, as the demonstration data would register her."""
    person = DemoPerson("ines@exemple.test", "Inès Fabre", "Lit et propose.")
    monkeypatch.setattr(slots, "_demo", [lambda: [person]])
    return make_user(person.email, name=person.name)


def signed_in(client):
    return "_auth_user_id" in client.session


def test_strangers_learn_what_this_is_and_where_to_come_in(client):
    page = client.get("/").content.decode()

    assert "Ce que nous tenons en commun" in page
    assert 'href="/compte/login/"' in page
    assert "demo-people" not in page
    assert "Démonstration" not in page


def test_the_invented_people_exist_only_in_the_demonstration(client, ines, settings):
    settings.CHAMBRE_DEMO = False
    assert "Inès" not in client.get("/").content.decode()
    answer = client.post("/demonstration/entrer/", {"email": ines.email})
    assert answer.status_code == 404
    assert not signed_in(client)

    settings.CHAMBRE_DEMO = True
    assert "Inès Fabre" in client.get("/").content.decode()
    answer = client.post("/demonstration/entrer/", {"email": ines.email})
    assert answer.headers["Location"] == "/"
    assert signed_in(client)
    assert AuditEntry.objects.get().action == "core.demo.signed-in"
    assert AuditEntry.objects.get().user == ines


def test_nobody_else_can_be_become(client, ines, make_user, settings):
    settings.CHAMBRE_DEMO = True
    make_user("vraie@exemple.test")

    for email in ("vraie@exemple.test", "personne@exemple.test", ""):
        assert client.post("/demonstration/entrer/", {"email": email}).status_code == 404
    ines.is_active = False
    ines.save()
    assert client.post("/demonstration/entrer/", {"email": ines.email}).status_code == 404

    assert not signed_in(client)
    assert not AuditEntry.objects.exists()


def test_a_link_signs_nobody_in(client, ines, settings):
    settings.CHAMBRE_DEMO = True

    assert client.get("/demonstration/entrer/", {"email": ines.email}).status_code == 405
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("target", "arrives"),
    [
        ("/code-source/?a=1", "/code-source/?a=1"),
        ("https://ailleurs.test/", "/"),
        ("//ailleurs.test/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
@pytest.mark.parametrize("switch", ["/langue/", "/apparence/"])
def test_switches_lead_back_but_never_away(client, switch, target, arrives):
    answer = client.post(switch, {"next": target, "language": "en", "theme": "dark"})

    assert answer.headers["Location"] == arrives


def test_a_language_is_kept(client):
    client.post("/langue/", {"language": "en"})
    assert "Things we hold in common" in client.get("/").content.decode()

    client.post("/langue/", {"language": "tlh"})
    assert "Things we hold in common" in client.get("/").content.decode()
    cookie = client.cookies[real_settings.LANGUAGE_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_theme_is_kept_and_given_back_to_the_device(client):
    client.post("/apparence/", {"theme": "dark"})
    assert '<html lang="fr" data-theme="dark">' in client.get("/").content.decode()

    client.post("/apparence/", {"theme": ""})
    assert '<html lang="fr">' in client.get("/").content.decode()


def test_a_forged_theme_does_not_reach_the_page(client):
    client.cookies["chambre_theme"] = 'dark" onload="x'

    assert '<html lang="fr">' in client.get("/").content.decode()


@pytest.mark.parametrize("switch", ["/langue/", "/apparence/", "/demonstration/entrer/"])
def test_switches_cannot_be_pressed_by_other_sites(settings, switch, ines):
    settings.CHAMBRE_DEMO = True

    answer = Client(enforce_csrf_checks=True).post(switch, {"theme": "dark", "email": ines.email})

    assert answer.status_code == 403
    assert set(answer.cookies) == {"csrftoken"}  # no session, no choice kept


def test_the_living_page_belongs_to_the_demonstration(client, settings):
    settings.CHAMBRE_DEMO = False
    assert client.get("/ui/").status_code == 404

    settings.CHAMBRE_DEMO = True
    assert client.get("/ui/").status_code == 200


def test_the_source_that_is_offered_is_the_one_that_runs(client):
    answer = client.get("/code-source/chambre.zip")

    files = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="chambre.zip"'
    running = Path(archive.__file__).read_bytes()
    assert files.read("chambre/src/chambre/core/ui/archive.py") == running
    names = files.namelist()
    assert not [name for name in names if re.search(r"\.pyc|\.sqlite3|secret|/var/|\.mo$", name)]


def test_the_legal_notice_is_the_administrators(client, settings, tmp_path):
    settings.CHAMBRE_HOME = tmp_path
    assert "pages/legal.fr.md" in client.get("/mentions-legales/").content.decode()

    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "legal.fr.md").write_text("# Éditeur\n\nLe Verger <script>x</script>")

    page = client.get("/mentions-legales/").content.decode()
    assert "<h2>Éditeur</h2>" in page
    assert "pages/legal.fr.md" not in page
    assert "<script>x" not in page
    english = client.get("/mentions-legales/", headers={"accept-language": "en"})
    assert "<h2>Éditeur</h2>" in english.content.decode()


def test_the_first_pages_ask_little_of_the_database(
    client, make_user, django_assert_max_num_queries
):
    with django_assert_max_num_queries(0):
        client.get("/code-source/")
    client.force_login(make_user())
    with django_assert_max_num_queries(15):
        client.get("/")


@pytest.mark.parametrize("status", [400, 500])
def test_the_last_page_needs_nothing(status):
    page = loader.render_to_string(f"{status}.html")

    assert 'href="/static/ui/chambre.css"' in page
    assert 'lang="en"' in page
    assert "Nothing that was recorded is lost" in page
