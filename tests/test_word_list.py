"""Sentences list words with commas, and the last one after another word."""

from __future__ import annotations

import pytest

from scenarios.word_list import listed


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_words_are_listed(words: list[str], said: str) -> None:
    """However many there are; `or` may join them in place of `and`."""
    assert listed(words) == said
    assert listed(iter(words), "or") == said.replace("and", "or")
