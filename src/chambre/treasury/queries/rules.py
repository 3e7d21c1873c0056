"""The booking rules of a structure, as its treasurer reads them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from chambre.ledger.models import Book
from chambre.lib.accounting.charts import account_label
from chambre.registry import api as registry
from chambre.treasury.models import BookingRule
from chambre.treasury.uses import ALL, Use

GROUPS = {
    "income": _("What money comes for"),
    "third": _("What others owe, and are owed"),
    "means": _("Through what money comes and goes"),
    "vat": _("VAT"),
    "other": _("The rest"),
}
"""Groups of uses, in the order of the page."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A use and where it is booked now: by default (``rule`` is None), or by a rule."""

    use: Use
    account: str
    label: str
    rule: BookingRule | None = None
    means: str = ""


def rules_of(book: Book) -> dict[str, list[RuleRow]]:
    """Every use with its rule, by group; a rule for one means follows that for all."""
    newest: dict[tuple[str, str], BookingRule] = {}
    rows = BookingRule.objects.filter(book=book).select_related("resource").order_by("id")
    for rule in rows:
        newest[rule.use, rule.means] = rule
    today = registry.today()
    found: dict[str, list[RuleRow]] = {group: [] for group in GROUPS}
    for use in ALL:
        own = {means: rule for (name, means), rule in newest.items() if name == use.name}
        for means in ["", *sorted(set(own) - {""})]:
            rule = own.get(means)
            if rule is None or not rule.account:
                if means:
                    continue
                rule, account = None, use.default(book.chart, today.year)
            else:
                account = rule.account
            label = (rule.label if rule else "") or account_label(account, book.chart, today, "fr")
            found[use.group].append(RuleRow(use, account, label, rule, means))
    return found
