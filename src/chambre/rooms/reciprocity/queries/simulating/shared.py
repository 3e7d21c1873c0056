"""A model put through contracts that somebody may read."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language

from chambre.core.actors import Actor
from chambre.lib.modelling import Model, ModelRefusal, Result
from chambre.lib.modelling.sharing import Comparison, compare
from chambre.lib.reciprocity import FactsError
from chambre.rooms.reciprocity.queries.simulating.errors import NotSimulated
from chambre.rooms.reciprocity.queries.simulating.finding import words_named


def compared(model: Model, result: Result, names: Sequence[str], by: Actor) -> Comparison:
    """Who gets what under each of some contracts.

    Args:
        model: The model.
        result: What its runs say.
        names: Of templates, or of contracts of the room as ``contracts_readable_by`` names them.
        by: Who asks.

    Raises:
        NotFound: There is no such contract, or not for them.
        NotSimulated: A contract in another currency, or one that the model says too little for.
    """
    contracts = [words_named(name, by) for name in names]
    try:
        return compare(model, result, contracts)
    except (ModelRefusal, FactsError) as error:
        raise NotSimulated(error.message(get_language() or "fr")) from error
