"""Which periods of public prices a rollout's lot switched off, read from its folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from planner.flight.measured import Switch
from scenarios.answer.json_records import parse
from scenarios.grid import Grid
from scenarios.language.csv_files import read_csv
from scenarios.problems import InvalidInput, Problem

_MANIFEST, _LOTS = "manifest.json", "switchback.csv"
_FORMAT = "campaign-rollout/"


def rollout_switches(
    rollouts: Sequence[Path], grid: Grid, *, plans_sha256: str = "", rank: int = 1
) -> tuple[Switch, ...]:
    """Periods of public prices that took part in the lots of a campaign's rollouts.

    A campaign that was planned again has been rolled out again. Where two lots hold a period, that of the rollout named
    first counts.

    Parameters
    ----------
    plans_sha256, rank
        Which plan of which plans.json is evaluated: a rollout of another plan of the same file switched other periods
        off. Rollouts of other files pass, because a re-planned campaign has been rolled out before.

    Raises
    ------
    InvalidInput
        Where the folder is no rollout, lacks its lots, or is one of another campaign or plan.
    """
    found: dict[tuple[int, str, str], Switch] = {}
    for rollout in rollouts:
        for each in _switches(rollout, grid, plans_sha256, rank):
            found.setdefault((each.period, each.product, each.offer), each)
    return tuple(found.values())


def _switches(rollout: Path, grid: Grid, plans_sha256: str, rank: int) -> tuple[Switch, ...]:
    manifest = _manifest(rollout)
    scenario = grid.scenario.scenario
    if manifest.get("scenario") != scenario:
        raise _refused(rollout, f"a rollout of {scenario}", f"one of {str(manifest.get('scenario'))[:60]}")
    if plans_sha256 and manifest.get("plans_sha256") == plans_sha256 and manifest.get("plan") != rank:
        other = str(manifest.get("plan"))[:20]
        raise _refused(rollout, f"a rollout of plan {rank}", f"one of plan {other}", f"write --plan {other}")
    files = manifest.get("files")
    if not isinstance(files, dict) or _LOTS not in files:
        return ()
    if not (rollout / _LOTS).is_file():
        raise _refused(rollout, f"the file {_LOTS}, which its manifest lists", "none", "restore it")
    return read_switches(rollout / _LOTS, grid)


def _manifest(rollout: Path) -> dict[str, Any]:
    expected = "a folder that campaign export --rollout wrote"
    path = rollout / _MANIFEST
    if not path.is_file():
        raise _refused(rollout, expected, f"no {_MANIFEST}")
    try:
        manifest = parse(path.read_bytes().decode(), where=str(path))
    except UnicodeDecodeError:
        manifest = None
    if not isinstance(manifest, dict) or not str(manifest.get("format")).startswith(_FORMAT):
        raise _refused(rollout, expected, f"another {_MANIFEST}")
    return manifest


def _refused(rollout: Path, expected: str, got: str, remedy: str = "name the rollout of this campaign") -> InvalidInput:
    return InvalidInput([Problem(where=str(rollout), what="rollout", expected=expected, got=got, remedy=remedy)])


def read_switches(path: Path, grid: Grid) -> tuple[Switch, ...]:
    """Read ``switchback.csv`` of a rollout.

    Raises
    ------
    InvalidInput
        Where it is none.
    """
    table = read_csv(path.read_bytes(), str(path))
    needed = ("first_day", "product", "offer", "on")
    if table.problems or not table.require((*needed, "last_day", "block"), needed):
        raise InvalidInput(table.problems)
    blocks = table.texts("block") if "block" in table.columns else None
    found = []
    for row in range(len(table)):
        day, product, offer, on = (table.texts(name)[row] for name in needed)
        try:
            period = grid.scenario.horizon.period_of(dt.date.fromisoformat(day))
        except ValueError:
            period = -1
        fine = product in grid.product_index and offer in grid.offer_index and on in ("yes", "no")
        if not (fine and 0 <= period < grid.shape[2]):
            table.problem(row, "row", "a period, product and offer of the plan", f"{day}, {product}, {offer}, {on}")
            continue
        block = None if blocks is None else f"{path} {blocks[row]}"
        found.append(Switch(period=period, product=product, offer=offer, on=on == "yes", block=block))
    if table.problems:
        raise InvalidInput(table.problems)
    return tuple(found)
