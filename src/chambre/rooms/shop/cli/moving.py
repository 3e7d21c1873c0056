"""Moving a shop in and out at the command line."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from chambre.core import fetching
from chambre.core.cli import administrator, json_option, show
from chambre.core.errors import Invalid
from chambre.rooms.shop.models import Distribution
from chambre.rooms.shop.queries.finding import shop_named
from chambre.rooms.shop.services.moving import bringing, giving, pictures, visiting
from chambre.rooms.shop.services.moving.reading import STANDARD, Reading, read_rate, read_rates

SECRET = "CHAMBRE_WOOCOMMERCE_SECRET"  # noqa: S105 - the name of the variable
shop_option = click.option("--shop", "slug", required=True, help="Short name of the shop.")


def tax_options(command: Any) -> Any:
    """Options that say how taxes are read."""
    for option in reversed(
        [
            click.option(
                "--vat", default="", metavar="CLASS=RATE,…",
                help="VAT in percent by tax class, such as standard=20,reduced-rate=5.5.",
            ),
            click.option(
                "--default-vat", default="20", show_default=True,
                help="VAT in percent of products without a class, and of classes nobody named.",
            ),
            click.option(
                "--prices-without-tax", "without_tax", is_flag=True,
                help="The prices over there are without VAT.",
            ),
        ]
    ):  # fmt: skip
        command = option(command)
    return command


def _reading(vat: str, default_vat: str, without_tax: bool) -> Reading:
    rates = read_rates(vat)
    return Reading(rates, rates.get(STANDARD, read_rate(default_vat)), without_tax)


@click.command("import-woocommerce")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@shop_option
@tax_options
@click.option(
    "--images", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the pictures, found by their names.",
)  # fmt: skip
@click.option(
    "--fetch-images", "from_addresses", is_flag=True, help="Fetch pictures from their addresses."
)
@json_option
def import_woocommerce(
    file: Path, slug: str, vat: str, default_vat: str, without_tax: bool, folder: Path | None,
    from_addresses: bool, as_json: bool,
) -> None:  # fmt: skip
    """Bring the products of WooCommerce's FILE in; the same file again changes nothing."""
    shop, by = shop_named(slug), administrator()
    outcome = bringing.bring_products(
        shop=shop, content=file.read_bytes(), name=file.name, by=by,
        reading=_reading(vat, default_vat, without_tax),
    )  # fmt: skip
    human = [
        _("%(products)d products and %(variations)d variations made, %(updated)d changed.")
        % outcome.told(),
        *(_("Line %(line)d: %(reason)s") % row for row in outcome.skipped),
        *(f"{row['line']}: {row['text']}" for row in outcome.notices),
    ]
    if folder is not None or from_addresses:
        got = pictures.bring_pictures(
            shop=shop, by=by, folder=folder, from_addresses=from_addresses
        )
        human.append(_("%(many)d photos brought in.") % {"many": got.brought})
        human += [f"{row['photo']}: {row['reason']}" for row in got.missing]
        if as_json:
            for row in got.missing:
                click.echo(f"{row['photo']}: {row['reason']}", err=True)
    show(outcome.told(), as_json, human)


@click.command("export-woocommerce")
@shop_option
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Where the file is written; - for the output.",
)  # fmt: skip
@click.option("--address", default="", help="Of this house, for photos that are only here.")
def export_woocommerce(slug: str, out: Path, address: str) -> None:
    """Write the products as a file that WooCommerce brings in."""
    content = giving.export_products(shop=shop_named(slug), by=administrator(), address=address)
    if str(out) == "-":
        sys.stdout.buffer.write(content)
        return
    out.write_bytes(content)
    click.echo(_("Written: %(file)s") % {"file": out})


@click.command("import-woocommerce-shop")
@click.argument("address", metavar="URL")
@shop_option
@click.option("--key", required=True, help="Consumer key (ck_…) with the right to read.")
@tax_options
@click.option(
    "--into", type=int, default=None,
    help="Number of the distribution for which open orders are placed; absent: for none.",
)  # fmt: skip
@json_option
def import_woocommerce_shop(
    address: str, slug: str, key: str, vat: str, default_vat: str, without_tax: bool,
    into: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Bring products, customers and orders of the running shop at URL in.

    The secret of the key comes from CHAMBRE_WOOCOMMERCE_SECRET, or is asked for.
    """
    secret = _secret()
    shop = shop_named(slug)
    distribution = None
    if into is not None:
        rows = Distribution.objects.select_related("cycle__shop").filter(cycle__shop=shop)
        distribution = rows.filter(pk=into).first()
        if distribution is None:
            raise Invalid(_("This shop has no such distribution."))
    found = visiting.visit(
        shop=shop, address=address, key=key, secret=secret, by=administrator(), into=distribution,
        fetch=functools.partial(fetching.fetch, public=False),
        reading=_reading(vat, default_vat, without_tax),
    )  # fmt: skip
    human = [
        _("%(products)d products and %(variations)d variations made, %(updated)d changed.")
        % found.products,
        _("%(customers)d customers, %(orders)d orders to be read, %(placed)d orders placed.")
        % found.as_json(),
        *(f"{row['kind']} {row['number']}: {row['reason']}" for row in found.skipped),
        *(_("Line %(line)d: %(reason)s") % row for row in found.products["skipped"]),
        *found.notices,
    ]
    show(found.as_json(), as_json, human)


def _secret() -> str:
    """The secret: out of the environment or typed; never an argument, which every process may see."""
    return os.environ.get(SECRET) or str(
        click.prompt(_("Secret of the key"), hide_input=True, err=True)
    )


commands = [import_woocommerce, export_woocommerce, import_woocommerce_shop]
