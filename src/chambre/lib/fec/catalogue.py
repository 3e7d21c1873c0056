"""Every rule by its name."""

from __future__ import annotations

from .rules import Rule
from .rules_admin import ADMINISTRATION
from .rules_order import FURTHER

RULES: dict[str, Rule] = {rule.name: rule for rule in (*ADMINISTRATION, *FURTHER)}
"""Every rule by its stable name; see :mod:`.rules` for what the first letter means."""
