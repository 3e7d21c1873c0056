"""What is printed and written for phones, at the command line: labels, and tags that sign."""

from __future__ import annotations

import os
from pathlib import Path

import click
from django.utils.translation import gettext as _

from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import NotFound
from chambre.lib import ntag424
from chambre.lib.labels import A4, ROLLS
from chambre.rooms.deposit.models import Tag
from chambre.rooms.deposit.queries import finding
from chambre.rooms.deposit.services import labelling, tags

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--type", "slug", required=True, help="Short name of the type.")
@click.option("--out", required=True, type=FILE, help="PDF to write.")
@click.option(
    "--format", "size", default="a4-24", show_default=True,
    help=f"{', '.join((*A4, *ROLLS))}, or WIDTHxHEIGHT in millimetres.",
)  # fmt: skip
@click.option("--lot", default="", help="Only this batch.")
@click.option("--object", "codes", multiple=True, help="Only this object; may be repeated.")
@click.option("--first", default=0, type=click.IntRange(0), help="Leave out so many objects.")
@click.option("--count", default=0, type=click.IntRange(0), help="At most so many labels.")
@click.option("--language", type=click.Choice(["fr", "en"]), help="Of the words on the label.")
@click.option("--skip", default=0, type=click.IntRange(0), help="Labels of the sheet used already.")
@click.option("--right", default=0.0, help="Correct the printer: millimetres to the right.")
@click.option("--down", default=0.0, help="Correct the printer: millimetres down.")
@json_option
def labels(
    slug: str,
    out: Path,
    size: str,
    lot: str,
    codes: tuple[str, ...],
    first: int,
    count: int,
    language: str | None,
    skip: int,
    right: float,
    down: float,
    as_json: bool,
) -> None:
    """Write the labels of objects as a PDF, to be printed at 100 %."""
    type_ = finding.type_named(slug)
    pdf, made = labelling.label_sheet(
        type_=type_, by=administrator(), format=size, lot=lot, codes=codes,
        first=first, count=count, language=language or "", skip=skip,
        shift=(round(right * 10), round(down * 10)),
    )  # fmt: skip
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    draft.write_bytes(pdf)
    draft.replace(out)  # a file that is there is whole
    human = _("%(count)d labels in %(file)s. Print them at 100 %%.") % {"count": made, "file": out}
    show({"labels": made, "file": str(out), "bytes": len(pdf)}, as_json, human)
    if words := labelling.warning_of(type_.scheme):
        click.echo(words, err=True)


@click.group()
def tag() -> None:
    """Tags that sign each tap (NTAG 424 DNA)."""


@tag.command("enrol")
@click.argument("uri")
@click.option("--uid", required=True, help="Number of the tag: 14 hexadecimal digits.")
@click.option("--meta-key", default="", help="Its SDMMetaReadKey, when it is written already.")
@click.option("--file-key", default="", help="Its SDMFileReadKey, likewise.")
@json_option
def enrol(uri: str, uid: str, meta_key: str, file_key: str, as_json: bool) -> None:
    """Fix a tag on the object URI, and say what to write on it."""
    row, keys = tags.enrol_tag(
        item=finding.item_of(uri), uid=uid, meta_key=meta_key, file_key=file_key, by=administrator()
    )
    _tell(row, keys, as_json)


@tag.command("keys")
@click.argument("uid")
@json_option
def show_keys(uid: str, as_json: bool) -> None:
    """Say again what to write on the tag UID."""
    row = _tag(uid)
    _tell(row, tags.read_keys(tag=row, by=administrator()), as_json)


@tag.command("revoke")
@click.argument("uid")
@json_option
def revoke(uid: str, as_json: bool) -> None:
    """Trust the tag UID no longer."""
    row = tags.revoke_tag(tag=_tag(uid), by=administrator())
    show({"uid": row.uid, "revoked": True}, as_json, _("The tag is no longer trusted."))


def _tag(uid: str) -> Tag:
    found = Tag.objects.select_related("item__scheme__book__structure", "item__scheme__resource")
    row = found.filter(uid=uid.replace(":", "").replace(" ", "").upper()).first()
    if row is None:
        raise NotFound(_("There is no tag %(uid)s.") % {"uid": uid[:40]})
    return row


def _tell(row: Tag, keys: tags.Keys, as_json: bool) -> None:
    """Keys, address and offsets, as programs that write tags ask for them."""
    file = ntag424.ndef(row.item.uri)
    facts = {
        "uid": row.uid,
        "object": row.item.uri,
        "meta_key": keys.meta.hex().upper(),
        "file_key": keys.file.hex().upper(),
        "url": file.address,
        "ndef": file.octets.hex().upper(),
        "picc_data_offset": file.picc_offset,
        "mac_input_offset": file.mac_offset,
        "mac_offset": file.mac_offset,
    }
    human = [f"{name}: {value}" for name, value in facts.items()]
    show(facts, as_json, [*human, _("Whoever knows these keys can forge taps: keep them nowhere.")])


commands: list[click.Command] = [labels, tag]
"""What the group ``deposit`` gets of them."""
