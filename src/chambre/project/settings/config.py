"""What the environment may decide, typed and in one place (``chambre doctor`` prints it).

Every variable is read here and nowhere else. A plain dataclass and not a settings library: it is
read at the start of every command, and must cost nothing.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on", "oui"}
NO = {"", "0", "false", "no", "off", "non"}


def default_home() -> Path:
    """The folder of a Chamber when ``CHAMBRE_HOME`` is not set.

    In a clone it is ``var/`` beside ``pyproject.toml``; installed from a wheel it is
    ``~/.local/share/chambre``.
    """
    root = Path(__file__).resolve().parents[4]
    if (root / "pyproject.toml").exists():
        return root / "var"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "chambre"


def _value(variable: str, kind: str, text: str) -> Any:
    """The text of a variable as its type."""
    if kind == "bool":
        if text.lower() in YES | NO:
            return text.lower() in YES
        raise ImproperlyConfigured(f"{variable} is {text!r}; write 1 or 0.")
    if kind == "int":
        if text.isascii() and text.isdigit():
            return int(text)
        raise ImproperlyConfigured(f"{variable} is {text!r}; write a whole number.")
    if kind == "Path":
        return Path(text).expanduser().absolute()
    return text


@dataclass(frozen=True, slots=True)
class Config:
    """Environment of a Chamber. Variables are prefixed ``CHAMBRE_``, but ``DATABASE_URL``.

    Attributes:
        home: Folder of the SQLite file, the uploads and the secrets.
        database_url: ``postgres://user:password@host/name``; empty: SQLite in the home.
        demo: Invented data, and sign-in by one click. Kept as the file ``demo`` in the home.
        hosts: Names that the site answers to, with commas; ``*`` for any.
        origins: Full addresses (``https://…``) that forms may come from, with commas.
        https: Served over HTTPS: secure cookies, redirection, HSTS.
        email_url: ``smtp://user:password@host:587?tls=1``; empty: messages are written as files.
        email_from: Sender of messages.
        log_level: ``DEBUG``, ``INFO``, ``WARNING``, ``ERROR``.
        log_json: One JSON object a line instead of readable lines.
        language: ``fr`` or ``en``, for those who did not choose.
        time_zone: Name of the local time, as in ``Europe/Paris``.
        rooms_off: Rooms that are switched off, with commas.
        proxies: How many proxies stand in front (they say the visitor's address).
        signup: ``open``: anybody may make an account; ``closed``: nobody.
        sqlite: ``auto``: the newer SQLite library that comes as a wheel, when it is installed;
            ``system``: Python's own.
        prepared: PostgreSQL plans the statements of the busiest acts once for a connection; switch it off
            behind a pool that gives each transaction another one.
        upload_limit: Largest upload, in mebibytes.
        security_contact: Address or e-mail for ``/.well-known/security.txt``.
        source_url: Where the source code of this site is (AGPL-3.0, section 13).
        gs1_prefixes: GS1 company prefixes whose length is known: ``3760123`` or ``376:7``, with commas.
        epcis_private_callbacks: Subscribers of events may have private addresses.
    """

    home: Path = field(default_factory=default_home)
    database_url: str = ""
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
    signup: str = "open"
    sqlite: str = "auto"
    prepared: bool = True
    upload_limit: int = 512
    security_contact: str = ""
    source_url: str = ""
    gs1_prefixes: str = ""
    epcis_private_callbacks: bool = False

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> Config:
        """Read the environment.

        Raises:
            ImproperlyConfigured: A variable has a value that makes no sense.
        """
        given: dict[str, Any] = {}
        for item in fields(cls):
            name = variable(item.name)
            if name in environ:
                given[item.name] = _value(name, str(item.type), environ[name].strip())
        config = cls(**given)
        allowed = {"signup": ("open", "closed"), "sqlite": ("auto", "system")}
        for name, values in {**allowed, "language": ("fr", "en")}.items():
            if getattr(config, name) not in values:
                raise ImproperlyConfigured(f"{variable(name)} must be one of: {', '.join(values)}.")
        return config

    @property
    def is_demo(self) -> bool:
        """Whether this home shows invented data, by the environment or by its ``demo`` file."""
        return self.demo or (self.home / "demo").exists()

    def secret_key(self) -> str:
        """The key that signs sessions: from ``CHAMBRE_SECRET_KEY`` or made once in the home."""
        given = os.environ.get("CHAMBRE_SECRET_KEY", "")
        if given:
            return given
        path = self.home / "secret-key"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Written whole, then linked: two commands started at once agree on one key, and
            # neither reads it half-written.
            draft = path.with_name(f".secret-key-{os.getpid()}-{secrets.token_hex(4)}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(64))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass  # somebody was faster: theirs is the key
            finally:
                draft.unlink()
        return path.read_text(encoding="ascii")


def variable(name: str) -> str:
    """The environment variable of a field: ``home`` is ``CHAMBRE_HOME``."""
    return "DATABASE_URL" if name == "database_url" else f"CHAMBRE_{name.upper()}"
