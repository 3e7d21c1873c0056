"""A map that tells distances and directions truly, and on which every number can be read."""

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib.placemap import (
    HEIGHT,
    RADIUS,
    WIDTH,
    Spot,
    draw,
    read_position,
    round_distance,
    spread,
    write_position,
)


def spot(number, latitude, longitude, name="Place"):
    return Spot(number, name, round(latitude * 1e6), round(longitude * 1e6), f"#l{number}")


def pins(svg):
    """Where the numbers are, in pixels, by number."""
    root = ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns:x="x" ', 1))
    return {
        int(link.find("text").text): (
            float(link.find("circle").get("cx")),
            float(link.find("circle").get("cy")),
        )
        for link in root.iter("a")
    }


def test_distances_and_directions_are_true_to_scale():
    # 0.01° of latitude is 1,113 m; of longitude at 60° north half of that.
    spots = [spot(1, 60, 3), spot(2, 60.01, 3), spot(3, 60, 3.02)]

    places = pins(draw(spots, title="Lieux", north="N"))

    (x1, y1), (x2, y2), (x3, y3) = places[1], places[2], places[3]
    assert x1 == pytest.approx(x2, abs=0.2)
    assert y2 < y1  # north is up
    assert y1 == pytest.approx(y3, abs=0.2)
    assert x3 > x1  # east is right
    assert (x3 - x1) / (y1 - y2) == pytest.approx(1.0, abs=0.01)


def test_the_scale_says_how_far_a_line_is():
    svg = draw([spot(1, 50, 3), spot(2, 50.1, 3)], title="Lieux", north="N")
    places = pins(svg)
    pixels = math.dist(places[1], places[2])
    start, end = map(float, re.search(r'map-scale" d="M(\d+) [\d.]+V[\d.]+H([\d.]+)', svg).groups())
    number, unit = re.search(r'map-said"[^>]*>(\d+)\xa0(k?m)<', svg).groups()

    metres = int(number) * (1000 if unit == "km" else 1)
    assert metres / (end - start) == pytest.approx(11_132 / pixels, rel=0.01)


def test_no_place_covers_the_arrow_when_the_other_corner_is_free():
    def arrow(*spots):
        svg = draw(list(spots), title="Lieux", north="N")
        return int(re.search(r'map-north" x="(\d+)"', svg)[1])

    assert arrow(spot(1, 50, 3), spot(2, 50.01, 3.02)) == 24  # a place in the north-east
    assert arrow(spot(1, 50.01, 3), spot(2, 50, 3.02)) == WIDTH - 24
    assert arrow(spot(1, 50, 3)) == WIDTH - 24


def test_one_place_and_none():
    assert draw([], title="Lieux", north="N") == ""
    assert list(pins(draw([spot(1, 50, 3)], title="Lieux", north="N"))) == [1]


def test_places_on_both_sides_of_the_last_meridian_are_neighbours():
    places = pins(draw([spot(1, 0, 179.99), spot(2, 0, -179.99)], title="Lieux", north="N"))
    assert places[2][0] > places[1][0]


def test_names_are_text_and_nothing_else():
    svg = draw([spot(1, 50, 3, '<script>"&')], title='"<', north="N")
    assert "<script" not in svg
    assert "1. &lt;script&gt;&quot;&amp;" in svg


@given(
    st.lists(
        st.tuples(st.integers(20, WIDTH - 20), st.integers(20, HEIGHT - 20)),
        min_size=2,
        max_size=15,
    )
)
def test_numbers_never_cover_each_other(points):
    moved = spread(points)

    assert all(RADIUS < x < WIDTH - RADIUS and RADIUS < y < HEIGHT - RADIUS for x, y in moved)
    nearest = min(math.dist(a, b) for at, a in enumerate(moved) for b in moved[:at])
    assert nearest > RADIUS  # in the worst crowd they touch; their numbers stay readable
    if all(math.dist(a, b) >= 2 * RADIUS + 2 for at, a in enumerate(points) for b in points[:at]):
        assert moved == points


@given(st.floats(0.1, 5e7))
def test_round_distances(metres):
    found = round_distance(metres)
    assert metres <= found <= max(1, metres * 2.5)
    assert str(found)[0] in "125"
    assert set(str(found)[1:]) <= {"0"}


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("50.6369, 3.0635", (50_636_900, 3_063_500)),
        ("50.6369 3.0635", (50_636_900, 3_063_500)),
        ("50.6369° ; 3.0635°", (50_636_900, 3_063_500)),
        ("50,6369 3,0635", (50_636_900, 3_063_500)),
        ("50,6369 ; 3,0635", (50_636_900, 3_063_500)),
        ("-12.5,45", (-12_500_000, 45_000_000)),
        ("48 2", (48_000_000, 2_000_000)),
        ("  ", None),
    ],
)
def test_a_position_is_read_as_people_copy_it(text, position):
    assert read_position(text) == position


@pytest.mark.parametrize(
    "text", ["50.6", "ici", "91.0, 3.0", "50.0, 181.0", "1 2 3", "50.6.1, 3", "50,63,69", "N50 E3"]
)
def test_what_is_no_position_is_refused(text):
    with pytest.raises(ValueError):
        read_position(text)


@given(st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))
def test_a_position_is_read_as_it_is_written(latitude, longitude):
    assert read_position(write_position(latitude, longitude)) == (latitude, longitude)
