"""Photos: turned, without the camera's notes, in two sizes, and for nobody's eyes while not on sale."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from chambre.core import files
from chambre.core.errors import Forbidden, Invalid
from chambre.core.models import StoredFile
from chambre.rooms.shop.models import Photo, Product
from chambre.rooms.shop.queries.pictures import address_of, picture_of
from chambre.rooms.shop.services.photos import add_photo, bring_in, remove_photo
from chambre.rooms.shop.tests.conftest import ANYBODY, SYSTEM, Farm

pytestmark = pytest.mark.django_db


def picture(width: int = 2000, height: int = 1000, kind: str = "JPEG", **more: Any) -> bytes:
    """A picture: red on the left, blue on the right."""
    drawn = Image.new("RGB", (width, height), "#c02020")
    drawn.paste("#2020c0", (width // 2, 0, width, height))
    out = io.BytesIO()
    drawn.save(out, kind, **more)
    return out.getvalue()


def with_notes() -> bytes:
    """What a telephone writes: held on its side (6), with the place where it was."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Telephone"
    exif.get_ifd(0x8825)[2] = (50.0, 38.0, 12.0)
    return picture(exif=exif)


def sizes(photo: Photo) -> list[Image.Image]:
    found = []
    for file in (photo.small, photo.large):
        with files.open_file(file) as content:
            found.append(Image.open(io.BytesIO(content.read())))
    return found


def test_a_photo_has_two_smaller_sizes_turned_and_without_what_the_camera_noted(farm: Farm) -> None:
    product = farm.sells("Carottes", 250).product
    content = with_notes()

    photo = add_photo(
        shop=farm.shop, product=product, content=content, name="IMG_1.jpg", by=SYSTEM, alt=" Botte "
    )

    small, large = sizes(photo)
    assert (small.size, large.size) == ((240, 480), (700, 1400))
    assert (photo.width, photo.height, photo.alt) == (700, 1400, "Botte")
    for size in (small, large):
        assert (size.format, dict(size.getexif()), size.info.get("exif")) == ("WEBP", {}, None)
        red, _green, blue = size.convert("RGB").getpixel((10, 10))
        assert red > 150 > blue  # what was left is now above
    with files.open_file(photo.file) as kept:
        assert kept.read() == content
    shown = picture_of(photo)
    assert (shown.width, shown.height, shown.alt) == (240, 480, "Botte")


def test_a_small_picture_is_not_made_larger_and_a_clear_one_stays_clear(farm: Farm) -> None:
    drawn, out = Image.new("RGBA", (100, 50), (0, 0, 0, 0)), io.BytesIO()
    drawn.save(out, "PNG")

    photo = add_photo(shop=farm.shop, content=out.getvalue(), name="logo.png", by=SYSTEM)

    small, large = sizes(photo)
    assert (small.size, large.size, large.mode) == ((100, 50), (100, 50), "RGBA")


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7 not a photo", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture()[:400]],
    ids=["nothing", "a document", "a drawing", "half a photo"],
)
def test_what_is_no_photo_is_refused(farm: Farm, content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        add_photo(shop=farm.shop, content=content, name="x.jpg", by=SYSTEM)

    assert list(refused.value.data["fields"]) == ["photo"]
    assert not Photo.objects.exists()
    assert not StoredFile.objects.filter(purpose="shop.photo").exists()


def test_a_picture_of_too_many_points_is_refused_before_it_is_read(farm: Farm) -> None:
    drawn, out = Image.new("1", (10_000, 7_000)), io.BytesIO()
    drawn.save(out, "PNG")

    with pytest.raises(Invalid):
        add_photo(shop=farm.shop, content=out.getvalue(), name="bomb.png", by=SYSTEM)


def test_only_who_keeps_the_shop_adds_photos(farm: Farm) -> None:
    with pytest.raises(Forbidden):
        add_photo(shop=farm.shop, content=picture(), name="x.jpg", by=ANYBODY)
    assert not Photo.objects.exists()


def test_a_photo_that_has_only_an_address_is_brought_in_once(farm: Farm) -> None:
    product = farm.sells("Carottes", 250).product
    photo = Photo.objects.create(
        shop=farm.shop, product=product, source="https://ancien.test/carottes.jpg"
    )

    photo = bring_in(photo=photo, content=picture(), by=SYSTEM)
    first = photo.file_id
    assert bring_in(photo=photo, content=picture(50, 50), by=SYSTEM).file_id == first
    assert (photo.width, photo.file.name) == (1400, "carottes.jpg")


def test_a_photo_is_given_for_ever_and_only_while_its_product_is_on_sale(
    farm: Farm, client: Client
) -> None:
    product = farm.sells("Carottes", 250).product
    photo = add_photo(shop=farm.shop, product=product, content=picture(), name="c.jpg", by=SYSTEM)
    address = address_of(photo, "s")

    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not answer.cookies
    assert b"".join(answer.streaming_content)[:4] == b"RIFF"
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
    assert client.get(address.replace("-s-", "-l-")).status_code == 404  # not its digest
    assert client.get(address_of(photo, "l")).status_code == 200

    Product.objects.update(state=Product.State.HIDDEN)
    assert client.get(address).status_code == 404


def test_a_removed_photo_leaves_nothing(farm: Farm, client: Client) -> None:
    photo = add_photo(shop=farm.shop, content=picture(), name="c.jpg", by=SYSTEM)
    address = address_of(photo, "s")

    remove_photo(photo=photo, by=SYSTEM)

    assert client.get(address).status_code == 404
    assert not StoredFile.objects.filter(purpose="shop.photo").exists()
