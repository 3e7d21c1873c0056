"""The one entrance to the treasury, for the rooms above it.

A room authorizes its own act, asks here as ``Actor.system("its name")`` or as the person, and hears
:mod:`chambre.treasury.events`.

**Payments.** What a room must know:

- :func:`request_payment` with ``origin`` (the room's name), ``origin_key`` (its own key of the order) and
  ``key`` (idempotency: the same order asked for twice is one payment). The payer's page is
  ``reverse("treasury:pay", args=[payment.public_id])``; whoever has its address may pay.
- Lines decide how the money is booked and come back in refunds: one line for each thing that may go back
  alone. Accounts and VAT rates are frozen when it is asked for. A line may be negative.
- Nothing is paid until :class:`PaymentChanged` says ``paid``; deliver nothing before. It may say
  ``partly_paid``, then ``paid``; later ``partly_refunded``, ``refunded``, ``disputed`` and ``paid``
  again. It may say ``paid`` after ``failed``, ``expired`` or ``cancelled``: a late transfer is taken, and
  the room decides whether it still delivers or calls :func:`refund`.
- :func:`refund` is once per ``key`` and payment; it gives back by the way the money came, or by ``means``:
  ``transfer`` asks for a payout, ``cash`` takes it out of a ``drawer``. The room hears of it when it is
  done, which may be days later. By transfer it needs an account (:class:`NoAccount`): the one that
  the money came from, or ``iban``.
- :func:`payment` finds a payment again, by its public id.

**Over the desk.** Cash is in drawers (:func:`drawers_of`, :func:`drawer_of`: each with ``is_open`` and
``held`` in cents); somebody opens and closes them by counting, and a closed one gives and takes nothing
(:class:`DrawerClosed`). :func:`move_cash` with ``kind="out"`` (or ``"in"``), ``amount``, ``reason``,
``day``, ``key`` and ``lines`` (what the parts are for, positive: ``BookLine(200, use="deposit",
resource=…)``) gives cash out and books it at once; more than is there is refused
(:class:`NotInDrawer`); :func:`move_cash_together` does
so for several drawers in one entry. :func:`add_drawer` and :func:`count_drawer` give a place one.
:func:`take_cash` takes cash for a payment. :func:`issue_voucher` with ``amount``, ``reason``, ``day``,
``key`` and the same ``lines`` gives a voucher and tells its code once (asked again with the same key:
the voucher, and no code; a room may give a ``code`` of its own); :func:`use_voucher` pays with one. A
key is unique in the book for ever: the same act again changes nothing.

**Credit units of the chamber.** One unit is worth one euro; accounts of one chamber are always zero
together. :func:`open_credit` for an agent with the ``limit`` agreed with them, :func:`credit_account`
finds it (``held``, ``left`` in hundredths of a unit). :func:`move_units` gives from ``source`` to
``target`` once per ``key``, never beyond what is held and the limit (:class:`NotEnoughUnits`); each
holder's own book has it on ``means.credit`` against ``source_use`` and ``target_use`` (empty: the room
books that side). :func:`move_many` makes many :class:`UnitsMove` s in one commit. How far an account may
go both ways is :func:`agree_bounds` (:class:`TooManyUnits` above), which share of a price it takes
:func:`agree_acceptance`; an account in hours has ``unit="HUR"`` and minutes; :func:`open_partner` is
another chamber's account. A room whose members decide on the accounts says where (:func:`govern`): the
treasury's own pages then refuse to limit and to give (:class:`DecidedElsewhere`).
:func:`pay_with_units` pays a payment; :func:`refund` with ``means="credit"`` gives back to whom it came from.

**Payouts.** :func:`pay_out` asks for a transfer to a third party (:func:`note_party`, :func:`note_iban`
with ``confirmed=True`` when they gave the account themselves). Two people agree, the file goes to the
bank, its row of the statement ends it: hear :class:`PayoutChanged` (``paid``, ``rejected``,
``returned``, ``refused``, ``withdrawn``). A treasurer may put another one in its place (another account):
that one has the same ``origin_key``, and the first one says ``withdrawn``.

**Invoices.** :func:`issue_invoice` with ``book``, customer (:func:`note_party`), :class:`InvoiceIn` with its
:class:`LineIn` s, ``key`` (idempotency), ``origin`` and ``origin_key``: numbered, frozen and booked in
the caller's transaction. Prices may include VAT (``with_vat``), then exactly their sum is payable. What was
paid before goes in ``prepaid`` (booked on ``advance``). :func:`credit_invoice` takes back by line. The room
hears :class:`InvoiceChanged`: ``issued``, ``partly-paid``, ``paid``, ``open`` again, ``credited``.
:func:`settle_invoice` gives the lines against which a payment of an invoice is booked,
:func:`settle_purchase` those of an invoice received.
"""

from __future__ import annotations

from chambre.treasury.booklines import BookLine
from chambre.treasury.governed import DecidedElsewhere, govern
from chambre.treasury.invoicedata import AllowanceIn, InvoiceIn, LineIn
from chambre.treasury.queries.credit import credit_account
from chambre.treasury.queries.desk import drawer_of, drawers_of
from chambre.treasury.queries.payments import payment
from chambre.treasury.reserved import HeldForOthers, reserve
from chambre.treasury.services.booking import account_of, book_entry, rule_of, unbook
from chambre.treasury.services.bouncing import only_receipt, take_away
from chambre.treasury.services.collecting import plan_collection
from chambre.treasury.services.credit import (
    NotEnoughUnits,
    TooManyUnits,
    close_credit,
    lock_accounts,
    open_credit,
    open_partner,
)
from chambre.treasury.services.credit_many import Outcome, UnitsMove, move_many
from chambre.treasury.services.credit_moving import move_units
from chambre.treasury.services.credit_paying import pay_with_units
from chambre.treasury.services.credit_terms import agree_acceptance, agree_bounds, mark_busy
from chambre.treasury.services.drawers import (
    CashPart,
    DrawerClosed,
    NotInDrawer,
    add_drawer,
    count_drawer,
    move_cash,
    move_cash_together,
    take_cash,
)
from chambre.treasury.services.invoice_papers import facturx_of
from chambre.treasury.services.invoice_settling import release_invoice, settle_invoice
from chambre.treasury.services.invoicing import (
    InvoiceIncomplete,
    credit_invoice,
    issue_invoice,
)
from chambre.treasury.services.months import MonthClosed
from chambre.treasury.services.parties import forget_party, note_iban, note_new_party, note_party
from chambre.treasury.services.payments import (
    AskedLine,
    cancel_payment,
    qr_payload,
    request_payment,
)
from chambre.treasury.services.payout_checks import NoAccount
from chambre.treasury.services.payouts import ask_payout as pay_out
from chambre.treasury.services.payouts import withdraw_payout
from chambre.treasury.services.purchase_settling import settle_purchase
from chambre.treasury.services.receiving import receive
from chambre.treasury.services.refunds import refund
from chambre.treasury.services.vouchers import VoucherEmpty, issue_voucher, use_voucher

__all__ = [
    "AllowanceIn",
    "AskedLine",
    "BookLine",
    "CashPart",
    "DecidedElsewhere",
    "DrawerClosed",
    "HeldForOthers",
    "InvoiceIn",
    "InvoiceIncomplete",
    "LineIn",
    "MonthClosed",
    "NoAccount",
    "NotEnoughUnits",
    "NotInDrawer",
    "Outcome",
    "TooManyUnits",
    "UnitsMove",
    "VoucherEmpty",
    "account_of",
    "add_drawer",
    "agree_acceptance",
    "agree_bounds",
    "book_entry",
    "cancel_payment",
    "close_credit",
    "count_drawer",
    "credit_account",
    "credit_invoice",
    "drawer_of",
    "drawers_of",
    "facturx_of",
    "forget_party",
    "govern",
    "issue_invoice",
    "issue_voucher",
    "lock_accounts",
    "mark_busy",
    "move_cash",
    "move_cash_together",
    "move_many",
    "move_units",
    "note_iban",
    "note_new_party",
    "note_party",
    "only_receipt",
    "open_credit",
    "open_partner",
    "pay_out",
    "pay_with_units",
    "payment",
    "plan_collection",
    "qr_payload",
    "receive",
    "refund",
    "release_invoice",
    "request_payment",
    "reserve",
    "rule_of",
    "settle_invoice",
    "settle_purchase",
    "take_away",
    "take_cash",
    "unbook",
    "use_voucher",
    "withdraw_payout",
]
