"""Pictures come out of a folder by their names, or from public addresses; and the commands."""

from __future__ import annotations

import io
import json

import pytest
from click.testing import CliRunner
from PIL import Image

from chambre.core import fetching
from chambre.lib.woocommerce import Response
from chambre.rooms.shop.cli import shop as command
from chambre.rooms.shop.models import Photo
from chambre.rooms.shop.services.moving import pictures
from chambre.rooms.shop.tests.conftest import SYSTEM
from chambre.rooms.shop.tests.moving_support import FRENCH, bring, cells


def picture():
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "JPEG")
    return out.getvalue()


def run(*words):
    return CliRunner().invoke(command, [str(word) for word in words])


def test_pictures_of_a_folder_are_found_by_their_names(farm, tmp_path):
    bring(farm)
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "A-300x200.jpg").write_bytes(picture())
    (tmp_path / "pommes.JPG").write_bytes(picture())

    found = pictures.bring_pictures(shop=farm.shop, by=SYSTEM, folder=tmp_path)

    assert found.brought == 2
    assert [row["photo"] for row in found.missing] == ["pommes-5kg.jpg"]
    assert set(Photo.objects.filter(file__isnull=False).values_list("source", flat=True)) == {
        "https://ferme.test/a.jpg", "pommes.jpg",
    }  # fmt: skip
    again = pictures.bring_pictures(shop=farm.shop, by=SYSTEM, folder=tmp_path)
    assert again.brought == 0


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/a.jpg", "http://localhost/a.jpg", "http://10.0.0.1/a.jpg",
        "http://[::1]/a.jpg", "http://169.254.169.254/latest", "file:///etc/passwd", "a.jpg",
    ],
)  # fmt: skip
def test_no_picture_is_fetched_from_a_neighbour(address):
    with pytest.raises(fetching.NotFetched):
        pictures.fetch_picture(address)


def test_a_redirection_to_a_neighbour_is_not_followed(monkeypatch):
    real = fetching.fetch

    def fetch(method, address, *rest, **more):
        if "ferme.test" in address:
            return Response(302, {"Location": "http://127.0.0.1:9/secret"}, b"")
        return real(method, address, *rest, **more)

    monkeypatch.setattr(pictures, "fetch", fetch)

    with pytest.raises(fetching.NotFetched):
        pictures.fetch_picture("https://ferme.test/a.jpg")


@pytest.mark.parametrize(
    "answer",
    [
        Response(404, {}, b""),
        Response(200, {"Content-Type": "text/html"}, b"<p>"),
    ],
)
def test_what_is_no_picture_is_not_taken(monkeypatch, answer):
    monkeypatch.setattr(pictures, "fetch", lambda *_, **__: answer)

    with pytest.raises(fetching.NotFetched):
        pictures.fetch_picture("https://ferme.test/a.jpg")


def test_pictures_are_fetched_when_that_is_asked_for(farm, monkeypatch):
    bring(farm)
    good = Response(200, {"content-type": "image/jpeg"}, picture())

    def fetch(_method, address, *_rest, **_more):
        if address.startswith("https://"):
            return good
        raise fetching.NotFetched("no")

    monkeypatch.setattr(pictures, "fetch", fetch)

    found = pictures.bring_pictures(shop=farm.shop, by=SYSTEM, from_addresses=True)

    assert (found.brought, len(found.missing)) == (1, 2)


def test_the_commands_bring_in_and_give_out(farm, tmp_path):
    file, out = tmp_path / "produits.csv", tmp_path / "dehors.csv"
    file.write_text(FRENCH, encoding="utf-8")

    first = run("import-woocommerce", file, "--shop", "jardin", "--json")
    again = run("import-woocommerce", file, "--shop", "jardin", "--json")
    given = run("export-woocommerce", "--shop", "jardin", "--out", out)

    assert (first.exit_code, again.exit_code, given.exit_code) == (0, 0, 0)
    told = json.loads(first.output)
    assert list(told) == ["products", "variations", "updated", "skipped"]
    assert (told["products"], told["variations"], told["updated"]) == (7, 2, 0)
    assert [set(row) for row in told["skipped"]] == [{"line", "reason"}] * 3
    assert json.loads(again.output) == {
        "products": 0, "variations": 0, "updated": 0, "skipped": told["skipped"],
    }  # fmt: skip
    assert cells(out.read_bytes())[0] == cells(FRENCH)[0]
    assert len(cells(out.read_bytes())) == 10


def test_the_command_takes_rates(farm, tmp_path):
    file = tmp_path / "produits.csv"
    file.write_text(FRENCH, encoding="utf-8")

    done = run(
        "import-woocommerce", file, "--shop", "jardin", "--vat", "taux-livre=5.5",
        "--default-vat", "10",
    )  # fmt: skip

    assert done.exit_code == 0
    rates = {product.name: product.vat for product in farm.shop.products.all()}
    assert (rates["Le livre"], rates["Panier d’été"], rates["Carottes en botte"]) == (
        550,
        1000,
        550,
    )
