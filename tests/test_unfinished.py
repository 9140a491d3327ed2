"""A training that is cut off leaves no half model, says what happened, and goes on where it was the next time."""

from __future__ import annotations

import functools
import os
import stat
import time
from pathlib import Path

import numpy as np
import pytest
from purchase_files import Shop
from typer.testing import CliRunner

from planner.cli import app
from surrogate import kinds
from surrogate.data import own_files
from surrogate.data.data_spec import read_data_spec
from surrogate.data.kept_events import read_events, write_events
from surrogate.data.loading import load_events
from surrogate.effects import ensemble
from surrogate.effects.ensemble import EnsembleParams
from surrogate.effects.fit import FitParams
from surrogate.train import TrainParams
from surrogate.train import train as train_model
from surrogate.unfinished import STALE_SECONDS, Unfinished

SMALL = TrainParams(ensemble=EnsembleParams(members=2, groups=4, fit=FitParams(steps=20)), refit_steps=20)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A data file whose training is short, and a cache of its own."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(kinds, "train", functools.partial(train_model, params=SMALL))
    (tmp_path / "shop").mkdir()
    return Shop().write(tmp_path / "shop")


def run(shop, out):
    """Return what ``campaign train`` ends with."""
    return CliRunner().invoke(app, ["train", str(shop), "--out", str(out)])


def test_a_training_that_is_cut_off_goes_on_where_it_was(shop, tmp_path, monkeypatch):
    """Ctrl-C in the second network: no model, a plain word, purchases not read again, and the same bytes in the end."""
    whole, fit, fitted = tmp_path / "whole", ensemble.fit_member, []

    def cut(*arguments):
        if len(fitted) == 1:
            raise KeyboardInterrupt
        fitted.append(fit(*arguments))
        return fitted[-1]

    assert run(shop, whole).exit_code == 0
    assert not list((tmp_path / "cache" / "unfinished").iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(ensemble, "fit_member", cut)
        stopped = run(shop, tmp_path / "model")
    assert stopped.exit_code == 130
    assert "stopped while learning effects from" in stopped.stderr and "was not written" in stopped.stderr
    assert "the same command goes on from it" in stopped.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "shop", "whole"]
    (kept,) = (tmp_path / "cache" / "unfinished").iterdir()
    assert sorted(path.name for path in kept.iterdir()) == ["events", "network-0-of-2-seed-1"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700

    monkeypatch.setattr(own_files, "purchase_rows", lambda *_: 1 / 0)
    again = run(shop, tmp_path / "model")
    assert again.exit_code == 0 and "reading what an unfinished training has read ..." in again.stderr
    for name in ("weights.npz", "model.json"):
        assert (tmp_path / "model" / name).read_bytes() == (whole / name).read_bytes()
    assert not list((tmp_path / "cache" / "unfinished").iterdir())


def test_other_data_is_read_anew(shop, tmp_path, monkeypatch):
    """What an unfinished training read of older files is not taken for the new ones."""

    def cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ensemble, "fit_member", cut)
        run(shop, tmp_path / "model")
        sales = shop.parent / "sales.csv"
        sales.write_text("".join(sales.read_text().splitlines(keepends=True)[:-1]))
        run(shop, tmp_path / "model")
    assert len(list((tmp_path / "cache" / "unfinished").iterdir())) == 2


def test_events_come_back_as_they_were(shop, tmp_path):
    """Every table with its types, every number to the last bit."""
    spec = read_data_spec(shop)
    events = load_events(spec, until=spec.test_until, base=shop.parent)
    (tmp_path / "kept").mkdir()
    write_events(events, tmp_path / "kept")
    found = read_events(tmp_path / "kept", spec)
    for name, value in vars(events).items():
        back = getattr(found, name)
        if hasattr(value, "dtypes"):
            assert value.equals(back) and (value.dtypes == back.dtypes).all(), name
        else:
            assert np.array_equal(value, back) if isinstance(value, np.ndarray) else value == back, name


def test_what_is_damaged_is_made_anew_and_what_is_old_goes(tmp_path):
    """A part with other bytes than were written is made again; folders of a week ago go when a training ends."""

    def write(text: str, folder: Path) -> None:
        (folder / "text").write_text(text)

    kept = Unfinished(tmp_path / "cache" / "one")
    ask = functools.partial(kept.part, "words", write=write, read=lambda folder: (folder / "text").read_text())
    assert ask(lambda: "first") == "first" and ask(lambda: "second") == "first" and kept.begun
    (tmp_path / "cache" / "one" / "words" / "text").write_text("damaged")
    assert ask(lambda: "third") == "third" and ask(lambda: "fourth") == "third"
    for name, age in (("old", STALE_SECONDS + 60), ("new", 60)):
        (tmp_path / "cache" / name).mkdir()
        os.utime(tmp_path / "cache" / name, (time.time() - age, time.time() - age))
    kept.finish()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["new"]
