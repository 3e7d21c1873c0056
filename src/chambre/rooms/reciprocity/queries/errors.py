"""What the room refuses, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chambre.core.errors import Conflict, Forbidden, Invalid, NotFound
from chambre.lib.reciprocity import ContractError


class NoContract(NotFound):
    """There is no such contract or version, or not for this person."""

    code = "reciprocity.not-found"
    default_message = _("There is no such contract.")


class ContractRefused(Invalid):
    """The words do not make a contract; ``data["problems"]`` has line, column and path of each mistake."""

    code = "reciprocity.contract-refused"
    default_message = _("This does not make a contract yet.")

    def __init__(self, error: ContractError) -> None:
        language = get_language() or "fr"
        self.error = error
        problems = [
            {
                "line": each.line, "column": each.column, "path": each.path, "code": each.code,
                "message": each.text(language),
            }
            for each in error.problems
        ]  # fmt: skip
        super().__init__(problems=problems, fields={"text": error.message(language).splitlines()})


class NameTaken(Invalid):
    """Another contract has this short name."""

    code = "reciprocity.name-taken"
    status = 409
    default_message = _("Another contract has this short name.")


class NotNow(Conflict):
    """The contract is not in a state in which this can be done."""

    code = "reciprocity.not-now"
    default_message = _("This cannot be done with this contract (any more).")


class NotForParty(Forbidden):
    """The person may not sign or speak for this party."""

    code = "reciprocity.not-for-party"
    default_message = _(
        "You cannot bind this party: that is for its treasurer, or for whoever was given the power to sign."
    )


class OtherWords(Conflict):
    """What was shown is not what is offered (any more)."""

    code = "reciprocity.other-words"
    default_message = _("The words have changed meanwhile: please read them again before you sign.")


class BadCode(Invalid):
    """The code is wrong, used, too old, or was tried too often."""

    code = "reciprocity.bad-code"
    default_message = _("This code is not right, or not any more. Ask for a new one.")

    def __init__(self, message: Any = None, **data: Any) -> None:
        super().__init__(message, **data)
        self.data.setdefault("fields", {"code": [str(self.message)]})


class UseRefused(Invalid):
    """A use cannot be told like this."""

    code = "reciprocity.use-refused"
    default_message = _("This use cannot be told like this.")
