"""What each counter registers when the house starts: links, cards of the home page, open items."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chambre.treasury.cards import Counter, add_counter


def register_all() -> None:
    """Called once, by ``apps.ready()``."""
    add_counter(Counter(_("Months"), "treasury:months", order=80))
    add_counter(Counter(_("Rules"), "treasury:rules", order=90))
