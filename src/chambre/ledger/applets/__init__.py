"""Inner parts of the ledger; used from outside through :mod:`chambre.ledger.api` only."""
