"""Who may read what happened to things, and who may record it.

The repository is the chamber's: whoever holds a role in it reads; whoever answers for something (a
resource, a structure, the chamber) records. Events say nothing about persons, so that there is no
finer rule about single events.
"""

from __future__ import annotations

import rules

from chambre.core.rules import is_machine_administrator
from chambre.registry.rules import (
    is_administrator,
    is_facilitator,
    is_member,
    is_steward_of_resource,
    is_treasurer_of_structure,
)

answers_for_something = (
    is_administrator | is_facilitator | is_steward_of_resource | is_treasurer_of_structure
)

rules.add_perm("epcis.read", is_member | is_machine_administrator)
rules.add_perm("epcis.capture", answers_for_something | is_machine_administrator)
rules.add_perm("epcis.ask", is_member | is_machine_administrator)
rules.add_perm("epcis.manage", is_administrator | is_machine_administrator)
