"""Addresses of the treasury: each counter's list."""

from __future__ import annotations

from chambre.treasury.views import home, months, rules

app_name = "treasury"
prefix = "tresorerie/"
urlpatterns = [*home.HOME, *rules.RULES, *months.MONTHS]
