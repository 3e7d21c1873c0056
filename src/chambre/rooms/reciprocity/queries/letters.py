"""What letters about contracts say, in the language that is active."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chambre.core.addresses import own_address
from chambre.core.ui import figures
from chambre.rooms.reciprocity.models import Amendment, ContractLetter

Kind = ContractLetter.Kind
SUBJECTS: dict[str, Any] = {
    Kind.OFFERED: gettext_lazy("To sign: %(contract)s"),
    Kind.IN_FORCE: gettext_lazy("In force: %(contract)s"),
    Kind.WITHDRAWN: gettext_lazy("Taken back: %(contract)s"),
    Kind.BREACH: gettext_lazy("A breach is noted: %(contract)s"),
    Kind.REMEDIED: gettext_lazy("A breach is remedied: %(contract)s"),
    Kind.SUSPENDED: gettext_lazy("Suspended: %(contract)s"),
    Kind.RESUMED: gettext_lazy("In force again: %(contract)s"),
    Kind.ENDED: gettext_lazy("Ended: %(contract)s"),
    Kind.MEDIATION: gettext_lazy("You are asked to mediate: %(contract)s"),
    Kind.PROPOSED: gettext_lazy("A change is proposed: %(contract)s"),
    Kind.DECIDED: gettext_lazy("Decided about a change: %(contract)s"),
    Kind.REVIEW: gettext_lazy("To be looked at again: %(contract)s"),
}
LEADS: dict[str, Any] = {
    Kind.OFFERED: gettext_lazy(
        "You may sign this contract. Read it first: the page shows what it says in plain "
        "words, and the digest of the words that you sign."
    ),
    Kind.IN_FORCE: gettext_lazy(
        "Everybody has signed: the contract is in force. Your copy, with the digest and "
        "the signatures, can be downloaded from its page."
    ),
    Kind.WITHDRAWN: gettext_lazy(
        "The contract was taken back to be changed. What was signed binds nobody; other "
        "words will be offered."
    ),
    Kind.BREACH: gettext_lazy("Somebody says that the contract was not kept by %(about)s."),
    Kind.REMEDIED: gettext_lazy("The breach by %(about)s is remedied; the contract goes on."),
    Kind.SUSPENDED: gettext_lazy("What the contract gives to %(about)s is suspended."),
    Kind.RESUMED: gettext_lazy("The contract holds again for %(about)s."),
    Kind.ENDED: gettext_lazy("The contract has ended for %(about)s."),
    Kind.MEDIATION: gettext_lazy(
        "You are named as the mediator of this contract. A breach by %(about)s is noted, "
        "and the parties may turn to you before they turn to a judge."
    ),
    Kind.PROPOSED: gettext_lazy(
        "Somebody proposes to change the contract. You have a voice: the page shows what "
        "would change and until when you may speak."
    ),
    Kind.DECIDED: gettext_lazy(
        "The parties have decided about the proposed change. The page says how, and what "
        "comes next."
    ),
    Kind.REVIEW: gettext_lazy(
        "The parties said that they would look at this contract again on this day: does "
        "it still do what it should?"
    ),
}


def wording(letter: ContractLetter) -> tuple[str, str]:
    """Subject and body of a letter."""
    contract, turn = letter.contract, letter.turn
    about = turn.about.name if turn is not None and turn.about is not None else _("everybody")
    facts = {"contract": contract.name, "about": about}
    lines = [_("Hello,"), "", str(LEADS[letter.kind]) % facts]
    if turn is not None and turn.reason:
        lines += ["", _("Why: %(reason)s") % {"reason": turn.reason}]
    if turn is not None and turn.until is not None:
        lines += ["", _("Until %(day)s.") % {"day": figures.day(turn.until)}]
    if letter.kind == Kind.PROPOSED:
        row = contract.amendments.filter(state=Amendment.State.OPEN).first()
        if row is not None:
            lines += ["", _("Until %(day)s.") % {"day": figures.day(row.until)}]
    if contract.resource is not None:
        lines += ["", _("Resource: %(resource)s") % {"resource": contract.resource.name}]
    address = own_address() + reverse("reciprocity:contract", args=[contract.slug])
    lines += ["", address, "", str(contract.chamber)]
    return str(SUBJECTS[letter.kind]) % facts, "\n".join(lines)
