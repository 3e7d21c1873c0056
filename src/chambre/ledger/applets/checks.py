"""Checks that rooms add to the verification: what they keep has to agree with the books."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

Check = Callable[[], Iterable[str]]
_checks: dict[str, Check] = {}


def add_check(name: str, check: Check) -> None:
    """Let ``verify`` ask a room whether what it keeps agrees with the ledger.

    Args:
        name: Stable machine code of the problems that it finds: the room's label.
        check: Gives one message for each difference; reads only.

    Raises:
        TypeError: Another check has this name.
    """
    known = _checks.get(name)
    if known is not None and known is not check:
        raise TypeError(f"{name} is checked already")
    _checks[name] = check


def found() -> Iterator[tuple[str, str]]:
    """What every check finds: its name and a message."""
    for name in sorted(_checks):
        for message in _checks[name]():
            yield name, message
