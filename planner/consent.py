"""Who may be contacted: a column of the customers' file that says yes or no, blank being no."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from scenarios.arrays import Flag
from scenarios.language.schema import Scenario

_YES = (
    *("yes", "y", "true", "t", "1", "1.0", "ja", "j", "oui", "si", "sim", "tak", "ano", "igen", "kylla", "evet"),
    *("да", "так", "ναι", "نعم", "是", "はい", "예", "네"),
)
_NO = (
    *(
        "no",
        "n",
        "false",
        "f",
        "0",
        "0.0",
        "nein",
        "nee",
        "nej",
        "non",
        "nao",
        "nie",
        "ne",
        "nem",
        "ei",
        "hayır",
        "hayir",
    ),
    *("нет", "ні", "οχι", "لا", "否", "いいえ", "아니오", "아니요", ""),
)
ANSWERS: Mapping[str, bool] = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
"""What a column may hold, whatever its letters' case and accents; a blank is no."""
EXPECTED = "yes or no (true or false, 1 or 0)"
"""What a message says of it."""


def answered(words: NDArray[np.object_]) -> tuple[Flag, Flag]:
    """Return whether customers [n] have said yes, and where the word is neither yes nor no."""
    known = {word: ANSWERS.get(_plain(word)) for word in dict.fromkeys(words.tolist())}
    found = [known[word] for word in words.tolist()]
    yes = np.array([each is True for each in found], dtype=np.bool_)
    return yes, np.array([each is None for each in found], dtype=np.bool_)


def _plain(word: str) -> str:
    """Return a word without what does not tell: spaces around it, its case, and accents, which people leave out."""
    letters = unicodedata.normalize("NFD", word.strip().casefold())
    return unicodedata.normalize("NFC", "".join(each for each in letters if unicodedata.category(each) != "Mn"))


def asked_of(scenario: Scenario, used: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield the channels, of those that are used, that ask for consent, each with its column."""
    for channel in scenario.channels:
        if channel.consent is not None and channel.id in used:
            yield channel.id, channel.consent


def why_asked(channel: str) -> str:
    """What to do where a file lacks the column of a channel."""
    return f"add it, yes or no for each customer: {channel} reaches only who has consented (channels, consent)"
