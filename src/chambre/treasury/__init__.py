"""Money at the door: received, matched with the bank statement, paid out, and booked once.

A floor below all rooms. A room asks :mod:`chambre.treasury.api` for a payment or a payout, and hears
through :mod:`chambre.treasury.events` what became of it.
"""
