"""Words that look the same on screen and are not: composed and decomposed accents, kinds of dashes, foreign letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from scenarios.first_few import first_few

_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
_UNSEEN = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
_CYRILLIC = dict(zip("АВЕЅЗІЈКМНОРСТХУаеѕіјорсхуԁһ", "ABES3IJKMHOPCTXYaesijopcxydh", strict=True))
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανι", "ABEZHIKMNOPTYXoavi", strict=True))
_TWINS = str.maketrans(_DASHES | _UNSEEN | _CYRILLIC | _GREEK)


def looks(word: str) -> str:
    """Return a key that words which look the same have in common; their letters' case counts.

    Compatibility forms (wide letters, ligatures, thin spaces) fall together by NFKC of the Unicode Standard, Annex 15.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).translate(_TWINS))


def look_alike(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that looks as this one does and is another; None where there is none."""
    return next((other for other in known if other != word and looks(other) == looks(word)), None)


def odd_characters(word: str, other: str) -> str:
    """Name the characters of a word that its look-alike does not have, or else those that only that one has.

    Examples
    --------
    >>> odd_characters("off\u201315", "off-15")
    'U+2013 EN DASH'
    """
    pairs = ((word, other), (other, word))
    ours, theirs = ([char for char in dict.fromkeys(one) if char not in two] for one, two in pairs)
    special = [char for char in ours if not char.isascii()] or ours
    if not special:
        return f"no {named_character(theirs[0])}" if theirs else "the same characters in another order"
    return first_few([named_character(char) for char in special])


def named_character(char: str) -> str:
    """Name a character: ``U+FF1A FULLWIDTH COLON``."""
    return f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"
