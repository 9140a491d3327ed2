"""What the search loses without each of its operators: ``python benchmarks/ablation.py``.

Every operator and setting is switched off by the product's own parameters, one at a time, and the search is run again
with the same seed and the same work (passes over all columns, not seconds, so that a busy machine changes nothing).
Settings that leave the opening alone go on from the same opening. Told are paired differences to the whole search, in
% of its gain, with their 90 % intervals; a plus says that the search does better with the operator than without.

Families: shipped scenarios by name; ``weak``, ``medium`` and ``strong`` random interacting scenarios (`families.py`)
and ``knapsack``: every seed is another scenario there.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from families import STRENGTHS, Size, write_family
from knapsack import instance, write
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.stats import t as student

from constraints.repairing.repair import RepairParams
from planner.evaluation.evaluator import Evaluator
from planner.evolution.evolve import CROSSOVERS, MUTATIONS, EvolveParams, evolve
from planner.evolution.finish import CHILD, Finish
from planner.evolution.guided import GuidedParams
from planner.evolution.operators.children import STEP, Operator
from planner.evolution.start.first import FirstParams, first_plans
from planner.evolution.state import State, begin
from planner.evolution.workspace import Workspace
from planner.problem import Problem, build_problem
from scenarios.streams import stream

WHOLE = "the whole search"
UNPRICED = 1e-12
"""A price step so small that prices stay at 0."""
WORK = 1_200.0
"""Work of a run, its opening included, in passes over all columns."""
KNAPSACK = (100, 10, 10, 0.5)
"""Groups, items, limits and tightness."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A search with something switched off."""

    name: str
    first: FirstParams = field(default_factory=FirstParams)
    evolve: EvolveParams = field(default_factory=lambda: EvolveParams(work=1.0))
    """``work`` is set by the run."""
    child: RepairParams = CHILD
    mends: bool = True


def _without(*names: str) -> EvolveParams:
    """All operators but some."""

    def left(pool: tuple[Operator, ...]) -> tuple[Operator, ...]:
        return tuple(each for each in pool if each.__name__ not in names)

    return EvolveParams(work=1.0, mutations=left(MUTATIONS), crossovers=left(CROSSOVERS))


def settings() -> tuple[Setting, ...]:
    """The whole search, and the search without each of its parts."""
    guided = [each.__name__ for each in MUTATIONS if each.__name__.startswith("mutate")]
    polishes = [each.__name__ for each in MUTATIONS if each.__name__.startswith("polish")]
    plain, whole, first = GuidedParams(), EvolveParams(work=1.0), FirstParams()
    unpriced = {"first_step": UNPRICED, "last_step": UNPRICED, "push": 0.0}
    unfilled = replace(first, mended=replace(first.mended, fill_passes=0))
    return (
        Setting(name=WHOLE),
        *(Setting(name=each.__name__, evolve=_without(each.__name__)) for each in (*MUTATIONS, *CROSSOVERS)),
        Setting(name="all guided mutations", evolve=_without(*guided)),
        Setting(name="all polishes", evolve=_without(*polishes)),
        Setting(name="both crossovers", evolve=replace(whole, crossovers=())),
        Setting(name="restarts (widening)", evolve=replace(whole, restarts=False)),
        Setting(name="descents", evolve=replace(whole, descents=0.0)),
        Setting(name="choice by earnings", evolve=replace(whole, floor=1.0)),
        Setting(name="screening of children", evolve=replace(whole, screens=False)),
        Setting(name="exchanges in the step", evolve=replace(whole, step=replace(STEP, exchanging=0.0))),
        Setting(name="repair of children", mends=False),
        Setting(name="swaps in repair", child=replace(CHILD, swaps=False)),
        Setting(name="fill of children", child=replace(CHILD, fill_passes=0)),
        Setting(name="fill everywhere", first=unfilled, child=replace(CHILD, fill_passes=0)),
        Setting(name="linear relaxation", first=replace(first, relaxes=False)),
        Setting(name="second start", first=replace(first, starts=1)),
        Setting(name="crossing of starts", first=replace(first, crossings=0)),
        Setting(name="push of prices", first=replace(first, step=replace(plain, push=0.0))),
        Setting(name="whole messages", first=replace(first, step=replace(plain, messages=False))),
        Setting(name="exchanges at first", first=replace(first, step=replace(plain, exchanging=0.0))),
        Setting(
            name="prices",
            first=replace(first, step=replace(plain, **unpriced)),
            evolve=replace(whole, step=replace(STEP, **unpriced)),
        ),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Opened:
    """An opening that several settings go on from."""

    state: State
    work: float


class Bench:
    """One problem and seed, and the openings made so far.

    Parameters
    ----------
    problem
        What is planned; limits at risk are held at their expected use.
    seed
        Of every run.
    """

    def __init__(self, problem: Problem, seed: int) -> None:
        self._space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
        self._seed = seed
        self._openings: dict[FirstParams, Opened] = {}

    def gain(self, setting: Setting, work: float) -> float:
        """Objective of the best feasible plan after some work; 0 (no promotion) where there is none."""
        opened = self._opening(setting.first)
        state, left = opened.state, work - opened.work
        if left <= 0:
            return state.best.objective
        params = replace(setting.evolve, work=left)
        finish = Finish(self._space, setting.child, mends=setting.mends)
        for later in evolve(self._space, finish, state, params, stream(self._seed, "ablation", "evolve")):
            state = later
        return state.best.objective

    def _opening(self, params: FirstParams) -> Opened:
        if params not in self._openings:
            space, begun = self._space, self._space.work
            locked = space.rules.locked_plan()
            rng = stream(self._seed, "ablation", "first")
            plans, prices = first_plans(space, Finish(space), locked, params, rng)
            feasible = [plan for plan in plans if plan.feasible] or [space.score(locked)]
            state = begin(feasible[0], prices, tuple(feasible[1:]))
            self._openings[params] = Opened(state=state, work=space.work - begun)
        return self._openings[params]


def problem_of(family: str, seed: int, size: Size) -> Problem:
    """A problem of a family: by seed where the family is random."""
    with tempfile.TemporaryDirectory() as name:
        if family == "knapsack":
            rng = np.random.Generator(np.random.Philox([seed, 77]))
            return build_problem(str(write(Path(name), *instance(rng, *KNAPSACK))))
        if family in STRENGTHS:
            return build_problem(str(write_family(Path(name), seed, family, size)))
    return build_problem(family)


def interval(differences: NDArray[np.float64]) -> float:
    """Half of the 90 % interval of a mean."""
    count = len(differences)
    if count < 2:
        return float("nan")
    return float(student.ppf(0.95, count - 1) * differences.std(ddof=1) / np.sqrt(count))


def main() -> None:
    """Run all settings on all families and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", default=["weak", "medium", "strong", "knapsack", "phone-flash-sale"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--work", type=float, default=WORK)
    parser.add_argument("--only", nargs="*", help="only settings whose name begins so; the whole search always runs")
    parser.add_argument("--csv", type=Path, help="write every run here, too, and go on from what it holds")
    options = parser.parse_args()
    chosen = [each for each in settings() if options.only is None or each.name.startswith((WHOLE, *options.only))]
    gains = _read(options.csv)
    for family in options.families:
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            missing = [each for each in chosen if (family, seed, each.name) not in gains]
            if not missing:
                continue
            bench, begun = Bench(problem_of(family, seed, Size()), seed), time.process_time()
            for setting in missing:
                gains[family, seed, setting.name] = bench.gain(setting, options.work)
            _write(options.csv, gains)
            took = time.process_time() - begun
            print(f"{family} seed {seed}: {gains[family, seed, WHOLE]:,.0f}, {took:.0f} processor seconds", flush=True)
    Console(width=100).print(table(gains, options.families, [each.name for each in chosen if each.name != WHOLE]))


def table(gains: dict[tuple[str, int, str], float], families: list[str], names: list[str]) -> Table:
    """Paired differences by setting and family."""
    found = Table("without", *families, title=f"% of the gain that is lost without it (paired 90 %), {WHOLE} = 100 %")
    for name in names:
        cells = []
        for family in families:
            seeds = [seed for kind, seed, setting in gains if (kind, setting) == (family, name)]
            whole = np.array([gains[family, seed, WHOLE] for seed in seeds])
            less = np.array([gains[family, seed, name] for seed in seeds])
            lost = 100.0 * (whole - less) / np.maximum(np.abs(whole), 1e-9)
            cells.append(f"{lost.mean():+.2f} +- {interval(lost):.2f} ({len(seeds)})" if len(seeds) else "-")
        found.add_row(name, *cells)
    return found


def _read(path: Path | None) -> dict[tuple[str, int, str], float]:
    if path is None or not path.exists():
        return {}
    with path.open(newline="") as file:
        return {(row["family"], int(row["seed"]), row["setting"]): float(row["gain"]) for row in csv.DictReader(file)}


def _write(path: Path | None, gains: dict[tuple[str, int, str], float]) -> None:
    if path is None:
        return
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["family", "seed", "setting", "gain"])
        rows.writerows([*key, repr(gain)] for key, gain in gains.items())


if __name__ == "__main__":
    main()
