"""What a file is that should be UTF-8 text and is not: an archive, a workbook, another encoding; and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LOOKED_AT = 4096
"""First bytes of a file, in which its kind is written."""
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x80-\xff]")
"""Bytes that no plain text holds in ASCII."""
_PAIR = re.compile(rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]")
"""Two bytes of one Japanese character in Shift-JIS."""
_HALF_WIDTH = re.compile(rb"[\xa1-\xdf]")

_UNPACK = "unpack it, and name the file that is in it"
_PAGE = "download the file itself: this is the page around it, or one to log in"
_EXPORT = "write its table as CSV, and name that file"
_JSON = "give the CSV file; of a plan folder campaign export --csv writes one"
_SHEET = "save its sheet as CSV (UTF-8), and name that file"


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """A file of another kind."""

    name: str
    todo: str
    """What to do where a table is wanted."""

    def remedy(self, wanted: str) -> str:
        """Say what to do to have a file of the wanted kind: ``CSV`` or ``YAML``."""
        table = wanted == "CSV" or self.todo in (_UNPACK, _PAGE)
        return self.todo if table else f"write it as plain text in {wanted}, and name that file"


_WORKBOOK = Foreign(name="an Excel workbook", todo=_SHEET)
_SHEETS = Foreign(name="an OpenDocument spreadsheet", todo=_SHEET)
_ZIP = Foreign(name="a zip archive", todo=_UNPACK)
_BEGIN = (
    (b"\x1f\x8b", Foreign(name="a file that is packed with gzip", todo=_UNPACK)),
    (b"BZh", Foreign(name="a file that is packed with bzip2", todo=_UNPACK)),
    (b"\xfd7zXZ\x00", Foreign(name="a file that is packed with xz", todo=_UNPACK)),
    (b"\x28\xb5\x2f\xfd", Foreign(name="a file that is packed with zstd", todo=_UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", Foreign(name="a 7z archive", todo=_UNPACK)),
    (b"Rar!\x1a\x07", Foreign(name="a rar archive", todo=_UNPACK)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Foreign(name="an old Excel workbook or Word document", todo=_SHEET)),
    (b"PAR1", Foreign(name="a Parquet file", todo=_EXPORT)),
    (b"ARROW1\x00\x00", Foreign(name="an Arrow file", todo=_EXPORT)),
    (b"SQLite format 3\x00", Foreign(name="an SQLite database", todo=_EXPORT)),
    (b"%PDF-", Foreign(name="a PDF document", todo=_EXPORT)),
    (b"\x89PNG\r\n", Foreign(name="a picture", todo=_EXPORT)),
    (b"\xff\xd8\xff", Foreign(name="a picture", todo=_EXPORT)),
)
"""First bytes, and what they are of."""


def foreign(raw: bytes) -> Foreign | None:
    r"""Tell the kind of a file that is no text from its first bytes; None for text, and for bytes that say nothing.

    Examples
    --------
    >>> foreign(b"\x1f\x8b\x08").name, foreign(b"segment,units\n")
    ('a file that is packed with gzip', None)
    """
    begin = raw[:_LOOKED_AT]
    if begin.startswith(b"PK\x03\x04"):
        if b"opendocument.spreadsheet" in begin:
            return _SHEETS
        return _WORKBOOK if b"xl/" in raw or b"[Content_Types].xml" in begin else _ZIP
    if begin[257:262] == b"ustar":
        return Foreign(name="a tar archive", todo=_UNPACK)
    if begin.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return Foreign(name="a web page (HTML)", todo=_PAGE)
    if not _CONTROL.search(begin):  # a table whose first column happens to be called PAR1
        return None
    return next((kind for start, kind in _BEGIN if begin.startswith(start)), None)


def json_document(raw: bytes) -> Foreign | None:
    """Tell a JSON document, which is YAML as well, but no table; None for anything else."""
    begin = raw[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").split()
    found = bool(begin) and (begin[0].startswith((b'{"', b"[{")) or (begin[0] in (b"{", b"[") and len(begin) > 1))
    return Foreign(name="a JSON document", todo=_JSON) if found else None


def encoding_of(raw: bytes, place: int) -> str:
    r"""Say what bytes that are no UTF-8 look like, for messages only: nothing is read by it.

    Parameters
    ----------
    place
        Of the first byte that is no UTF-8.

    Examples
    --------
    >>> encoding_of("日付,数量".encode("cp932"), 0)
    'what looks like Shift-JIS (CP932), as "CSV" of a Japanese Excel'
    >>> encoding_of("Crème".encode("cp1252"), 2), encoding_of("상품".encode("cp949"), 0)
    ('the byte 0xe8', 'the byte 0xbb')
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    if _is_shift_jis(raw[place : place + _LOOKED_AT]):
        return 'what looks like Shift-JIS (CP932), as "CSV" of a Japanese Excel'
    return f"the byte 0x{raw[place]:02x}"


def _is_shift_jis(part: bytes) -> bool:
    """Whether bytes read as Japanese, most of it by lead bytes below 0xa0, where other encodings have few letters.

    A letter with an accent before a plain one makes a pair, too, but none whose second byte is beyond ASCII.
    """
    pairs = _PAIR.findall(part)
    rest = _CONTROL.search(_HALF_WIDTH.sub(b"", _PAIR.sub(b"", part))[:-1])  # the last pair may be cut in half
    low, beyond = sum(pair[0] < 0xA0 for pair in pairs), any(pair[1] > 0x7F for pair in pairs)
    return rest is None and beyond and 2 * low > len(pairs)
