"""Uses of money and the accounts on which they are booked when no rule says otherwise.

Numbers are those of the plan comptable général (règlement ANC 2014-03) and, where a second one is
given, of the chart of associations (règlement ANC 2018-06), divided to six digits.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Use:
    """What money is for, or through what it comes.

    Attributes:
        name: As code and rules name it.
        label: In people's words.
        account: Default account of a general chart.
        associatif: Default account of an association's chart, when it is another.
        group: ``income``, ``means``, ``third``, ``vat`` or ``other``: how the page groups them.
        named: On an invoice, it is kept apart for each third party, as the customer's account is.
        renumbered: First year in which the chart has the account, and its number before that year.
    """

    name: str
    label: object
    account: str
    associatif: str = ""
    group: str = "other"
    named: bool = False
    renumbered: tuple[int, str] | None = None

    def default(self, chart: str, year: int | None = None) -> str:
        """The account on which it is booked without a rule; in a year, as the chart of that year has it."""
        if self.renumbered and year is not None and year < self.renumbered[0]:
            return self.renumbered[1]
        return (self.associatif if chart == "associatif" else "") or self.account


ALL = (
    Use("sale.goods", _("Sale of goods bought to be sold"), "707000", group="income"),
    Use("sale.product", _("Sale of what one makes or grows"), "701000", group="income"),
    Use("sale.service", _("Services"), "706000", group="income"),
    Use("sale.other", _("Side activities"), "708000", group="income"),
    Use("membership", _("Membership fees"), "758100", "756100", group="income"),
    Use("donation", _("Gifts"), "758200", "754110", group="income"),
    Use("grant", _("Operating grants"), "741000", group="income"),
    Use("deposit", _("Deposits on containers"), "419600", group="third"),
    Use(
        "deposit.partner",
        _("Deposits that partners hold for a scheme"),
        "467300",
        group="third",
        named=True,
    ),
    Use("deposit.paid", _("Deposits paid on objects to be returned"), "409600", group="third"),
    Use(
        "deposit.settled",
        _("Deposits to be paid to schemes, or to be got from them"),
        "467700",
        group="third",
    ),
    Use(
        "deposit.loss",
        _("Deposits lost on objects that were not returned whole"),
        "602620",
        renumbered=(2025, "613600"),  # règlement ANC 2022-06, in force on 1 January 2025
    ),
    Use("guarantee", _("Deposits held on things that are lent"), "165100", group="third"),
    Use("guarantee.kept", _("Deposits kept for damage, loss or delay"), "758000", "758800"),
    Use("customer", _("Customers"), "411000", group="third"),
    Use("supplier", _("Suppliers"), "401000", group="third"),
    Use("barter.customer", _("Customers, to be set off"), "411800", group="third"),
    Use("barter.supplier", _("Suppliers, to be set off"), "401800", group="third"),
    Use("advance", _("Advances received from customers"), "419100", group="third"),
    Use("share", _("Shares of what a resource brings in"), "651000"),
    Use("share.repaid", _("Claims on a resource that are paid back"), "651000"),
    Use("share.due", _("Shares that are owed"), "467000", group="third"),
    Use("share.received", _("Shares of what other resources bring in"), "751000", group="income"),
    Use("share.own", _("Shares of the structure itself"), "708000", group="income"),
    Use("dispute", _("Amounts in dispute"), "467000", group="third"),
    Use("dispute.lost", _("Payments lost in a dispute"), "654000"),
    Use("vat.collected", _("VAT collected"), "445710", group="vat"),
    Use(
        "vat.advance", _("VAT on advances, until what they pay for is there"), "445870", group="vat"
    ),
    Use("vat.deductible", _("VAT deductible"), "445660", group="vat"),
    Use("vat.reverse", _("VAT that we owe on purchases (reverse charge)"), "445200", group="vat"),
    Use("means.cash", _("Cash drawer"), "530000", group="means"),
    Use("means.cheque", _("Cheques to be paid in"), "511200", group="means"),
    Use("means.provider", _("Card payments not yet transferred"), "517000", group="means"),
    Use("means.voucher", _("Vouchers sold and not used"), "419700", group="means"),
    Use("means.credit", _("Credit units of the chamber"), "458000", group="means"),
    Use("internal", _("Money on its way between own accounts"), "580000", group="means"),
    Use("suspense", _("Bank rows not matched yet"), "471000", group="other"),
    Use("fee", _("Fees of banks and payment services"), "627800", group="other"),
    Use("purchase", _("Purchases"), "606000", group="other"),
    Use("discount", _("Reductions given on invoices"), "709000", group="income"),
    Use("charge", _("Charges added to invoices"), "708500", group="income"),
    Use("advance.paid", _("Advances paid to suppliers"), "409100", group="third"),
    Use("rounding.loss", _("Cents lost to rounding"), "658000"),
    Use("rounding.gain", _("Cents gained by rounding"), "758000", "758800"),
    Use("bad.debt", _("Debts that will not be paid"), "654000"),
    Use("cash.loss", _("Missing from the drawer"), "658000", group="other"),
    Use("cash.gain", _("Too much in the drawer"), "758000", "758800", group="other"),
)
"""Every use, in the order of the page."""

BY_NAME = {use.name: use for use in ALL}
