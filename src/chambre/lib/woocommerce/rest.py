"""Asking a shop for data through its REST interface: one question, pages of answers, errors.

Nothing here opens a connection: a callable is given that does. Keys go in the ``Authorization``
header only, over https only, and to the shop's own address only: redirections are reported and
never followed, and page links are counted on, never fetched.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from chambre.lib.web import Response

from .problems import WooCommerceRefusal

ATTEMPTS = 5
"""How often one question is asked before giving up."""
LONGEST_WAIT = 120
"""Seconds; however much a shop asks for."""
PER_PAGE = 100
"""Records asked for at once; WooCommerce gives no more."""
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

Fetch = Callable[[str, str, Mapping[str, str], Mapping[str, str]], Response]
"""Method, address, headers, parameters of the query → answer. Does not follow redirections, and
raises ``OSError`` (as timeouts are) when there is no answer."""


def shop_address(address: str) -> str:
    """Bring the address of a shop into one form, without a slash at the end.

    Args:
        address: ``ferme.test``, ``https://ferme.test/boutique/``…

    Raises:
        WooCommerceRefusal: Not an address (``address-unreadable``), or one that would send the
            keys in the open (``address-unsafe``): http is for this machine only.
    """
    text = address.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        raise WooCommerceRefusal("address-unreadable", address=text[:200]) from None
    odd = parts.username or parts.password or parts.query or parts.fragment
    if not host or odd or any(mark.isspace() for mark in text):
        raise WooCommerceRefusal("address-unreadable", address=text[:200])
    if parts.scheme != "https" and (parts.scheme != "http" or host not in _LOCAL):
        raise WooCommerceRefusal("address-unsafe", address=text[:200])
    place = f"[{host}]" if ":" in host else host
    where = place if port is None else f"{place}:{port}"
    path = parts.path.split("/wp-json")[0].rstrip("/")
    return f"{parts.scheme}://{where}{path}"


@dataclass
class Connection:
    """Asks one shop.

    Attributes:
        address: As :func:`shop_address` gives it.
        key: Consumer key (``ck_…``).
        secret: Consumer secret (``cs_…``).
        fetch: Does the asking.
        sleep: Waits, in seconds.
    """

    address: str
    key: str
    secret: str
    fetch: Fetch
    sleep: Callable[[float], None]

    def get(self, path: str, params: Mapping[str, str] | None = None) -> tuple[Any, Response]:
        """Ask once, again while the shop is busy, and read the answer.

        Args:
            path: Behind ``/wp-json/wc/v3/``.
            params: Of the query.

        Returns:
            The data, numbers as ``int`` or ``Decimal``, and the answer they came in.

        Raises:
            WooCommerceRefusal: No data came; the code says why.
        """
        url = f"{self.address}/wp-json/wc/v3/{path}"
        token = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode("ascii")
        headers = {"Authorization": f"Basic {token}", "Accept": "application/json"}
        response = self._patiently(url, headers, params or {})
        if response.status != 200:
            raise _refused(response, self.address)
        return _data(response), response

    def _patiently(
        self, url: str, headers: Mapping[str, str], params: Mapping[str, str]
    ) -> Response:
        """Ask until there is an answer that will not change by waiting."""
        response = None
        reason = ""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                response = self.fetch("GET", url, headers, params)
            except OSError as error:
                response, reason = None, str(error) or type(error).__name__
            else:
                if response.status != 429 and response.status < 500:
                    return response
            if attempt < ATTEMPTS:
                self.sleep(_wait(response, attempt))
        if response is None:
            raise WooCommerceRefusal("shop-unreachable", attempts=ATTEMPTS, detail=reason[:200])
        raise WooCommerceRefusal("shop-busy", status=response.status, attempts=ATTEMPTS)

    def pages(self, path: str, params: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
        """Ask for all records of a kind, page by page, each record once.

        They come in the order of their numbers, so that what is added meanwhile comes last and
        moves nothing from one page to another.
        """
        seen: set[Any] = set()
        page = 0
        while True:
            page += 1
            asked = {"orderby": "id", "order": "asc", **(params or {})}
            asked |= {"per_page": str(PER_PAGE), "page": str(page)}
            data, response = self.get(path, asked)
            if not isinstance(data, list):
                raise WooCommerceRefusal("answer-unreadable")
            for record in data:
                if isinstance(record, dict) and record.get("id") not in seen:
                    seen.add(record.get("id"))
                    yield record
            if not data or not _more(response, page, len(data)):
                return


def _wait(response: Response | None, attempt: int) -> float:
    """Seconds until the next attempt: what the shop asks for, else 1, 2, 4, 8."""
    asked = response.header("Retry-After").strip() if response else ""
    if asked.isascii() and asked.isdigit():
        return float(min(int(asked), LONGEST_WAIT))
    return float(2 ** (attempt - 1))


def _more(response: Response, page: int, count: int) -> bool:
    """Whether there is a page behind this one."""
    total = response.header("X-WP-TotalPages").strip()
    if total.isascii() and total.isdigit():
        return page < int(total)
    if link := response.header("Link"):
        return 'rel="next"' in link
    return count >= PER_PAGE


def _is_page(response: Response) -> bool:
    """Whether a web page came instead of data."""
    return "html" in response.header("Content-Type") or response.body.lstrip()[:1] == b"<"


def _data(response: Response) -> Any:
    try:
        # Some sites send the mark of UTF-8 before every answer.
        return json.loads(response.body.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError):
        code = "html-instead" if _is_page(response) else "answer-unreadable"
        raise WooCommerceRefusal(code) from None


def _refused(response: Response, address: str) -> WooCommerceRefusal:
    """Say why there is no data."""
    status = response.status
    if 300 <= status < 400:
        location = response.header("Location").split("?")[0].split("/wp-json")[0]
        return WooCommerceRefusal("redirected", location=location[:200] or "?")
    try:
        data = _data(response)
    except WooCommerceRefusal as refusal:
        if status == 404:
            return WooCommerceRefusal("not-woocommerce", address=address)
        if status == 401:
            return WooCommerceRefusal("key-refused", detail=str(status))
        return refusal
    code = str(data.get("code", "")) if isinstance(data, dict) else ""
    if status == 404 and code in {"", "rest_no_route"}:
        return WooCommerceRefusal("not-woocommerce", address=address)
    if status in {401, 403}:
        return WooCommerceRefusal("key-refused", detail=code[:80] or str(status))
    return WooCommerceRefusal("shop-refused", status=status, detail=code[:80] or "?")
