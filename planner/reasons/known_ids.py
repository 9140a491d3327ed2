"""Ids that a planner typed, held against those of the scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from scenarios.problems import InvalidInput, Problem, did_you_mean


class Typed(NamedTuple):
    """One id, as it was typed."""

    kind: str
    """What it is to be: ``offer``, ``product`` or ``segment``."""
    word: str | None
    """None where nothing was typed."""
    known: Sequence[str]
    """Ids of that kind."""


def refuse_unknown(typed: Sequence[Typed], options: Mapping[str, str], of: str) -> None:
    """Refuse ids that the scenario does not have, all at once.

    Parameters
    ----------
    options
        By kind, the option that the id was typed after.
    of
        Whose ids they should be.

    Raises
    ------
    InvalidInput
        With one problem for each such id.
    """
    wrong = [
        Problem(
            where=options[each.kind],
            what=each.kind,
            expected=f"{'an' if each.kind == 'offer' else 'a'} {each.kind} of {of}",
            got=each.word,
            remedy=did_you_mean(each.word, each.known),
        )
        for each in typed
        if each.word is not None and each.word not in each.known
    ]
    if wrong:
        raise InvalidInput(wrong)
