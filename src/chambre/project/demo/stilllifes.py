"""Still lifes for the demonstration's shop, drawn: a table, a wall, and what is for sale."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 960, 720
TABLE = 500
"""Height of the table's edge, in pixels from above."""
Pen = ImageDraw.ImageDraw
Draw = Callable[[Pen, random.Random], None]


def photo(name: str) -> bytes:
    """A still life as a JPEG file.

    Args:
        name: One of :data:`SCENES`.
    """
    chance = random.Random(name)  # noqa: S311 - the same picture each time
    wall, table, draw = SCENES[name]
    scene = _room(wall, table)
    shade = Image.new("L", (WIDTH, HEIGHT), 0)
    things = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))
    draw(ImageDraw.Draw(things), chance)
    shade.paste(70, (26, 30), things.getchannel("A"))
    scene.paste((40, 28, 20), (0, 0), shade.filter(ImageFilter.GaussianBlur(18)))
    scene.paste(things, (0, 0), things)
    grain = Image.effect_noise((WIDTH // 2, HEIGHT // 2), 22).resize((WIDTH, HEIGHT)).convert("RGB")
    out = io.BytesIO()
    Image.blend(scene, grain, 0.05).save(out, "JPEG", quality=88)
    return out.getvalue()


def _room(wall: str, table: str) -> Image.Image:
    """Light from the left on a wall, and a table."""
    scene = Image.new("RGB", (WIDTH, HEIGHT), wall)
    light = Image.linear_gradient("L").rotate(90).resize((WIDTH, HEIGHT))
    scene.paste((30, 24, 30), (0, 0), light.point([value // 4 for value in range(256)]))
    scene.paste(table, (0, TABLE, WIDTH, HEIGHT))
    edge = Image.linear_gradient("L").resize((WIDTH, HEIGHT - TABLE))
    scene.paste((60, 40, 24), (0, TABLE), edge.point([value // 3 for value in range(256)]))
    return scene


def _ball(pen: Pen, x: float, y: float, size: float, colour: tuple[int, int, int]) -> None:
    """Something round with light on its upper left side."""
    for step in range(24):
        part = step / 23
        shift, radius = size * 0.32 * part, size * (1 - 0.92 * part)
        tone = tuple(min(int(each * (0.62 + 0.5 * part) + 30 * part), 255) for each in colour)
        box = (x - radius - shift, y - radius - shift, x + radius - shift, y + radius - shift)
        pen.ellipse(box, fill=(*tone, 255))


def _apples(pen: Pen, chance: random.Random) -> None:
    for x, y, size in (
        (300, 520, 105),
        (520, 535, 118),
        (720, 525, 100),
        (420, 590, 112),
        (620, 605, 108),
    ):
        _ball(pen, x, y, size, chance.choice([(196, 58, 44), (206, 142, 48), (178, 68, 40)]))
        pen.line((x - 6, y - size * 0.85, x + 12, y - size * 1.15), fill=(84, 58, 34, 255), width=9)


def _eggs(pen: Pen, chance: random.Random) -> None:
    for x, y in ((250, 560), (390, 585), (540, 560), (690, 585), (330, 630), (600, 640)):
        _ball(pen, x, y, 78, chance.choice([(214, 164, 120), (226, 190, 150), (198, 142, 100)]))


def _bread(pen: Pen, _chance: random.Random) -> None:
    for step in range(30):
        part = step / 29
        tone = tuple(
            int(a + (b - a) * part) for a, b in zip((112, 66, 30), (212, 152, 84), strict=True)
        )
        pen.ellipse(
            (180 + 130 * part, 340 + 60 * part, 800 - 150 * part, 660 - 130 * part),
            fill=(*tone, 255),
        )
    for x in (330, 430, 530, 630):
        pen.line((x, 400, x + 56, 540), fill=(246, 222, 178, 255), width=16)


def _jar(pen: Pen, x: int, inside: tuple[int, int, int], lid: tuple[int, int, int]) -> None:
    pen.rounded_rectangle((x, 300, x + 230, 640), 44, fill=(*inside, 255))
    pen.rounded_rectangle((x + 22, 336, x + 60, 600), 18, fill=(255, 255, 255, 110))
    pen.rounded_rectangle((x + 14, 250, x + 216, 316), 16, fill=(*lid, 255))
    pen.rectangle((x + 14, 440, x + 230 - 14, 550), fill=(250, 244, 230, 255))
    for row in (470, 496, 522):
        pen.line((x + 54, row, x + 178, row), fill=(96, 80, 64, 255), width=5)


def _honey(pen: Pen, _chance: random.Random) -> None:
    _jar(pen, 240, (222, 150, 34), (196, 172, 120))
    _jar(pen, 510, (164, 92, 22), (196, 172, 120))


def _soup(pen: Pen, _chance: random.Random) -> None:
    _jar(pen, 230, (226, 124, 32), (150, 156, 160))
    _ball(pen, 660, 560, 120, (214, 128, 52))
    _ball(pen, 640, 440, 74, (222, 146, 70))


def _juice(pen: Pen, _chance: random.Random) -> None:
    for x in (280, 470, 660):
        pen.rounded_rectangle((x + 36, 190, x + 94, 330), 18, fill=(206, 150, 54, 255))
        pen.rounded_rectangle((x, 300, x + 130, 650), 44, fill=(206, 150, 54, 255))
        pen.rounded_rectangle((x + 14, 330, x + 36, 610), 10, fill=(255, 255, 255, 110))
        pen.rectangle((x + 40, 168, x + 90, 204), fill=(120, 42, 34, 255))
        pen.rectangle((x, 440, x + 130, 550), fill=(248, 240, 222, 255))
        _ball(pen, x + 65, 495, 34, (186, 62, 44))


def _carrots(pen: Pen, chance: random.Random) -> None:
    for at in range(9):
        x, lean = 250 + at * 56, chance.randint(-26, 26)
        for leaf in range(7):
            way = math.radians(-90 + (leaf - 3) * 15 + lean)
            tip = (x + 170 * math.cos(way), 360 + 190 * math.sin(way))
            pen.line((x, 370, *tip), fill=(62 + leaf * 8, 122 + leaf * 6, 52, 255), width=10)
        for step in range(12):
            part = step / 11
            tone = (int(196 + 44 * part), int(92 + 38 * part), int(22 + 26 * part), 255)
            near = 30 - 18 * part
            pen.polygon(
                [
                    (x - near - 4 * part, 366),
                    (x + near - 8 * part, 366),
                    (x + lean, 660 - 40 * part),
                ],
                fill=tone,
            )


def _basket(pen: Pen, chance: random.Random) -> None:
    colours = [
        (196, 58, 44),
        (86, 142, 62),
        (226, 132, 40),
        (150, 44, 92),
        (214, 172, 60),
        (62, 110, 56),
    ]
    for x in range(250, 740, 82):
        _ball(pen, x, 400 + chance.randint(-34, 20), chance.randint(62, 84), chance.choice(colours))
    for row in range(6):
        y, tone = 430 + row * 36, (150 + row % 2 * 26, 104 + row % 2 * 20, 58, 255)
        pen.rounded_rectangle((200 + row * 12, y, 780 - row * 12, y + 34), 14, fill=tone)


SCENES: dict[str, tuple[str, str, Draw]] = {
    "apples": ("#8fa39a", "#b08a5e", _apples),
    "basket": ("#b9b29c", "#9a7650", _basket),
    "bread": ("#6f7a86", "#b9976c", _bread),
    "carrots": ("#a8b0a0", "#a3805a", _carrots),
    "eggs": ("#9fb0b8", "#c0a078", _eggs),
    "honey": ("#8a9a8c", "#a9865c", _honey),
    "juice": ("#a9a08e", "#8f6f4c", _juice),
    "soup": ("#93a0a6", "#b08f66", _soup),
}
"""Wall, table, and what stands on it."""
