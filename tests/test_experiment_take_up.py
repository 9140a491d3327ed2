"""Take-up that redemptions teach: by hand, never nothing by chance, and as uncertain as few redemptions are."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import experiment_files as files
import numpy as np
import pytest

from surrogate.experiment.prepared.prepare import prepare
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment
from surrogate.experiment.training.take_up import DRIFT_CV, take_up


def experiment(rng, *, arm=400, base=0.3, bump=0.1, share=0.5):
    """Return an experiment whose true take-up is ``share``, and what was bought."""
    arms = np.repeat([0, 1], arm)
    lot = rng.random(2 * arm)
    bought = lot < base + bump * arms
    redeemed = bought & (arms == 1) & ((lot >= base) | (rng.random(2 * arm) < share))
    table = SimpleNamespace(arm=arms, redeemed=redeemed.astype(float), unit=np.arange(2 * arm))
    return SimpleNamespace(table=table, weight=np.ones(2 * arm)), bought.astype(float)


def test_take_up_by_hand():
    """20 of 100 bought without; with it 30, of whom 24 redeemed: 1 - 6 / 20 of the base units, and its error."""
    arm = np.repeat([0, 1], 100)
    bought = np.concatenate([np.arange(100) < 20, np.arange(100) < 30]).astype(float)
    redeemed = np.concatenate([np.zeros(100), np.arange(100) < 24]).astype(float)
    table = SimpleNamespace(arm=arm, redeemed=redeemed, unit=np.arange(200))
    found = take_up(SimpleNamespace(table=table, weight=np.ones(200)), bought, 1)
    # relative variances of the means .06 and .20 of 100 customers: (1 - p) / (100 p)
    error = 0.3 * (0.94 / 6 + 0.8 / 20) ** 0.5
    assert found.share == pytest.approx(0.7, abs=0.03)  # cut at 1, 2.2 standard errors off
    assert found.cv == pytest.approx(np.hypot(error / 0.7, DRIFT_CV), rel=0.1)


def test_intervals_of_a_small_take_up_hold_the_truth():
    """A true take-up of 10 %, 400 customers an arm: with 30 % alone, two of three intervals miss it."""
    held = []
    for seed in range(200):
        found = take_up(*experiment(np.random.default_rng(seed), share=0.1), 1)
        sd = np.sqrt(np.log1p(found.cv**2))
        low, high = (found.share * np.exp(side * 1.645 * sd - 0.5 * sd**2) for side in (-1, 1))
        held.append(low <= 0.1 <= high)
    assert np.mean(held) > 0.85


def test_chance_never_makes_a_take_up_certainly_nothing():
    """Where the bump is larger than what was redeemed by chance, take-up is small and very uncertain, not 0."""
    prepared, bought = experiment(np.random.default_rng(0))
    few = bought * prepared.table.redeemed * (np.arange(bought.size) % 7 == 0)
    prepared.table.redeemed = few
    found = take_up(prepared, bought, 1)
    assert 0 < found.share < few[400:].mean() / bought[:400].mean() and found.cv > 0.4


def test_what_nobody_redeemed_is_taken_up_by_nobody():
    """No redemption at all: take-up is 0."""
    prepared, bought = experiment(np.random.default_rng(0))
    prepared.table.redeemed = np.zeros(bought.size)
    assert take_up(prepared, bought, 1).share == 0.0


def test_repeated_rows_of_a_customer_narrow_nothing(tmp_path):
    """Each row three times, as waves of the same customers that all say the same: the error stays."""
    path = files.write(tmp_path, files.rows(customers=900), redeemed="redeemed")
    spec = read_experiment_spec(path)
    table = read_experiment(spec, tmp_path)
    once = prepare(spec, table, smallest=50)
    again = np.tile(np.arange(table.count), 3)
    thrice = replace(
        once, table=replace(table, arm=table.arm[again], unit=table.unit[again], redeemed=table.redeemed[again]),
        weight=once.weight[again],
    )  # fmt: skip
    bought = table.outcomes["bought"]
    one, three = take_up(once, bought, 1), take_up(thrice, bought[again], 1)
    assert one.share == pytest.approx(three.share, rel=1e-3) and one.cv == pytest.approx(three.cv, rel=1e-2)
