"""Words for people, in any script: they are shown as they stand, in terminals, pages, workbooks and tables."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator

from scenarios.language.values import refused
from scenarios.look_alikes import named_character

_SPACES = frozenset("\t\n\r")
_REORDERS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Embeddings, overrides and isolates: what follows them is shown in another order than it stands in.

Unicode Standard Annex 9, section 2; the marks of single letters that Arabic and Hebrew text needs are none of them.
"""


def _shown(words: str) -> str:
    """Refuse characters that nobody sees but that move or hide what stands beside them; change nothing.

    Scopes name categories by the same letters, and older plans are read again.
    """
    for char in words:
        if char in _REORDERS or (unicodedata.category(char) == "Cc" and char not in _SPACES):
            expected = "words that are shown as they stand, in any script"
            raise refused(expected, got=named_character(char), remedy="leave that character out")
    return words


Words = Annotated[str, AfterValidator(_shown)]
"""A name, title or category for people, without control characters."""
