"""Events and identifiers at the command line: ``chambre epcis``, ``chambre gs1``."""

from __future__ import annotations

from pathlib import Path

import click
from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show, without_database
from chambre.core.errors import ChambreError
from chambre.lib import epcis as lib
from chambre.lib import gs1 as identifiers

SHOWN = 20
"""Problems that a person is shown."""
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


class DocumentInvalid(ChambreError):
    """The document is not valid EPCIS 2.0."""

    code = "epcis.document-invalid"
    status = 422


class IdentifierRefused(ChambreError):
    """The text is no identifier of GS1, or a broken one."""

    code = "gs1.refused"
    status = 422


def _language() -> str:
    return (get_language() or "fr")[:2]


def _lines(problems: tuple[lib.Problem, ...], count: int) -> list[str]:
    """The first problems for a person, and how many more there are."""
    language = _language()
    lines = [f"{one.path}: {one.text(language)}" for one in problems[:SHOWN]]
    if count > SHOWN:
        lines.append(_("… and %(count)d more.") % {"count": count - SHOWN})
    return lines


@click.group()
def epcis() -> None:
    """Events of traceability (EPCIS 2.0): check documents, hash events, compute states again."""


@without_database
@epcis.command("check")
@click.argument("file", type=FILE)
@json_option
def check(file: Path, as_json: bool) -> None:
    """Check the EPCIS document FILE (JSON) against the standard, whatever its size.

    Exit status 1 when it is not valid.
    """
    report = lib.check_document(file)
    events = ngettext("%(count)d event", "%(count)d events", report.events) % {
        "count": report.events
    }
    verdict = _("Valid: %(events)s.") if report.valid else _("Not valid: %(events)s.")
    human = [verdict % {"events": events}, *_lines(report.errors, report.problems)]
    show(report.as_json(_language()), as_json, human)
    if not report.valid:
        click.get_current_context().exit(1)


@without_database
@epcis.command("hash")
@click.argument("file", type=FILE)
@json_option
def hash_(file: Path, as_json: bool) -> None:
    """Print the hash of every event of the EPCIS document FILE (CBV 2.0), in their order."""
    try:
        hashes = lib.document_hashes(file)
    except lib.EpcisError as error:
        raise DocumentInvalid(
            _("This is not a valid EPCIS document."),
            lines=_lines(error.problems, len(error.problems)),
        ) from error
    show({"hashes": hashes}, as_json, hashes)


@epcis.command("rebuild")
@json_option
def rebuild(as_json: bool) -> None:
    """Compute again how each object stands, from its events."""
    from chambre.epcis.services import states

    count = states.rebuild_all(by=administrator())
    text = ngettext("%(n)d object computed again.", "%(n)d objects computed again.", count)
    show({"objects": count}, as_json, text % {"n": count})


@click.group()
def gs1() -> None:
    """Identifiers of GS1: from one form into another."""


@without_database
@gs1.command("convert")
@click.argument("text")
@click.option(
    "--prefix-length",
    type=click.IntRange(6, 12),
    help="How many digits the company prefix has; needed for a URN where it is not in the settings.",
)
@json_option
def convert(text: str, prefix_length: int | None, as_json: bool) -> None:
    """Write TEXT (EPC URN, GS1 Digital Link, element string) as URN and as Digital Link."""
    try:
        prefixes = identifiers.PrefixLengths.read(settings.CHAMBRE_GS1_PREFIXES)
        found = identifiers.convert(text, prefix_length=prefix_length, prefixes=prefixes)
    except identifiers.Gs1Refused as refusal:
        raise IdentifierRefused(refusal.message(_language()), reason=refusal.code) from refusal
    human = [found.urn or "", found.digital_link or ""]
    if not any(human):
        human = [_("%(text)s is an identity of its own, and has no other form.") % {"text": text}]
    show({"urn": found.urn, "digital_link": found.digital_link}, as_json, human)


commands = [epcis, gs1]
