"""What the lens puts into the menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.core.ui.slots import MenuEntry, Tab, add_menu, add_tab
from chambre.rooms.lens.views.statements import resource_tab

add_menu(
    MenuEntry(
        _("Books"),
        "lens:books",
        permission="core.see_jobs",
        order=20,
        section="accounts",
        icon="book",
    )
)
add_menu(
    MenuEntry(
        _("Attribution"),
        "lens:rules",
        permission="lens.change_rules",
        order=30,
        section="accounts",
        icon="rule",
    )
)
add_menu(
    MenuEntry(
        _("Check a file"), "lens:check", permission="core.see_jobs", order=40,
        section="accounts", icon="check",
    )
)  # fmt: skip
add_menu(
    MenuEntry(
        _("Accounts"), "lens:statements", permission="lens.read_books", order=10,
        section="accounts", icon="balance",
    )
)  # fmt: skip
add_tab("resource", Tab("accounts", _("Accounts"), resource_tab, order=20))
