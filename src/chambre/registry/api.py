"""The register, for the floors above: who and what there is, who holds which role, what to do.

Permissions and predicates about roles are in :mod:`chambre.registry.rules`, events in
:mod:`chambre.registry.events`.
"""

from chambre.registry.held import held_on, roles_held, roles_on
from chambre.registry.ostrom import Sign, signs_of
from chambre.registry.queries import (
    agents_visible_to,
    organisations_visible_to,
    people_visible_to,
    person,
    resource,
    resources_visible_to,
    structure,
    structures_readable_by,
)
from chambre.registry.rules import has_role
from chambre.registry.services import (
    add_wish,
    assess,
    change_agent,
    change_resource,
    change_standing,
    change_wish,
    close_wish,
    create_person,
    create_resource,
    create_structure,
    end_role,
    grant_role,
    home_chamber,
    own_person,
    restore_version,
)

__all__ = [
    "Sign",
    "add_wish",
    "agents_visible_to",
    "assess",
    "change_agent",
    "change_resource",
    "change_standing",
    "change_wish",
    "close_wish",
    "create_person",
    "create_resource",
    "create_structure",
    "end_role",
    "grant_role",
    "has_role",
    "held_on",
    "home_chamber",
    "organisations_visible_to",
    "own_person",
    "people_visible_to",
    "person",
    "resource",
    "resources_visible_to",
    "restore_version",
    "roles_held",
    "roles_on",
    "signs_of",
    "structure",
    "structures_readable_by",
]
