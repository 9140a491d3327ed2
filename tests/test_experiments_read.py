"""Training says what became of the lift tests of its data file: how many rows, of which offers, and what they moved."""

from __future__ import annotations

import re
from dataclasses import replace

from grocery_sample import sample_model, sample_spec

from surrogate.data.data_spec import DataSpec
from surrogate.data.lift_tests import LiftTest
from surrogate.evidence.gather import TESTS, store_tests
from surrogate.parts import pack
from surrogate.training.experiments_read import experiments_read

CUT = {"mechanic": "price_discount", "depth": 0.2, "standard_error": 0.02}


def said(rows: list[dict[str, object]], kept: slice = slice(None)) -> str:
    """What is said of a data file with these rows, of which the model keeps some."""
    tests = tuple(LiftTest.model_validate(row) for row in rows)
    spec: DataSpec = sample_spec().model_copy(update={"experiments": tests})
    stored = pack(store_tests(tests[kept], {}))
    model = replace(sample_model(), sections={**sample_model().sections, TESTS: stored})
    return " ".join(experiments_read(spec, model))


def test_nothing_is_said_without_a_lift_test() -> None:
    """A data file without experiments has no such section."""
    assert experiments_read(sample_spec(), sample_model()) == ()


def test_rows_are_counted_by_offer_and_lifts_move_towards_them() -> None:
    """A test far above the model raises the lift that is told, one far below lowers it; both are told in the output."""
    product = next(iter(sample_spec().products))
    for lift in (2.5, 0.01):
        text = said([CUT | {"product": product, "lift": lift}, {"offer": "mail", "lift": 0.1, "standard_error": 0.05}])
        assert text.startswith("2 rows of experiments read: price_discount 20% (one row), mail (one row).")
        (found,) = re.findall(r"price_discount 20% from \+([\d.]+)% to \+([\d.]+)%", text)
        learned, now = map(float, found)
        assert (now > learned) == (lift > 1.0) and now != learned
        assert "mail is not among past_offers: the rows count in scenarios that have an offer of this id" in text


def test_rows_that_a_holdout_takes_the_place_of_are_told() -> None:
    """A row that the model did not keep is counted as not used."""
    text = said([CUT | {"lift": 0.5}, CUT | {"lift": 0.4}], kept=slice(1))
    assert "1 of them not used: the holdout of the data measured the same purchases more surely" in text


def test_what_an_older_lesson_is_taken_to_mean_is_told() -> None:
    """Several segments together without weights are no average by what they buy, where the groups were not as large."""
    one, two = list(sample_spec().products)[:2]
    row = CUT | {"products": [one, two], "lift": 0.5}
    assert "without product_weights: read as averages weighted by what the customers of a scenario buy" in said([row])
    assert "without" not in said([row | {"product_weights": [0.3, 0.7]}])
