"""Classes of accounts in plain words."""

from __future__ import annotations

from django.utils.translation import gettext as _


def class_words(code: str, amount: int = 0) -> str:
    """What a class of accounts is for a person who keeps no books.

    Args:
        code: ``1`` to ``7``, ``86``, ``87``.
        amount: The figure beside it; third parties read differently when more is owed than due.
    """
    words = {
        "1": _("what it lives on: own funds, grants, loans"),
        "2": _("what it owns to last: buildings, machines"),
        "3": _("what it has in stock"),
        "4": _("what others owe it, less what it owes them"),
        "5": _("money at the bank and in hand"),
        "6": _("what it spent"),
        "7": _("what it received"),
        "86": _("help in kind, as it was used"),
        "87": _("help in kind, as it was given"),
    }
    if code == "4" and amount < 0:
        return _("what it owes others, more than they owe it")
    return words.get(code, _("other accounts"))


def class_term(code: str) -> str:
    """What accountants call a class."""
    terms = {
        "1": _("capital"),
        "2": _("fixed assets"),
        "3": _("stocks"),
        "4": _("third parties"),
        "5": _("cash"),
        "6": _("expenses"),
        "7": _("income"),
        "86": _("voluntary contributions, use"),
        "87": _("voluntary contributions, origin"),
    }
    return terms.get(code, "")
