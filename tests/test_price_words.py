"""Price rules as words: they accept what the plain check accepts, day by day, also after past cuts."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from rule_shop import line, shop

from constraints.rules.forms import Words
from constraints.rules.registry import check_rules

CHOICES = ("", "off10", "flash", "off30", "poster")
FIRST_DAY = 2


def _accepts(words: Words, choices: list[int]) -> bool:
    state = words.start
    for choice in choices:
        state = int(words.step[state, words.letters[choice]])
        if state < 0:
            return False
    return True


def _both(rule: dict[str, Any], days: int, history: tuple[Any, ...] = ()) -> tuple[np.ndarray, np.ndarray]:
    """What the plain check and the words accept of all plans for the phone: an answer a plan."""
    horizon = {"start": f"2026-11-0{FIRST_DAY}", "periods": days, "unit": "day"}
    grid, book = shop([{"id": "law", **rule}], history, horizon=horizon)
    (words,) = (words for rule in book.rules for words in rule.words if words.slots[0] == 0)
    number = {grid.scenario.offers[choice.offer].id: n for n, choice in enumerate(grid.choices.public, start=1)}
    plain, read = [], []
    for plan in product(CHOICES, repeat=days):
        lines = [line((FIRST_DAY + day, "phone", offer)) for day, offer in enumerate(plan) if offer]
        plain.append(all(result.satisfied for result in check_rules(grid, lines)))
        read.append(_accepts(words, [number.get(offer, 0) for offer in plan]))
    return np.array(plain), np.array(read)


@pytest.mark.parametrize("rule", [{"min": "5%"}, {"min": "15%"}, {}], ids=["5%", "15%", "its own"])
@pytest.mark.parametrize("window", [1, 2, 30])
def test_words_of_the_price_law_accept_what_it_accepts(rule: dict[str, Any], window: int) -> None:
    """Of 625 plans of four days each: whether a cut leaves the window inside the horizon or never."""
    plain, read = _both({"rule": "reference_price", "days": window, **rule}, 4)
    assert 0 < plain.sum() < len(plain)
    assert (plain == read).all()


def test_words_of_falling_prices_accept_what_the_rule_accepts() -> None:
    """Cuts that stay or deepen, any cut after a pause; where more is asked than that, there are no words."""
    plain, read = _both({"rule": "price_ladder", "falling": True}, 4)
    assert 0 < plain.sum() < len(plain)
    assert (plain == read).all()
    for more in ({"order": ["tablet", "phone"]}, {"where": {"periods": ["2026-11-03"]}}):
        _, book = shop([{"id": "down", "rule": "price_ladder", "falling": True, **more}])
        assert not any(rule.words for rule in book.rules)


@pytest.mark.parametrize(
    "history",
    [
        ((1, "phone", "flash"),),
        ((0, "phone", "off10"), (1, "phone", "off10")),
        ((-1, "phone", "off30"),),
        ((-3, "phone", "off30"), (-1, "phone", "flash")),
    ],
    ids=["goes on", "a run goes on", "has ended", "two that have ended"],
)
@pytest.mark.parametrize("window", [2, 4, 30])
def test_after_past_cuts_words_refuse_no_plan_that_keeps_the_rule(history: tuple[Any, ...], window: int) -> None:
    """They may accept more: of several past cuts they know the last one. One alone they know as the rule does."""
    plain, read = _both({"rule": "reference_price", "days": window, "min": "5%"}, 4, history)
    assert (read | ~plain).all()
    if len(history) == 1:
        assert (plain == read).all()
