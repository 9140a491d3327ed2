"""Effects written as a table say the same when they are read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shop import load_shop

from scenarios.grid import build_grid
from scenarios.loading.load import LoadedScenario, load_scenario
from scenarios.tables.effect_table import effect_header, effect_table
from scenarios.tables.table_files import write_rows


def written(loaded: LoadedScenario, folder: Path) -> LoadedScenario:
    """The shop again, with its effects written as a table."""
    assert loaded.effects is not None
    table = effect_table(build_grid(loaded.scenario, loaded.custom), loaded.effects, loaded.custom)
    (folder / "again").mkdir()
    load_shop(folder / "again")
    write_rows(folder / "again" / "effects.csv", effect_header(loaded.custom), table)
    return load_scenario(str(folder / "again" / "shop.yaml"))


@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_written_is_read_again(tmp_path: Path, seed: int) -> None:
    """Lifts below and above 0, wide and narrow ones, take-up and measures of one's own, alike over time or not."""
    loaded = load_shop(tmp_path)
    assert loaded.effects is not None
    rng, effects = np.random.default_rng(seed), loaded.effects
    here = effects.lift != 0
    shape = effects.lift.shape[1:]
    lift = np.where(here, np.where(rng.random(shape) < 0.2, -0.3, 1.5) * rng.random(shape), 0.0)
    spread = np.where(here[0], 0.1 + rng.random(shape), effects.lift_sd)
    if seed:  # alike in all periods
        lift, spread = lift[:, :, :, :1] * here, spread[:, :, :1] * here[0]
    own = replace(effects, lift=lift, lift_sd=spread)
    again = written(replace(loaded, effects=own), tmp_path)
    assert again.effects is not None
    np.testing.assert_allclose(again.effects.lift, own.lift, rtol=1e-8)
    np.testing.assert_allclose(again.effects.lift_sd, np.where(lift[0] != 0, own.lift_sd, 0.0), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(again.effects.take_up, own.take_up, rtol=1e-8)
    rows = (tmp_path / "again" / "effects.csv").read_text("utf-8").splitlines()[1:]
    assert all(row.split(",")[2] == "" for row in rows) == bool(seed), "a period only where periods differ"
