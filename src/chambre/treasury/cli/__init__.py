"""The treasury at the command line."""

from __future__ import annotations

import click

commands: list[click.Command] = []
"""Each counter's groups; ``payment``, ``bank``, ``payouts``, ``invoice``…"""

__all__ = ["commands"]
