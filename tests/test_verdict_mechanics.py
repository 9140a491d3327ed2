"""The verdict names every mechanic whose lifts do no better in the test than no promotion at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from held_town import rng, town

from scenarios.language.words import Mechanic
from surrogate.held_out.accuracy import accuracy_of
from surrogate.held_out.held_scores import score_forecast
from surrogate.held_out.measured import Measured
from surrogate.held_out.mechanic_errors import mechanic_errors
from surrogate.held_out.verdict import verdict
from surrogate.parts import pack, unpack
from surrogate.shelf.mechanics import KINDS

COUPON = KINDS.index(Mechanic.COUPON)


def two_mechanics():
    """Return held-out weeks in which cuts bring what is foreseen of them, and coupons on the later items nothing."""
    held = town(lift_sd=0.05, base_cv=0.02)
    later = np.arange(len(held.shelf.names)) >= len(held.shelf.names) // 2
    mechanic = np.where(later[:, None] & (held.forecast.mechanic >= 0), COUPON, held.forecast.mechanic)
    units = np.where(later[None, :, None], np.round(held.baseline), held.units)
    return replace(held, units=units, members=replace(held.forecast, mechanic=mechanic))


def said_of(held):
    """Return the verdict on the network."""
    rows = [score_forecast("network", held.network, held), score_forecast("segment mean", held.segment_mean, held)]
    return verdict(rows, [], mechanics=mechanic_errors(held))[0]


def test_the_verdict_names_the_mechanics_that_training_calls_misses():
    """Coupons that move nothing have a sentence with both errors, cuts have none; misses and verdict agree."""
    held = two_mechanics()
    (coupon,) = [one for one in said_of(held) if one.startswith("Do not trust it for coupon")]
    metrics = accuracy_of(held, rng=rng())
    assert f"{metrics['wape_coupon']:.1%} of the units" in coupon
    assert f"{metrics['wape_coupon_no_promotion']:.1%} where promotions are switched off" in coupon
    assert "do not trust the lifts of coupons until a test confirms them" in metrics["misses"]
    assert "price cuts" not in metrics["misses"]
    assert not any("price discount" in one for one in said_of(held))


def test_too_few_units_of_a_mechanic_say_nothing():
    """A twentieth of the coupons' sales: no error of them is known, so none is told."""
    held = two_mechanics()
    on = held.forecast.mechanic == COUPON
    thin = replace(held, units=np.where(on, np.floor(held.units * 0.001), held.units))
    assert [one.mechanic for one in mechanic_errors(thin)] == ["price_discount"]


@pytest.mark.parametrize("kept", [True, False])
def test_a_kept_test_says_it_again(kept):
    """Errors by mechanic are kept with the model; a test from before has none."""
    held = two_mechanics()
    section = pack(
        Measured(first_day=dt.date(2026, 9, 7), weeks=8, cells=1, promoted_cells=1, rows=(),
                 missing=(), coverage=(), mechanics=mechanic_errors(held))
    )  # fmt: skip
    if not kept:
        del section.values["mechanics"]
    assert unpack(section, Measured).mechanics == (mechanic_errors(held) if kept else ())
