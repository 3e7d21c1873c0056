"""Letters where no mail server is set up: files that whoever runs the Chamber can read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from django.core.mail.backends.filebased import EmailBackend
from django.core.mail.message import EmailMessage

log = structlog.get_logger("chambre.mail")


class FileBackend(EmailBackend):
    """Writes each letter as a file, and says in the log which one: never to whom, nor what."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write them; how many."""
        written: Any = super().send_messages(email_messages)
        if written:
            log.info("mail.written", file=self._get_filename())  # type: ignore[attr-defined]
        return int(written or 0)
