"""What a changed plan would break: limits by true expected use, those at risk by an estimate, rules line by line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constraints.limits.amounts import amount
from constraints.limits.book import LimitRecord, Limits
from constraints.rules.registry import check_rules
from planner.evaluation.evaluator import Evaluator
from scenarios.answer.plan import RankedPlan
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Float
from scenarios.language.plan_lines import PlanLine
from scenarios.language.words import Measure
from scenarios.plain_digits import share_text

LEAST = 1e-9
"""Share of a row's scale by which use is over a bound at least, where that is no rounding."""


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A limit or rule that a changed plan would break."""

    id: str
    words: str
    sure: bool
    """False where only the estimate of use at risk says so: nobody has drawn futures for the changed plan."""
    missing: str = ""
    """Of a limit on one sum by how much it is broken, in its own unit."""
    floor: bool = False
    """Whether that is too little, not too much."""
    row: int | None = None
    """Of a limit the row that is broken most."""
    lines: tuple[PlanLine, ...] = ()
    """Of a rule the lines that break it together."""


def broken_by(
    evaluator: Evaluator, ranked: RankedPlan, plan: NDArray[np.int8], uses: Float, stock: Float
) -> tuple[Broken, ...]:
    """List every limit and rule that a changed plan breaks.

    Parameters
    ----------
    ranked
        The plan before the change, whose use at risk is known.
    plan, uses, stock
        The changed flat plan [N], its uses [L] and its stock [K, T] used.
    """
    rules = check_rules(evaluator.grid, evaluator.grid.lines(plan))
    return (
        *broken_limits(evaluator.limits, ranked, uses, stock),
        *(
            Broken(id=rule.id, words=rule.violations[0].message, sure=True, lines=rule.violations[0].lines)
            for rule in rules
            if not rule.satisfied
        ),
    )


class Overruns:
    """By how much each row of the limits is broken at some use of it, beside a plan whose use at risk is known.

    Where a limit must hold in most futures, its use at risk is scaled with the expected use: an estimate. Of a ratio
    the share is scaled, at what it is a share of before the change.
    """

    def __init__(self, limits: Limits, ranked: RankedPlan) -> None:
        known = {limit.id: limit for limit in ranked.limits}
        self._limits = limits
        self.ratio = np.array([parts is not None for parts in limits.rate_parts], dtype=bool)
        self._strain = np.array([_strain(known.get(record.id), record) for record in limits.records])
        self._slope = np.where(self.ratio, 1.0, self._strain)
        self._shift = np.zeros(len(limits.records))
        for row in np.flatnonzero(self.ratio & (self._strain != 1.0)):
            record = limits.records[row]
            self._shift[row] = (1.0 / self._strain[row] - 1.0) * record.bound * float(known[record.id].whole or 0)

    def use(self, uses: Float) -> Float:
        """[..., L] what uses come to with those of the past, at risk where that is asked for."""
        return np.asarray((uses + self._limits.past) * self._slope - self._shift)

    def over(self, uses: Float) -> Float:
        """[..., L] share of a row's scale by which uses are over its bound; below 0 where there is room."""
        limits = self._limits
        return np.asarray(limits.sign / limits.scale * (self.use(uses) - limits.past - limits.bound))

    def sure(self, uses: Float) -> NDArray[np.bool_]:
        """[..., L] whether the expected use alone breaks a row, or nothing is estimated of it."""
        limits = self._limits
        return np.asarray((self._strain == 1.0) | (limits.sign / limits.scale * (uses - limits.bound) > LEAST))


def broken_limits(limits: Limits, ranked: RankedPlan, uses: Float, stock: Float) -> list[Broken]:
    """List the limits and stocks that some use breaks, each by its worst row; parameters as for `broken_by`."""
    rows = Overruns(limits, ranked)
    over, use, sure = rows.over(uses), rows.use(uses), rows.sure(uses)
    worst: dict[str, int] = {}
    for row in np.flatnonzero(over > LEAST).tolist():
        id_ = limits.ids[row]
        if id_ not in worst or over[row] > over[worst[id_]]:
            worst[id_] = row
    found = []
    for id_, row in worst.items():
        record, ratio, used = limits.records[row], bool(rows.ratio[row]), float(use[row])
        missing = "" if ratio else amount(record.unit, abs(used - record.bound), money_digits=record.money_digits)
        words = would_break(record, ratio, used)
        floor = record.sense == "min"
        found.append(Broken(id=id_, words=words, sure=bool(sure[row]), missing=missing, floor=floor, row=row))
    over_stock = np.where(np.isfinite(limits.available), stock - limits.available, 0.0)
    for product in np.flatnonzero((over_stock > 1e-6).any(axis=1)):
        missing = f"{float(over_stock[product].max()):,.1f} units"
        words = f"{missing} more than there are"
        found.append(Broken(id=limits.stock_ids[product], words=words, sure=True, missing=missing))
    return found


def would_break(record: LimitRecord, ratio: bool, use: float) -> str:
    """Say how a row of a limit would be broken.

    Parameters
    ----------
    ratio
        Whether the row is a ratio, whose use has no figure of its own.
    use
        What it would come to, in the row's own units.
    """
    when = "" if record.at is None else f" in {record.at}"
    if ratio:
        verb = "rise above" if record.sense == "max" else "fall below"
        bound = f"{record.bound:.2f}" if record.measure == Measure.ROI else share_text(record.bound)
        words = "the margin rate" if record.measure == Measure.MARGIN_RATE else record.words
        return f"{words}{when} would {verb} {bound}"
    word, verb, up = ("at most", "allowed", True) if record.sense == "max" else ("at least", "asked for", False)
    text = amount(record.unit, use, money_digits=record.money_digits, up=up)
    bound = amount(record.unit, record.bound, money_digits=record.money_digits)
    return f"{text} {record.measure}{when}, {word} {bound} {verb}"


def _strain(limit: LimitResult | None, record: LimitRecord) -> float:
    """Use at risk per expected use; of a ratio only for the row of which both are known."""
    if limit is None or limit.used_at_risk is None or not limit.used:
        return 1.0
    if limit.ratio and (limit.at != record.at or not (limit.used > 0 and limit.used_at_risk > 0)):
        return 1.0
    return float(limit.used_at_risk / limit.used)
