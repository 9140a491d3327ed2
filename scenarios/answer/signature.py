"""Signatures: who holds a secret key signs a plan directory as it stands, and finds every later change of any byte.

``DIR/signature.json`` holds HMAC-SHA256 (RFC 2104) of the names and contents of all files, and which key made it. A
hash finds edits; only a key finds somebody who writes the whole directory anew, hashes included.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from scenarios.answer.json_records import dump, from_data, parse, to_data
from scenarios.problems import InvalidInput, Problem

SIGNATURE = "signature.json"
FORMAT = "campaign-signature/1"
ALGORITHM = "HMAC-SHA256"
_KEY_DIGITS = 16


class Signed(Enum):
    """What is known of a directory's signature."""

    UNSIGNED = "unsigned"
    """No signature, and none was asked for."""
    VERIFIED = "verified"
    """Nothing has changed since the holder of this key signed."""
    NOT_VERIFIED = "not verified"
    """There is a signature; no key was given."""
    MISSING = "missing"
    """A key was given, and there is no signature."""
    ANOTHER_KEY = "another key"
    CHANGED = "changed"
    """Signed with this key, and changed since."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """``signature.json``."""

    format: str
    algorithm: str
    key: str
    """Names the key without telling it: the first digits of a hash of it."""
    hmac: str


def key_name(key: bytes) -> str:
    """Return the name of a key, by which its holders know it: 16 hexadecimal digits that do not tell the key."""
    return hmac.digest(key, b"campaign key name", "sha256").hex()[:_KEY_DIGITS]


def sign(files: Mapping[str, bytes], key: bytes) -> bytes:
    """Return the bytes of signature.json over some files by name."""
    made = Signature(format=FORMAT, algorithm=ALGORITHM, key=key_name(key), hmac=_hmac(files, key))
    return dump(to_data(made)).encode()


def verify(files: Mapping[str, bytes], signature: bytes | None, key: bytes | None, *, where: str) -> Signed:
    """Compare a signature with the files as they are now.

    Raises
    ------
    InvalidInput
        For a file that is no signature.
    """
    if signature is None:
        return Signed.UNSIGNED if key is None else Signed.MISSING
    read = read_signature(signature, where=where)
    if key is None:
        return Signed.NOT_VERIFIED
    if hmac.compare_digest(_hmac(files, key), read.hmac) and sign(files, key) == signature:
        return Signed.VERIFIED
    return Signed.CHANGED if read.key == key_name(key) else Signed.ANOTHER_KEY


def read_signature(raw: bytes, *, where: str) -> Signature:
    """Read signature.json.

    Raises
    ------
    InvalidInput
        For a file that is no signature.
    """
    remedy = "restore the file from where it was written, or sign again"
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        problem = Problem(where=where, what="signature", expected="ASCII text", got="other bytes", remedy=remedy)
        raise InvalidInput([problem]) from None
    read = from_data(Signature, parse(text, where=where), where=where)
    if read.format != FORMAT or read.algorithm != ALGORITHM:
        expected, got = f"format {FORMAT}, {ALGORITHM}", f"{read.format[:60]}, {read.algorithm[:60]}"
        raise InvalidInput([Problem(where=where, what="signature", expected=expected, got=got, remedy=remedy)])
    if not (len(read.hmac) == 64 and read.hmac.isascii()):
        got = f"{len(read.hmac)} characters"
        problem = Problem(where=where, what="hmac", expected="64 hexadecimal digits", got=got, remedy=remedy)
        raise InvalidInput([problem])
    return read


def _hmac(files: Mapping[str, bytes], key: bytes) -> str:
    """Return the HMAC of every file's name and hash in the order of names; lengths in front keep folders apart."""
    made = hmac.new(key, FORMAT.encode(), "sha256")
    for name in sorted(files):
        encoded = name.encode("utf-8", "surrogateescape")
        made.update(len(encoded).to_bytes(8, "big") + encoded + hashlib.sha256(files[name]).digest())
    return made.hexdigest()
