"""What the monitor reads off a running campaign, as frozen records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.flight.past.untold_uses import UntoldUses
from planner.flight.pieces_read import PiecesReading
from planner.flight.watch.not_come import NotCome
from scenarios.arrays import Float
from scenarios.flight.experience import Experience
from scenarios.flight.series import Series
from scenarios.grid import Grid
from scenarios.language.implied_ids import STOCK

SAME = 1e-6
"""Share of a bound by which a use may miss it and still be the same: accounts round every cell."""
SHORT = 0.1
"""Share of all that there is of a product, from which on missing units are more than breakage."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Of a forecast: 5 %, 50 % and 95 % of the futures stay below."""

    p05: float
    p50: float
    p95: float


def interval(values: Float | Sequence[float]) -> Interval:
    """Quantiles of some draws."""
    p05, p50, p95 = (float(x) for x in np.quantile(np.asarray(values), (0.05, 0.5, 0.95)))
    return Interval(p05=p05, p50=p50, p95=p95)


def day_of(grid: Grid, period: int | None) -> dt.date | None:
    """First day of a period; None for none."""
    return None if period is None else grid.scenario.horizon.date_of(period)


@dataclass(frozen=True, kw_only=True)
class SeriesReading:
    """Sales, or uses, of one series so far, over the cells that can be compared."""

    series: Series
    whole: float
    """By the plan's account, of the whole campaign."""
    expected: float
    """By the plan's account, as in `campaign report`."""
    forecast: Interval
    """In the plan's futures."""
    actual: float
    periods: int
    """Periods compared."""
    evidence: float
    """Highest evidence against the forecast so far, as a share of what an alarm needs (on a log scale; 1 alarms)."""
    detectable: float
    """Smallest lasting shortfall, as a share of sales, that the whole run finds with 80 % power; 1 for none."""
    alarm: dt.date | None
    """First day on which the evidence passed the bar; None without an alarm."""

    @property
    def ratio(self) -> float | None:
        """Actual per unit that was expected; None where nothing was."""
        return self.actual / self.expected if self.expected > 0 else None

    @property
    def inside(self) -> bool:
        """Whether the actual lies between the forecast's 5 % and 95 %."""
        return self.forecast.p05 <= self.actual <= self.forecast.p95


@dataclass(frozen=True, kw_only=True)
class LimitReading:
    """One limit: used so far, and what it comes to."""

    id: str
    measure: str
    words: str
    """What is bounded, and over which span."""
    span: str | None
    """The window, week or month, where the limit holds in several; None for everything."""
    sense: str
    bound: float
    """Of a stock: sold, left and still to arrive, where the file tells what is left."""
    planned_bound: float
    """As the plan has it."""
    used: float
    """Of a ratio what it comes to so far; 0 where there is nothing to divide by yet."""
    told: bool
    """Whether the file tells the use; else it is the account of what was sold."""
    planned: float
    """Use so far by the plan's account."""
    forecast: Interval
    """Use so far in the plan's futures."""
    end: Interval
    """Of the use at the end, after what was seen."""
    probability: float
    """That it breaks before the end."""
    on: dt.date | None
    """When it breaks in the middle one of the futures in which it does; None of a ratio."""
    earliest: dt.date | None
    """By when it has broken in one of ten of them."""
    broken: bool
    """Whether it is broken already."""
    error: float = 0.0
    """Half a 90% interval of a use that is estimated; 0 where the file tells it."""
    ratio: bool = False
    """Whether bound and uses are shares of another sum: only the end of the days that count decides."""
    at_risk: float | None = None
    """Share of the futures that it is to hold in; None where its expected use counts."""
    end_at_risk: float | None = None
    """What it comes to at the end in so many of them, at most; of a floor, at least."""
    arrives: dt.date | None = None
    """Of a stock: when more of it comes next."""
    not_come: NotCome | None = None
    """Of a stock: arrivals that were due and seem not to have come."""
    planned_out: dt.date | None = None
    """Of a stock that the plan's own account sells out: by when."""
    planned_out_of: float | None = None
    """What has come of it by then."""
    out_of: float | None = None
    """Of a stock: what has come of it by the day `on` which it runs out."""
    again: float | None = None
    """Of a stock that is empty, or probably will be, before more arrives: probability that this runs out, too."""
    again_on: dt.date | None = None
    """When it does in the middle one of the futures in which it does."""
    again_earliest: dt.date | None = None
    """By when it has in one of ten of them."""
    known_out: bool = False
    """Of a stock: whether it is empty since before the rest was planned again, and nothing has arrived since."""
    unplanned: float | None = None
    """Of such a stock: probability that it runs out clearly earlier than planned, or where it was to last."""

    @property
    def maybe_broken(self) -> bool:
        """Whether its use is estimated as beyond the bound, and may as well lie within it."""
        return self.broken and abs(self.used - self.bound) <= self.error

    @property
    def risk(self) -> float:
        """Probability of a break that the plan does not foresee itself."""
        if self.unplanned is not None:
            return self.unplanned
        return 1.0 if self.broken else self.probability

    @property
    def missing(self) -> float:
        """Of a stock: units that neither sales nor arrivals that were due explain; 0 where they are next to nothing."""
        gone = self.planned_bound - self.bound
        told = self.id.startswith(STOCK) and self.not_come is None
        return gone if told and gone >= max(SHORT * self.planned_bound, 1.0) else 0.0


@dataclass(frozen=True, kw_only=True)
class StockOut:
    """A product that was sold out."""

    product: str
    first: dt.date
    last: dt.date
    """Last day of the last period."""
    periods: int
    told: bool
    """By stock_end, or because sales have reached the stock; else it is told by sales at zero only."""
    lost: float
    """Units that were expected on these days beyond what was sold."""
    planned: bool = False
    """Whether the plan's own account has sold it out by then."""
    known: bool = False
    """Whether it was out when the rest was planned again: the plan that runs reckons with it."""
    arrives: dt.date | None = None
    """Of what is out up to the end of the actuals: when more comes next; None for never, and where some has come."""
    still: bool = False
    """Whether it was out on the last day of the actuals."""


@dataclass(frozen=True, kw_only=True)
class MonitorReport:
    """A running campaign against its plan."""

    folder: str
    plan: int
    """Rank."""
    actuals: str
    as_of: dt.date
    periods: int
    """Observed."""
    horizon: int
    so_far: str
    """How much of the horizon that is, in words."""
    currency: str
    false_alarms: float
    """Share of undisturbed campaigns that may raise any alarm."""
    simulated: int
    """Undisturbed campaigns that set the bar."""
    alarmed: int
    """How many of them pass it."""
    noise: float
    """How many times as noisy as assumed single days are."""
    series: tuple[SeriesReading, ...]
    usually_outside: int
    """Most series that lie outside of their intervals in 95 % of the plan's futures."""
    limits: tuple[LimitReading, ...]
    stock_outs: tuple[StockOut, ...]
    experiences: tuple[Experience, ...]
    pieces: tuple[PiecesReading, ...]
    """Of offers with ``quantity``, as far as they have run."""
    warned_at: float
    """Probability of a break from which on a limit is warned of."""
    attention: tuple[str, ...]
    """What makes the money wrong, such as revenue net of tax: one sentence each."""
    looks: tuple[str, ...]
    """What of customers' experience needs a look: returns, complaints, scores, who leaves."""
    otherwise: tuple[str, ...]
    """Where something else ran than the plan: one sentence for each offer and product."""
    notes: tuple[str, ...]
    """What could not be told, and what is assumed."""
    untouched: float | None = None
    """Sales that no line touches, per unit that was expected of them so far; None where hardly any were."""
    untold: tuple[UntoldUses, ...] = ()
    """Uses that no row tells, as they are reckoned."""
    planned_again: dt.date | None = None
    """Of a plan whose rest was planned again: up to which day its sales were known then."""

    @property
    def alarms(self) -> tuple[SeriesReading, ...]:
        """Series that depart from the forecast."""
        return tuple(each for each in self.series if each.alarm is not None)

    @property
    def warnings(self) -> tuple[LimitReading, ...]:
        """Limits that are broken or will probably break, but for stock that sells out as planned."""
        return tuple(each for each in self.limits if each.risk >= self.warned_at)

    @property
    def out_again(self) -> tuple[LimitReading, ...]:
        """Stock that runs out before more of it arrives, and probably after that again."""
        return tuple(each for each in self.limits if each.again is not None and each.again >= self.warned_at)

    @property
    def short(self) -> tuple[LimitReading, ...]:
        """Stock of which clearly less is left than the plan's stock less sales."""
        return tuple(each for each in self.limits if each.missing > 0)

    @property
    def sold_as_planned(self) -> tuple[LimitReading, ...]:
        """Stock that is sold out or probably will be, as the plan's own account has it."""
        return tuple(
            each
            for each in self.limits
            if not each.known_out and each.risk < self.warned_at and (each.broken or each.probability >= self.warned_at)
        )

    @property
    def surprises(self) -> tuple[StockOut, ...]:
        """Products that were sold out otherwise than planned, and not before the rest was planned again."""
        return tuple(each for each in self.stock_outs if not (each.planned or each.known))

    @property
    def outside(self) -> tuple[SeriesReading, ...]:
        """Series outside of their forecast that are no alarm (yet)."""
        return tuple(each for each in self.series if each.alarm is None and not each.inside)

    @property
    def many_outside(self) -> bool:
        """Whether more series lie outside of their intervals than in 95 % of the plan's futures."""
        return sum(not each.inside for each in self.series) > self.usually_outside

    @property
    def on_course(self) -> bool:
        """Whether nothing asks for attention."""
        told = (self.otherwise, self.attention, self.looks)
        return not any((self.alarms, self.warnings, self.surprises, self.out_again, self.short, *told))
