"""The register, for the floors above: who and what there is, who holds which role, what to do.

Permissions and predicates about roles are in :mod:`chambre.registry.rules`, events in
:mod:`chambre.registry.events`.
"""

from chambre.registry.exchange.public import resource_record
from chambre.registry.held import held_on, open_role, roles_held, roles_on, today
from chambre.registry.offices import OFFICES, agents_bound_by
from chambre.registry.ostrom import Sign, signs_of
from chambre.registry.queries import (
    agents_visible_to,
    organisations_visible_to,
    people_visible_to,
    person,
    resource,
    resources_visible_to,
    roles_visible_to,
    structure,
    structures_readable_by,
)
from chambre.registry.rules import has_role
from chambre.registry.searching import ResourceQuery, search_agents, search_resources
from chambre.registry.services import (
    add_wish,
    apply_import,
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
    export_register,
    grant_role,
    home_chamber,
    person_of,
    preview_import,
    restore_version,
    set_image,
)

__all__ = [
    "OFFICES",
    "ResourceQuery",
    "Sign",
    "add_wish",
    "agents_bound_by",
    "agents_visible_to",
    "apply_import",
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
    "export_register",
    "grant_role",
    "has_role",
    "held_on",
    "home_chamber",
    "open_role",
    "organisations_visible_to",
    "people_visible_to",
    "person",
    "person_of",
    "preview_import",
    "resource",
    "resource_record",
    "resources_visible_to",
    "restore_version",
    "roles_held",
    "roles_on",
    "roles_visible_to",
    "search_agents",
    "search_resources",
    "set_image",
    "signs_of",
    "structure",
    "structures_readable_by",
    "today",
]
