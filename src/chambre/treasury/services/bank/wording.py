"""What an import noticed, in the reader's words."""

from __future__ import annotations

from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chambre.core.ui import figures
from chambre.treasury.services.bank.importing import ImportOutcome


def _day(text: str) -> str:
    day = parse_date(text)
    return figures.day(day) if day else text


def notice_text(notice: dict[str, Any]) -> str:
    """A notice of an import as a sentence."""
    code = notice["code"]
    if code == "other-account":
        return _("Rows of another account (%(account)s) were passed over.") % notice
    if code == "batch-whole":
        return (
            _("Row %(place)s is a batch whose parts do not add up to it: it was kept whole.")
            % notice
        )
    if code == "skipped":
        count = int(notice["count"])
        return ngettext(
            "%(n)d line without a day or an amount was passed over (a total, a title).",
            "%(n)d lines without a day or an amount were passed over (totals, titles).",
            count,
        ) % {"n": count}
    if code == "flipped":
        return _("This bank writes reversals with the sign of what they undo: they were turned.")
    facts = {
        "after": _day(notice["after"]),
        "before": _day(notice["before"]),
        "amount": figures.money(notice["amount"]),
    }
    if code == "gap":
        return (
            _(
                "Between %(after)s and %(before)s the balances differ by %(amount)s: bring in the "
                "statements of these days."
            )
            % facts
        )
    return (
        _(
            "From %(after)s to %(before)s the account has %(amount)s more than this statement: rows "
            "of another file are not in it."
        )
        % facts
    )


def outcome_text(outcome: ImportOutcome) -> str:
    """What an import did, in one or two sentences."""
    if not outcome.rows:
        return _("The statement has no movement.")
    if not outcome.new and not outcome.pending:
        return _("All of it was there already: nothing was done.")
    text = ngettext("%(n)d row is new.", "%(n)d rows are new.", outcome.new) % {"n": outcome.new}
    if outcome.already:
        text += " " + ngettext(
            "%(n)d was there already.", "%(n)d were there already.", outcome.already
        ) % {"n": outcome.already}
    if outcome.pending:
        text += " " + ngettext(
            "%(n)d is announced and not on the account yet.",
            "%(n)d are announced and not on the account yet.",
            outcome.pending,
        ) % {"n": outcome.pending}
    if outcome.matching.matched:
        text += " " + ngettext(
            "%(n)d was matched.", "%(n)d were matched.", outcome.matching.matched
        ) % {"n": outcome.matching.matched}
    return text
