"""GS1 identifiers: keys, check digits, EPC URNs, Digital Links and element strings.

Example::

    from chambre.lib import gs1

    found = gs1.convert("urn:epc:id:grai:3760123.45678.JAR-1")
    found.digital_link                  # https://id.gs1.org/8003/03760123456784JAR-1
    gs1.convert(found.digital_link, prefix_length=7).urn

A URN keeps the company prefix apart, a Digital Link does not: going back to a URN needs the length
of the prefix, given or from a table (:class:`PrefixLengths`). Addresses of one's own and
``urn:uuid:`` are identities too; nothing here refuses or changes them.
"""

from .checkdigits import check_digit, is_checked
from .convert import Conversion, canonical, convert, read_key
from .elements import read_elements, write_elements
from .errors import Gs1Refused
from .keys import KINDS, QUALIFIERS, Key, KeyKind, QualifierKind, key
from .links import CANONICAL, Link, read_link, write_link
from .prefixes import UNKNOWN, PrefixLengths
from .urns import Urn, read_urn, write_urn

__all__ = [
    "CANONICAL",
    "KINDS",
    "QUALIFIERS",
    "UNKNOWN",
    "Conversion",
    "Gs1Refused",
    "Key",
    "KeyKind",
    "Link",
    "PrefixLengths",
    "QualifierKind",
    "Urn",
    "canonical",
    "check_digit",
    "convert",
    "is_checked",
    "key",
    "read_elements",
    "read_key",
    "read_link",
    "read_urn",
    "write_elements",
    "write_link",
    "write_urn",
]
