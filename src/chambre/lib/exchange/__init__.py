"""Exchanges between several parties: what they say, whether they can ever be settled, and their states.

:func:`read` reads the text of one (``docs/howto/exchange.md``), with every mistake at its line;
:func:`examine` says as well why it could never be settled; :func:`write` and :func:`digest` give what is
signed; :mod:`.states` is the machine of its states; :func:`plain_reading` reads it back in plain words.
"""

from chambre.lib.exchange.errors import ExchangeError, ExchangeProblem, ExchangeRefusal
from chambre.lib.exchange.model import Condition, Exchange, Leg, Mediator, Part, Party
from chambre.lib.exchange.possible import Facts, holds, missing, reach
from chambre.lib.exchange.reading import Report, examine, examine_data, read, read_data
from chambre.lib.exchange.words import Section, leg_words, plain_reading
from chambre.lib.exchange.writing import as_data, digest, write, write_data

__all__ = [
    "Condition",
    "Exchange",
    "ExchangeError",
    "ExchangeProblem",
    "ExchangeRefusal",
    "Facts",
    "Leg",
    "Mediator",
    "Part",
    "Party",
    "Report",
    "Section",
    "as_data",
    "digest",
    "examine",
    "examine_data",
    "holds",
    "leg_words",
    "missing",
    "plain_reading",
    "reach",
    "read",
    "read_data",
    "write",
    "write_data",
]
