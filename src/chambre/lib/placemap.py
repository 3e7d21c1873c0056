"""A map of places without a map: where they lie to each other, with a scale, drawn as SVG.

Nothing is asked of another host, so there are no streets: the list beside the drawing has the
addresses. Places are drawn true to scale (an equirectangular projection around their middle, within
a thousandth up to some 100 km); numbers that would cover each other are moved apart, with a line to
where they belong.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

METRES = 111_319.49
"""A degree of latitude, in metres (WGS 84, at the equator)."""
LEAST = 500.0
"""A map shows at least so many metres across, also with one place."""
WIDTH, HEIGHT, EDGE, RADIUS = 480, 360, 36, 16
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the map.

    Attributes:
        number: As in the list.
        name: What people call it.
        latitude: Millionths of a degree, north positive.
        longitude: Millionths of a degree, east positive.
        href: Where its number leads.
    """

    number: int
    name: str
    latitude: int
    longitude: int
    href: str


_NUMBER = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{1,15})?", re.ASCII)


def read_position(text: str) -> tuple[int, int] | None:
    """Latitude and longitude as maps write them, or people copy them: ``50.6369, 3.0635``.

    A comma may also be the decimal sign (``50,6369 3,0635``); a degree sign is skipped.

    Returns:
        Both in millionths of a degree; None when the text is empty.

    Raises:
        ValueError: Not two numbers, or not a point on the globe.
    """
    if not (words := text.replace("°", " ").replace(";", " ").strip()):
        return None
    # With a decimal point the comma parts the two; else white space does.
    found = re.split(r"[\s,]+" if "." in words else r",?\s+", words)
    if len(found) != 2 or not all(_NUMBER.fullmatch(word) for word in found):
        raise ValueError(text)
    north, east = (round(Decimal(word.replace(",", ".")) * 1_000_000) for word in found)
    if abs(north) > 90_000_000 or abs(east) > 180_000_000:
        raise ValueError(text)
    return north, east


def write_position(latitude: int | None, longitude: int | None) -> str:
    """A point as :func:`read_position` reads it; empty when it is not known."""
    if latitude is None or longitude is None:
        return ""
    return ", ".join(f"{Decimal(each) / 1_000_000:.6f}" for each in (latitude, longitude))


def draw(spots: Sequence[Spot], *, title: str, north: str) -> str:
    """Draw places; empty when there are none.

    Args:
        spots: Places.
        title: What the map shows, for those who do not see it.
        north: Letter of the north.

    Returns:
        SVG for inlining, styled by the classes ``map-…``, without style attributes.
    """
    if not spots:
        return ""
    metres = _flat(spots)
    scale, left, top = _fit(metres)
    points = [(EDGE + (x - left) * scale, EDGE + (top - y) * scale) for x, y in metres]
    shown = spread(points)
    parts = [_grid(scale, north, _corner(shown))]
    for at, (x, y), (from_x, from_y) in zip(spots, shown, points, strict=True):
        if math.hypot(x - from_x, y - from_y) > 1:
            parts.append(
                f'<path class="map-line" d="M{from_x:.1f} {from_y:.1f}L{x:.1f} {y:.1f}"/>'
                f'<circle class="map-dot" cx="{from_x:.1f}" cy="{from_y:.1f}" r="3"/>'
            )
        name = escape(f"{at.number}. {at.name}")
        parts.append(
            f'<a href="{escape(at.href)}" aria-label="{name}"><title>{name}</title>'
            f'<circle class="map-pin" cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"/>'
            f'<text class="map-number" x="{x:.1f}" y="{y + 5.5:.1f}">{at.number}</text></a>'
        )
    return (
        f'<svg class="map" role="group" aria-label="{escape(title)}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>'
    )


def _flat(spots: Sequence[Spot]) -> list[tuple[float, float]]:
    """Metres east and north of the first place. The shorter way round is taken at longitude 180."""
    first = spots[0]
    middle = sum(spot.latitude for spot in spots) / len(spots) / 1e6
    shrunk = math.cos(math.radians(middle))
    flat = []
    for spot in spots:
        east = (spot.longitude - first.longitude + 180_000_000) % 360_000_000 - 180_000_000
        north = spot.latitude - first.latitude
        flat.append((east / 1e6 * METRES * shrunk, north / 1e6 * METRES))
    return flat


def _fit(metres: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Pixels for a metre, and the metres at the left and upper edge, everything in the middle."""
    xs, ys = [x for x, _y in metres], [y for _x, y in metres]
    room_x, room_y = WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE
    wide, high = max(max(xs) - min(xs), LEAST), max(max(ys) - min(ys), LEAST * room_y / room_x)
    scale = min(room_x / wide, room_y / high)
    left = (max(xs) + min(xs) - room_x / scale) / 2
    top = (max(ys) + min(ys) + room_y / scale) / 2
    return scale, left, top


def spread(
    points: Sequence[tuple[float, float]], apart: float = 2 * RADIUS + 2
) -> list[tuple[float, float]]:
    """Points moved apart until none covers another, the same for the same points.

    Args:
        points: In pixels.
        apart: Least distance between two of them.

    Returns:
        Points inside the drawing; in a crowd that has no room, as far apart as it got.
    """
    moved = [list(point) for point in points]
    for _round in range(60):
        calm = True
        for one in range(len(moved)):
            for other in range(one + 1, len(moved)):
                dx, dy = moved[other][0] - moved[one][0], moved[other][1] - moved[one][1]
                away = math.hypot(dx, dy)
                if away >= apart - 0.01:
                    continue
                calm = False
                if away < 0.01:  # the same spot: each pair has its own direction
                    angle = 2.399963 * (one + other)
                    dx, dy, away = math.cos(angle), math.sin(angle), 1.0
                push = (apart - min(away, apart)) / 2 if away > 1 else apart / 2
                moved[one][0] -= dx / away * push
                moved[one][1] -= dy / away * push
                moved[other][0] += dx / away * push
                moved[other][1] += dy / away * push
        for point in moved:
            point[0] = min(max(point[0], RADIUS + 1), WIDTH - RADIUS - 1)
            point[1] = min(max(point[1], RADIUS + 1), HEIGHT - RADIUS - 1)
        if calm:
            break
    return [(x, y) for x, y in moved]


def _corner(points: Sequence[tuple[float, float]]) -> int:
    """Where the arrow stands at the upper edge: right, unless a place is there and none is left."""

    def room(x: int) -> float:
        return min(math.dist((x, 35), point) for point in points)

    right, left = WIDTH - 24, 24
    return right if room(right) >= min(room(left), 3 * RADIUS) else left


def _grid(scale: float, north: str, corner: int) -> str:
    """Lines at round distances, the scale, and where north is."""
    step = round_distance(100 / scale)
    pixels = step * scale
    lines = "".join(
        f"M{at * pixels:.1f} 0V{HEIGHT}" for at in range(1, int(WIDTH / pixels) + 1)
    ) + "".join(f"M0 {at * pixels:.1f}H{WIDTH}" for at in range(1, int(HEIGHT / pixels) + 1))
    said = f"{step // 1000}\u00a0km" if step >= 1000 else f"{step}\u00a0m"
    foot = HEIGHT - 16
    return (
        f'<rect class="map-ground" width="{WIDTH}" height="{HEIGHT}"/>'
        f'<path class="map-grid" d="{lines}"/>'
        f'<path class="map-scale" d="M16 {foot - 5}V{foot}H{16 + pixels:.1f}V{foot - 5}"/>'
        f'<text class="map-said" x="{22 + pixels:.1f}" y="{foot}">{said}</text>'
        f'<path class="map-scale" d="M{corner} 40V16m-5 8l5 -8l5 8"/>'
        f'<text class="map-said map-north" x="{corner}" y="54">{escape(north)}</text>'
    )


def round_distance(metres: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … metres that is not less."""
    power = int(10 ** max(0, math.floor(math.log10(max(metres, 1)))))
    return next(step * power for step in (*_STEPS, 10) if step * power >= metres)
