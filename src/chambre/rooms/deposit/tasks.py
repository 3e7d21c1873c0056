"""Work of the deposit room by the clock."""

from __future__ import annotations


def tell_now() -> None:
    """Tell the repository of events what has just happened."""
