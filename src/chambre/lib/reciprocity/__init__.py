"""Contracts of reciprocity: a language, its computation, and the comparison of its results.

A contract says who may use a shared resource, what they owe in return, and in which order its
income is shared (``docs/contract-language.md``). :func:`read` reads one with every mistake at its
line and column, :func:`write` writes it canonically, :func:`digest` names it.
"""

from chambre.lib.reciprocity.circles import Circle
from chambre.lib.reciprocity.comparing import (
    AmountChange,
    Difference,
    OutcomeDifferences,
    OwedChange,
    differences,
    outcome_differences,
)
from chambre.lib.reciprocity.composing import Composition, Flow, compose
from chambre.lib.reciprocity.eligibility import answer
from chambre.lib.reciprocity.errors import (
    ContractError,
    FactsError,
    Problem,
    ReciprocityRefusal,
)
from chambre.lib.reciprocity.facts import Facts
from chambre.lib.reciprocity.model import (
    Contract,
    Party,
    PartyClass,
    Step,
    Text,
)
from chambre.lib.reciprocity.outcome import Fact, Line, Outcome, Owed, Trace
from chambre.lib.reciprocity.reading import read, read_data
from chambre.lib.reciprocity.running import Computation, run
from chambre.lib.reciprocity.tables import read_facts
from chambre.lib.reciprocity.writing import as_data, digest, write

__all__ = [
    "AmountChange",
    "Circle",
    "Composition",
    "Computation",
    "Contract",
    "ContractError",
    "Difference",
    "Fact",
    "Facts",
    "FactsError",
    "Flow",
    "Line",
    "Outcome",
    "OutcomeDifferences",
    "Owed",
    "OwedChange",
    "Party",
    "PartyClass",
    "Problem",
    "ReciprocityRefusal",
    "Step",
    "Text",
    "Trace",
    "answer",
    "as_data",
    "compose",
    "differences",
    "digest",
    "outcome_differences",
    "read",
    "read_data",
    "read_facts",
    "run",
    "write",
]
