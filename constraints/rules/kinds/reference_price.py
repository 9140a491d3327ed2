"""reference_price: a price cut is a cut against the lowest shelf price of the ``days`` before it began (EU price law).

Example: ``{rule: reference_price}``: a cut by 20 % may be advertised as such only if the product cost the regular
price in all 30 days before it began. ``min: 5%`` instead lets a cut begin after cheaper days too, if it still is one
of at least 5 % against the lowest price among them (``min: 0%``: lower than it at all); what is then advertised is
that smaller cut.

A cut goes on while the price stays or falls from period to period: falling further begins no new cut (Directive
98/6/EC, article 6a). A price that rises, or that is cut after a pause, begins one; closed days are no pause. History
counts: its cuts are prices of those days, and a cut that goes on into the horizon is measured against the days before
it began: who goes on with it advertises it anew. Where what has run excuses the rule (`constraints.rules.excused`),
locked lines of the days before it counts are such a history. Weeks count whole: the 30 days before a week meet five
weeks.
`constraints.rules.shelf` says what a shelf price is, `constraints.rules.tags` what it may lack. Only products and
categories narrow the rule.
"""

from __future__ import annotations

from itertools import count

import numpy as np

from constraints.rules.column_patterns import NEVER_BOTH, NOT_WITHOUT, ONLY_WITH, patterns
from constraints.rules.forms import CompiledRule, Form, Masks, Words
from constraints.rules.groups import RuleContext
from constraints.rules.kinds.locked import closed_periods, listed_lines
from constraints.rules.lines import RuleLine, Violation, line_text, past_lines, read_lines
from constraints.rules.open_days import OpenDays, opened_periods
from constraints.rules.shelf import (
    Column,
    add_falling,
    below,
    choice_prices,
    cut_choices,
    level_letters,
    levels,
    price_under,
    public_slots,
    rises,
    shelf,
)
from constraints.rules.tags import borne, shares_apart
from scenarios.arrays import Flag, Int
from scenarios.currency import price_text
from scenarios.grid import Grid
from scenarios.language.schema import Product
from scenarios.language.schemas.rule import Locked, ReferencePrice
from scenarios.language.where import admitted
from scenarios.response.economics import price_of


def window(rule: ReferencePrice, grid: Grid) -> int:
    """Periods before a cut that hold one of its ``days``."""
    return -(-rule.days // grid.scenario.horizon.period_days)


def _first_day(rule: ReferencePrice, grid: Grid, began: int) -> int:
    """First period whose price counts for a cut that begins in one: at least the open period before it does."""
    return min(began - window(rule, grid), OpenDays(grid).before(began))


def too_small(rule: ReferencePrice, price: float, reference: float, regular: float, code: str) -> bool:
    """Whether a price is not far enough below its reference price."""
    if rule.min is None:
        return below(reference, regular)
    return not below(price, reference) or below(reference * (1 - rule.min) + borne(code), price)


def violations(rule: ReferencePrice, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Cuts that begin too small against the lowest price before."""
    found: list[Violation] = []
    scope = admitted(rule.where, grid.segments, grid.products, grid.scenario.horizon)
    horizon, code, days = grid.scenario.horizon, grid.scenario.currency, OpenDays(grid)
    start = _start(rule, grid)
    counted = (*_before(grid, start), *(line for line in lines if line.period >= start))
    for number, here in sorted(shelf(grid, counted if start else lines).items()):
        if not scope.products[number]:
            continue
        product = grid.products[number]
        regular = float(price_of(product))
        for period, line in sorted(here.items()):
            price = price_under(line, product, code)
            began = _began(here, period, product, days, code)
            # A cut is judged where it begins in the plan: later days are no dearer, so they keep the rule too.
            if period != max(began, start):
                continue
            earlier = [past for past in here if _first_day(rule, grid, began) <= past < began]
            lowest = min(earlier, key=lambda past: (price_under(here[past], product, code), past), default=None)
            reference = regular if lowest is None else price_under(here[lowest], product, code)
            if not too_small(rule, price, reference, regular, code):
                continue
            when = "" if lowest is None else f" on {horizon.date_of(lowest)}"
            since = "" if began == period else f" this cut began on {horizon.date_of(began)}"
            gap, full = 1 - price / reference, 1 - price / regular
            found_text, needed = shares_apart(gap, full if rule.min is None else rule.min)
            asked = f"{needed} as offered" if rule.min is None else f"at least {needed}"
            apart = f"{found_text} below" if gap > 0 else f"{found_text.lstrip('-')} above"
            if price == reference:
                apart = "as much as"
            message = (
                f"{line_text(line.line)} costs {price_text(price, code)}, which is {apart} the lowest price of the "
                f"{rule.days} days before{since} ({price_text(reference, code)}{when}), {asked} needed; "
                f"{_remedy(rule, began - start, None if lowest is None else lowest - start)}"
            )
            broken = (line.line,) if lowest is None else (here[lowest].line, line.line)
            found.append(Violation(rule_id=rule.id, kind=rule.rule, message=message, lines=broken))
    return found


def _began(here: dict[int, RuleLine], period: int, product: Product, days: OpenDays, code: str) -> int:
    """First period of the cut that a line belongs to: back over open periods as long as the price was no lower."""
    while (before := here.get(earlier := days.before(period))) is not None:
        if below(price_under(before, product, code), price_under(here[period], product, code)):
            break
        period = earlier
    return period


def _start(rule: ReferencePrice, grid: Grid) -> int:
    """First open period that the rule judges: what has run may excuse it up to a later one."""
    horizon = grid.scenario.horizon
    periods = admitted(rule.where, grid.segments, grid.products, horizon).periods & np.array(horizon.opened())
    return int(np.argmax(periods)) if periods.any() else len(periods)


def _before(grid: Grid, start: int) -> tuple[RuleLine, ...]:
    """What ran before a period: history, and what is locked there as the whole plan."""
    locks = (rule for rule in grid.scenario.rules if isinstance(rule, Locked) and closed_periods(rule, grid) >= start)
    ran = (line for lock in locks for line in read_lines(grid, listed_lines(lock)) if line.period < start)
    return (*past_lines(grid), *ran) if start else past_lines(grid)


def _remedy(rule: ReferencePrice, began: int, lowest: int | None) -> str:
    """What would mend a cut that is too small: past days, of periods below 0, cannot be dropped any more."""
    ways = []
    if began < 0:
        ways.append("end the cut")
    elif lowest is not None:
        ways.append("begin the cut later")
    if rule.min is not None:
        # Where the whole depth must be real, no deeper cut helps: what counts are the days before.
        ways.append("cut deeper")
    if lowest is not None and lowest >= 0:
        ways.append("drop the cheaper days")
    return ", or ".join(ways) if len(ways) < 3 else f"{ways[0]}, {ways[1]}, or {ways[2]}"


def compile_rule(rule: ReferencePrice, context: RuleContext) -> CompiledRule:
    """Prices never rise within a cut, and no cut begins too small after what history and plan cost before."""
    grid = context.grid
    scope = admitted(rule.where, grid.segments, grid.products, grid.scenario.horizon)
    start = _start(rule, grid)
    clauses = _Clauses(rule, grid, start)
    past = shelf(grid, _before(grid, start) if start else context.past)
    products = [int(k) for k in np.flatnonzero(scope.products) if cut_choices(grid, int(k)).any()]
    for product in products:
        clauses.add(product, past.get(product, {}))
    # Of a rule that counts later, proofs read the clauses: words are of the whole horizon. So they do where days are
    # closed, which are days of the window and no letters of a word.
    whole = not start and not grid.scenario.horizon.closed
    words = tuple(clauses.words(product, past.get(product, {})) for product in products if whole)
    return CompiledRule(id=rule.id, kind=rule.rule, forms=clauses.forms(), words=words)


class _Clauses:
    """What the rule forbids, product by product."""

    def __init__(self, rule: ReferencePrice, grid: Grid, start: int) -> None:
        self._rule, self._grid, self._start = rule, grid, start
        self._code = grid.scenario.currency
        self._forbidden = np.zeros((grid.slots, grid.width), dtype=bool)
        self._rising = Column(grid), Column(grid)
        self._begun = Column(grid), Column(grid)
        self._paused = Column(grid), Column(grid), Column(grid)
        self._risings, self._groups, self._days = 0, count(), OpenDays(grid)

    def add(self, product: int, past: dict[int, RuleLine]) -> None:
        """Add a product with its cuts before the rule counts, by period."""
        grid, start = self._grid, self._start
        free = np.arange(grid.shape[2]) > start
        self._risings = add_falling(grid, product, free, *self._rising, self._risings)
        cut, slots, regular = cut_choices(grid, product), public_slots(grid, product), self._regular(product)
        before = {period: price_under(line, grid.products[product], self._code) for period, line in past.items()}
        steps = self._steps(product)
        opened = opened_periods(grid)
        for period in opened[opened >= start].tolist():
            yesterday, first = self._days.before(period), _first_day(self._rule, grid, period)
            known = [price for moment, price in before.items() if moment >= first]
            bad = self._too_small(product, min([regular, *known]))
            if period == start:
                self._forbidden[slots[start]] |= self._going_on(product, past) if yesterday in past else bad
                continue
            if bad.any():
                number = np.array([next(self._groups)])
                self._begun[0].add(number, slots[[period]], bad)
                self._begun[1].add(number, slots[[yesterday]], cut)
            between = slots[max(first, start) : yesterday]
            for cheap, small in steps if len(between) else ():
                number = np.array([next(self._groups)])
                self._paused[0].add(np.repeat(number, len(between)), between, cheap)
                self._paused[1].add(number, slots[[yesterday]], cut)
                self._paused[2].add(number, slots[[period]], small)

    def forms(self) -> tuple[Form, ...]:
        """Everything added, in the shared forms."""
        return (
            Masks(forbidden=self._forbidden),
            patterns(NEVER_BOTH, tuple(column.entries() for column in self._rising)),
            patterns(ONLY_WITH, tuple(column.entries() for column in self._begun)),
            patterns(NOT_WITHOUT, tuple(column.entries() for column in self._paused)),
        )

    def words(self, product: int, past: dict[int, RuleLine]) -> Words:
        """A product's prices as words: a cut goes on at no higher price, or begins far enough below the last one's end.

        The last cut's end is the lowest price of the window, if it lies in it, because each cut begins below the one
        before. A state is a price that is on the shelf, or one that was and for how many periods it has been back; 0
        has forgotten all of them. Of the past only the last cut counts, which may accept more than the rule does.
        """
        steps = levels(choice_prices(self._grid, product)[cut_choices(self._grid, product)])
        count, regular, periods = len(steps), self._regular(product), self._grid.shape[2]
        rule, code = self._rule, self._code
        small = [[too_small(rule, price, before, regular, code) for price in steps] for before in (*steps, regular)]
        last = max(past, default=0)
        longest = window(self._rule, self._grid) - 1
        # Where no cut leaves the window inside the horizon, nobody needs to know for how long the price has been back.
        forgets = longest < periods - 2 - last
        waits = longest if forgets else 1

        def back(level: int, wait: int) -> int:
            """State ``wait`` periods after a cut."""
            wait = wait if forgets else 1
            return 1 + count * wait + level if wait <= waits else 0

        def row(quiet: int, refused: Flag | list[bool]) -> Int:
            return np.concatenate([[quiet], np.where(refused, -1, 1 + np.arange(count))])

        step = np.zeros((1 + count * (1 + waits), 1 + count), dtype=np.int64)
        step[0] = row(0, small[count])
        for level in range(count):
            step[1 + level] = row(back(level, 1), np.arange(count) < level)
            for wait in range(1, waits + 1):
                step[back(level, wait)] = row(back(level, wait + 1), small[level])
        start = 0
        if last < 0:
            price = price_under(past[last], self._grid.products[product], self._code)
            same = [level for level, other in enumerate(steps) if not (below(price, other) or below(other, price))]
            start = next((1 + level if last == -1 else back(level, -1 - last) for level in same), 0)
        letters = level_letters(self._grid, product, steps)
        return Words(slots=public_slots(self._grid, product), letters=letters, start=start, step=step)

    def _steps(self, product: int) -> list[tuple[Flag, Flag]]:
        """Cuts to some price or below, and those too small after them; prices that forbid nothing more left out."""
        found: list[tuple[Flag, Flag]] = []
        cut = cut_choices(self._grid, product)
        for level in levels(choice_prices(self._grid, product)[cut]):
            small = self._too_small(product, level)
            if small.any() and not (found and np.array_equal(small, found[-1][1])):
                found.append((np.asarray(cut & ~rises(self._grid, product, level)), small))
        return found

    def _going_on(self, product: int, past: dict[int, RuleLine]) -> Flag:
        """[width] first cuts that are none where a cut ran before them: dearer, or too small since it began."""
        good, regular = self._grid.products[product], self._regular(product)
        prices = {period: price_under(line, good, self._code) for period, line in past.items()}
        last = self._days.before(self._start)
        began = _began(past, last, good, self._days, self._code)
        first = _first_day(self._rule, self._grid, began)
        reference = min([regular, *(price for period, price in prices.items() if first <= period < began)])
        return rises(self._grid, product, prices[last]) | self._too_small(product, reference)

    def _too_small(self, product: int, reference: float) -> Flag:
        """[width] cuts that are too small against a reference price."""
        prices, regular = choice_prices(self._grid, product), self._regular(product)
        small = [too_small(self._rule, float(price), reference, regular, self._code) for price in prices]
        return np.asarray(cut_choices(self._grid, product) & np.array(small, dtype=bool))

    def _regular(self, product: int) -> float:
        return float(price_of(self._grid.products[product]))
