"""The treasury at the command line."""

from __future__ import annotations

import click

from chambre.treasury.cli import matching as matching
from chambre.treasury.cli.bank import bank
from chambre.treasury.cli.credit import credit
from chambre.treasury.cli.desk import cheque, drawer, voucher
from chambre.treasury.cli.invoice import invoice
from chambre.treasury.cli.payment import payment
from chambre.treasury.cli.payouts import collections, payouts

commands: list[click.Command] = [
    bank,
    payment,
    payouts,
    collections,
    invoice,
    credit,
    drawer,
    cheque,
    voucher,
]
"""Each counter's groups; ``payment``, ``bank``, ``payouts``, ``invoice``…"""

__all__ = ["commands"]
