"""Few futures, for tests that are not about how many there are: limits at risk are judged by 200, people's by 1,000."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import scenarios.futures.draws


@pytest.fixture(autouse=True, scope="module")
def few_futures() -> Iterator[None]:
    """Draw as few as where nothing is judged by single ones; a module takes it under a name of its own.

    Not where programs of their own, which draw as many as people's do, read what is written.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scenarios.futures.draws, "MOST", scenarios.futures.draws.FEWEST)
        yield
