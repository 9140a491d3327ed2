"""Words for people, in any script: they are shown as they stand, in terminals, pages, workbooks and tables."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator

from scenarios.language.values import refused
from scenarios.look_alikes import named_character

_REORDERS = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Embeddings, overrides and isolates: what follows them is shown in another order than it stands in.

Unicode Standard Annex 9, section 2; the marks of single letters that Arabic and Hebrew text needs are none of them.
"""


def _shown(words: str) -> str:
    """Put words on one line, and refuse characters that nobody sees but that move or hide what stands beside them."""
    line = re.sub(r"\s*[\r\n\t\v\f\u2028\u2029]+\s*", " ", words).strip()
    odd = [char for char in dict.fromkeys(line) if char in _REORDERS or unicodedata.category(char) == "Cc"]
    if odd:
        expected = "words that are shown as they stand, in any script"
        raise refused(expected, got=named_character(odd[0]), remedy="leave that character out")
    return line


Words = Annotated[str, AfterValidator(_shown)]
"""A name, title or category for people, on one line and without control characters."""
