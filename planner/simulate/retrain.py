"""Training anew: from what a retailer's systems hold of a simulated market to the beliefs of the next campaign.

The whole pipeline of `surrogate.train` runs on files, as for any retailer's data: cleaning, pseudonyms, features, the
network, its test on held-out weeks. Nothing of the market's truth is in them. The retailer knows which of its declared
segments each customer belongs to, because it sends them their messages; so effects and levels are learned of these.
What a past of ordinary weeks cannot show, how busy the days of the campaign are against ordinary ones, is taken from
the scenario's own baseline.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from planner.learning import reporter
from planner.problem import Problem, problem_of
from planner.progress import Progress, ignore
from scenarios.arrays import Float
from scenarios.language.schemas.product import LearnedSegments, LearnSpec
from scenarios.loading.resolve import resolve
from scenarios.market.ordinary import usual_of, weekdays
from scenarios.market.play import Market
from scenarios.market.purchases import PurchaseData, write_purchases
from scenarios.market.records import joined
from scenarios.problems import InvalidInput
from scenarios.response.effects import Learned
from surrogate.data.data_spec import read_data_spec
from surrogate.people.own_segments import OwnSegments
from surrogate.scoring.score import score
from surrogate.train import TrainParams, train

TEST_WEEKS = 8
"""Last weeks of the records, which test what was learned from the others before they are taken in."""


@dataclass(frozen=True, kw_only=True)
class RetrainParams:
    """How beliefs are trained anew.

    Raises
    ------
    ValueError
        For a setting out of its range.
    """

    train: TrainParams = field(default_factory=TrainParams)
    learn: LearnSpec = field(default_factory=LearnSpec)
    """``min_size``: the fewest customers who bought that a segment must have."""
    test_weeks: int = TEST_WEEKS

    def __post_init__(self) -> None:
        if not (self.test_weeks >= 1):
            raise ValueError(f"expected at least 1 test week, got {self.test_weeks}")


@dataclass(frozen=True, kw_only=True)
class Training:
    """What one training knew, and how well it did."""

    campaign: int
    """It came before this one."""
    weeks: int
    until: dt.date
    """Last day that it read, in the calendar of that campaign."""
    customers: int
    """Single customers who bought."""
    purchases: int
    """Rows of receipts."""
    contacts: int
    """Messages to single customers."""
    accuracy: dict[str, float | str]
    """Held-out metrics by name (`surrogate.held_out.accuracy`)."""


def trained(
    problem: Problem,
    market: Market,
    records: Sequence[PurchaseData],
    params: RetrainParams,
    seed: int,
    campaign: int,
    progress: Callable[[Progress], None] = ignore,
) -> tuple[Problem, Training]:
    """Return the question with effects and levels that the records teach, and what the training knew.

    Parameters
    ----------
    problem
        The question as it was asked before anything was learned.
    market
        Whose customers stand in the records; of them the retailer knows the segment, and how many real ones a segment
        has.
    seed
        Of the training.
    campaign
        Number of the campaign that comes next.

    Raises
    ------
    InvalidInput
        When the records cannot teach what the question asks.
    """
    scenario, data = problem.loaded.scenario, joined(records)
    sunday = scenario.horizon.start - dt.timedelta(days=scenario.horizon.start.isoweekday())
    members = {str(name): tuple(rows) for name, rows in data.customers.groupby("segment", sort=False)["customer"]}
    own = OwnSegments(ids=tuple(segment.id for segment in market.segments), members=members)
    try:
        with tempfile.TemporaryDirectory(prefix="campaign-retrain-") as folder:
            path = write_purchases(
                data,
                Path(folder),
                train_until=str(sunday - dt.timedelta(weeks=params.test_weeks)),
                test_until=str(sunday),
                known={"categorical": ["segment"]} if len(own.ids) > 1 else None,
            )
            spec = read_data_spec(path)
            report = reporter(progress)
            model = train(spec, params.train, seed, report, learn=params.learn, base=path.parent, own=own)
        learned = score(model, scenario.model_copy(update={"segments": LearnedSegments(learn=params.learn)}))
    except InvalidInput as error:
        where = f"training before campaign {campaign}"
        raise InvalidInput([replace(one, where=f"{where}, {Path(one.where).name}") for one in error.problems]) from None
    read = data.transactions["time"] <= str(sunday)
    weeks = (sunday - dt.date.fromisoformat(str(data.transactions["time"].min()))).days // 7 + 1
    told = _as_asked(problem, market, learned, f"purchases of {weeks} weeks in the simulated market, to {sunday}")
    return told, Training(
        campaign=campaign,
        weeks=weeks,
        until=sunday,
        customers=int(data.transactions.loc[read, "customer"].nunique()),
        purchases=int(read.sum()),
        contacts=int(((data.offers["customer"] != "") & (data.offers["first_day"] <= str(sunday))).sum()),
        accuracy=model.accuracy,
    )


def _as_asked(problem: Problem, market: Market, learned: Learned, source: str) -> Problem:
    """The question with what was learned: of the sampled customers, so levels are raised to all of a segment."""
    scenario, people = problem.loaded.scenario, market.people
    sampled = np.bincount(people.segment, minlength=len(market.segments))
    scale = np.array([segment.customers for segment in market.segments]) / sampled
    effects = replace(
        learned.effects,
        base_units=learned.effects.base_units * scale[:, None, None] * busy(problem)[None, None, None],
        source=source,
    )
    orders = {
        name: tuple((value, count * by, units) for value, count, units in rows)
        for (name, rows), by in zip(learned.orders.items(), scale.tolist(), strict=True)
    }
    whole = replace(learned, effects=effects, orders=orders, segments=market.segments)
    # Learned lifts contain what rivals lose and later days miss, whatever the scenario's own table held.
    asked = scenario.model_copy(update={"effects": scenario.effects.model_copy(update={"lift_is": "gross"})})
    return problem_of(resolve(replace(problem.loaded, scenario=asked), whole), whole)


def busy(problem: Problem) -> Float:
    """Return [T] how much more than on the usual day of its weekday the scenario's own baseline sells on each day."""
    total, day = problem.effects.base_units.mean(axis=0).sum(axis=(0, 1)), weekdays(problem.loaded.scenario.horizon)
    usual = usual_of(total, day)[day]
    return np.asarray(np.divide(total, usual, out=np.ones_like(total), where=usual > 0))
