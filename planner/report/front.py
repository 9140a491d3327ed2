"""A front of plans: what each one brings of every measure, and what more of one costs of the others, in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from statistics import median

from rich.console import RenderableType
from rich.text import Text

from planner.figures import NOTHING, MoneyStyle, count, money_style, plural, rate, share
from planner.report.notes import show_sentences
from planner.report.scatter import Scatter
from planner.report.table import Column, FittedTable
from scenarios.answer.front import Front
from scenarios.answer.plan import PlanSet, RankedPlan
from scenarios.answer.sums import MONEY
from scenarios.currency import minor_digits
from scenarios.language.schema import Scenario
from scenarios.language.several import Sense
from scenarios.language.words import COUNTS, Measure
from scenarios.rounding import UNIT_DIGITS

SIZES = (1, 10, 100, 1000, 10_000, 100_000, 1_000_000)
"""Round amounts that rates are told for."""
_RATES_BELOW = 100
"""Prices of an exchange from here on are written like amounts, below it with as many digits as tell something."""


class FrontWords:
    """How one front's measures and amounts are written.

    Parameters
    ----------
    plan_set
        Plans of a front.

    Raises
    ------
    ValueError
        For plans that are no front.
    """

    def __init__(self, plan_set: PlanSet) -> None:
        if plan_set.front is None:
            raise ValueError("the plans are no front: their objective is a single one")
        self.front: Front = plan_set.front
        self.measures = [Measure(name) for name in self.front.measures]
        self.senses = [Sense(sense) for sense in self.front.measures.values()]
        values = {measure: [_value(plan, measure) for plan in plan_set.plans] for measure in self.measures}
        amounts = [value for measure in self.measures if measure in MONEY for value in values[measure]]
        usual, finest = money_style(plan_set.currency, amounts), minor_digits(plan_set.currency)
        whole = all(_telling(values[each], usual.digits, finest) == usual.digits for each in values if each in MONEY)
        self.money: MoneyStyle = usual if whole else MoneyStyle(currency=plan_set.currency, digits=finest)
        self.digits = {each: _telling(values[each], 0, UNIT_DIGITS) for each in values if each not in MONEY}
        """Of counts: none, or as many as it takes that no difference between two plans reads like nothing."""

    def amount(self, measure: Measure, value: Decimal, *, signed: bool = False) -> str:
        """Write a change of a measure: money by the report's style, counts in whole numbers where these tell enough."""
        if measure in MONEY:
            return self.money(value, signed=signed)
        return count(value, digits=self.digits[measure], signed=signed)

    def won(self, place: int, size: Decimal) -> str:
        """Say an improvement: ``18,000 more customers reached``, ``500 less spend``, ``20 fewer gifts``."""
        measure, amount = self.measures[place], self.amount(self.measures[place], abs(size))
        return f"{amount} {_better(measure, self.senses[place])} {_numbered(measure, amount)}"

    def lost(self, place: int, size: Decimal) -> str:
        """Say what an improvement costs: ``53.50 of profit``, ``500 more spend``, ``20 customers reached``."""
        measure, amount = self.measures[place], self.amount(self.measures[place], abs(size))
        word = "more " if self.senses[place] is Sense.MIN else "" if measure in COUNTS else "of "
        return f"{amount} {word}{_numbered(measure, amount)}"

    def turned(self, one: RankedPlan, other: RankedPlan) -> list[Decimal]:
        """By how much the other plan is better in every measure, negative where it is worse."""
        return [
            (_value(other, measure) - _value(one, measure)) * sense.sign
            for measure, sense in zip(self.measures, self.senses, strict=True)
        ]


def _numbered(measure: Measure, amount: str) -> str:
    """Say a measure beside an amount of it: ``1 unit``, ``2 units``."""
    words = measure.words
    if measure not in COUNTS or amount != "1":
        return words
    thing, _, rest = words.partition(" ")
    return " ".join(filter(None, (thing.removesuffix("s"), rest)))


def _telling(values: list[Decimal], least: int, most: int) -> int:
    """Digits after the point with which values that differ from one plan to the next read so, and none like nothing."""
    pairs = [(one, other) for one, other in pairwise(values) if one != other]
    pairs += [(Decimal(0), value) for value in values if value]
    for digits in range(least, most):
        if all(round(one, digits) != round(other, digits) and round(other - one, digits) for one, other in pairs):
            return digits
    return max(least, most)


def _better(measure: Measure, sense: Sense) -> str:
    return "more" if sense is Sense.MAX else "fewer" if measure in COUNTS else "less"


def _best(measure: Measure, sense: Sense) -> str:
    return "most" if sense is Sense.MAX else "fewest" if measure in COUNTS else "least"


def _value(plan: RankedPlan, measure: Measure) -> Decimal:
    return (plan.objectives or {})[measure.value]


def knee_plan(plan_set: PlanSet) -> RankedPlan:
    """The plan that is shown in full: the knee of a front, else the first."""
    return plan_set.plans[0 if plan_set.front is None else plan_set.front.knee - 1]


def show_front(plan_set: PlanSet, scenario: Scenario) -> list[RenderableType]:
    """Lay out the front: a table, a picture of two measures, and what more of one costs of the others."""
    words = FrontWords(plan_set)
    parts: list[RenderableType] = [_table(plan_set, scenario, words)]
    if len(words.measures) == 2 and len(plan_set.plans) > 2:
        parts.append(_picture(plan_set, words))
    if len(plan_set.plans) > 1:
        other = "other" if len(words.measures) == 2 else "others"
        parts.append(show_sentences(f"What more of one costs of the {other}", tuple(trade_offs(plan_set))))
    else:
        parts.append(Text("Only one plan is shown, so nothing is traded off; the notes say whether there are others."))
    return parts


def _table(plan_set: PlanSet, scenario: Scenario, words: FrontWords) -> FittedTable:
    front, plans = words.front, plan_set.plans
    spends = Measure.SPEND not in words.measures  # else it stands there as a measure already
    rows: list[tuple[str | Text, ...]] = []
    for plan in plans:
        range_ = plan.outcome.quantiles.get("profit")
        rows.append(
            (
                str(plan.rank),
                *(words.amount(each, _value(plan, each), signed=True) for each in words.measures),
                *((words.money(plan.outcome.spend),) if spends else ()),
                NOTHING if plan.outcome.roi is None else f"{plan.outcome.roi:.2f}",
                f"{len(plan.lines):,}",
                NOTHING if range_ is None else f"{words.money(range_.p05)} to {words.money(range_.p95)}",
                Text("; ".join(_marks(plan, plans, words)), style="green"),
            )
        )
    best = f"; none brings more {words.measures[0].words} than {words.money(plan_set.bound, signed=True)}"
    proven = "" if plan_set.bound is None or words.senses[0] is Sense.MIN or words.measures[0] not in MONEY else best
    mutual = "" if len(plans) < 2 else "no plan is better than another in everything; "
    still = _still(plans, words)
    covers = f"hypervolume {_volume(front.hypervolume)}, {share(front.covered)} of the box from {_reference(words)}"
    wanted = " and ".join(
        f"{_better(measure, sense)} {measure.words}"
        for measure, sense in zip(words.measures, words.senses, strict=True)
    )
    return FittedTable(
        title=f"{plural(len(plans), 'plan')} for {scenario.title or scenario.scenario}: {wanted}",
        columns=(
            Column(title="#", number=True),
            *(Column(title=measure.words, number=True) for measure in words.measures),
            *((Column(title="spend", number=True, gives_way=1),) if spends else ()),
            Column(title="ROI", number=True, gives_way=3),
            Column(title="lines", number=True, gives_way=2),
            Column(title="profit, 90% of futures", number=True, gives_way=4),
            Column(title="", least=8),
        ),
        rows=tuple(rows),
        notes=(
            f"changes against no promotion; {mutual}{words.money.caption}",
            *((f"{covers} to the best value of each{proven}",) if len(plans) > 1 and not still else ()),
            *((f"the same in every plan, so nothing of it is traded off: {', '.join(still)}",) if still else ()),
        ),
        empty="no plan",
    )


def _still(plans: tuple[RankedPlan, ...], words: FrontWords) -> list[str]:
    """Name the measures that no plan changes: with them the front covers a volume of nothing."""
    if len(plans) < 2:
        return []
    return [measure.words for measure in words.measures if len({_value(plan, measure) for plan in plans}) == 1]


def _volume(volume: float) -> str:
    """Write a product of amounts, large as it is, without an exponent."""
    return f"{volume:,.0f}" if volume >= 100 else f"{volume:.4g}"


def _reference(words: FrontWords) -> str:
    amounts = [
        f"{measure.words} {words.amount(measure, words.front.reference[measure.value], signed=True)}"
        for measure in words.measures
    ]
    return " and ".join(amounts)


def _marks(plan: RankedPlan, plans: tuple[RankedPlan, ...], words: FrontWords) -> Iterator[str]:
    """What a plan stands out by."""
    if len(plans) < 2:
        return
    if plan.rank == words.front.knee:
        yield "knee"
    for measure, sense in zip(words.measures, words.senses, strict=True):
        values = [_value(each, measure) * sense.sign for each in plans]
        if plans[values.index(max(values))] is plan and max(values) > min(values):
            yield f"{_best(measure, sense)} {measure.words}"


def _picture(plan_set: PlanSet, words: FrontWords) -> Scatter:
    across, up = words.measures[1], words.measures[0]
    return Scatter(
        points=tuple((float(_value(plan, across)), float(_value(plan, up))) for plan in plan_set.plans),
        marks=tuple(str(plan.rank) for plan in plan_set.plans),
        across=across.words,
        up=up.words,
        write=lambda axis, value: words.amount((across, up)[axis], Decimal(repr(value)), signed=True),
        loud=words.front.knee - 1,
    )


def trade_offs(plan_set: PlanSet) -> Iterator[str]:
    """Say from plan to plan what is won and what it costs; then what the knee gives up and what it keeps."""
    words = FrontWords(plan_set)
    pairs = list(pairwise(plan_set.plans))
    sizes = _sizes([words.turned(*pair) for pair in pairs])
    for one, other in pairs:
        yield f"from plan {one.rank} to plan {other.rank}: {_exchange(one, other, words, sizes)}"
    if len(plan_set.plans) > 2:
        yield _knee_words(plan_set, words)


def _sizes(changes: list[list[Decimal]]) -> list[int]:
    """A round amount of every measure that its prices are told for, so that they can be compared."""
    found = []
    for each in zip(*changes, strict=True):
        sizes = [abs(size) for size in each if size]
        middle = median(sizes) if sizes else Decimal(1)
        found.append(max((size for size in SIZES if size <= middle), default=1))
    return found


def _exchange(one: RankedPlan, other: RankedPlan, words: FrontWords, sizes: list[int]) -> str:
    change = words.turned(one, other)
    won = [place for place, size in enumerate(change) if size > 0]
    lost = [place for place, size in enumerate(change) if size < 0]
    if not (won and lost):
        return "the same in every measure" if not (won or lost) else "within rounding of the other"
    gains = " and ".join(words.won(place, change[place]) for place in won)
    prices = " and ".join(words.lost(place, change[place]) for place in lost)
    text = f"{gains} {'cost' if gains.split()[0] != '1' or len(won) > 1 else 'costs'} {prices}"
    if len(won) == len(lost) == 1:
        size = sizes[won[0]]
        price = -change[lost[0]] / change[won[0]] * size
        measure = words.measures[lost[0]]
        figure = rate(price) if abs(price) < _RATES_BELOW else words.amount(measure, price)
        text += f" ({figure} per {size:,})"
    return text


def _knee_words(plan_set: PlanSet, words: FrontWords) -> str:
    knee = knee_plan(plan_set)
    kept = []
    for measure, sense in zip(words.measures, words.senses, strict=True):
        values = [_value(plan, measure) * sense.sign for plan in plan_set.plans]
        span = max(values) - min(values)
        if span:
            reached = float((_value(knee, measure) * sense.sign - min(values)) / span)
            kept.append(f"{share(reached, digits=0)} of the way to the {_best(measure, sense)} {measure.words}")
    *first, last = kept or ["nowhere"]
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"plan {knee.rank} is the knee, where all together is given up least: it goes {listed}"
