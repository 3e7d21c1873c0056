"""The pages of the core itself."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_the_process_answers(client):
    answer = client.get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert "no-store" in answer["Cache-Control"]


def test_ready_tells_strangers_little_and_the_administrator_all(client, make_user):
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "checks": [{"name": name, "ok": True} for name in ("database", "migrations", "guards")],
    }

    client.force_login(make_user(is_admin=True))
    assert "version" in client.get("/health/ready").json()["checks"][0]["facts"]


def test_every_page_says_which_chambre_it_is():
    """Also one that has a version of its own to show."""
    from django.template.loader import render_to_string
    from django.test import RequestFactory

    from chambre import __version__
    from chambre.core.ui.context import ui

    context = {**ui(RequestFactory().get("/")), "version": "2/1"}

    assert f"Chambre</strong> {__version__}." in render_to_string("ui/_footer.html", context)


def test_a_missing_guard_makes_the_house_unready(client):
    from django.db import connection

    trigger = (
        "core_auditentry_no_update"
        if connection.vendor == "sqlite"
        else "core_auditentry_no_change"
    )
    on = "" if connection.vendor == "sqlite" else " ON core_auditentry"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {trigger}{on}")

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert [one["name"] for one in answer.json()["checks"] if not one["ok"]] == ["guards"]


def test_robots_stay_out_of_peoples_work(client):
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /travaux/" in text
    assert "Disallow: /compte/" in text


def test_in_the_demonstration_robots_stay_out_altogether(client, settings):
    settings.CHAMBRE_DEMO = True

    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


def test_whom_to_tell_about_a_hole(client, settings):
    settings.CHAMBRE_SECURITY_CONTACT = "security@exemple.test"

    text = client.get("/.well-known/security.txt").content.decode()

    assert text.startswith("Contact: mailto:security@exemple.test\nExpires: 20")


@pytest.mark.parametrize("path", ["/nothing-here/", "/travaux/nope/", "/api-nothing"])
def test_an_unknown_address_gives_a_readable_page(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert '<html lang="fr"' in answer.content.decode()


def test_a_nul_in_an_address_is_refused(client):
    assert client.get("/travaux/%00").status_code == 400
    assert client.get("/?q=%00").status_code == 400


def test_a_stranger_is_asked_to_sign_in(client):
    answer = client.get(reverse("core:jobs"))

    assert answer.status_code == 302
    assert answer["Location"] == "/compte/login/?next=/travaux/"


def test_headers_of_every_page(client):
    answer = client.get("/robots.txt")

    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "microphone=()" in answer["Permissions-Policy"]
    assert len(answer["X-Request-Id"]) == 20


def test_pages_of_people_are_not_kept_by_browsers(client, make_user):
    client.force_login(make_user())

    assert client.get(reverse("core:jobs"))["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ["/api/docs", "/api/problems"])
def test_the_interface_can_be_read(client, path):
    answer = client.get(path)

    assert answer.status_code == 200
    assert (
        "core/jobs/{job}" in answer.content.decode()
        or "idempotency.key-reused" in answer.content.decode()
    )


def test_a_body_that_is_larger_than_any_upload_is_refused_before_it_is_read(client, settings):
    settings.CHAMBRE_UPLOAD_LIMIT = 1000

    for path, kind in (("/langue/", "text/html"), ("/api/core/me", "application/problem+json")):
        answer = client.generic("POST", path, b"", CONTENT_LENGTH=str(1000 + 1024 * 1024 + 1))
        assert answer.status_code == 413
        assert answer["Content-Type"].startswith(kind)


def test_who_signed_in_finds_their_work_in_the_menu(client, make_user):
    assert "/travaux/" not in client.get("/").content.decode()

    client.force_login(make_user())
    assert 'href="/travaux/"' in client.get("/").content.decode()
