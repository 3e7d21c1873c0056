"""What the lens puts into the menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.ui.slots import MenuEntry, add_menu

add_menu(
    MenuEntry(
        _("Books"), "lens:books", permission="core.see_jobs", order=20, section="accounts",
        icon="book",
    )
)
add_menu(
    MenuEntry(
        _("Attribution"), "lens:rules", permission="lens.change_rules", order=30,
        section="accounts", icon="rule",
    )
)
add_menu(
    MenuEntry(
        _("Check a file"), "lens:check", permission="core.see_jobs", order=40,
        section="accounts", icon="check",
    )
)  # fmt: skip
