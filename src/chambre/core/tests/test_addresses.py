"""Where the house is, when nobody asks over the web."""

from __future__ import annotations

import pytest

from chambre.core.addresses import is_local, own_address


@pytest.mark.parametrize(
    ("origins", "hosts", "secure", "found"),
    [
        (["https://commun.test/", "https://autre.test"], ["x.test"], True, "https://commun.test"),
        (["http://localhost:8123"], ["localhost"], False, "http://localhost:8123"),
        ([], ["*", ".commun.test"], True, "https://commun.test"),
        ([], ["commun.test"], False, "http://commun.test"),
        ([], ["*"], False, "http://localhost"),
    ],
)
def test_letters_lead_home(settings, origins, hosts, secure, found):
    settings.CSRF_TRUSTED_ORIGINS = origins
    settings.ALLOWED_HOSTS = hosts
    settings.SESSION_COOKIE_SECURE = secure

    assert own_address() == found


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://localhost:8000", True), ("https://LOCALHOST/x", True), ("http://127.0.0.1", True),
        ("http://[::1]:8000", True), ("http://chambre.localhost", True),
        ("https://commun.test", False), ("https://localhost.commun.test", False),
    ],
)  # fmt: skip
def test_an_address_of_this_computer_is_known_as_such(address, local):
    assert is_local(address) is local
