"""The economic model of a resource: described in a file or a form, and simulated.

What it brings, costs and needs, with ranges for what nobody knows yet (``docs/model-language.md``).
:func:`read_model` reads a file with every mistake at its line and column, :func:`simulate` runs it
thousands of times, :func:`walk` walks through it once and shows what each figure is made of.
"""

from chambre.lib.modelling.figures import PARTS, Figure, Kind, Uncertain
from chambre.lib.modelling.forms import form_schema, model_from_form
from chambre.lib.modelling.model import (
    Cost,
    Deposit,
    Equipment,
    Grant,
    Indexing,
    Loan,
    Model,
    Price,
    Segment,
    Upkeep,
    Volunteer,
)
from chambre.lib.modelling.outcome import (
    DEFAULT_RUNS,
    Band,
    Lever,
    Result,
    When,
    Year,
    most_runs,
    simulate,
)
from chambre.lib.modelling.plain import Month, walk
from chambre.lib.modelling.problems import ModelError, ModelRefusal, Problem
from chambre.lib.modelling.reading import model_from_data, read_model
from chambre.lib.modelling.schema import SECTIONS, Field, Section
from chambre.lib.modelling.writing import form_values, write_model

__all__ = [
    "DEFAULT_RUNS",
    "PARTS",
    "SECTIONS",
    "Band",
    "Cost",
    "Deposit",
    "Equipment",
    "Field",
    "Figure",
    "Grant",
    "Indexing",
    "Kind",
    "Lever",
    "Loan",
    "Model",
    "ModelError",
    "ModelRefusal",
    "Month",
    "Price",
    "Problem",
    "Result",
    "Section",
    "Segment",
    "Uncertain",
    "Upkeep",
    "Volunteer",
    "When",
    "Year",
    "form_schema",
    "form_values",
    "model_from_data",
    "model_from_form",
    "most_runs",
    "read_model",
    "simulate",
    "walk",
    "write_model",
]
