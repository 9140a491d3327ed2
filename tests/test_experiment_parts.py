"""Pieces of learning from an experiment, each by hand: balance, signs, waves, words, ramps."""

from __future__ import annotations

import experiment_files as files
import jax
import numpy as np
import pandas as pd
import pytest

from surrogate.experiment.fitted import fit
from surrogate.experiment.fitted.fit import rows_of
from surrogate.experiment.fitted.network import answer_ramps, new_network
from surrogate.experiment.fitted.tune import other_folds, uplift_sign
from surrogate.experiment.prepared.assignment import balance, shares
from surrogate.experiment.prepared.features import fit_encoder, hash_words
from surrogate.experiment.prepared.prepare import prepare
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment


def test_balance_test_is_exact_by_hand(tmp_path):
    """The standardised difference equals its formula, written out for one feature."""
    frame = files.rows()
    path = files.write(tmp_path, frame)
    spec = read_experiment_spec(path)
    table = read_experiment(spec, tmp_path)
    x = frame["visits"].to_numpy()[:, None]
    test = balance(x, table, shares(table, 2))
    arm = table.arm
    sizes = np.bincount(arm) / arm.size
    terms = (x[:, 0] - x.mean()) * ((arm == 1) / sizes[1] - (arm == 0) / sizes[0])
    assert test.z[0, 0] == pytest.approx(terms.sum() / np.sqrt((terms**2).sum()), rel=1e-12)
    assert test.holds


def test_sign_of_uplift_is_unbiased_by_hand():
    """The doubly robust sign of four customers, written out."""
    expected_ = np.array([[0.2, 0.5]] * 4)
    sign = uplift_sign(np.array([1.0, 0, 1, 0]), np.array([0, 0, 1, 1]), np.full((4, 2), 0.5), expected_)
    np.testing.assert_allclose(sign[:, 0], [0.3 - 1.6, 0.3 + 0.4, 0.3 + 1.0, 0.3 - 1.0])


def test_waves_of_different_shares_do_not_bias(tmp_path):
    """A wave with more buyers and more coupons: each row is weighted by its wave's own shares."""
    frame = files.rows(3)
    second = files.rows(4)
    second["bought"] = np.maximum(second["bought"], np.random.default_rng(5).random(len(second)) < 0.3).astype(int)
    second = second[(second["arm"] != "nothing") | (np.arange(len(second)) % 4 == 0)]
    frame = frame.assign(wave="a")
    second = second.assign(wave="b")
    whole = pd.concat([frame, second])
    path = files.write(tmp_path, whole, wave="wave")
    spec = read_experiment_spec(path)
    table = read_experiment(spec, tmp_path)
    prepared = prepare(spec, table, smallest=50)
    arm, bought = table.arm, table.outcomes["bought"]
    means = [np.average(bought[arm == one], weights=prepared.weight[arm == one]) for one in range(3)]
    size = np.bincount(table.wave) / table.count
    by_wave = [
        sum(size[wave] * bought[(arm == one) & (table.wave == wave)].mean() for wave in (0, 1)) for one in range(3)
    ]
    np.testing.assert_allclose(means, by_wave, rtol=1e-9)
    assert prepared.balance.holds
    assert int(table.unit.max()) + 1 == files.CUSTOMERS


def test_words_become_signed_columns_and_rare_levels_one(tmp_path):
    """The same words give the same columns, order and case do not matter; a level of few customers is pooled."""
    once, twice = hash_words(np.array(["toys School", "school toys"]))
    np.testing.assert_array_equal(once, twice)
    assert np.abs(once).sum() == pytest.approx(2 / 2**0.5)
    frame = files.rows()
    frame.loc[:9, "city"] = "Atlantis"
    path = files.write(tmp_path, frame, features={"categorical": ["city"], "text": ["searched"], "numeric": ["visits"]})
    spec = read_experiment_spec(path)
    table = read_experiment(spec, tmp_path)
    encoder, said = fit_encoder(table, spec.features, smallest=50)
    assert "city: 1 rare values (10 customers) are pooled as other" in said
    assert "Atlantis" not in repr(encoder.names) and "city = other" in encoder.names
    assert any(name.startswith("words of searched") for name in encoder.names)
    assert not any("toys" in name for name in encoder.names)


def test_an_empty_column_is_told_once(tmp_path):
    """A number that nobody has is not used; that it is taken as usual would be another thing."""
    frame = files.rows().assign(blank=np.nan)
    spec = read_experiment_spec(files.write(tmp_path, frame, features={"numeric": ["visits", "blank"]}))
    encoder, said = fit_encoder(read_experiment(spec, tmp_path), spec.features, smallest=50)
    assert [line for line in said if line.startswith("blank")] == ["blank: unknown for everybody; not used"]
    assert encoder.names == ("visits",)


def test_ramps_never_fall_with_the_saving():
    """All ramps are monotone up to the cap and add up to -log(1 - saving)."""
    saving = np.linspace(0, 0.6, 61)
    ramps = answer_ramps(saving)
    assert (np.diff(ramps, axis=0) >= 0).all()
    np.testing.assert_allclose(ramps.sum(axis=1), -np.log1p(-saving), atol=1e-12)


def test_a_fit_answers_for_the_offer_of_each_row_alone():
    """The answer to a row's own offer is that of the table of all answers, with several mechanics and none."""
    rng = np.random.default_rng(3)
    net = new_network(rng, features=4, mechanics=2, profile=3, hidden=5, base=0.1)
    mechanic, ramps = np.array([1, 0, 1]), answer_ramps(np.array([0.1, 0.25, 0.5]))
    profile, hidden = net.states(rng.normal(size=(50, 4)))
    offer = rng.integers(0, 3, 50)
    every = net.answers(profile, hidden, mechanic, ramps)
    own = net.answer_to(profile, hidden, mechanic[offer], ramps[offer])
    np.testing.assert_allclose(own, every[np.arange(50), offer], rtol=1e-12)


def test_folds_are_fitted_on_the_others_alone():
    """Every row of the other folds is there once; what fills up is of the fold left out, and weighs nothing."""
    fold = np.array([0, 1, 2, 0, 1, 0, 0])
    number = np.arange(7.0)
    rows = rows_of(
        number[:, None], number, np.zeros(7, dtype=np.int64), number + 1,
        mechanic=np.array([0]), saving=np.array([0.1]), dispersion=1.0,
    )  # fmt: skip
    for held in range(3):
        others = other_folds(rows, fold, held, 6)
        assert others.arm.size == 6
        counted = others.outcome[others.weight > 0]
        np.testing.assert_array_equal(np.sort(counted), number[fold != held])
        np.testing.assert_array_equal(others.features[:, 0], others.outcome)
        assert (fold[others.outcome[others.weight == 0].astype(int)] == held).all()


def test_small_experiments_share_what_is_compiled(rng, caplog):
    """Rows are filled up with some of no weight, whatever stands in them: another size compiles nothing."""
    # In the shapes of `experiment_files`: what is compiled for its trainings serves.
    params, fitted = files.QUICK.net.fit, []
    net = new_network(
        rng, features=5, mechanics=1, profile=files.QUICK.net.profile, hidden=files.QUICK.net.hidden, base=-0.5
    )
    features, bought = rng.normal(size=(900, 5)), (rng.random(900) < 0.4).astype(float)
    arm, weight = rng.integers(0, 3, 900), np.where(np.arange(900) < 600, rng.uniform(0.5, 2.0, 900), 0.0)
    for count in (900, 600):
        rows = rows_of(
            features[:count], bought[:count], arm[:count], weight[:count],
            mechanic=np.array([0, 0]), saving=np.array([0.1, 0.3]), dispersion=1.0,
        )  # fmt: skip
        caplog.clear()
        with jax.log_compiles():
            fitted.append(fit.fit_net(net, rows, params, binary=True))
    assert "ompil" not in caplog.text, "nothing for the second size"
    for one, other in zip(*map(jax.tree.leaves, fitted), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-9)
