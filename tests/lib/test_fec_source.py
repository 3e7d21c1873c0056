"""Where files come from: parts, gzip, zip; and what is refused before it is read."""

import gzip
import io
import tracemalloc
import zipfile

import pytest
from fec_support import HEADER, NAME, fec, good, row

from chambre.lib.fec import (
    FecRefused,
    Limits,
    SourceRefused,
    check,
    file_name,
    group_parts,
    parse_name,
    prepare,
    read,
    siren_is_valid,
)

STEM = NAME.removesuffix(".txt")


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def refused(data, code: str, **options) -> SourceRefused:
    with pytest.raises(SourceRefused) as caught:
        list(read(data, **options).blocks())
    assert caught.value.code == code
    assert caught.value.message("fr") != caught.value.message("en")
    return caught.value


@pytest.mark.parametrize(
    "wrap",
    [
        gzip.compress,
        lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:]),
        lambda data: zipped({NAME: data}),
        lambda data: zipped({NAME: data}, zipfile.ZIP_STORED),
        lambda data: zipped({f"exports/2023/{NAME}": data, "exports/description.pdf": b"%PDF"}),
        lambda data: zipped({f"../../etc/{NAME}": data}),
        lambda data: zipped({"__MACOSX/x": b"", ".DS_Store": b"", "ecritures.txt": data}),
    ],
)
def test_a_packed_copy_has_the_digest_of_the_file(wrap):
    plain = prepare(fec(good()), name=NAME)
    packed = prepare(wrap(fec(good())), name=NAME)

    assert packed.digest == plain.digest
    assert packed.lines == 6


def test_the_name_of_the_file_in_a_zip_counts(tmp_path):
    path = tmp_path / "envoi.zip"
    path.write_bytes(zipped({NAME: fec(good())}))

    assert check(path).name.text == NAME
    assert check(path).verdict == "accepted"


def test_a_gzip_is_named_after_what_it_holds(tmp_path):
    path = tmp_path / f"{NAME}.gz"
    path.write_bytes(gzip.compress(fec(good())))

    assert check(path).verdict == "accepted"
    assert check(path).name.legal


def parts(tmp_path, suffixes=("_1.txt", "_2.txt", "_3.txt")):
    rows = good()
    paths = []
    for rank, suffix in enumerate(suffixes):
        path = tmp_path / (STEM + suffix)
        path.write_bytes(fec(rows[rank * 2 : rank * 2 + 2]))
        paths.append(path)
    return paths


def test_parts_are_one_file_in_the_order_of_their_numbers(tmp_path):
    first, second, third = parts(tmp_path)
    whole = prepare(fec(good()), name=NAME)

    for order in ([first, second, third], [third, first, second]):
        prepared = prepare(order)
        assert (prepared.digest, prepared.lines) == (whole.digest, 6)


def test_ten_parts_are_ordered_by_number_and_not_by_letter(tmp_path):
    paths = []
    for number in range(1, 12):
        path = tmp_path / f"{STEM}_{number}.txt"
        path.write_bytes(fec([row(EcritureNum=str(number), Debit="1,00")]))
        paths.append(path)

    numbers = [line[3] for line in read(sorted(paths)).typed_lines()]
    assert numbers == [str(number) for number in range(1, 12)]


def test_parts_in_a_zip_are_joined():
    rows = good()
    data = zipped({f"{STEM}_2.txt": fec(rows[3:]), f"{STEM}_1.txt": fec(rows[:3])})

    assert prepare(data).digest == prepare(fec(rows), name=NAME).digest


def test_a_finding_in_a_part_says_which_part_and_which_line_of_it(tmp_path):
    first, second, _ = parts(tmp_path)
    second.write_bytes(fec([row(Debit="1.00"), row(Credit="1,00")]))

    (finding,) = [f for f in read_findings([first, second]) if f.rule == "E_DOT_IN_NUMBER"]
    assert finding.line == 5
    assert finding.part == f"{STEM}_2.txt:2"
    assert f"{STEM}_2.txt:2" in finding.message("fr")


def read_findings(source):
    reader = read(source)
    for _ in reader.blocks():
        pass
    return reader.findings


def test_a_part_with_other_columns_is_found_and_blocks(tmp_path):
    first, second, third = parts(tmp_path)
    second.write_bytes(fec(good()[2:4], header=HEADER[:-1]))

    with pytest.raises(FecRefused) as caught:
        prepare([first, second, third])
    assert "W_PART_DIFFERS" in caught.value.counts


def test_a_missing_part_is_refused(tmp_path):
    first, _, third = parts(tmp_path)
    error = refused([first, third], "fec-part-missing")

    assert error.data["missing"] == 2


def test_two_years_are_not_one_file(tmp_path):
    other = tmp_path / "123456782FEC20221231.txt"
    other.write_bytes(fec(good()))

    refused([parts(tmp_path)[0], other], "fec-several")
    refused(zipped({NAME: fec(good()), "123456782FEC20221231.txt": fec(good())}), "fec-several")


def test_a_zip_of_several_texts_none_of_which_is_named_like_a_fec_is_refused():
    refused(zipped({"a.txt": fec(good()), "b.txt": fec(good())}), "fec-several")


def test_no_file_is_refused():
    refused([], "fec-no-file")


def test_a_gzip_bomb_is_stopped_before_it_fills_the_memory():
    bomb = gzip.compress(b"\0" * (300 << 20))
    tracemalloc.start()
    refused(bomb, "fec-line-too-long")
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_a_gzip_bomb_of_short_lines_is_stopped_by_its_ratio():
    header, line = fec([]), fec([row(Debit="1,00")]).split(b"\r\n")[1] + b"\r\n"
    bomb = gzip.compress(header + line * 400_000)

    assert len(bomb) * 200 < len(line) * 400_000
    refused(bomb, "fec-ratio")


def test_a_zip_bomb_is_refused_by_what_it_declares():
    bomb = zipped({NAME: b"\0" * (100 << 20)})

    assert len(bomb) < 200_000
    refused(bomb, "fec-ratio")


def test_a_zip_that_lies_about_its_size_is_refused():
    data = bytearray(zipped({NAME: fec(good() * 50)}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(mark) + offset
        data[at : at + 4] = (10).to_bytes(4, "little")

    with pytest.raises(SourceRefused) as caught:
        list(read(bytes(data)).blocks())
    assert caught.value.code == "fec-archive-broken"


def test_too_much_in_all_is_refused():
    limits = Limits(unpacked=700)

    refused(zipped({NAME: fec(good())}), "fec-too-large", limits=limits)
    refused(gzip.compress(fec(good())), "fec-too-large", limits=limits)
    refused(fec(good()), "fec-too-large", limits=limits)


def test_too_much_over_several_parts_is_refused(tmp_path):
    paths = []
    for number in (1, 2, 3):
        path = tmp_path / f"{STEM}_{number}.txt.gz"
        path.write_bytes(gzip.compress(fec(good())))
        paths.append(path)

    assert len(list(read(paths).typed_lines())) == 18
    refused(paths, "fec-too-large", limits=Limits(unpacked=2 * len(fec(good()))))


@pytest.mark.parametrize(
    "nested",
    [
        lambda data: zipped({"autre.zip": zipped({NAME: data})}),
        lambda data: zipped({NAME: zipped({NAME: data})}),
        lambda data: zipped({NAME: gzip.compress(data)}),
        lambda data: gzip.compress(gzip.compress(data)),
        lambda data: gzip.compress(zipped({NAME: data})),
    ],
)
def test_an_archive_inside_an_archive_is_refused(nested):
    refused(nested(fec(good())), "fec-nested")


def test_too_many_files_in_a_zip_are_refused():
    refused(zipped({f"{n}.txt": b"" for n in range(201)}), "fec-members")


def test_a_zip_without_fec_is_refused():
    refused(zipped({"photo.jpeg": b"\xff\xd8"}), "fec-no-member")


@pytest.mark.parametrize(
    "broken",
    [
        lambda data: gzip.compress(data)[:-20],
        lambda data: zipped({NAME: data})[:-30],
        lambda data: b"7z\xbc\xaf" + data,
        lambda data: b"BZh" + data,
    ],
)
def test_a_broken_or_unknown_archive_is_refused(broken):
    refused(broken(fec(good() * 100)), "fec-archive-broken")


def test_an_encrypted_zip_is_refused():
    data = bytearray(zipped({NAME: fec(good())}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + offset] |= 1

    refused(bytes(data), "fec-encrypted")


def test_a_line_without_end_is_refused():
    refused(fec(good()) + b"x" * (3 << 20), "fec-line-too-long")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (fec(good(), encoding="utf-16"), "UTF-16"),
        (fec(good(), encoding="utf-16-le"), "UTF-16"),
        (fec(good(), encoding="utf-32"), "UTF-32"),
        (b"%PDF-1.7 ...", "PDF"),
        (bytes(range(256)) * 20, "binary"),
    ],
)
def test_what_is_not_text_is_named(data, what):
    report = check(data, name=NAME)

    assert report.verdict == "rejected"
    assert [(f.rule, f.value) for f in report.errors] == [("E_ENCODING", what)]
    with pytest.raises(FecRefused):
        prepare(data, name=NAME)


@pytest.mark.parametrize("encoding", ["cp850", "mac_roman"])
def test_an_encoding_that_the_law_does_not_know_is_refused_on_import(encoding):
    data = fec([*good(), row(EcritureLib="Crédité à la clôture", Debit="0,00")], encoding=encoding)

    with pytest.raises(FecRefused) as caught:
        prepare(data, name=NAME)
    assert "W_ENCODING_UNKNOWN" in caught.value.counts
    assert "0x" in caught.value.findings[0].message("fr")


def test_names_are_read():
    name = parse_name("exports/a/123456782FEC20231231_2.txt.gz")
    assert (name.accepted, name.legal, name.siren, name.part) == (True, True, "123456782", 2)
    assert name.closing.isoformat() == "2023-12-31"

    assert parse_name("0000000001FEC20220831.txt").accepted
    assert not parse_name("0000000001FEC20220831.txt").legal
    assert not parse_name("FEC20231231.txt").accepted
    assert not parse_name("123456782FEC2023.txt").accepted
    assert parse_name("123456782fec20231231.TXT").legal
    assert parse_name("123456782FEC20231239.txt").closing is None


def test_a_siren_has_a_key():
    assert siren_is_valid("123456782")
    assert siren_is_valid("732829320")
    assert not siren_is_valid("123456789")
    assert not siren_is_valid("000000000")
    assert not siren_is_valid("12345678²")


def test_a_file_is_named_as_the_law_wants():
    closing = parse_name(NAME).closing

    assert file_name("123456782", closing) == NAME
    assert file_name("123456782", closing, part=3) == "123456782FEC20231231_3.txt"
    with pytest.raises(ValueError, match="nine digits"):
        file_name("12345678", closing)
    with pytest.raises(ValueError, match="from 1"):
        file_name("123456782", closing, part=0)


def test_names_are_put_together_by_file():
    assert group_parts(
        [f"{STEM}_2.txt", "123456782FEC20221231.txt", f"a/{STEM}_1.txt", "notes.txt"]
    ) == [[f"a/{STEM}_1.txt", f"{STEM}_2.txt"], ["123456782FEC20221231.txt"], ["notes.txt"]]
