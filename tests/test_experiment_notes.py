"""What a model of an experiment says of itself: offers that it cannot tell apart, outcomes that few customers make."""

from __future__ import annotations

import experiment_files as files
import numpy as np

from surrogate.experiment.prepared.prepare import prepare
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment
from surrogate.experiment.training.notes import notes_of


def notes(folder, frame, **changes):
    """Return the notes of an experiment."""
    spec = read_experiment_spec(files.write(folder, frame, **changes))
    return " ".join(notes_of(prepare(spec, read_experiment(spec, folder), smallest=50)))


def test_offers_of_one_mechanic_and_saving_are_said_to_be_learned_as_one(tmp_path):
    """Two e-mails without a saving are one offer to the network; a coupon of 10 % and one of 30 % are not."""
    frame = files.rows(customers=1200)
    mails = {name: {"is": name, "mechanic": "feature"} for name in ("ten", "thirty")}
    assert "Offers ten and thirty are of one mechanic and saving" in notes(tmp_path, frame, offers=mails)
    assert "of one mechanic" not in notes(tmp_path, frame)


def test_outcomes_that_few_customers_make_are_named(tmp_path):
    """Amounts with a long tail need more customers than there are; purchases of every third customer do not."""
    frame = files.rows(customers=1200)
    frame["paid"] = np.round(frame["bought"] * np.random.default_rng(1).lognormal(3.0, 2.0, len(frame)), 2)
    both = {
        "outcomes": {"bought": {"column": "bought", "kind": "binary"}, "paid": {"column": "paid", "kind": "amount"}},
        "products": {"toy": {"outcome": "bought", "price": 40}, "cake": {"outcome": "paid", "price": 9}},
    }
    found = notes(tmp_path, frame, **both)
    assert "A few customers make much of paid: " in found and "much of bought" not in found
    none = frame.loc[frame["arm"] == "nothing", "paid"]
    assert f"{len(none)} without offer" in found
    needed = 25 * (((none - none.mean()) ** 3).mean() / none.var(ddof=0) ** 1.5) ** 2
    assert f"have to be {needed:,.0f}" in found


def test_a_larger_saving_that_brought_less_is_named(tmp_path):
    """The network cannot say so, and gives both about the same; by chance alone it is not said."""
    frame = files.rows(customers=3000)
    turned = frame.replace({"arm": {"ten": "thirty", "thirty": "ten"}})
    assert "thirty brought less bought than ten, though it saves more" in notes(tmp_path, turned)
    assert "though it saves more" not in notes(tmp_path, frame)
    rng, said, frame = np.random.default_rng(3), 0, frame[:600].copy()
    for _ in range(12):
        frame["arm"] = rng.choice(files.ARMS, len(frame))
        frame["bought"] = rng.integers(0, 2, len(frame))
        said += "though it saves more" in notes(tmp_path, frame)
    assert said <= 1
