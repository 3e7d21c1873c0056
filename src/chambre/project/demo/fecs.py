"""The demonstration's FEC files, from the stories and a seed."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

from chambre.lib import fec
from chambre.project.demo.books import Bookkeeper
from chambre.project.demo.stories import PARTIES, STORIES, found
from chambre.project.demo.world import STRUCTURES

SEED = 20161110
YEARS = (2024, 2025)


def _tidy(book: Bookkeeper) -> list[fec.FecLine]:
    """The year's lines in the order of the law: openings first, then by date, numbered anew."""
    entries: dict[str, list[fec.FecLine]] = {}
    for line in book.lines:
        entries.setdefault(line.number, []).append(line)
    ordered = sorted(entries.values(), key=lambda lines: (lines[0].journal != "AN", lines[0].day))
    return [
        line._replace(number=str(number))
        for number, lines in enumerate(ordered, 1)
        for line in lines
    ]


def books(seed: int = SEED) -> Iterator[tuple[str, int, str, bytes]]:
    """Every FEC of the demonstration, year after year.

    Yields:
        Slug of the structure, year, file name, and the file.
    """
    keepers = {
        each.slug: Bookkeeper(
            slug=each.slug,
            chart=each.chart,
            rng=random.Random(f"{seed}:{each.slug}"),  # noqa: S311  (figures to look at)
            third_parties=PARTIES,
        )
        for each in STRUCTURES
    }
    found(keepers)
    for year in YEARS:
        for keeper in keepers.values():
            keeper.open_year(year)
            keeper.settle_last_year()
        for story in STORIES:
            story(keepers)
        for each in STRUCTURES:
            out = io.BytesIO()
            fec.write(_tidy(keepers[each.slug]), out)
            yield each.slug, year, f"{each.siren}FEC{year}1231.txt", out.getvalue()
