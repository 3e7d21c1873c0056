"""What happened: events, agreements, books, journal entries and seals, written once.

Every line names the structure that bears it (its book) and the resource that it concerns, and
every journal entry balances in every (book, resource, unit) cell. Other floors use
:mod:`chambre.ledger.api` and nothing else of this package.
"""
