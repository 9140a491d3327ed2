"""Redemptions that flag customers: which part of their units was bought with the offer, and how sure that is."""

from __future__ import annotations

from types import SimpleNamespace

import experiment_files as files
import numpy as np
import pytest

from scenarios.problems import InvalidInput
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment
from surrogate.experiment.training.take_up import take_up
from surrogate.experiment.training.used_units import from_flags, used_notes, used_part


def bought(rng, *, likeness, share=0.3, customers=3000):
    """Return units and units used of customers whose uses are beta-binomial; ``likeness`` near 1: all units or none."""
    units = rng.poisson(rng.gamma(2.0, 0.7, customers))
    together = 1.0 / likeness - 1.0
    own = rng.beta(share * together, (1.0 - share) * together, customers)
    return units.astype(float), rng.binomial(units, own).astype(float)


@pytest.mark.parametrize("likeness", [0.01, 0.4, 0.97])
def test_flags_tell_how_many_units_were_used(likeness):
    """Each unit for itself, all units or none, or between: uses of flagged customers come back within 15 %."""
    found, true, every = [], [], []
    for seed in range(6):
        units, used = bought(np.random.default_rng(seed), likeness=likeness)
        part = from_flags(units, used > 0)
        found.append((part.part * units).sum())
        true.append(used.sum())
        every.append(units[used > 0].sum())
    assert np.mean(found) == pytest.approx(np.mean(true), rel=0.15)
    if likeness < 0.5:
        assert np.mean(every) > 1.3 * np.mean(true), "all units of whoever used it are far too many"


def test_the_doubt_about_uses_is_as_large_as_they_miss():
    """Errors of the uses that 20 experiments tell are about as large as they say."""
    far = []
    for seed in range(20):
        units, used = bought(np.random.default_rng(seed), likeness=0.3, customers=800)
        part = from_flags(units, used > 0)
        chance = np.sqrt((part.part * (1.0 - part.part) * units).sum())  # which of the units, given their share
        far.append(((part.part * units).sum() - used.sum()) / np.hypot(part.unsure(units), chance))
    assert np.mean(np.abs(far) < 1.645) > 0.75 and np.mean(np.abs(far) < 3.0) == 1.0


def test_single_units_are_what_is_flagged():
    """Where nobody bought more than one unit, each flag is one use, and there is no doubt about it."""
    units = np.array([1.0, 1.0, 0.0, 1.0])
    part = from_flags(units, np.array([True, False, False, True]))
    np.testing.assert_allclose(part.part, [1.0, 0.0, 0.0, 1.0])
    assert part.unsure(units) == pytest.approx(0.0, abs=1e-9)


def test_take_up_by_flags_is_of_units():
    """Two of five base units used, one by one: all units of flagged customers would say half as many again."""
    rng = np.random.default_rng(1)
    arm = np.repeat([0, 1], 3000)
    units = rng.poisson(rng.gamma(2.0, 0.8, arm.size)).astype(float)
    used = np.where(arm == 1, rng.binomial(units.astype(int), 0.4), 0.0)
    table = SimpleNamespace(arm=arm, redeemed=(used > 0).astype(float), unit=np.arange(arm.size))
    prepared = SimpleNamespace(table=table, weight=np.ones(arm.size))
    part = from_flags(np.where(arm == 1, units, 0.0), used > 0)
    right, every = take_up(prepared, units, 1, part), take_up(prepared, units, 1)
    assert right.share == pytest.approx(0.4, abs=0.06) and every.share > 0.6
    assert right.cv > 0.3


def asked(folder, frame, **changes):
    """Return the file and its table of an experiment with amounts of toys."""
    amounts = {"outcomes": {"toys": {"column": "toys"}}, "products": {"toy": {"outcome": "toys", "price": 40}}}
    spec = read_experiment_spec(files.write(folder, frame, redeemed="redeemed", **amounts, **changes))
    return spec, read_experiment(spec, folder)


def test_a_column_of_units_is_taken_at_its_word(tmp_path):
    """With ``redeemed_is: units`` two of three toys count as two; more than bought count as bought, with a note."""
    frame = files.rows(customers=600)
    toys = np.where(frame["bought"] == 1, 3, 0)
    few = frame.assign(toys=toys, redeemed=np.where(frame["redeemed"] == 1, 2, 0))
    spec, table = asked(tmp_path, few, redeemed_is="units")
    part = used_part(spec, table, 1).part
    assert set(part[table.arm == 1].round(6)) == {0.0, round(2 / 3, 6)} and used_notes(spec, table) == ()
    spec, table = asked(tmp_path, few.assign(redeemed=2 * few["redeemed"]), redeemed_is="units")
    (said,) = used_notes(spec, table)
    assert used_part(spec, table, 1).part.max() == 1.0 and "redeemed more units than they bought" in said


def test_a_flag_on_several_units_is_told(tmp_path):
    """A note says what was taken to be used, and which key tells units; single units need no note."""
    frame = files.rows(customers=600)
    several = frame.assign(toys=frame["bought"] * (1 + np.arange(600) % 4))
    spec, table = asked(tmp_path, several)
    (said,) = used_notes(spec, table)
    assert said.startswith("redeemed says which customers used an offer, not on how many units") and "ten " in said
    assert "redeemed_is: units" in said
    assert used_notes(*asked(tmp_path, frame.assign(toys=frame["bought"]))) == ()


def test_strange_words_of_redemptions_are_told_at_once(tmp_path):
    """Each word with its rows and the first of them, the commonest first; numbers name the key that takes counts."""
    frame = files.rows(customers=600).assign(toys=1)
    words = frame["redeemed"].astype(object).replace({1: "ja", 0: "no"})
    words.iloc[[7, 20, 41]] = ["nein", "nein", "x"]
    with pytest.raises(InvalidInput) as caught:
        asked(tmp_path, frame.assign(toys=frame["bought"], redeemed=words))
    (problem,) = caught.value.problems
    first = int(np.flatnonzero(words == "ja")[0]) + 2
    count = int((words == "ja").sum())
    assert problem.got == (
        f'"ja" in {count} rows, first in row {first}; "nein" in 2 rows, first in row 9; "x" in 1 row, first in row 43'
    )
    counts = frame.assign(toys=frame["bought"], redeemed=frame["redeemed"] * 3)
    with pytest.raises(InvalidInput, match=r'got "3" in \d+ rows.*redeemed_is: units where the column counts'):
        asked(tmp_path, counts)


def test_units_without_a_column_are_refused(tmp_path):
    """``redeemed_is`` says what ``redeemed`` holds: alone it says nothing."""
    path = files.write(tmp_path, files.rows(customers=300), redeemed_is="units")
    with pytest.raises(InvalidInput, match="redeemed: the column that holds the units"):
        read_experiment_spec(path)
