"""A model file whose seal is right may still be wrong: whatever does not fit is one clear error, never a traceback."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import experiment_files
import numpy as np
import pytest
from grocery_sample import sample_model
from typer.testing import CliRunner

from planner.cli import app
from scenarios.problems import InvalidInput
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.train import train_experiment
from surrogate.model_file import load_any, npz_bytes, read_parts, save_model, sealed

Forge = Callable[[Any], Any]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return folders of a model of purchases and of one of an experiment."""
    folder = tmp_path_factory.mktemp("models")
    save_model(sample_model(), folder / "purchases")
    trial = read_experiment_spec(experiment_files.write(folder, experiment_files.rows()))
    save_model(train_experiment(trial, experiment_files.QUICK, base=folder), folder / "trial")
    return {"purchases": folder / "purchases", "trial": folder / "trial"}


def forged(source: Path, folder: Path, place: str, forge: Forge) -> Path:
    """Change one array or value of a model by its path, and seal it again as its program would."""
    document, arrays = read_parts(source)
    document = copy.deepcopy(document)
    document.pop("sha256")
    *above, last = place.split(".")
    at: Any = document["model"]
    for each in above:
        at = at[int(each)] if isinstance(at, list) else at[each]
    last_: Any = int(last) if isinstance(at, list) else last
    name = place.replace(".values", "")
    if name in arrays:
        arrays[name] = np.asarray(forge(arrays[name]))
        at[last_] = {"array": str(arrays[name].dtype), "shape": list(arrays[name].shape)}
    else:
        at[last_] = forge(at[last_])
    weights = npz_bytes(arrays)
    document["weights_sha256"] = hashlib.sha256(weights).hexdigest()
    folder.mkdir()
    (folder / "weights.npz").write_bytes(weights)
    (folder / "model.json").write_bytes(sealed(document))
    return folder


def fewer(value: Any) -> Any:
    """Leave out the last one."""
    return value[:-1]


def wider(value: Any) -> Any:
    """Put an axis in front."""
    return value[None]


def beyond(value: Any) -> Any:
    """Point at what is not there."""
    return value + 10_000


def unknown(value: Any) -> Any:
    """Leave nothing that is a number."""
    return np.full_like(value, np.nan)


def endless(value: Any) -> Any:
    """Make it infinite."""
    return np.full_like(value, np.inf)


def below_zero(value: Any) -> Any:
    """Make it negative."""
    return -np.abs(value) - 1


def nothing(value: Any) -> Any:
    """Make all of it 0."""
    return value * 0


def oops(_: Any) -> Any:
    """Write another word."""
    return "oops"


FORGINGS: tuple[tuple[str, str, Forge, str], ...] = (
    ("purchases", "population", fewer, r"scale\.names: 20 values are needed, got 21"),
    ("purchases", "population", unknown, "population: numbers are needed, got some that are none"),
    ("purchases", "categories", fewer, "slope_error: 7 values are needed, got 8"),
    ("purchases", "regular_price", wider, "regular_price: 8 values are needed, got 1 x 8"),
    ("purchases", "regular_price", below_zero, "regular_price: numbers from 0 are needed"),
    ("purchases", "weekday_share", fewer, "weekday_share: 8 x 7 values are needed, got 7 x 7"),
    ("purchases", "seen", endless, "seen: numbers are needed"),
    ("purchases", "scale.centre", fewer, r"scale\.centre: 21 values are needed, got 20"),
    ("purchases", "scale.names", fewer, r"scale\.names: 21 values are needed, got 20"),
    ("purchases", "ensemble.networks", fewer, r"ensemble\.item_response: 1 x \d+ values are needed, got 2 x"),
    ("purchases", "ensemble.networks.0.profile", wider, r"networks\.0\.profile: any x 21 values are needed"),
    ("purchases", "ensemble.networks.1.hidden", fewer, r"networks\.1\.hidden: 8 x 7 values are needed, got 7 x 7"),
    ("purchases", "ensemble.networks.0.deviation", fewer, r"networks\.0\.deviation: 8 x 3 values are needed"),
    ("purchases", "ensemble.networks.0.tiring", wider, r"networks\.0\.tiring: 1 values are needed"),
    ("purchases", "ensemble.item_category", beyond, r"item_category: numbers from 0 and below 8 are needed"),
    ("purchases", "ensemble.item_weight", fewer, r"item_weight: \d+ values are needed"),
    ("purchases", "groups.features", fewer, r"groups\.features: 4 x 21 values are needed, got 3 x 21"),
    ("purchases", "groups.base", wider, r"groups\.base: 2 x 4 x 8 values are needed, got 1 x 2 x 4 x 8"),
    ("purchases", "groups.base", below_zero, r"groups\.base: numbers from 0 are needed"),
    ("purchases", "groups.customers", nothing, r"groups\.customers: numbers from 1 and below 1e\+12 are needed"),
    ("purchases", "groups.ids", fewer, r"groups\.names: 3 values are needed, got 4"),
    ("purchases", "groups.orders", fewer, r"groups\.orders: 4 values are needed, got 3"),
    ("purchases", "recent.depth", fewer, r"recent\.depth: 8 x 8 values are needed"),
    ("purchases", "support.kind", beyond, r"support\.kind: numbers from 0 and below 8 are needed"),
    ("purchases", "slope_error", fewer, "slope_error: 8 values are needed, got 7"),
    ("purchases", "test_until", oops, "test_until: a date is needed, got oops"),
    ("purchases", "sections.product-series.values.units", fewer, r"sections\.product-series\.units: 8 x \d+ values"),
    ("purchases", "sections.precedents.values.product", beyond, r"precedents\.product: numbers from 0 and below 8"),
    ("trial", "encoder.sources.0.kind", oops, "sources: one of number, missing, level, words is needed, got oops"),
    ("trial", "encoder.spread", fewer, r"encoder\.spread: 5 values are needed, got 4"),
    ("trial", "products.toy.outcome", oops, r"products\.toy: an outcome of the model is needed, got oops"),
    ("trial", "mechanics", lambda value: value * 2, r"networks\.0\.contact_bias: 2 values are needed, got 1"),
    ("trial", "outcomes.bought.base", fewer, r"outcomes\.bought\.base: 3 x 8 values are needed, got 2 x 8"),
    ("trial", "outcomes.bought.networks.2.own", unknown, r"networks\.2\.own: numbers are needed"),
    ("trial", "groups.share", fewer, r"groups\.share: 8 x 8 values are needed, got 7 x 8"),
)


@pytest.mark.parametrize(("kind", "place", "forge", "message"), FORGINGS)
def test_what_does_not_fit_is_one_error_by_name(
    saved: dict[str, Path], tmp_path: Path, kind: str, place: str, forge: Forge, message: str
) -> None:
    """Wrong sizes, numbers that are none, indices of nothing: the part is named, and what it should hold."""
    load_any(saved[kind])
    folder = forged(saved[kind], tmp_path / "forged", place, forge)
    with pytest.raises(InvalidInput, match=message) as refusal:
        load_any(folder)
    (problem,) = refusal.value.problems
    assert problem.remedy == "train it again: campaign train" and "\n" not in str(problem)


def test_commands_answer_a_forged_model_with_exit_code_2(saved: dict[str, Path], tmp_path: Path) -> None:
    """The planner reads one line, not a traceback."""
    folder = forged(saved["purchases"], tmp_path / "forged", "groups.features", fewer)
    result = CliRunner().invoke(app, ["profiles", str(folder)])
    assert result.exit_code == 2 and isinstance(result.exception, SystemExit)
    assert "expected a complete model, got groups.features: 4 x 21 values are needed, got 3 x 21" in result.stderr
