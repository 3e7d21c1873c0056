"""Labels that an independent reader reads from the printed page, each where it belongs."""

import datetime as dt

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lib.exports_support import pages

from chambre.lib.deposits import new_serial
from chambre.lib.labels import A4, MOST, Format, Label, LabelRefusal, find_format, sheet_pdf

ISSUED = dt.datetime(2026, 11, 29, 9, 0, tzinfo=dt.UTC)
HOST = "https://consigne.valmere.test/consigne/o/"


def labels(count, name="Bocaux de la Lysse", host=HOST):
    serials = [new_serial() for _ in range(count)]
    return [Label(host + serial, serial, name, "Bocal de 750 ml") for serial in serials]


def seen(pdf, dpi=200):
    """What a scanner sees on each page: text and middle in millimetres."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        bitmap = page.render(scale=dpi / 72, grayscale=True)
        width, height, stride = bitmap.width, bitmap.height, bitmap.stride
        octets = bytes(bitmap.buffer)
        rows = b"".join(octets[y * stride : y * stride + width] for y in range(height))
        read = zxingcpp.read_barcodes(memoryview(rows).cast("B", (height, width)))
        found.append(
            {
                each.text: (
                    (each.position.top_left.x + each.position.bottom_right.x) / 2 * 25.4 / dpi,
                    (each.position.top_left.y + each.position.bottom_right.y) / 2 * 25.4 / dpi,
                )
                for each in read
            }
        )
    return found


@pytest.mark.parametrize("code", A4)
def test_every_label_of_a_full_sheet_is_read_within_its_own_edges(code):
    sheet = A4[code]
    made = labels(sheet.room + 1)

    first, second = seen(sheet_pdf(made, format=sheet, issued=ISSUED))

    assert list(second) == [made[-1].uri]
    assert set(first) == {label.uri for label in made[:-1]}
    for at, label in enumerate(made[:-1]):
        x, y = first[label.uri]
        left = (sheet.left + at % sheet.columns * sheet.across) / 10
        top = (sheet.top + at // sheet.columns * sheet.down) / 10
        assert left < x < left + sheet.width / 20  # the code is in the left half
        assert top < y < top + sheet.height / 10


@pytest.mark.parametrize("size", ["50x30", "62x29", "100x50", "40x60", "20x20"])
def test_a_roll_has_one_label_a_page_of_its_own_size(size):
    made = labels(2)
    found = find_format(size)
    pdf = sheet_pdf(made, format=found, issued=ISSUED)

    assert [list(page) for page in seen(pdf, 300)] == [[label.uri] for label in made]
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    assert (round(width * 254 / 72), round(height * 254 / 72)) == found.paper


def test_people_read_the_serial_the_scheme_and_what_to_do():
    (label,) = labels(1)
    fours = " ".join(label.serial[at : at + 4] for at in range(0, 16, 4))

    (french,) = pages(sheet_pdf([label], format=A4["a4-24"], issued=ISSUED))
    (english,) = pages(sheet_pdf([label], format=A4["a4-24"], language="en", issued=ISSUED))

    assert "Bocaux de la Lysse Bocal de 750 ml Objet consigné : flashez pour savoir" in french
    assert "On deposit: scan to see where to bring me back." in english
    assert fours in french


def test_a_sheet_that_was_begun_is_used_up_and_a_printer_corrected():
    made = labels(2)
    sheet = A4["a4-40"]
    straight = seen(sheet_pdf(made, format=sheet, issued=ISSUED))[0]

    shifted = sheet_pdf(made, format=sheet, issued=ISSUED, skip=39, shift=(10, -20))
    first, second = seen(shifted)

    assert list(first) == [made[0].uri]
    assert list(second) == [made[1].uri]
    (x, y), (was_x, was_y) = second[made[1].uri], straight[made[0].uri]
    assert x - was_x == pytest.approx(1.0, abs=0.2)
    assert y - was_y == pytest.approx(-2.0, abs=0.2)


def test_names_of_any_length_leave_code_and_serial_alone():
    (label,) = labels(1, name="Un commun au très long nom qui ne finit pas " * 12)

    for size in ("a4-65", "50x30", "40x60"):
        pdf = sheet_pdf([label], format=find_format(size), issued=ISSUED)
        assert list(seen(pdf, 300)[0]) == [label.uri]
        assert label.serial[:4] in pages(pdf)[0]


def test_the_same_labels_give_the_same_bytes():
    made = labels(3)
    assert sheet_pdf(made, format=A4["a4-65"], issued=ISSUED) == sheet_pdf(
        made, format=A4["a4-65"], issued=ISSUED
    )


def test_a_long_file_is_set_in_parts(monkeypatch):
    monkeypatch.setattr("chambre.lib.labels.sheets.PART", 80)
    made = labels(100)

    found = seen(sheet_pdf(made, format=A4["a4-40"], issued=ISSUED))

    assert [set(page) for page in found] == [
        {label.uri for label in made[first : first + 40]} for first in (0, 40, 80)
    ]


@settings(max_examples=15, deadline=None)
@given(
    st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=60),
    st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=30),
)
def test_any_address_is_read_back(host, serial):
    label = Label(f"https://{host}.test/8003/03760123456786{serial}", serial, "Caisses")

    (page,) = seen(sheet_pdf([label], format=find_format("50x30"), issued=ISSUED), 300)

    assert list(page) == [label.uri]


@pytest.mark.parametrize(
    ("count", "skip", "code"), [(0, 0, "label-none"), (MOST + 1, 0, "label-count"),
                                (1, 65, "label-skip"), (1, -1, "label-skip")]
)  # fmt: skip
def test_what_cannot_be_printed_is_said(count, skip, code):
    made = [Label(HOST, "A", "B")] * count
    with pytest.raises(LabelRefusal) as refused:
        sheet_pdf(made, format=A4["a4-65"], issued=ISSUED, skip=skip)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["", "a4", "10x10", "400x20", "abc", "50x", "-50x30"])
def test_a_format_that_does_not_exist_is_refused(text):
    with pytest.raises(LabelRefusal) as refused:
        find_format(text)
    assert "50x30" in refused.value.fr


def test_formats_are_found_as_people_write_them():
    assert find_format(" A4-65 ") is find_format("65") is A4["a4-65"]
    assert find_format("57 x 32") == Format("57x32", 570, 320)
