"""What each counter registers when the house starts: cards of the home page, open items."""

from __future__ import annotations


def register_all() -> None:
    """Called once, by ``apps.ready()``."""
