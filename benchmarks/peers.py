"""The search against peers, all else equal: ``python benchmarks/peers.py SCENARIO...``.

The same evaluator, rules, limits and seconds for all.

A scenario is a shipped name, a path, or ``STRENGTH:SEED`` of a random interacting family (`families.py`). Every peer
runs at its default and its tuned settings (`benchmarks/peers/`, one file each) and is told at the better of both.
Clocks start after compilation; ``--processor`` counts processor seconds of this process instead, for machines that are
shared. Limits at risk are held at their expected use for everybody, and every plan that counts keeps all rules and
limits.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from families import STRENGTHS, Size, write_family
from peers import deap_plain, dual_rounding, greedy, nevergrad_discrete, ours, pymoo_ga, random_search, relinearised
from peers.plans import Clock, Found
from rich.console import Console
from rich.table import Table
from scipy.stats import t as student

from planner.bound.lowering.tight import tight_bound
from planner.evaluation.evaluator import Evaluator
from planner.evolution.workspace import Workspace
from planner.problem import Problem, build_problem


class Peer(Protocol):
    """One search."""

    def __call__(self, space: Workspace, clock: Clock, seed: int, *, tuned: bool) -> Found:
        """Search until the clock is over."""


OURS = "evolution"
SETTINGS = ("default", "tuned")
PEERS: dict[str, Peer] = {
    OURS: ours.evolution,
    "guided step": ours.multi_start,
    "CP-SAT, re-linearised": relinearised.by_cp_sat,
    "HiGHS, re-linearised": relinearised.by_highs,
    "dual rounding": dual_rounding.run,
    "DEAP, repair": deap_plain.repair,
    "DEAP, penalty": deap_plain.penalty,
    "pymoo GA": pymoo_ga.run,
    "Nevergrad": nevergrad_discrete.run,
    "greedy": greedy.run,
    "random": random_search.run,
}


def problem_of(name: str) -> Problem:
    """A problem by name, path, or strength and seed."""
    strength, _, seed = name.partition(":")
    if strength not in STRENGTHS:
        return build_problem(name)
    with tempfile.TemporaryDirectory() as folder:
        return build_problem(str(write_family(Path(folder), int(seed), strength, Size())))


def half_interval(values: list[float]) -> float:
    """Half of the 90 % interval of a mean."""
    if len(values) < 2:
        return float("nan")
    return float(student.ppf(0.95, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))


class Contest:
    """All peers on one problem.

    Parameters
    ----------
    problem
        What is planned.
    seconds
        What each run of each peer may take.
    now
        The clock that is read.
    """

    def __init__(self, problem: Problem, seconds: float, now: Callable[[], float]) -> None:
        self._problem, self._seconds, self._now = problem, seconds, now
        self.found: dict[tuple[str, str], list[float]] = {}
        self.took: dict[tuple[str, str], list[float]] = {}

    def run(self, name: str, setting: str, seed: int) -> None:
        """Run one peer once, in a workspace of its own."""
        problem = self._problem
        space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
        clock = Clock(self._seconds, self._now)
        best = PEERS[name](space, clock, seed, tuned=setting == SETTINGS[1]).best
        if not best.feasible or problem.rulebook.violations(best.plan):
            raise AssertionError(f"{name} ({setting}) returned a plan that breaks a limit or a rule")
        self.found.setdefault((name, setting), []).append(best.objective)
        self.took.setdefault((name, setting), []).append(clock.used)
        print(f"  seed {seed}  {name:24s} {setting:8s} {best.objective:14,.0f}  {clock.used:6.1f} s", flush=True)

    def bound(self) -> float:
        """What no plan can exceed, under the expected effects."""
        problem, target = self._problem, max(max(values) for values in self.found.values())
        arguments = (problem.model, problem.limits, problem.rulebook.base, problem.rulebook.locked_lines())
        return float(tight_bound(*arguments, target=target, rules=problem.rulebook.rules).value)

    def table(self, title: str, bound: float) -> Table:
        """Medians with intervals, gaps and paired differences; each peer at the better of its settings."""
        made = Table("search", "setting", "median", "+- 90 %", "gap", "seconds", "evolution ahead", title=title)
        whole = np.array(self.found[OURS, SETTINGS[0]])
        rows = []
        for name in PEERS:
            settings = [each for each in SETTINGS if (name, each) in self.found]
            if settings:
                best = max(settings, key=lambda each: statistics.median(self.found[name, each]))
                rows.append((name, best, self.found[name, best]))
        for name, setting, values in sorted(rows, key=lambda row: -statistics.median(row[2])):
            middle = statistics.median(values)
            ahead = [100.0 * (a / b - 1.0) if b > 0 else float("inf") for a, b in zip(whole, values, strict=True)]
            made.add_row(
                name,
                "" if name == OURS else setting,
                f"{middle:,.0f}",
                f"{half_interval(values):,.0f}",
                f"{100 * (bound - middle) / max(1.0, abs(bound)):.1f} %",
                f"{statistics.mean(self.took[name, setting]):.1f}",
                "" if name == OURS else f"{np.mean(ahead):+.2f} % +- {half_interval(ahead):.2f}",
            )
        return made


def main() -> None:
    """Run all peers on all scenarios; one table each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="+", metavar="SCENARIO")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--peers", nargs="*", help="only peers whose name begins so; the evolution always runs")
    parser.add_argument("--settings", nargs="*", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--processor", action="store_true", help="count processor seconds, not those of the clock")
    options = parser.parse_args()
    now = time.process_time if options.processor else time.monotonic
    chosen = [name for name in PEERS if options.peers is None or name.startswith((OURS, *options.peers))]
    for scenario in options.scenarios:
        problem = problem_of(scenario)
        begun = time.monotonic()
        space = Workspace(Evaluator(problem.model, problem.limits), problem.rulebook)
        ours.evolution(space, Clock(1.0), 99)
        print(f"{scenario}: {problem.grid.slots:,} slots; cold start {time.monotonic() - begun:.1f} s", flush=True)
        contest = Contest(problem, options.seconds, now)
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            for name in chosen:
                for setting in options.settings if name != OURS else SETTINGS[:1]:
                    contest.run(name, setting, seed)
        kind = "processor seconds" if options.processor else "seconds"
        title = f"{scenario}: {options.seconds:g} {kind}, {options.seeds} seeds"
        Console(width=120).print(contest.table(title, contest.bound()))


if __name__ == "__main__":
    main()
