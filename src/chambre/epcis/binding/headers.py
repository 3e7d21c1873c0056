"""The headers of the standard: which versions, which form of identifiers, what a capture may be."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from chambre import __version__
from chambre.epcis.binding.problems import NotAcceptable
from chambre.epcis.outward import CBV, DEFAULT_FORMAT, EPCIS, FORMATS
from chambre.epcis.portions import LIMIT

_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){0,5}")
_JSON = re.compile(r"^(?:application/(?:json|ld\+json|problem\+json|\*)|\*/\*)$")


def describe(response: HttpResponse) -> HttpResponse:
    """What every answer says."""
    response.headers.setdefault("GS1-EPCIS-Version", EPCIS[1])
    response.headers.setdefault("GS1-CBV-Version", CBV[1])
    return response


def discover(response: HttpResponse, allow: str, *, capture: bool = False) -> HttpResponse:
    """What an answer to OPTIONS says."""
    describe(response)
    response["Allow"] = allow
    response["GS1-EPCIS-Min"], response["GS1-EPCIS-Max"] = EPCIS
    response["GS1-CBV-Min"], response["GS1-CBV-Max"] = CBV
    response["GS1-EPC-Format"] = DEFAULT_FORMAT
    response["GS1-CBV-XML-Format"] = "Never_Translates"
    response["GS1-Vendor-Version"] = f"chambre-{__version__}"
    if capture:
        response["GS1-EPCIS-Capture-Limit"] = str(LIMIT)
        response["GS1-EPCIS-Capture-File-Size-Limit"] = str(settings.CHAMBRE_UPLOAD_LIMIT)
        response["GS1-Capture-Error-Behaviour"] = "all"
    return response


def check(request: HttpRequest) -> None:
    """Whether the request can be answered in a way that it accepts.

    Raises:
        NotAcceptable: Another version, another form, another media type.
    """
    _check_versions(request, "EPCIS", EPCIS)
    _check_versions(request, "CBV", CBV)
    epc_format(request)
    accepted = request.headers.get("Accept", "*/*") or "*/*"
    kinds = [part.partition(";")[0].strip().lower() for part in accepted.split(",")]
    if not any(_JSON.match(kind) for kind in kinds):
        raise NotAcceptable(_("Answers are given as JSON (application/json)."))


def _check_versions(request: HttpRequest, name: str, spoken: tuple[str, str]) -> None:
    """Whether the versions of a request leave one that is spoken here."""
    least, most = (_numbers(one) for one in spoken)
    for part, fails in (
        ("Version", lambda version: not _begins(least, version) and not _begins(most, version)),
        ("Min", lambda version: version > most),
        ("Max", lambda version: version < least[: len(version)]),
    ):
        given = request.headers.get(f"GS1-{name}-{part}")
        if given is not None and (not _VERSION.fullmatch(given) or fails(_numbers(given))):
            text = _("Spoken here are %(name)s %(least)s to %(most)s.")
            raise NotAcceptable(text % {"name": name, "least": spoken[0], "most": spoken[1]})


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _begins(version: tuple[int, ...], said: tuple[int, ...]) -> bool:
    """Whether ``2.0`` was said for ``2.0.1``."""
    return version[: len(said)] == said


def epc_format(request: HttpRequest) -> str:
    """In which form identifiers are wanted.

    Raises:
        NotAcceptable: There is no such form.
    """
    wanted = request.headers.get("GS1-EPC-Format") or DEFAULT_FORMAT
    if wanted not in FORMATS:
        raise NotAcceptable(
            _("GS1-EPC-Format is one of: %(forms)s.") % {"forms": ", ".join(FORMATS)}
        )
    return wanted


def extensions(request: HttpRequest) -> dict[str, str]:
    """Prefixes that a request explains: ``GS1-Extensions: ex=https://ns.example/,…``."""
    found = {}
    for part in request.headers.get("GS1-Extensions", "").split(","):
        prefix, mark, address = part.strip().partition("=")
        if mark and prefix and address:
            found[prefix] = address
    return found
