"""What can be done in the register. Each function authorizes, locks, decides, writes and tells."""

from chambre.registry.services.agents import (
    change_agent,
    create_person,
    create_structure,
    home_chamber,
    person_of,
)
from chambre.registry.services.assessments import assess
from chambre.registry.services.exports import export_register
from chambre.registry.services.images import set_image
from chambre.registry.services.imports import apply_import, preview_import
from chambre.registry.services.resources import (
    change_resource,
    change_standing,
    create_resource,
    restore_version,
)
from chambre.registry.services.roles import end_role, grant_role
from chambre.registry.services.wishes import add_wish, change_wish, close_wish

__all__ = [
    "add_wish",
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
    "home_chamber",
    "person_of",
    "preview_import",
    "restore_version",
    "set_image",
]
