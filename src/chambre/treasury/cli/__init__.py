"""The treasury at the command line."""

from __future__ import annotations

import click

from chambre.treasury.cli.bank import bank

commands: list[click.Command] = [bank]
"""Each counter's groups; ``payment``, ``bank``, ``payouts``, ``invoice``…"""

__all__ = ["commands"]
