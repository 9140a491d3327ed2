"""The header of a CSV file: columns that nobody knows, those that are missing, and what was meant by them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from typing import NamedTuple

from scenarios.first_few import first_few
from scenarios.language.slips.elsewhere import called_here, key_meant_here
from scenarios.problems import Meant, did_you_mean

FOREIGN = 3
"""Unknown columns, and more than half of all, from which on they are one mistake: a header in another language."""
NAMED = 20
"""Unknown columns that one message names."""


class HeaderSlip(NamedTuple):
    """What is wrong with a header, as a message says it."""

    expected: str
    got: str
    remedy: str


def header_slips(
    columns: Sequence[str], known: Sequence[str], required: Collection[str], *, others: bool = False
) -> list[HeaderSlip]:
    """Return what is wrong with a header.

    Parameters
    ----------
    others
        Unknown columns are allowed unless they stand for a known one that is missing: misspelt ones, and other words
        or other languages' words for it.

    Examples
    --------
    >>> [slip.remedy for slip in header_slips(["date", "sales"], ["date", "uses", "revenue"], ["date", "revenue"])]
    ['did you mean revenue?']
    """
    open_names = [name for name in known if name not in columns]
    unknown = [column for column in columns if column not in known]
    if others:
        unknown = [each for each in unknown if called_here(each, open_names) or _close(each, open_names)]
    if len(unknown) >= FOREIGN and (others or 2 * len(unknown) > len(columns)):
        return [_foreign(unknown, columns, known, required)]
    slips = []
    misspelt: set[str] = set()
    for column in unknown:
        meant = _meant_by(column, open_names)
        remedy = did_you_mean(column, known) if meant is None else meant.remedy
        slips.append(HeaderSlip("a known column", column, remedy))
        misspelt |= set() if meant is None else {meant.word}
    missing = [column for column in required if column not in columns and column not in misspelt]
    return [*slips, *(HeaderSlip(f"the column {column}", ", ".join(columns), "add it") for column in missing)]


def _foreign(
    unknown: Sequence[str], columns: Sequence[str], known: Sequence[str], required: Collection[str]
) -> HeaderSlip:
    """Tell in one message of a header of which most is unknown."""
    renamed: dict[str, str] = {}
    here = set(columns)
    for column in unknown:
        meant = _meant_by(column, [each for each in known if each not in here and each not in renamed])
        if meant is not None:
            renamed[meant.word] = column
    remedies = []
    if renamed:
        remedies.append("write " + ", ".join(f"{name} for {column}" for name, column in renamed.items()))
    rest = [name for name in known if name not in required and name not in renamed and name not in here]
    if rest:
        remedies.append(f"known, too: {', '.join(rest)}")
    needed = f", {', '.join(required)} among them" if required else ""
    return HeaderSlip(f"known columns{needed}", first_few(unknown, NAMED), "; ".join(remedies))


def _meant_by(column: str, open_names: Sequence[str]) -> Meant | None:
    """Return which of the known columns that the file does not have an unknown one stands for."""
    called = called_here(column, open_names)  # before nearness of letters: sales are revenue, and no uses
    close = _close(column, open_names)
    return called or (Meant(word=close[0]) if close else key_meant_here(column, set(open_names)))


def _close(column: str, open_names: Sequence[str]) -> list[str]:
    return difflib.get_close_matches(column.lower(), open_names, 1, 0.75)
