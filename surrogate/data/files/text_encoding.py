"""How the text of a CSV file is written in bytes, and the first byte that is not written so."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pyarrow as pa

from scenarios.language.slips.foreign_bytes import encoding_of
from scenarios.problems import Problem
from surrogate.data.files.unreadable import PARQUET, magic_of

Encoding = Literal["utf-8", "cp1252", "cp1250", "iso-8859-1", "iso-8859-15", "cp932", "utf-16"]
"""Encodings that spreadsheets and merchandise systems write: UTF-8; "CSV" of Excel in western and in central Europe and
in Japan; ISO Latin without and with the euro; Excel's "Unicode text"."""
_SAVE = 'save it as "CSV UTF-8" (Save as, in Excel)'
_READS_AS = {"UTF-16": "utf-16", "what": "cp932"}
"""What to write for bytes that look like something, by the first word of what is said of them."""


def codec_of(encoding: str) -> str:
    """Return the codec that opens a file as text: UTF-8 may begin with a mark that is no part of it."""
    return "utf-8-sig" if encoding == "utf-8" else encoding


def undecodable(path: Path, error: Exception, *, encoding: str = "utf-8", key: bool = False) -> Problem | None:
    """Name the line and the byte of a CSV file that its encoding cannot read; None where the error is another.

    Parameters
    ----------
    path
        The file, which is read again up to that line.
    error
        As pyarrow or Python raised it.
    encoding
        What the file was read as.
    key
        Whether the data file has a key for it, which the remedy names.
    """
    text = str(error).lower()
    wrong = isinstance(error, UnicodeDecodeError) or (isinstance(error, pa.ArrowException) and "utf" in text)
    if not wrong or path.suffix.lower() in PARQUET or magic_of(path) is not None:
        return None
    found = _first(path, encoding)
    if found is None:
        return None
    line, raw, place = found
    if encoding != "utf-8":
        expected, got = f"text in {encoding}, as encoding says", f"the byte 0x{raw[place]:02x}"
        remedy = f"correct encoding, or {_SAVE} and take encoding out"
        return Problem(where=f"{path}:{line}", what="encoding", expected=expected, got=got, remedy=remedy)
    got = encoding_of(raw, place)
    meant = _READS_AS.get(got.split()[0], "cp1252")
    if meant == "cp1252":
        got += f" ({bytes([raw[place]]).decode('cp1252', errors='replace')} in cp1252)"
    remedy = f"{_SAVE}, or write encoding: {meant} beside the file" if key else _SAVE
    return Problem(where=f"{path}:{line}", what="encoding", expected="text in UTF-8", got=got, remedy=remedy)


def _first(path: Path, encoding: str) -> tuple[int, bytes, int] | None:
    """Return the first line that cannot be read, its bytes and the place of the byte in them."""
    if encoding == "utf-16":
        return None
    try:
        with path.open("rb") as file:
            for line, raw in enumerate(file, 1):
                try:
                    raw.decode(encoding)
                except UnicodeDecodeError as error:
                    return line, raw, error.start
    except OSError:
        pass
    return None
