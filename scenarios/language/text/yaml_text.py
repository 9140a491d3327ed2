"""The text of a YAML file: its size, its kind and its encoding, before anything is read from it."""

from __future__ import annotations

import re
from pathlib import Path

from scenarios.bounded_read import TooLarge
from scenarios.language.slips.foreign_bytes import foreign
from scenarios.problems import InvalidInput, Problem

MAX_BYTES = 4 * 1024 * 1024
"""Largest scenario that is read: far above any that people write, far below what stalls a parser."""


def too_large(name: str, error: TooLarge) -> Problem:
    """Tell that a YAML file has too many bytes."""
    remedy = "check that it is the file that is meant; keep long lists in CSV files and name them with {table: FILE}"
    expected = f"at most {MAX_BYTES // 2**20} MiB"
    return Problem(where=name, what="file size", expected=expected, got=error.got, remedy=remedy)


def decode(raw: bytes, name: str) -> str:
    """Return the text of a file with plain line ends.

    Raises
    ------
    InvalidInput
        Where it is too large, another kind of file, in another encoding, or has control characters.
    """
    if len(raw) > MAX_BYTES:
        raise InvalidInput([too_large(name, TooLarge(Path(name), MAX_BYTES, len(raw)))])
    other = foreign(raw)
    if other is not None:
        expected, remedy = "a text file in YAML", other.remedy("YAML")
        raise InvalidInput([Problem(where=name, what="file", expected=expected, got=other.name, remedy=remedy)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        got = "UTF-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else f"the byte 0x{raw[error.start]:02x}"
        where = f"{name}:{line}"
        raise InvalidInput(
            [Problem(where=where, what="encoding", expected="UTF-8 text", got=got, remedy="save as UTF-8")]
        ) from None
    control = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
    if control is not None:
        line = text.count("\n", 0, control.start()) + 1
        got = f"the control character 0x{ord(control[0]):02x}"
        raise InvalidInput(
            [Problem(where=f"{name}:{line}", what="characters", expected="plain text", got=got, remedy="delete it")]
        )
    return text.replace("\r\n", "\n")
