"""What the room refuses, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict, Forbidden, Invalid, NotFound
from chambre.lib.exchange import ExchangeError, ExchangeRefusal, Report


class NoExchange(NotFound):
    """There is no such exchange, or not for this person."""

    code = "exchange.not-found"
    default_message = _("There is no such exchange.")


class ExchangeTextRefused(Invalid):
    """The words make no exchange; ``data["problems"]`` has line, column and path of each mistake."""

    code = "exchange.text-refused"
    default_message = _("This does not make an exchange yet.")

    def __init__(self, problems: Any) -> None:
        language = get_language() or "fr"
        found = [
            {
                "line": each.line, "column": each.column, "path": each.path, "code": each.code,
                "message": each.text(language),
            }
            for each in problems
        ]  # fmt: skip
        messages = [each.message(language) for each in problems]
        super().__init__(problems=found, fields={"text": messages})

    @classmethod
    def of(cls, error: ExchangeError) -> ExchangeTextRefused:
        """The refusal that says what is wrong with a text."""
        return cls(error.problems)


class CannotSettle(ExchangeTextRefused):
    """What is written can never be settled."""

    code = "exchange.can-never-settle"
    status = 409
    default_message = _("As it is written, this can never be settled.")

    @classmethod
    def because(cls, report: Report) -> CannotSettle:
        """The refusal that says what stands in the way."""
        return cls(report.obstacles)


class NotNow(Conflict):
    """The exchange is not in a state in which this can be done; nothing happened."""

    code = "exchange.not-now"
    default_message = _("This cannot be done with this exchange (any more).")


def refused(refusal: ExchangeRefusal) -> NotNow:
    """What the states refuse, in the reader's language; ``data`` has the rule's own code."""
    words = refusal.message(get_language() or "fr")
    return NotNow(words, reason=refusal.code)


class NotForParty(Forbidden):
    """The person may not sign or speak for this party."""

    code = "exchange.not-for-party"
    default_message = _(
        "You cannot bind this party: a person binds themselves, a treasurer their structure."
    )


class OtherWords(Conflict):
    """What was shown is not what is offered (any more)."""

    code = "exchange.other-words"
    default_message = _("The words have changed meanwhile: please read them again before you sign.")


class BadCode(Invalid):
    """The code is wrong, used, too old, or was tried too often."""

    code = "exchange.bad-code"
    default_message = _("This code is not right, or not any more. Ask for a new one.")

    def __init__(self, message: Any = None, **data: Any) -> None:
        super().__init__(message, **data)
        self.data.setdefault("fields", {"code": [str(self.message)]})


class KeptApart(Forbidden):
    """Somebody would move what the Chamber holds for others."""

    code = "exchange.held-for-others"
    default_message = _(
        "This is held for the parties of an exchange: it leaves only as they signed, not otherwise."
    )
