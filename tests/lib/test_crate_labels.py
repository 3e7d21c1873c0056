"""Labels of crates: all of them, in order, and nothing over the edge."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from pypdf import PdfReader

from chambre.lib.labels import LabelRefusal
from chambre.lib.labels.crates import CrateLabel, crate_labels, find_crate_format

ISSUED = dt.datetime(2026, 6, 1, 8, 0, tzinfo=dt.UTC)


def label(number: int, lines: int = 3) -> CrateLabel:
    return CrateLabel(
        code=f"AB{number % 8 + 2}-CDE", person=f"Personne {number}", place="La halle",
        when="samedi 17:00", lines=tuple(f"{at} × Légume {at}" for at in range(lines)),
        due="12,30 €",
    )  # fmt: skip


def text_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


@pytest.mark.parametrize(
    ("size", "pages"), [("a4-8", 2), ("a4-4", 3), ("100x150", 9), ("62x29", 9), ("a4-24", 1)]
)
def test_each_order_has_its_label(size: str, pages: int) -> None:
    pdf = crate_labels(
        [label(number) for number in range(9)], format=find_crate_format(size), issued=ISSUED
    )
    told = text_of(pdf)
    assert len(told) == pages
    whole = "\n".join(told)
    for number in range(9):
        assert f"Personne {number}" in whole


def test_what_does_not_fit_is_counted() -> None:
    fmt = find_crate_format("a4-8")
    (told,) = text_of(crate_labels([label(1, 40)], format=fmt, issued=ISSUED))
    assert "À payer : 12,30 €".replace(" :", "\u00a0:") in told.replace(" :", "\u00a0:")
    shown = told.count("Légume")
    assert 0 < shown < 40
    assert f"et {40 - shown} de plus" in told


def test_the_same_labels_are_the_same_bytes() -> None:
    fmt = find_crate_format("100x150")
    one, other = (crate_labels([label(1)], format=fmt, issued=ISSUED) for _each in range(2))
    assert one == other
    with pytest.raises(LabelRefusal):
        crate_labels([], format=fmt, issued=ISSUED)
