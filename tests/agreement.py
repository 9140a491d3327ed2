"""Where two readings of a scenario must agree: plain rules and CP-SAT, sums of the ledger and of the response, limits.

One case is a tiny random scenario with every kind of rule and limit, and some random plans of it. *Rules*: CP-SAT's
rows, with every slot free, accept a plan exactly if the plain checks do, and the rule book finds broken what they
find broken. *Sums*: every measure, over everything, random scopes and single cells, is the response's value to within
the rounding of the amounts in it. *Verdicts*: a limit is kept by the ledger exactly if it is by the response.
*Additive limits*: where nothing interacts, the rows that CP-SAT gets accept a plan exactly if the ledger finds every
limit and stock kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from agreement_sums import limited, limits_of, room_of_limits, sums_of
from all_plans import sold_by_all
from further_limits import further_limits
from ortools.sat.python import cp_model
from scenario_factory import rng_of, tiny_scenario

from constraints.enforce.complete import choice_literals
from constraints.limits.book import Limits, build_limits
from constraints.rulebook import RuleBook, build_rulebook
from constraints.rules.registry import check_rules
from constraints.solver.linear import LinearModel, StockRows
from constraints.solver.polish import add_limits
from scenarios.answer.outcome import account
from scenarios.answer.sums import stock_used
from scenarios.grid import Grid, build_grid
from scenarios.language.schemas.rule import Forbidden, Locked
from scenarios.language.words import Measure
from scenarios.response import totals
from scenarios.response.coefficients import Coefficients, build_coefficients

Plan = Any
ADDITIVE = (
    Measure.UNITS,
    Measure.REVENUE,
    Measure.DISCOUNT,
    Measure.DISCOUNT_ON_BASE,
    Measure.VENDOR_FUNDING,
    Measure.CASH_COST,
    Measure.GROSS_SPEND,
    Measure.SPEND,
    Measure.MAX_LIABILITY,
    Measure.USES,
    Measure.GIFTS,
    Measure.LINES,
    Measure.MARGIN,
    Measure.MARGIN_RATE,
)
"""Measures that add up over lines where nothing interacts; messages and customers reached never do."""


@dataclass(kw_only=True)
class Tally:
    """How much was compared, and what differed."""

    rules: int = 0
    """Plans whose rules were compared."""
    broken: int = 0
    """Of these, plans that break some rule."""
    sums: int = 0
    """Sums of the account compared with the response."""
    verdicts: int = 0
    """Limits judged by ledger and response."""
    missed: int = 0
    """Of these, limits that are broken."""
    additive: int = 0
    """Plans whose limits CP-SAT and ledger judged where nothing interacts."""
    over: int = 0
    """Of these, plans that break some limit."""
    close: int = 0
    """Verdicts left out because use lies within rounding of its bound."""
    worst: float = 0.0
    """Largest difference of a sum, as a share of what rounding allows."""
    differences: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add another tally."""
        for name in ("rules", "broken", "sums", "verdicts", "missed", "additive", "over", "close"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.worst = max(self.worst, other.worst)
        self.differences += other.differences


def compare(seed: int, *, valid: bool = False) -> Tally:
    """Compare all readings of one random scenario, and of one in which nothing interacts.

    With ``valid`` its messages go out once for several days.
    """
    tally = Tally()
    found = [*_interacting(seed, tally, valid=valid), *_additive(seed, tally)]
    tally.differences = [f"seed {seed}: {text}" for text in found]
    return tally


def random_plan(rng: np.random.Generator, grid: Grid, busy: float) -> Plan:
    """Draw allowed choices in a share of the slots."""
    score = np.where(grid.allowed_flat, rng.random(grid.allowed_flat.shape), -1.0)
    score[:, 0] = 0.0
    return np.where(rng.random(grid.slots) < busy, score.argmax(axis=1), 0).astype(np.int8)


def _interacting(seed: int, tally: Tally, *, valid: bool) -> Iterator[str]:
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, limits=False, further=True, valid=valid)
    grid = build_grid(scenario)
    if rng.random() < 0.3:
        lines = grid.lines(random_plan(rng, grid, 0.2))
        locks = (
            Locked(id="keep", rule="locked", lines=lines[:2]),
            Forbidden(id="no", rule="forbidden", lines=lines[2:4]),
        )
        grid = build_grid(scenario.model_copy(update={"rules": (*scenario.rules, *locks)}))
    model = build_coefficients(grid, effects, baskets)
    book = build_rulebook(grid, model.economics)
    plans = [random_plan(rng, grid, busy) for busy in (0.0, 0.1, 0.35, 0.8)]
    plans += [book.repair(plan) for plan in plans[1:3]]
    yield from _rules(grid, book, plans, tally)
    for plan in (plans[2], plans[-1]):
        for text, share in sums_of(rng, model, plan):
            tally.sums += 1
            tally.worst = max(tally.worst, share)
            if not share <= 1:
                yield text
    written = further_limits(rng, scenario.model_dump(mode="python", by_alias=True))
    model = limited(rng, model, written, plans[3])
    limits = build_limits(model)
    for plan in plans[1:5]:
        yield from _verdicts(model, limits, plan, tally)


def _rules(grid: Grid, book: RuleBook, plans: list[Plan], tally: Tally) -> Iterator[str]:
    """Plain checks, rule book and CP-SAT on the same plans."""
    slots = np.arange(grid.slots)
    model = cp_model.CpModel()
    literals = choice_literals(model, book, slots)
    book.add_to_model(model, grid.empty(), literals)
    for plan in plans:
        found = {result.id for result in check_rules(grid, grid.lines(plan)) if not result.satisfied}
        possible = (book.base & book.possible)[slots, plan].all() and not book.clashes
        accepted = bool(possible) and _accepts(model, [literals[int(n)][int(plan[n])] for n in slots])
        compiled = book.violations_by_rule(plan)
        tally.rules += 1
        tally.broken += bool(found)
        if accepted != (not found):
            yield f"CP-SAT {'accepts' if accepted else 'refuses'} a plan, the ledger finds broken {sorted(found)}"
        if bool(compiled) != bool(found) or (set(compiled) - {"slots"}) - found:
            yield f"the rule book finds {sorted(compiled)} broken, the ledger {sorted(found)}"


def _accepts(model: Any, literals: list[Any]) -> bool:
    """Whether a model has a solution in which some literals are true."""
    trial = model.clone()
    for literal in literals:
        trial.add(trial.get_bool_var_from_proto_index(literal.index) == 1)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.solve(trial) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def _verdicts(model: Coefficients, limits: Limits, plan: Plan, tally: Tally) -> Iterator[str]:
    """Each limit by the ledger and by the response."""
    slack = _slack(model, limits, plan[None])[0]
    room = room_of_limits(model, limits, plan)
    for name, verdict in limits_of(model, plan).items():
        rows = limits.rows_of[name]
        if (np.abs(slack[rows]) <= room[rows]).any():
            tally.close += 1
            continue
        tally.verdicts += 1
        tally.missed += not verdict
        if verdict != bool((slack[rows] >= 0).all()):
            yield f"limit {name} is {'kept' if verdict else 'broken'} by the ledger, its rows have {slack[rows]} left"


def _slack(model: Coefficients, limits: Limits, plans: Plan) -> Any:
    """[P, L] what is left of each row at plans [P, N]."""
    what = sold_by_all(model, plans)
    uses = [np.broadcast_to(totals.value(each, model, what, np), len(plans)) for each in limits.functionals]
    return (limits.sign * (limits.bound - np.array(uses).reshape(-1, len(plans)).T)).reshape(len(plans), -1)


def _additive(seed: int, tally: Tally) -> Iterator[str]:
    """CP-SAT's limit rows against the ledger, in a question of one layer without interactions."""
    rng = rng_of(seed + 2**32)
    layers = {"public_offers": 0, "targeted_offers": 3} if seed % 2 else {"public_offers": 3, "targeted_offers": 0}
    scenario, effects, _ = tiny_scenario(
        rng, limits=False, rules=False, baskets=False, history=False, interactions=False, segments=2, **layers
    )
    free = tuple(channel.model_copy(update={"cost_per_contact": Decimal(0)}) for channel in scenario.channels)
    scenario = scenario.model_copy(update={"channels": free})
    model = build_coefficients(build_grid(scenario), effects, None)
    plans = [random_plan(rng, model.grid, busy) for busy in (0.05, 0.15, 0.3, 0.6)]
    written = further_limits(rng, scenario.model_dump(mode="python", by_alias=True), ADDITIVE)[:2]
    model = limited(rng, model, written, plans[2])
    grid, limits = model.grid, build_limits(model)
    linear, options = _linear(model, limits)
    solver_model = cp_model.CpModel()
    literals: list[dict[int, Any]] = []
    for row in options:
        literals.append({int(choice): solver_model.new_bool_var("") for choice in (0, *np.flatnonzero(row))})
        solver_model.add_exactly_one(literals[-1].values())
    add_limits(solver_model, linear, options, literals)
    for plan in plans:
        room = room_of_limits(model, limits, plan)
        book = account(model, plan)
        left = np.round(model.available * 1000) - stock_used(book)
        tight = np.isfinite(left) & (np.abs(left) <= 0.5 * len(grid.segments) * grid.shape[2] + 1)
        if (np.abs(_slack(model, limits, plan[None])[0]) <= room + 1e-6 * limits.scale).any() or tight.any():
            tally.close += 1
            continue
        kept = all(limits_of(model, plan).values()) and bool((left >= 0).all())
        accepted = _accepts(solver_model, [literals[n][int(choice)] for n, choice in enumerate(plan)])
        tally.additive += 1
        tally.over += not kept
        if accepted != kept:
            yield f"by CP-SAT the limits are {'kept' if accepted else 'broken'}, by the ledger the other way"


def _linear(model: Coefficients, limits: Limits) -> tuple[LinearModel, Any]:
    """Exact effects of every single line on the empty plan, and which lines there are."""
    grid = model.grid
    options = grid.allowed_flat.copy()
    options[:, 0] = False
    at, choice = np.nonzero(options)
    plans = np.zeros((len(at) + 1, grid.slots), dtype=np.int8)
    plans[np.arange(len(at)) + 1, at] = choice
    slack = _slack(model, limits, plans)
    use = np.zeros((len(limits.ids), *options.shape))
    use[:, at, choice] = (slack[0] - slack[1:]).T
    sold = np.cumsum(sold_by_all(model, plans).units.sum(axis=-3), axis=-1)
    rows = np.argwhere(np.isfinite(model.available))
    change = sold[1:][:, rows[:, 0], rows[:, 1]] - sold[0][rows[:, 0], rows[:, 1]]
    line, row = np.nonzero(change)
    stock = StockRows(
        product=rows[:, 0],
        period=rows[:, 1],
        headroom=(model.available - sold[0])[rows[:, 0], rows[:, 1]],
        row=row,
        slot=at[line],
        choice=choice[line],
        units=change[line, row],
    )
    linear = LinearModel(
        slots=np.arange(grid.slots), gain=np.zeros(options.shape), use=use, headroom=slack[0], stock=stock
    )
    return linear, options
