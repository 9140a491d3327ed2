"""What lies in a folder, unpacked: every file's bytes, archives and tables opened, ready to be searched.

Compressed files hide texts from a plain search of their bytes, so npz members and Parquet columns are laid open.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.arrays import Int
from scenarios.language.words import ANONYMOUS
from surrogate.data.files.pseudonyms import MISSING

LEAST_ID = 6
"""Shorter ids cannot be told from other numbers and words, and are not searched for."""
_PERSONS = ("customer", "household", "user", "member", "card")
ID_COLUMNS = frozenset(
    (
        *_PERSONS,
        *(f"{one}_id" for one in _PERSONS),
        *(f"{one}id" for one in _PERSONS),
        "email",
        "e-mail",
        "mail",
        "phone",
    )
)
"""Names of table columns that hold one customer a row."""
_EMAIL = re.compile(rb"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{2,24}){1,4}")
_WORD = re.compile(rb"[^\s\"',;:|=()\[\]{}<>\x00]+")


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """One file, or one opened part of it."""

    place: str
    """``model.json``, or ``weights.npz: population``."""
    content: bytes
    """Bytes, texts in UTF-8."""
    columns: tuple[str, ...] = ()
    """Column names, where it is a table."""
    shape: tuple[int, ...] = ()
    """Shape, where it is an array."""
    whole: Int | None = None
    """Different whole numbers in it, where it is an array or column of such."""


def pieces(folder: Path) -> Iterator[Piece]:
    """Yield every file of a folder by name, and what archives and tables among them hold."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from open_up(path.relative_to(folder).as_posix(), path.read_bytes())


def open_up(name: str, content: bytes) -> Iterator[Piece]:
    """Yield one file and what it holds; what cannot be opened stands as its bytes."""
    kind = Path(name).suffix.lower()
    columns: tuple[str, ...] = ()
    if kind == ".csv":
        head = content.split(b"\n", 1)[0].decode(errors="replace").lstrip("\ufeff")
        columns = tuple(cell.strip().strip('"') for cell in head.split(","))
    yield Piece(place=name, content=content, columns=columns)
    if kind in (".npz", ".zip", ".xlsx"):
        yield from _members(name, content)
    elif kind in (".parquet", ".pq"):
        yield from _columns(name, content)


def _members(name: str, content: bytes) -> Iterator[Piece]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        return
    with archive:
        for member in archive.namelist():
            place, raw = f"{name}: {member.removesuffix('.npy')}", archive.read(member)
            if not member.endswith(".npy"):
                yield Piece(place=place, content=raw)
                continue
            values = np.lib.format.read_array(io.BytesIO(raw), allow_pickle=False)
            whole = np.unique(values).astype(np.int64) if values.dtype.kind in "iu" else None
            yield Piece(place=place, content=raw, shape=values.shape, whole=whole)


def _columns(name: str, content: bytes) -> Iterator[Piece]:
    try:
        # Read in this thread and from Arrow's own buffer: a reading thread that outlives Python aborts the process.
        table = pq.read_table(pa.BufferReader(content), use_threads=False, pre_buffer=False)
    except (pa.ArrowInvalid, OSError):
        return
    yield Piece(place=f"{name}: columns", content=b"", columns=tuple(table.column_names))
    for column in table.column_names:
        values = table[column]
        whole = None
        if pa.types.is_integer(values.type):
            whole = values.drop_null().unique().to_numpy().astype(np.int64)
        texts = "\n".join(str(one) for one in values.unique().to_pylist() if isinstance(one, str))
        yield Piece(place=f"{name}: {column}", content=texts.encode(), whole=whole)


def key_forms(key: bytes) -> tuple[bytes, ...]:
    """Return the ways in which a key may be written."""
    code = base64.b64encode(key)
    return (key, key.hex().encode(), key.hex().upper().encode(), code, base64.urlsafe_b64encode(code))


def emails(piece: Piece) -> list[str]:
    """Return e-mail addresses in a piece."""
    return sorted({found.decode() for found in _EMAIL.findall(piece.content)})


def id_columns(piece: Piece) -> list[str]:
    """Return the names of columns that hold one customer a row."""
    return [name for name in piece.columns if name.lower().replace(" ", "_") in ID_COLUMNS]


class IdSearch:
    """Search for known ids.

    Parameters
    ----------
    ids
        As the data writes them.
    numbers
        Their pseudonyms, where the key is known.
    """

    def __init__(self, ids: Iterable[str], numbers: Iterable[int] = ()) -> None:
        texts = {one.strip() for one in ids} - {""}
        self.nobodys = ANONYMOUS in texts
        """Whether the ids hold a till's word for nobody that artefacts name a segment by: it is no customer's."""
        texts -= {ANONYMOUS}
        self.searched = {one for one in texts if len(one) >= LEAST_ID}
        self.too_short = len(texts) - len(self.searched)
        pseudonyms = {int(one) for one in numbers} - {MISSING}
        self._words = {one.encode() for one in self.searched} | {str(one).encode() for one in pseudonyms}
        self._phrases = [word for word in self._words if not _WORD.fullmatch(word)]
        whole = {int(one) for one in self.searched if one.isdecimal() and len(one) < 19}
        self._whole = np.array(sorted(whole | pseudonyms), dtype=np.int64)

    def found(self, piece: Piece) -> list[str]:
        """Return the ids and pseudonyms that a piece holds, as texts."""
        words = {word for found in _WORD.findall(piece.content) for word in (found, found.strip(b".-/\\"))}
        phrases = {phrase for phrase in self._phrases if phrase in piece.content}
        out = {word.decode(errors="replace") for word in (words & self._words) | phrases}
        if piece.whole is not None:
            out |= {str(number) for number in np.intersect1d(piece.whole, self._whole)}
        return sorted(out)
