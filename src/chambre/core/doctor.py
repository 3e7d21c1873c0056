"""What can be wrong with a house, and what to do about it: ``chambre doctor`` and ``/health/ready``.

An app adds its own checks in ``apps.ready()`` or at import of a module that is loaded there::

    @check("ledger.seals", _("Seals"))
    def seals() -> Finding:
        return good(_("Every entry is sealed."))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

log = structlog.get_logger("chambre.doctor")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        level: ``ok``, ``warning`` (it works, but somebody should look) or ``error``.
        message: What is so, in words.
        advice: What to do about it; empty when nothing is to do.
        facts: Figures for machines.
    """

    level: str
    message: str
    advice: str = ""
    facts: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A registered check."""

    name: str
    title: Any
    run: Callable[[], Finding]
    ready: bool


_checks: dict[str, Check] = {}


def check(name: str, title: Any, *, ready: bool = False) -> Callable[..., Any]:
    """Register a check.

    Args:
        name: Stable name.
        title: What it looks at, lazy translated.
        ready: The house cannot serve anybody while this is an error (``/health/ready``).
    """

    def register(function: Callable[[], Finding]) -> Callable[[], Finding]:
        _checks[name] = Check(name, title, function, ready)
        return function

    return register


def good(message: Any, **facts: Any) -> Finding:
    """All is well."""
    return Finding("ok", str(message), "", facts)


def warning(message: Any, advice: Any = "", **facts: Any) -> Finding:
    """It works, but somebody should look."""
    return Finding("warning", str(message), str(advice), facts)


def bad(message: Any, advice: Any = "", **facts: Any) -> Finding:
    """It does not work, or not safely."""
    return Finding("error", str(message), str(advice), facts)


def examine(*, only_ready: bool = False) -> list[tuple[Check, Finding]]:
    """Run the checks; a check that fails is itself a finding."""
    from chambre.core import health  # noqa: F401 - registers the core's own checks

    findings = []
    for one in _checks.values():
        if only_ready and not one.ready:
            continue
        try:
            finding = one.run()
        except Exception as error:  # a broken check is what the doctor must tell
            log.warning("doctor.check-failed", check=one.name, exc_info=error)
            finding = bad(f"{type(error).__name__}: {error}")
        findings.append((one, finding))
    return findings


def as_data(findings: list[tuple[Check, Finding]]) -> dict[str, Any]:
    """The findings for machines; ``ok`` is false as soon as one is an error."""
    return {
        "ok": all(finding.level != "error" for _check, finding in findings),
        "checks": [
            {
                "name": one.name,
                "ok": finding.level != "error",
                "level": finding.level,
                "message": finding.message,
                "advice": finding.advice,
                "facts": finding.facts or {},
            }
            for one, finding in findings
        ],
    }
