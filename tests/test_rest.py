"""Who shows too little to be told apart: a rule that follows how often a shop's customers come, and a loud finding."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from grocery_sample import LEARN, PARAMS, sample_folder, sample_spec, use_folder
from hypothesis import given
from hypothesis import strategies as st
from people_case import people
from printed import printed
from purchase_files import Shop

from planner.report.learned.profiles import rest_sentences, show_segments
from scenarios.language.schema import LearnSpec
from scenarios.problems import InvalidInput
from surrogate.data.data_spec import read_data_spec
from surrogate.data.loading import load_events
from surrogate.data.weeks import week_of
from surrogate.people.profiles import build_features
from surrogate.people.rest import LARGE, enough_baskets, too_little_shown
from surrogate.people.segments import find_segments
from surrogate.train import train


def bought(*counts: int) -> np.ndarray:
    """Baskets of ten customers for each number."""
    return np.repeat(np.array(counts, dtype=np.float64), 10)


def test_where_most_customers_come_often_twelve_baskets_are_asked_for() -> None:
    """However often the others come, and with as many in rest as may be: two of five."""
    assert enough_baskets(bought(12, 40, 90)) == 12
    assert enough_baskets(bought(1, 2, 12, 12, 12)) == 12


def test_where_most_customers_come_rarely_fewer_baskets_have_to_do() -> None:
    """As many as leave three customers of five in segments, and never fewer than three."""
    assert enough_baskets(bought(1, 4, 7, 8, 9)) == 7
    assert enough_baskets(bought(1, 2, 3, 3, 3)) == 3
    assert enough_baskets(bought(1, 1, 1, 2, 20)) == 3


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.integers(1, 40))
def test_rest_is_small_or_the_floor_is_reached(counts: list[int], more: int) -> None:
    """Rest holds at most 40 % unless all of it has one or two baskets; one who buys more never raises who is in it."""
    baskets = np.array(counts, dtype=np.float64)
    enough = enough_baskets(baskets)
    assert 3 <= enough <= 12
    assert (baskets < enough).mean() <= LARGE or enough == 3
    assert enough_baskets(baskets + more) >= enough


def test_packaged_grocery_data_asks_for_twelve_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """At both fits: four households of five have bought twelve times."""
    use_folder(monkeypatch, sample_folder())
    spec = sample_spec()
    events = load_events(spec, until=spec.test_until)
    for day in (spec.train_until, spec.test_until):
        assert enough_baskets(build_features(events, events.categories, last_week=week_of(day)).baskets) == 12


def test_rare_purchases_leave_customers_in_their_segments() -> None:
    """Where nearly everybody has four baskets, rest is who has fewer, not who has fewer than twelve."""
    features, scaled = people()
    features.baskets[:] = 4.0
    features.baskets[:30] = 2.0
    found = find_segments(scaled, features, scaled, LearnSpec(count=3, min_size=20), seed=1)
    assert found.ids[-1] == "rest" and np.flatnonzero(found.label == len(found.ids) - 1).tolist() == list(range(30))


def test_the_data_file_may_say_how_many_baskets_are_enough() -> None:
    """``min_baskets`` holds in both directions, whatever the rule would say."""
    features, scaled = people()
    features.baskets[:] = np.repeat([1.0, 5.0, 30.0], 60)
    sizes = {}
    for asked in (1, 2, 20):
        spec = LearnSpec(count=2, min_size=20)
        found = find_segments(scaled, features, scaled, spec, seed=1, min_baskets=asked)
        sizes[asked] = int((found.label == found.ids.index("rest")).sum()) if "rest" in found.ids else 0
    assert sizes == {1: 0, 2: 60, 20: 120}


@pytest.mark.parametrize("wrong", [0, -3, 2.5, "many"])
def test_numbers_of_baskets_that_cannot_be_are_refused(tmp_path: Any, wrong: object) -> None:
    """A whole number of at least 1."""
    shop = Shop()
    shop.data["min_baskets"] = wrong
    with pytest.raises(InvalidInput, match="min_baskets"):
        read_data_spec(shop.write(tmp_path))


def test_a_rest_of_most_customers_is_told_with_what_helps() -> None:
    """How many, why and what to do; nothing where rest holds two of five or fewer."""
    baskets = bought(1, 2, 30)
    label = np.repeat([1, 1, 0], 10)
    (said,) = too_little_shown(baskets, label, ("s1", "rest"), None)
    assert "20 of 30 customers (66.7%)" in said and "fewer than 3 baskets" in said and "min_baskets" in said
    (asked,) = too_little_shown(baskets, label, ("s1", "rest"), 25)
    assert "fewer than 25 baskets" in asked
    assert too_little_shown(bought(1, 2, 30, 30, 30), np.repeat([1, 1, 0, 0, 0], 10), ("s1", "rest"), None) == ()


def test_customers_who_are_placed_though_they_show_too_little_are_told() -> None:
    """Where hardly anybody bought three times, all are in segments, which say little; that is told, too."""
    (said,) = too_little_shown(bought(1, 1, 2), np.zeros(30, dtype=np.int64), ("s1",), None)
    assert "30 of 30 customers" in said and "fewer than 3 baskets" in said
    assert too_little_shown(bought(2, 12, 12), np.zeros(30, dtype=np.int64), ("s1",), None) == ()


def test_profiles_tell_of_a_large_rest() -> None:
    """Under the table of segments, for any model; not where rest is small, nor of a segment that is only named so."""
    space = SimpleNamespace(
        ids=("s1", "rest"), names=("shoppers", "everybody else"), customers=np.array([300, 700]),
        shares=np.array([0.3, 0.7]), stability=0.9, least_visits=0.0385, own="",
    )  # fmt: skip
    shown = " ".join(printed(show_segments(cast(Any, space), {"s1": (), "rest": ()}), 120))
    assert "rest holds 700 of 1,000 customers (70.0%)" in shown and "0.038 baskets a week" in shown
    space.customers = np.array([700, 300])
    assert rest_sentences(cast(Any, space)) == ()
    space.customers, space.least_visits = np.array([300, 700]), 0.0
    assert rest_sentences(cast(Any, space)) == ()


def test_training_heeds_the_data_file_and_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """``min_baskets`` reaches the model, and its first note tells of the rest that it makes."""
    use_folder(monkeypatch, sample_folder())
    model = train(sample_spec(min_baskets=60), PARAMS, 1, learn=LEARN)
    assert model.groups.ids[-1] == "rest"
    assert model.groups.customers[-1] > LARGE * model.groups.customers.sum()
    assert model.notes[0].startswith("rest holds") and "fewer than 60 baskets" in model.notes[0]
    assert rest_sentences(model.profile_space)
