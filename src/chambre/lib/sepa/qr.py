"""A payment QR code as a drawing that can stand in a page or on paper."""

from __future__ import annotations

import io

import segno


def draw(payload: str, *, label: str, scale: int = 4) -> str:
    """Draw a payment QR code.

    Args:
        payload: The text of :func:`chambre.lib.sepa.epc.payload`.
        label: What it is, for those who do not see it.
        scale: Points per module.

    Returns:
        SVG for inlining, dark on white with the quiet zone of four modules, level M as EPC069-12
        asks; without style attributes.
    """
    code = _code(payload)
    out = io.BytesIO()
    code.save(
        out, kind="svg", scale=scale, border=4, dark="#000", light="#fff", xmldecl=False,
        svgns=True, omitsize=True, nl=False, title=label, svgclass="qr", lineclass=None,
    )  # fmt: skip
    return out.getvalue().decode().replace("<svg ", '<svg role="img" ', 1)


def matrix(payload: str) -> list[list[bool]]:
    """The modules row by row, true where dark, without the quiet zone."""
    return [[bool(module) for module in row] for row in _code(payload).matrix]


def _code(payload: str) -> segno.QRCode:
    # EPC069-12: byte mode, level M whatever room is left.
    return segno.make_qr(
        payload.encode(), error="m", boost_error=False, mode="byte", encoding="utf-8"
    )
