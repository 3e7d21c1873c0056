"""Photos as they are shown again: smaller, upright, and silent about where they were taken."""

import io
import zlib

import pytest
from PIL import Image

from chambre.core import photos
from chambre.core.errors import Invalid


def picture(width: int = 40, height: int = 20, kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#3a7").save(out, kind, **more)
    return out.getvalue()


def shown(content: bytes, longest: int = 480) -> Image.Image:
    opened, _kind = photos.opened(content, longest=longest, field="photo")
    return Image.open(io.BytesIO(photos.sized(opened, longest).content))


def refusal(content: bytes) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        photos.opened(content, longest=480, field="photo")
    fields: dict[str, list[str]] = refused.value.data["fields"]
    return fields


def test_a_large_photo_is_made_smaller_and_keeps_its_shape() -> None:
    opened, kind = photos.opened(picture(1000, 500), longest=480, field="photo")
    small = photos.sized(opened, 480)
    assert (kind, small.width, small.height) == ("image/jpeg", 480, 240)
    assert Image.open(io.BytesIO(small.content)).size == (480, 240)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_small_photo_is_not_made_larger(kind: str) -> None:
    assert shown(picture(40, 20, kind)).size == (40, 20)


def test_a_photo_stands_upright_and_does_not_say_where_it_was_taken() -> None:
    noted = Image.Exif()
    noted[0x0112] = 6  # orientation: to be turned by a quarter
    noted[0x8825] = {1: "N", 2: (48.0, 6.0, 0.0)}  # place
    noted[0x0110] = "Camera of somebody"
    result = shown(picture(40, 20, exif=noted))
    assert result.size == (20, 40)
    assert not result.getexif()


def test_what_is_seen_through_stays_so() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    assert shown(out.getvalue()).mode == "RGBA"


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", picture()[:200], picture(kind="GIF"), b"<svg/>"],
    ids=["nothing", "stub", "broken off", "gif", "svg"],
)  # fmt: skip
def test_what_is_no_photo_is_refused_at_its_field(content: bytes) -> None:
    assert list(refusal(content)) == ["photo"]


def test_a_bomb_is_refused_before_it_is_read() -> None:
    head = picture(1, 1, "PNG")
    wide = (20_000).to_bytes(4, "big")
    header = b"IHDR" + wide + wide + head[24:29]
    bomb = head[:12] + header + zlib.crc32(header).to_bytes(4, "big") + head[33:]
    assert "60" in refusal(bomb)["photo"][0]


def test_too_heavy_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "HEAVIEST", 100)
    assert list(refusal(picture())) == ["photo"]
