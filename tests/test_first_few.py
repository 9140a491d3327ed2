"""Messages name the first of many, and count the others."""

from __future__ import annotations

import pytest

from scenarios.first_few import and_more, first_few


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a, b"), (["a", "b", "c", "d"], "a, b and 2 more")]
)
def test_the_first_are_named_and_the_others_counted(names: list[str], said: str) -> None:
    """Where all are named nothing is counted."""
    assert first_few(names, 2) == said
    assert first_few(names, 2, "; ") == said.replace(", ", "; ")
    assert and_more(len(names), 2) == said.partition("b")[2]
