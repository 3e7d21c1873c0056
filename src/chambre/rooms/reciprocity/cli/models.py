"""Economic models at the command line: ``chambre model``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show, without_database
from chambre.core.errors import Invalid, NotFound
from chambre.lib.modelling import (
    DEFAULT_RUNS,
    Model,
    ModelError,
    ModelRefusal,
    Result,
    read_model,
    simulate,
    write_model,
)
from chambre.lib.modelling import presets as ready
from chambre.lib.modelling.explaining import explain
from chambre.lib.modelling.presenting import present
from chambre.lib.modelling.schema import MAX_MONTHS
from chambre.lib.modelling.sharing import Comparison, compare
from chambre.lib.reciprocity import Contract, ContractError, FactsError, read
from chambre.lib.reciprocity import templates as contracts
from chambre.registry import api as registry
from chambre.rooms.reciprocity.services.simulating.fromledger import HORIZON, read_from_ledger

_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_runs = click.option("--runs", default=DEFAULT_RUNS, show_default=True, help="How many runs.")
_seed = click.option(
    "--seed", default=1, show_default=True, help="The same seed gives the same result."
)
_contracts = click.option(
    "--contract",
    "names",
    multiple=True,
    help="Contract that shares the surplus: a file or a template. Several are compared.",
)


def _language() -> str:
    return get_language() or "fr"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(_("%(name)s is not UTF-8 text.") % {"name": path.name}) from error


def _model(path: Path) -> Model:
    try:
        return read_model(_read(path))
    except ModelError as error:
        lines = [problem.message(_language()) for problem in error.problems]
        raise Invalid(_("The model cannot be used."), lines=lines) from error


def _contract(name: str) -> Contract:
    """A contract by its template's name or its file."""
    if name in contracts.slugs():
        return contracts.contract(name)
    path = Path(name)
    if not path.is_file():
        text = _("There is neither a template nor a file “%(name)s”.")
        raise NotFound(text % {"name": name})
    try:
        return read(_read(path))
    except ContractError as error:
        lines = [problem.message(_language()) for problem in error.problems]
        raise Invalid(_("The contract cannot be used."), lines=lines) from error


def _simulate(model: Model, runs: int, seed: int) -> Result:
    try:
        return simulate(model, runs, seed)
    except ModelRefusal as error:
        raise Invalid(error.message(_language())) from error


def _compare(model: Model, result: Result, names: Sequence[str]) -> Comparison:
    try:
        return compare(model, result, [_contract(name) for name in names])
    except (ModelRefusal, FactsError) as error:
        raise Invalid(error.message(_language())) from error


@without_database
@click.command("presets")
@json_option
def list_presets(as_json: bool) -> None:
    """Economic models to start from."""
    found = [
        {
            "slug": model.slug,
            "title": model.title.in_language(_language()),
            "summary": model.summary.in_language(_language()),
            "months": model.horizon,
        }
        for model in ready.presets()
    ]
    show({"presets": found}, as_json, [f"{each['slug']}: {each['title']}" for each in found])


@without_database
@click.command("show")
@click.argument("slug")
@json_option
def show_preset(slug: str, as_json: bool) -> None:
    """The file of the model SLUG, to copy and change."""
    try:
        text = ready.preset_text(slug)
    except ModelRefusal as error:
        raise NotFound(error.message(_language())) from error
    show({"slug": slug, "toml": text}, as_json, text.rstrip())


@without_database
@click.command("run")
@_file
@_runs
@_seed
@_contracts
@json_option
def run_model(file: Path, runs: int, seed: int, names: tuple[str, ...], as_json: bool) -> None:
    """Simulate the model in FILE (TOML), and say what can be expected."""
    model = _model(file)
    result = _simulate(model, runs, seed)
    sentences = explain(model, result, _language())
    payload: dict[str, Any] = {**result.as_data(), "sentences": sentences}
    lines = [model.title.in_language(_language()), *sentences.values()]
    if names:
        comparison = _compare(model, result, names)
        payload["sharing"] = comparison.as_data()
        for sharing in comparison.of("p50"):
            lines.append(sharing.title.in_language(_language()) or sharing.contract)
            lines += [f"  {line}" for line in sharing.lines(model.unit, _language())]
    show(payload, as_json, lines)


@without_database
@click.command("present")
@_file
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The PDF to write.",
)
@_runs
@_seed
@_contracts
@click.option("--issuer", default="", help="Who presents it.")
@json_option
def present_model(
    file: Path,
    out: Path,
    runs: int,
    seed: int,
    names: tuple[str, ...],
    issuer: str,
    as_json: bool,
) -> None:
    """Write the four pages on the model in FILE, for somebody who might fund it."""
    model = _model(file)
    result = _simulate(model, runs, seed)
    comparison = _compare(model, result, names) if names else None
    made = present(
        model, result, comparison, language=_language(), issued=timezone.now(), issuer=issuer
    )
    out.write_bytes(made)
    human = _("%(name)s is written.") % {"name": out.name}
    show({"file": str(out), "bytes": len(made)}, as_json, human)


@click.command("start")
@click.argument("resource")
@click.option(
    "--year",
    type=click.IntRange(1900, 2999),
    help="The year that is read; by default the last whole one that says something.",
)
@click.option(
    "--horizon",
    default=HORIZON,
    show_default=True,
    type=click.IntRange(1, MAX_MONTHS),
    help="How many months the model looks ahead.",
)
@json_option
def start_model(resource: str, year: int | None, horizon: int, as_json: bool) -> None:
    """A model out of the books of RESOURCE (its short name), to go on from.

    As its last whole year went, with the year before as the other end of each range: the same
    model as the page begins with, out of every book. What is to change is for people to write.
    """
    row = registry.resource(resource)
    model, years = read_from_ledger(resource=row, by=administrator(), year=year, horizon=horizon)
    text = write_model(model)
    read = {"year": years[0].year, "structures": list(years[0].structures)}
    show({"slug": row.slug, "toml": text, **read}, as_json, text.rstrip())


commands = [list_presets, show_preset, run_model, present_model, start_model]
