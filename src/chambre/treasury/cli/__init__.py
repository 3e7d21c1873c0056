"""The treasury at the command line."""

from __future__ import annotations

import click

from chambre.treasury.cli.bank import bank
from chambre.treasury.cli.payment import payment

commands: list[click.Command] = [bank, payment]
"""Each counter's groups; ``payment``, ``bank``, ``payouts``, ``invoice``…"""

__all__ = ["commands"]
