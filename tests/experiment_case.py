"""Models of the small experiment, each learned once, and a scenario beside it."""

from __future__ import annotations

from functools import cache as memo
from pathlib import Path
from tempfile import TemporaryDirectory

import experiment_files as files
import yaml

from scenarios.language.schema import LearnSpec
from scenarios.loading.load import load_scenario
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment
from surrogate.experiment.train import learn_table


@memo
def learned(*, confounded: bool = False, redeemed: bool = False):
    """Return the data, what was read of it, and a model of it."""
    frame = files.rows(confounded=confounded)
    with TemporaryDirectory() as folder:
        older = ["visits"] if confounded else []
        path = files.write(Path(folder), frame, redeemed="redeemed" if redeemed else None, before_offer=older)
        spec = read_experiment_spec(path)
        table = read_experiment(spec, path.parent)
    return files.as_read(frame, table), table, learn_table(spec, table, files.QUICK, learn=LearnSpec(count=4))


def asked(tmp_path, **changes):
    """Return a scenario beside an experiment file, loaded; of the experiment's rows loading reads none."""
    files.write(tmp_path, files.rows(customers=10))
    path = tmp_path / "toys.yaml"
    path.write_text(yaml.safe_dump(files.scenario(**changes), sort_keys=False))
    return load_scenario(path).scenario


def truth(frame, offer):
    """Return the true uplift of an offer by customer."""
    return (frame[f"p{offer}"] - frame["p0"]).to_numpy()
