"""Keys: one of a scheme, of which each tag has its own (NXP AN10922)."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

KEY = 16
"""Bytes of a key: AES-128."""
_DIVERSIFIED = b"\x01"
"""Constant of AN10922 for AES-128."""


def cmac(key: bytes, message: bytes) -> bytes:
    """AES-CMAC (NIST SP 800-38B), 16 bytes."""
    made = CMAC(algorithms.AES(key))
    made.update(message)
    return made.finalize()


def decrypt(key: bytes, sealed: bytes, start: bytes = bytes(KEY)) -> bytes:
    """AES-CBC without padding. With the zero start one block is the same as ECB."""
    opened = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor()
    return opened.update(sealed) + opened.finalize()


def encrypt(key: bytes, plain: bytes, start: bytes = bytes(KEY)) -> bytes:
    """The reverse of :func:`decrypt`."""
    sealing = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    return sealing.update(plain) + sealing.finalize()


def diversify(master: bytes, uid: bytes, purpose: bytes) -> bytes:
    """The key of one tag, from which neither the master nor other tags' keys can be found.

    AN10922, AES-128: CMAC of ``01 ‖ number of the tag ‖ purpose``. The input is longer than one
    block, so that the padding of AN10922 (always to two blocks) and that of CMAC agree.

    Args:
        master: Key of the scheme, 16 bytes.
        uid: Number of the tag, 7 bytes.
        purpose: What the key is for, 9 to 24 bytes; the same for all tags.

    Raises:
        ValueError: A length is wrong.
    """
    if len(master) != KEY:
        raise ValueError(f"a key has {KEY} bytes, not {len(master)}")
    if not KEY <= len(uid) + len(purpose) <= 31:
        raise ValueError("what a key is made from has 16 to 31 bytes")
    return cmac(master, _DIVERSIFIED + uid + purpose)
