"""What the server tells its children of its address."""

from __future__ import annotations

import pytest

from chambre.project.serving import environment_for, origin_for


@pytest.fixture(autouse=True)
def _bare(monkeypatch):
    for name in ("CHAMBRE_ORIGINS", "CHAMBRE_HOSTS", "CHAMBRE_HTTPS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", "http://localhost:8123"),
        ("0.0.0.0", "http://localhost:8123"),
        ("::1", "http://[::1]:8123"),
        ("ferme.lan", "http://ferme.lan:8123"),
    ],
)
def test_links_of_letters_lead_to_where_it_serves(host, origin):
    assert origin_for(host, 8123) == origin
    assert environment_for(host, 8123)["CHAMBRE_ORIGINS"] == origin


@pytest.mark.parametrize("name", ["CHAMBRE_ORIGINS", "CHAMBRE_HOSTS", "CHAMBRE_HTTPS"])
def test_who_stands_behind_another_address_is_left_alone(name, monkeypatch):
    monkeypatch.setenv(name, "1")

    assert environment_for("127.0.0.1", 8123).get("CHAMBRE_ORIGINS") in (None, "1")
