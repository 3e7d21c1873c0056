"""What the environment may decide, typed and in one place (``chambre doctor`` prints it)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def default_home() -> Path:
    """The folder of a Chamber when ``CHAMBRE_HOME`` is not set.

    In a clone it is ``var/`` beside ``pyproject.toml``; installed from a wheel it is
    ``~/.local/share/chambre``.
    """
    root = Path(__file__).resolve().parents[4]
    if (root / "pyproject.toml").exists():
        return root / "var"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "chambre"


class Config(BaseSettings):
    """Environment of a Chamber. Every variable is prefixed ``CHAMBRE_`` but ``DATABASE_URL``."""

    model_config = SettingsConfigDict(env_prefix="CHAMBRE_", extra="ignore")

    home: Path = Field(default_factory=default_home)
    database_url: str = Field(default="", validation_alias="DATABASE_URL")
    demo: bool = False
    hosts: str = "localhost,127.0.0.1,[::1]"
    origins: str = ""
    https: bool = False
    email_url: str = ""
    email_from: str = "chambre@localhost"
    log_level: str = "INFO"
    log_json: bool = False
    language: str = "fr"
    time_zone: str = "Europe/Paris"
    rooms_off: str = ""
    proxies: int = 0

    def secret_key(self) -> str:
        """The key that signs sessions: from ``CHAMBRE_SECRET_KEY`` or made once in the home."""
        given = os.environ.get("CHAMBRE_SECRET_KEY", "")
        if given:
            return given
        path = self.home / "secret-key"
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            # Exclusive creation: two commands started at once must agree on one key.
            with path.open("x", encoding="ascii") as file:
                path.chmod(0o600)
                file.write(secrets.token_urlsafe(64))
        except FileExistsError:
            pass
        return path.read_text(encoding="ascii")
