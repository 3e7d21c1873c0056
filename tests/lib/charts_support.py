"""Reading a drawing back: its ids, its texts with the room they take."""

from dataclasses import dataclass

from lxml import etree

from chambre.lib.charts.text import text_width

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Box:
    """The room of one text."""

    content: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other, slack=0.5):
        return (
            self.left < other.right - slack
            and other.left < self.right - slack
            and self.top < other.bottom - slack
            and other.top < self.bottom - slack
        )


def parse(svg):
    """The drawing as XML, read without help from entities or a network."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(str(svg).encode(), parser)


def boxes(svg):
    """The texts of a drawing and the room that each takes."""
    found = []
    for text in parse(svg).iter(f"{SVG}text"):
        size = float(text.get("font-size"))
        wide = text_width(text.text, size)
        x, y = float(text.get("x")), float(text.get("y"))
        left = {"end": x - wide, "middle": x - wide / 2}.get(text.get("text-anchor"), x)
        found.append(Box(text.text, left, y - size * 0.8, left + wide, y + size * 0.2))
    return found


def overlapping(svg):
    """Pairs of texts that stand on each other."""
    found = sorted(boxes(svg), key=lambda box: box.top)
    return [
        (one.content, two.content)
        for at, one in enumerate(found)
        for two in found[at + 1 :]
        if one.overlaps(two)
    ]


def assert_sound(chart):
    """What holds for every drawing, whatever is in it."""
    root = parse(chart.svg)
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert root.get("role") == ("group" if root.findall(f".//{SVG}a") else "img")
    assert root.find(f"{SVG}title").get("id") == root.get("aria-labelledby")
    assert root.find(f"{SVG}desc").get("id") == root.get("aria-describedby")
    assert root.get("viewBox") == f"0 0 {chart.width} {chart.height}"
    assert not root.xpath("//@style")
    assert not root.xpath("//*[local-name()='style' or local-name()='script']")
    assert not [name for name in root.xpath("//@*") if name.attrname.startswith("on")]
    for shape in root.iter(f"{SVG}rect"):
        assert float(shape.get("width")) >= 0
        assert float(shape.get("height")) >= 0
    for text in ("nan", "inf"):
        assert f'="{text}' not in chart.svg
    for row in chart.table.rows:
        assert len(row) == len(chart.table.header)
