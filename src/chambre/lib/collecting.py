"""Large work with millions of small values: the garbage collector need not look at them so often.

Python's collector looks for cycles each time that 700 more containers were made than dropped, and
now and then at everything that lives. Reading and posting a large file makes containers by the
million and no cycles; looking costs it a sixth of its time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

SELDOM = 50_000
"""Containers made and not dropped before the collector looks at the youngest."""


class _Seldom:
    """Counts who is inside, and knows how it was before."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._former = gc.get_threshold()

    def enter(self) -> None:
        with self._lock:
            if not self._inside:
                self._former = gc.get_threshold()
                if 0 < self._former[0] < SELDOM:
                    gc.set_threshold(SELDOM, *self._former[1:])
            self._inside += 1

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                gc.set_threshold(*self._former)


_seldom = _Seldom()


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """While inside, the collector looks at most every 50,000 containers; cycles still go.

    It holds for the whole process, and may be entered by several threads and within itself. A
    process that collects never, or less often already, is left as it is.
    """
    _seldom.enter()
    try:
        yield
    finally:
        _seldom.leave()
