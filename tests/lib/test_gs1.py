"""GS1 identifiers: keys, check digits, URNs, Digital Links, element strings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chambre.lib import gs1
from chambre.lib.gs1.convert import read_key
from chambre.lib.gs1.links import write_link

SERIAL = st.text("!\"%&'()*+,-./0123456789:;<=>?AZ_az", min_size=1, max_size=16)
DIGITS = "0123456789"

# From the tests of the reference implementation of the event hash (RalphTro, MIT) and the EPC Tag
# Data Standard: URN, canonical Digital Link.
PAIRS = [
    ("urn:epc:id:sgtin:4012345.011111.98%22", "01/04012345111118/21/98%22"),
    ("urn:epc:id:sgtin:415056789012.0.987654", "01/04150567890128/21/987654"),
    ("urn:epc:id:sgtin:0614141.812345.6789%2F%26%25%22!%3F()",
     "01/80614141123458/21/6789%2F%26%25%22%21%3F%28%29"),
    ("urn:epc:id:sscc:4012345.3111111111", "00/340123451111111111"),
    ("urn:epc:id:sgln:4012345.00005.122", "414/4012345000054/254/122"),
    ("urn:epc:id:sgln:4012345.00005.0", "414/4012345000054"),
    ("urn:epc:id:sgln:437473647364..0", "414/4374736473640"),
    ("urn:epc:id:grai:4012345.00022.334455", "8003/04012345000221334455"),
    ("urn:epc:id:grai:123456789012..!%22%25%26'()*+,-.",
     "8003/01234567890128%21%22%25%26'%28%29%2A%2B%2C-."),
    ("urn:epc:id:giai:4012345.ABC345", "8004/4012345ABC345"),
    ("urn:epc:id:gsrn:4012345.9876540000", "8018/401234598765400000"),
    ("urn:epc:id:gsrnp:4012345.0000000007", "8017/401234500000000074"),
    ("urn:epc:id:gdti:4012345.00009.PO-4711", "253/4012345000092PO-4711"),
    ("urn:epc:id:gdti:987659999999..9", "253/98765999999929"),
    ("urn:epc:id:cpi:0614141.11111111111111-A%23%2F.1234",
     "8010/061414111111111111111-A%23%2F/8011/1234"),
    ("urn:epc:id:sgcn:4012345.99999.044", "255/4012345999990044"),
    ("urn:epc:id:ginc:0614141.xyz47%2F11", "401/0614141xyz47%2F11"),
    ("urn:epc:id:gsin:4012345.222333444", "402/40123452223334442"),
    ("urn:epc:id:itip:4012345.011111.01.02.987", "8006/040123451111180102/21/987"),
    ("urn:epc:id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7SDB",
     "01/01234567987651/235/51qIgY%29%3C%26Jp3%2Aj7SDB"),
    ("urn:epc:id:pgln:999999999999.", "417/9999999999994"),
    ("urn:epc:class:lgtin:4012345.012345.Lot987", "01/04012345123456/10/Lot987"),
    ("urn:epc:idpat:sgtin:4012345.012345.*", "01/04012345123456"),
    ("urn:epc:idpat:grai:4012345.99999.*", "8003/04012345999990"),
    ("urn:epc:idpat:gdti:4012345.11111.*", "253/4012345111118"),
    ("urn:epc:idpat:sgcn:4012345.22222.*", "255/4012345222227"),
    ("urn:epc:idpat:cpi:4012345.AB12.*", "8010/4012345AB12"),
    ("urn:epc:idpat:itip:4012345.012345.01.02.*", "8006/040123451234560102"),
]  # fmt: skip


@pytest.mark.parametrize(("urn", "path"), PAIRS)
def test_a_urn_and_its_link_say_the_same_both_ways(urn, path):
    link = f"https://id.gs1.org/{path}"
    found = gs1.convert(urn)
    assert (found.urn, found.digital_link) == (urn, link)
    length = urn.split(":")[4].index(".")
    assert gs1.convert(link, prefix_length=length) == found
    assert gs1.convert(link).urn is None  # nobody said how long the prefix is
    assert gs1.canonical(urn) == gs1.canonical(link) == link
    assert gs1.read_elements(gs1.write_elements(found.key)) == found.key


@given(prefix=st.integers(6, 12), digits=st.text(DIGITS, min_size=12, max_size=12), serial=SERIAL)
def test_any_returnable_asset_goes_there_and_back(prefix, digits, serial):
    value = f"0{digits}{gs1.check_digit(digits)}{serial}"
    key = gs1.key("8003", value)
    urn, link = (
        gs1.write_urn(key, prefix),
        gs1.write_link(key, domain="https://a.example", stem="/x"),
    )
    assert gs1.read_urn(urn) == gs1.Urn(key, prefix)
    assert gs1.read_link(link) == gs1.Link(key, "https://a.example", "/x")
    assert gs1.convert(urn).digital_link == gs1.convert(link).digital_link == gs1.write_link(key)
    assert gs1.read_elements(gs1.write_elements(key)).digits == key.digits
    assert (key.serial, key.is_class, key.of_class.value) == (serial, False, value[:14])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://example.org/01/9780345418913/21/765tz?11=221109#x", "01/09780345418913/21/765tz"),
        (
            "http://id.gs1.org/gtin/09780345418913/cpv/344/lot/1223/ser/765tz",
            "01/09780345418913/21/765tz",
        ),
        ("https://a.example/b/c/grai/04012345000221334455/", "8003/04012345000221334455"),
        ("https://id.gs1.org/01/9780345418913/10/1223", "01/09780345418913/10/1223"),
    ],
)
def test_the_constrained_form_keeps_the_finest_level_only(given, expected):
    assert gs1.canonical(given) == f"https://id.gs1.org/{expected}"


def test_identities_of_ones_own_are_no_errors_and_stay():
    assert gs1.convert("https://consigne.example/o/7") == gs1.Conversion(None, None)
    uuid = "urn:uuid:7a3c1f2e-0000-4000-8000-000000000001"
    assert gs1.convert(uuid) == gs1.Conversion(uuid, None)
    for urn in ("id:gid:1.2.3", "idpat:sgtin:4012345.*.*", "idpat:sscc:4012345.*", "raw:96.x1"):
        assert gs1.convert(f"urn:epc:{urn}") == gs1.Conversion(f"urn:epc:{urn}", None)
    assert gs1.canonical("https://consigne.example/o/7") is None
    assert gs1.canonical("receiving") is None


def test_the_table_of_prefixes_decides_by_the_longest_that_fits():
    table = gs1.PrefixLengths({"376": 9, "3760123": 7})
    link = "https://id.gs1.org/8003/03760123456784JAR-1"
    assert gs1.convert(link, prefixes=table).urn == "urn:epc:id:grai:3760123.45678.JAR-1"
    assert gs1.convert(link, prefixes=gs1.PrefixLengths({"376": 9})).urn == (
        "urn:epc:id:grai:376012345.678.JAR-1"
    )
    assert gs1.convert(link, prefixes=gs1.PrefixLengths({"4": 7})).urn is None
    written = gs1.PrefixLengths.read(" 3760123, 40:9 ,*:8,")
    assert gs1.convert(link, prefixes=written).urn == "urn:epc:id:grai:3760123.45678.JAR-1"
    assert written.of(gs1.key("8004", "99AB")) == 8
    for wrong in ("376", "376:", "376:x", "*", "abc:7", "376:13"):
        with pytest.raises(gs1.Gs1Refused):
            gs1.PrefixLengths.read(wrong)
    assert gs1.convert(link, prefixes=gs1.PrefixLengths(default=8)).urn.startswith(
        "urn:epc:id:grai:37601234."
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("jar", "gs1-unknown"),
        ("https://id.gs1.org/8003/03760123456780JAR-1", "gs1-check-digit"),
        ("https://id.gs1.org/8003/13760123456784", "gs1-grai-zero"),
        ("https://id.gs1.org/8003/0376012345", "gs1-digits"),
        ("https://id.gs1.org/01/04012345123456/21/" + "x" * 21, "gs1-length"),
        ("https://id.gs1.org/01/04012345123456/21/a%C3%A9", "gs1-characters"),
        ("https://id.gs1.org/01/04012345123456/21/a%2", "gs1-encoding"),
        ("https://id.gs1.org/01/04012345123456/21/1/10/2", "gs1-qualifier"),
        ("https://id.gs1.org/8003/03760123456784/21/1", "gs1-qualifier"),
        ("urn:epc:id:grai:12345.1234567.1", "gs1-urn"),
        ("urn:epc:id:grai:3760123.45678", "gs1-urn"),
        ("urn:epc:id:grai:3760123.45678.a/b", "gs1-urn"),
        ("urn:epc:id:sgtin:٠614141.107346.2017", "gs1-urn"),
        ("urn:epc:id:grai:3760123.45678." + "x" * 17, "gs1-length"),
        ("(8003)03760123456784(8003)03760123456784", "gs1-unknown"),
    ],
)
def test_what_is_broken_is_refused_with_words_in_both_languages(text, code):
    with pytest.raises(gs1.Gs1Refused) as refused:
        gs1.convert(text)
    assert refused.value.code == code
    assert refused.value.en != refused.value.fr
    assert gs1.canonical(text) is None or code in ("gs1-check-digit", "gs1-grai-zero")


def test_a_scanner_sends_elements_with_separators():
    scanned = "]C1010401234512345617270101" + "10Lot/1\x1d21S-1"
    key = gs1.read_elements(scanned)
    assert key == gs1.key("01", "04012345123456", (("10", "Lot/1"), ("21", "S-1")))
    assert gs1.write_link(key) == "https://id.gs1.org/01/04012345123456/10/Lot%2F1/21/S-1"
    assert gs1.read_elements("(01)04012345123456(21)a(b)") == gs1.key(
        "01", "04012345123456", (("21", "a(b)"),)
    )


@pytest.mark.parametrize(
    "front",
    ["ftp://a.example", "https://a.example?x", "a.example", "https://a.example/01", "https://["],
)
def test_a_front_that_would_change_the_meaning_is_refused(front):
    with pytest.raises(gs1.Gs1Refused, match="cannot stand before"):
        gs1.write_link(gs1.key("8003", "03760123456784A"), domain=front)


def test_a_prefix_has_six_to_twelve_digits():
    with pytest.raises(gs1.Gs1Refused):
        gs1.convert("https://id.gs1.org/8003/03760123456784A", prefix_length=13)
    with pytest.raises(gs1.Gs1Refused):
        gs1.PrefixLengths({"376": 5})
    # a free reference that begins with letters has no prefix apart
    assert gs1.convert("https://id.gs1.org/8004/12AB", prefix_length=7).urn is None


PIECES = st.sampled_from([
    "8003", "01", "21", "10", "414", "254", "grai", "gtin", "ser", "00", "8004", "x", "a.b", "stem", "",
    "03760123456784JAR-1", "09506000134352", "9506000134352", "376012345678", "0376012345678", "%20",
    "340123451111111111", "04012345000054", "A" * 17, "A" * 31,
])  # fmt: skip


@given(
    st.sampled_from(["https://a.example", "http://id.gs1.org", "https://8003"]),
    st.lists(PIECES, max_size=6),
    st.sampled_from(["", "/", "?a=1", "#b", " ", "/é"]),
)
def test_links_without_anything_special_are_read_at_once_as_all_others(front, pieces, end):
    text = "/".join([front, *pieces]) + end
    try:
        expected = write_link(read_key(text, verify=False)[0].finest)
    except (gs1.Gs1Refused, ValueError):
        expected = None
    assert gs1.canonical(text) == expected
