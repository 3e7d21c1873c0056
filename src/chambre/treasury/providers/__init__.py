"""Payment providers: one adapter each, all behind the contract of :mod:`.base`."""

from __future__ import annotations

from chambre.treasury.providers.base import Provider
from chambre.treasury.providers.helloasso import HelloAsso
from chambre.treasury.providers.mollie import Mollie
from chambre.treasury.providers.stripe import Stripe

ALL: dict[str, Provider] = {each.name: each for each in (Stripe(), HelloAsso(), Mollie())}
"""The providers by name, in the order in which they are offered."""
