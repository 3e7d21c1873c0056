"""Many tables made by one step of a migration.

Django works out all models anew for each ``CreateModel``: sixty tables in one migration take as
long as everything else of ``migrate`` together. Here their models are worked out once. Migrations may
import this module, as they do :mod:`chambre.core.db.append_only`.

Example::

    operations = [
        Together([migrations.CreateModel("Tree", …), migrations.CreateModel("Apple", …)]),
        ProtectTable("Apple"),
    ]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation


class Together(Operation):
    """Several tables, with their constraints and indexes, whose models are worked out once.

    Only ``CreateModel``: whatever changes a table of these again would find it changed already.
    """

    reversible = True

    def __init__(self, operations: Sequence[CreateModel]) -> None:
        for operation in operations:
            if not isinstance(operation, CreateModel):
                raise TypeError(f"{operation!r} makes no table")
        self.operations = operations

    def state_forwards(self, app_label: str, state: Any) -> None:
        """All their models; of those that were worked out already none is worked out again.

        New tables change nothing of the others, which only learn who points to them.
        """
        apps = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if apps is not None:
            state.__dict__["apps"] = apps
            names = [operation.name_lower for operation in self.operations]
            apps.render_multiple([state.models[app_label, name] for name in names])

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Make each table, with the models as they are after all of them."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Drop each table, the last one first."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """One line for ``migrate``."""
        return f"Create {len(self.operations)} models together"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """How the operation is written in a migration file."""
        return self.__class__.__name__, [self.operations], {}
