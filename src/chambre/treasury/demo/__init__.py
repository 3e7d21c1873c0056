"""Demonstration data of the treasury, made through its services."""

from chambre.treasury.demo.bank import bring_all as load

__all__ = ["load"]
