"""How the scanning page says what happened, what can be chosen and how it is paid."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from chambre.rooms.deposit.models import Part
from chambre.rooms.deposit.services.asking import Answer

KINDS = {"return": "refunded", "issue": "issued"}
"""The outcome that says that an act was done, by kind."""
MEANS = {
    Part.Channel.CASH: lazy("banknotes and coins"),
    Part.Channel.VOUCHER: lazy("a voucher"),
    Part.Channel.SEPA: lazy("a transfer"),
    Part.Channel.SUSPENDED: lazy("a suspended ticket, for somebody in need"),
    Part.Channel.GIFT: lazy("a gift to the commons"),
}
"""How a deposit can be paid back from the scanning page."""


def outcome_words(kind: str, answer: Answer) -> str:
    """The headline of an answer."""
    if kind == "issue":
        many = len(answer.lines) or 1
        done = ngettext("%(n)s object issued", "%(n)s objects issued", many) % {"n": many}
        return done if answer.outcome == "issued" else _("Not issued")
    return {
        "refunded": _("Paid back"),
        "already": _("Already brought back"),
        "case": _("Noted: somebody will look at it"),
        "refused": _("Not possible here"),
    }.get(answer.outcome, answer.outcome)


SCRIPT = {
    "who": lazy("Signed in as {name}: at your places you issue and take back."),
    "elsewhere": lazy(
        "Signed in as {name}: you run no place here; you may look at an object and say where you left it."
    ),
    "offline_who": lazy("Without a network: your places as of last time. What you scan is kept."),
    "anybody": lazy(
        "Anybody may see what an object is, and say that it was left at a place. People of a place "
        "sign in to pay."
    ),
    "account": lazy("The account is noted. Now scan what is taken."),
    "twice": lazy("This one is in the list already"),
    "listed": lazy("In the list: {n}"),
    "list": lazy("{n} in the list"),
    "take_back": lazy("Take back: {n}"),
    "issue": lazy("Hand out: {n}"),
    "remove": lazy("Remove"),
    "objects": lazy("{n} objects"),
    "part": lazy("A part is an amount such as 1,50, and goes another way than the rest."),
    "choose_place": lazy("Choose a place first"),
    "sending": lazy("Sending…"),
    "kept": lazy("Kept on this device, and sent as soon as there is a network"),
    "waits": lazy("Waits for the network"),
    "waiting": lazy("Waiting to be sent: {n}. Open this page again where there is a network."),
    "sign_in": lazy("Sign in, then it is sent"),
    "no_network": lazy("No network: what this object is cannot be looked up now"),
    "no_camera": lazy("The camera cannot be used. Allow it in the browser, or type the code."),
    "nothing_held": lazy("No deposit is held for it at the moment."),
    "held": lazy("Deposit: {amount}"),
    "counter_only": lazy(
        "A code alone does not pay so much: it is paid at the counter, or once somebody of the place "
        "has seen the object."
    ),
    "declare": lazy("I have brought it back to this place"),
    "some_paid": lazy("{paid} of {n} paid back"),
    "slip": lazy("Code to keep, worth the deposit: {code}"),
}
"""What the script of the scanning page says."""
