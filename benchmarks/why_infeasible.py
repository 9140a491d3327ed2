"""Tiny scenarios against brute force over all plans: "feasible" and "infeasible" must be true, reasons the smallest.

The first part plans random scenarios: whether a plan is found exactly where one exists, and whether the bound lies
above the best of all plans. The second part plans scenarios that no plan keeps, hand-made and random: whether each
conflict is minimal (no plan keeps all its members; without any one of them some plan keeps the rest), whether no
conflict of fewer members exists, whether every remedy, the cheapest first of all, lets a plan pass, whether no plan of
all is a cheaper way out than the cheapest that is told, and whether the nearest plan breaks what that one moves.

``PYTHONPATH=tests python benchmarks/why_infeasible.py --scenarios 300 --infeasible 100``
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tight_scenarios import KINDS, infeasible_cases, tight
from tiny_problem import Oracle, relaxed_problem

from constraints.infeasible.clash import Conflict
from constraints.infeasible.conflict import why_infeasible
from constraints.ledger import Ledger
from planner.problem import Problem
from planner.run.no_plan.count_plans import count_plans
from planner.run.search import plan_campaign
from planner.run.search_params import SearchParams
from scenarios.futures.draws import draw

SMALLER = 2_000
"""Sets of fewer members that are tried at most, to see whether a conflict is the smallest."""
SECONDS = 1.0
"""Time of one search; how good plans are is for `tiny_optimum`."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What a run says: a bound and perhaps a plan, or why there is none."""

    found: bool
    bound: float | None
    conflict: Conflict | None


Answering = Callable[[Problem, int], Answer]


def planned(asked: Problem, seed: int) -> Answer:
    """Plan as the command does, with one plan and little time."""
    result = plan_campaign(asked, SearchParams(seed=seed, seconds=SECONDS, plans=1))
    bound = None if result.plan_set is None or result.plan_set.bound is None else float(result.plan_set.bound)
    return Answer(found=result.plan_set is not None, bound=bound, conflict=result.conflict)


def counted(asked: Problem, seed: int) -> Answer:
    """Answer from counting alone, which is all that a search without a plan does; much faster."""
    ledger = Ledger(asked.model, asked.effects, draw(asked.grid, asked.effects, seed))
    found = count_plans(asked, ledger)
    if found is not None and found.feasible is not None:
        return Answer(found=True, bound=None, conflict=None)
    why = why_infeasible(asked.model, asked.limits, asked.rulebook, counted=found)
    return Answer(found=False, bound=None, conflict=why)


def first_part(count: int, first: int, tally: Counter[str], answer: Answering) -> None:
    """Plan random scenarios and compare the answer with brute force."""
    done, seed = 0, first - 1
    while done < count:
        seed += 1
        asked = tight(seed)
        if asked is None:
            continue
        done += 1
        oracle = Oracle(asked, seed)
        best = oracle.keeps(None)
        result = answer(asked, seed)
        if result.found:
            tally["feasible"] += 1
            wrong = best is None
            bound = result.bound
            below = best is not None and bound is not None and bound < best - 1e-6 * max(1.0, abs(best))
            tally["bound below the optimum"] += below
        else:
            proven = result.conflict is not None and result.conflict.proven
            tally["infeasible" if proven else "none found"] += 1
            wrong = best is not None and proven
        tally["wrong"] += wrong
        if wrong or not (result.found or proven):
            print(f"scenario {seed}: {'WRONG' if wrong else 'none found'}", flush=True)
        if done % 10 == 0:
            print(f"{done} scenarios: {dict(tally)}", flush=True)


def second_part(count: int, tally: Counter[str], answer: Answering) -> None:
    """Compare conflicts and remedies with brute force."""
    for kind, seed, asked, oracle in infeasible_cases(count):
        tally[kind] += 1
        faults = faults_of(asked, oracle, seed, answer)
        tally["conflicts"] += faults.pop("conflicts")
        tally["remedies"] += faults.pop("remedies")
        tally.update(faults)
        if sum(tally[each] for each in (*KINDS, "random")) % 10 == 0:
            print(f"so far: {dict(tally)}", flush=True)
        if any(faults.values()):
            print(f"{kind} {seed}: { ({name: n for name, n in faults.items() if n}) }", flush=True)


def faults_of(asked: Problem, oracle: Oracle, seed: int, answer: Answering) -> dict[str, int]:
    """Count what is wrong with the explanation of one infeasible scenario."""
    found: Counter[str] = Counter({"not proven": 0, "not in conflict": 0, "not minimal": 0, "not smallest": 0})
    found.update({"conflicts that overlap": 0, "cheapest does not mend": 0, "remedy does not mend": 0})
    found.update({"no remedy": 0, "cheaper than the cheapest": 0, "nearest is another plan": 0})
    found.update({"conflicts": 0, "remedies": 0})
    conflict = answer(asked, seed).conflict
    if conflict is None or not conflict.proven:
        found["not proven"] += 1
        return dict(found)
    seen: set[str] = set()
    for clash in conflict.clashes:
        members = set(clash.members)
        found["conflicts"] += 1
        found["conflicts that overlap"] += bool(members & seen)
        seen |= members
        found["not in conflict"] += oracle.keeps(members) is not None
        found["not minimal"] += any(oracle.keeps(members - {member}) is None for member in members)
    smallest = min(len(clash.members) for clash in conflict.clashes)
    fewer = itertools.combinations(sorted(oracle.members), smallest - 1)
    found["not smallest"] += any(oracle.keeps(set(some)) is None for some in itertools.islice(fewer, SMALLER))
    found["no remedy"] += not conflict.ways
    if conflict.ways:
        found["cheaper than the cheapest"] += conflict.ways[0].burden > oracle.least_burden() + 1e-9
        moved = {change.id for change in conflict.ways[0].changes if change.kind in ("bound", "stock")}
        broken = {name for name in (*asked.limits.ids, *asked.limits.stock_ids) if _tells(conflict, name)}
        found["nearest is another plan"] += broken != moved
    for number, way in enumerate(conflict.ways):
        found["remedies"] += 1
        eased = relaxed_problem(asked, way.changes)
        mended = Oracle(eased, seed).keeps(None) is not None
        if number == 0:
            found["cheapest does not mend"] += not mended or not answer(eased, seed).found
        else:
            found["remedy does not mend"] += not mended
    return dict(found)


def _tells(conflict: Conflict, name: str) -> bool:
    return any(said.startswith(f"{name}: ") for said in conflict.nearest)


def main() -> None:
    """Run both parts and print the tallies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=300)
    parser.add_argument("--infeasible", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="first seed of the random scenarios")
    parser.add_argument("--count-only", action="store_true", help="answer from counting alone, without a search")
    options = parser.parse_args()
    answer = counted if options.count_only else planned
    for name, run in (
        ("feasible or not", lambda tally: first_part(options.scenarios, options.first, tally, answer)),
        ("why not", lambda tally: second_part(options.infeasible, tally, answer)),
    ):
        begun, tally = time.monotonic(), Counter[str]()
        run(tally)
        rows = ", ".join(f"{key} {value}" for key, value in tally.items())
        print(f"{name}: {rows}; {time.monotonic() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
