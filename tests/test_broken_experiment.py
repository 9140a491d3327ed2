"""Broken experiments: each mistake is one clear message with where, expected, got and what mends it."""

from __future__ import annotations

import experiment_files as files
import numpy as np
import pandas as pd
import pytest
from command_line import run

from scenarios.problems import InvalidInput
from surrogate.experiment.prepared.prepare import prepare
from surrogate.experiment.reading.spec import is_experiment, read_experiment_spec
from surrogate.experiment.reading.table import read_experiment

SPECS = {
    "no offers": ({"offers": {}}, "at least one offer under offers"),
    "unknown key": (
        {"offer_column": "arm"},
        "exp.yaml:30: experiment file: expected a known key, got offer_column; known: after_offer, ",
    ),
    "no none": ({"none": None}, "experiment file: expected the key none; add it"),
    "a word for an offer": (
        {"offers": {"ten": "ten"}},
        'offers.ten: expected keys with values, got "ten"; write {mechanic: ..., is: ...}',
    ),
    "a column without a list": (
        {"features": {"numeric": "visits"}},
        'features.numeric: expected a list, got "visits"; write [visits]',
    ),
    "a number for a column": (
        {"features": {"numeric": ["visits", 7]}},
        "features.numeric.2: expected a text, got 7; put quotes around it",
    ),
    "another kind of outcome": (
        {"outcomes": {"bought": {"column": "bought", "kind": "money"}}},
        'outcomes.bought.kind: expected one of binary, amount, got "money"',
    ),
    "no features": ({"features": {}}, "at least one column under features"),
    "outcome as feature": ({"features": {"numeric": ["bought"]}}, "bought is the outcome bought"),
    "after the offer": (
        {"features": {"numeric": ["visits"]}, "after_offer": ["visits"]},
        "visits is made after the offer",
    ),
    "offer as feature": ({"features": {"categorical": ["arm"]}}, "arm is the offer"),
    "twice": ({"features": {"numeric": ["visits"], "categorical": ["visits"]}}, "visits stands twice"),
    "one value, two arms": (
        {"offers": {name: {"is": "ten", "mechanic": "feature"} for name in ("a", "b")}},
        "'ten' stands twice",
    ),
    "mechanic without parameters": (
        {"offers": {"ten": {"is": "ten", "mechanic": "coupon"}}},
        "the parameters depth (at_most optional), or value for a coupon",
    ),
    "unknown outcome": ({"products": {"toy": {"outcome": "boughtt"}}}, "did you mean bought?"),
    "money without price": (
        {"products": {"toy": {"outcome": "bought", "money": True}}},
        "a price above 0 where the outcome is money",
    ),
    "one propensity for two offers": ({"propensity": "visits"}, "a column for each offer"),
    "measured without a draw": ({"measured": {"visits": "when"}}, "the column with the time of the draw"),
}


@pytest.mark.parametrize("name", SPECS)
def test_broken_files_are_refused(name, tmp_path):
    """One mistake in the file, one message that names it."""
    changes, message = SPECS[name]
    with pytest.raises(InvalidInput) as caught:
        read_experiment_spec(files.write(tmp_path, files.rows(customers=10), **changes))
    assert len(caught.value.problems) == 1
    assert message in str(caught.value)
    assert "exp.yaml:" in str(caught.value)


def text_in_numbers(frame):
    """Write a word where a number belongs."""
    frame["visits"] = frame["visits"].astype(object)
    frame.loc[7, "visits"] = "often"


def not_binary(frame):
    """Count to two."""
    frame.loc[3, "bought"] = 2


def missing_outcome(frame):
    """Leave outcomes blank."""
    frame["bought"] = frame["bought"].astype(object)
    frame.loc[3:5, "bought"] = ""


def infinite(frame):
    """Divide by zero."""
    frame.loc[3, "visits"] = np.inf


def constant_outcome(frame):
    """Let nobody buy."""
    frame["bought"] = 0


def unknown_arm(frame):
    """Misspell an arm."""
    frame.loc[11, "arm"] = "fifty"


def lonely_arm(frame):
    """Give an offer to nobody."""
    frame.loc[frame["arm"] == "ten", "arm"] = "thirty"


def same_customer(frame):
    """Use an id twice."""
    frame.loc[5, "customer"] = frame.loc[4, "customer"]


def blank_customer(frame):
    """Lose an id."""
    frame.loc[5, "customer"] = ""


def lost_column(frame):
    """Rename a column."""
    frame["visit"] = frame.pop("visits")


def after_the_offer(frame):
    """Count visits that the offers brought."""
    frame["visits"] = (
        frame["visits"] + 3.0 * frame["bought"] * (frame["arm"] != "nothing") + 2.0 * (frame["arm"] == "thirty")
    )


def twin(frame):
    """Smuggle the outcome in."""
    frame["visits"] = frame["bought"] + 0.001 * np.arange(len(frame)) / len(frame)


def constant_features(frame):
    """Make all customers alike."""
    frame["children"] = frame["visits"] = 1
    frame["city"] = "Rome"


DATA = {
    text_in_numbers: 'visits: expected numbers, got "often" in row 9',
    not_binary: "bought: expected 0 or 1, got 2 in row 5",
    missing_outcome: "bought: expected a number in every row, got 3 blank, first in row 5",
    infinite: 'visits: expected numbers, got "inf" in row 5',
    constant_outcome: "bought: expected an outcome that differs between customers, got 0 in every row",
    unknown_arm: 'arm: expected only values of none, offers and ignored, got "fifty" in 1 rows, first in row 13',
    lonely_arm: "arm: expected at least 100 rows with ten, got 0",
    same_customer: "each customer once in a wave, got 2 rows that share a customer, first in row 6",
    blank_customer: "customer: expected an id in every row, got 1 blank, first in row 7",
    lost_column: "visits: expected a column of this name, got none; did you mean visit?",
    after_the_offer: "visits: expected a feature that was known before the offer: only those may differ",
    twin: "visits: expected a feature that was known before the offer, got the outcome bought in another form",
    constant_features: "features: expected at least one feature that differs between customers",
}


@pytest.mark.parametrize("damage", DATA, ids=lambda damage: damage.__name__)
def test_broken_data_is_refused(damage, tmp_path):
    """One kind of damage, one message."""
    frame = files.rows(customers=3000)
    damage(frame)
    path = files.write(tmp_path, frame)
    spec = read_experiment_spec(path)
    with pytest.raises(InvalidInput) as caught:
        prepare(spec, read_experiment(spec, tmp_path), smallest=50)
    assert len(caught.value.problems) == 1, str(caught.value)
    assert DATA[damage] in str(caught.value)
    assert "CUSTOMER" not in str(caught.value)


def test_what_is_sure_to_be_older_than_the_offer_is_believed(tmp_path):
    """before_offer clears a feature; then the imbalance counts against the draw."""
    frame = files.rows(customers=3000)
    after_the_offer(frame)
    spec = read_experiment_spec(files.write(tmp_path, frame, before_offer=["visits"]))
    assert not prepare(spec, read_experiment(spec, tmp_path), smallest=50).balance.holds


PROPENSITIES = {
    "above 1": (lambda frame: frame.assign(a=1.5, b=0.2), "a: expected probabilities from 0 to 1, got 1.5"),
    "too much together": (lambda frame: frame.assign(a=0.6, b=0.6), "that sum to at most 1"),
    "never for some": (
        lambda frame: frame.assign(a=np.where(frame["arm"] == "thirty", 0.0, 0.3), b=0.3),
        "expected a probability above 0 of every offer and of none, got 0 of some arm in 3",
    ),
    "other shares": (lambda frame: frame.assign(a=0.1, b=0.1), "got a sum of 800 for none, and 3"),
    "impossible": (lambda frame: frame.assign(a=0.0, b=0.5), "a probability above 0 of what the customer did get"),
}


@pytest.mark.parametrize("name", PROPENSITIES)
def test_impossible_propensities_are_refused(name, tmp_path):
    """Probabilities must be probabilities of what happened."""
    change, message = PROPENSITIES[name]
    frame = change(files.rows(customers=1000))
    spec = read_experiment_spec(files.write(tmp_path, frame, propensity={"ten": "a", "thirty": "b"}))
    with pytest.raises(InvalidInput) as caught:
        read_experiment(spec, tmp_path)
    assert message in str(caught.value) and len(caught.value.problems) == 1


def test_waves_that_lack_an_arm_are_refused(tmp_path):
    """Each offer in a wave of its own: what differs between the waves passed for effects, graded as randomised."""
    frame = files.rows(customers=3000).assign(wave=np.arange(3000) % 2)
    spec = read_experiment_spec(files.write(tmp_path, frame, wave="wave"))
    assert read_experiment(spec, tmp_path).count == 3000
    lost = ((frame["wave"] == 0) & (frame["arm"] == "ten")) | ((frame["wave"] == 1) & (frame["arm"] == "nothing"))
    files.write(tmp_path, frame[~lost], wave="wave")
    with pytest.raises(InvalidInput) as caught:
        read_experiment(spec, tmp_path)
    assert 'expected every arm in every wave, got wave "0" without ten, wave "1" without none; leave' in str(
        caught.value
    )
    assert len(caught.value.problems) == 1


def test_redemptions_without_offer_are_said(tmp_path):
    """A column of redemptions that is turned round, or holds shared codes, is named with its numbers."""
    frame = files.rows(customers=1000)
    spec = read_experiment_spec(files.write(tmp_path, frame, redeemed="redeemed"))
    assert not any("redeemed" in line for line in read_experiment(spec, tmp_path).cleaning)
    frame["redeemed"] = 1 - frame["redeemed"]
    files.write(tmp_path, frame, redeemed="redeemed")
    count = int((frame["arm"] == "nothing").sum())
    said = f"suspicious: {count:,} of {count:,} rows without offer are marked as redeemed; not counted"
    assert said in read_experiment(spec, tmp_path).cleaning


def test_features_measured_after_the_draw_are_refused(tmp_path):
    """A feature's own time must lie before the time of the draw; unreadable times are named."""
    frame = files.rows(customers=1000).assign(drawn="2026-05-01", seen="2026-04-30")
    changes = {"assigned": "drawn", "measured": {"visits": "seen"}}
    spec = read_experiment_spec(files.write(tmp_path, frame, **changes))
    assert read_experiment(spec, tmp_path).count == 1000
    frame.loc[2, "seen"] = "2026-05-03"
    files.write(tmp_path, frame, **changes)
    with pytest.raises(InvalidInput, match=r"seen: expected a time before drawn.*got 2026-05-03 in row 4"):
        read_experiment(spec, tmp_path)
    frame.loc[2, "seen"] = "soon"
    files.write(tmp_path, frame, **changes)
    with pytest.raises(InvalidInput, match=r'seen: expected a time such as .* got "soon" in row 4'):
        read_experiment(spec, tmp_path)


@pytest.mark.parametrize("content", [b"", b"customer,arm\n", b"\xff\xfe\x00", b'customer,arm\n"a,b\n'])
def test_unreadable_files_are_refused(content, tmp_path):
    """Empty and damaged files are one message each."""
    path = files.write(tmp_path, files.rows(customers=10))
    (tmp_path / "trial.csv").write_bytes(content)
    with pytest.raises(InvalidInput):
        read_experiment(read_experiment_spec(path), tmp_path)


def test_several_mistakes_come_together_and_nothing_is_written(tmp_path):
    """Two broken columns are two messages in one answer; no model folder appears."""
    frame = files.rows(customers=1000)
    text_in_numbers(frame)
    not_binary(frame)
    path = files.write(tmp_path, frame)
    result = run("train", path, "--out", tmp_path / "model")
    assert result.exit_code == 2
    assert "often" in result.stderr and "0 or 1" in result.stderr
    assert not (tmp_path / "model").exists()


def test_copies_of_a_row_are_dropped_and_counted(tmp_path):
    """Exact copies are harmless: they are left out, and the report says how many."""
    frame = files.rows(customers=1000)
    path = files.write(tmp_path, pd.concat([frame, frame.head(3)]))
    table = read_experiment(read_experiment_spec(path), tmp_path)
    assert table.count == 1000
    assert "3 rows were exact copies of another row and were left out" in table.cleaning


def test_a_comma_in_braces_hides_no_other_problem(tmp_path):
    """The amount that was meant is named, and so is the outcome that is none of both kinds."""
    path = tmp_path / "exp.yaml"
    path.write_text(
        "kind: experiment\nfile: rows.csv\noffer: arm\nnone: nothing\n"
        "offers: {ten: {is: ten, mechanic: coupon, value: 1,50}}\n"
        "features: {numeric: [visits]}\noutcomes: {bought: {column: bought, kind: money}}\n"
    )
    with pytest.raises(InvalidInput) as refusal:
        read_experiment_spec(path)
    said = [str(problem) for problem in refusal.value.problems]
    assert [one for one in said if "exp.yaml:5: offers.ten.value: " in one and one.endswith("write 1.50")]
    assert [one for one in said if "outcomes.bought.kind: expected one of binary, amount" in one]
    assert is_experiment(path)
