"""Lines where there is nothing to sell: no plan is made with them, although a person's plan may hold them.

They are no rule: the ledger passes a plan that has them. But a search that may choose them finds that they tire
customers, so that what a later line sells fits the stock, and that nobody would ever run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from constraints.asked_lines import without_asked
from constraints.rules.forms import CompiledRule, Fixed
from constraints.rules.lines import line_text
from scenarios.arrays import Flag, Plan
from scenarios.first_few import NAMED, first_few
from scenarios.grid import Grid


def on_nothing(grid: Grid, sold: Flag) -> Flag:
    """[N, width] choices, "none" left out, of slots that reach no cell with anything to sell; ``sold`` as below."""
    found = np.zeros((grid.slots, grid.width), dtype=bool)
    for block, empty in enumerate((~sold.any(axis=0), ~sold)):  # a basket holds what there is
        found[grid.offsets[block] : grid.offsets[block + 1]] = empty.reshape(-1, 1)
    found[:, 0] = False
    return found


def nothing_to_sell(grid: Grid, rules: Sequence[CompiledRule], sold: Flag) -> Flag:
    """[N, width] choices of slots that reach no cell with anything to sell, as far as no plan is made with them.

    Left out are locked lines, which stand whatever they bring, and those that a rule may ask for beside lines that
    sell (`constraints.asked_lines`): without them the others could not run.

    Parameters
    ----------
    sold : bool [S, K, T]
        Cells in which there is something to sell.
    """
    idle = on_nothing(grid, sold)
    for rule in rules:
        for form in rule.forms:
            if isinstance(form, Fixed):
                idle[form.slots, form.choices] = False
    return without_asked(grid, rules, idle)


def left_out(grid: Grid, idle: Flag, sold: Flag, locked: Plan) -> tuple[str, ...]:
    """Say on which products, and when, no line is planned because there is nothing to sell.

    Parameters
    ----------
    idle : bool [N, width]
        Choices that offers and rules leave and nothing else excludes (`RuleBook.idle`): other products are not told of.
    sold : bool [S, K, T]
        As for `nothing_to_sell`.
    locked : int8 [N]
        The plan of the locked lines alone: they stand there all the same.
    """
    closed = _closed(grid, idle, sold)
    found = list(_told(grid, idle, sold, locked, closed))
    more = len(found) - NAMED
    others = (f"so it is with {more} more product{'s' if more > 1 else ''} at times",) if more > 0 else ()
    shut = (f"nothing is sold on {_days(grid, closed)}, so no line is planned then",) if closed.any() else ()
    return (*shut, *found[:NAMED], *others)


def lines_on_nothing(grid: Grid, idle: Flag, plan: Plan) -> tuple[str, ...]:
    """Say of a given plan [N] which lines stand where there is nothing to sell; ``idle`` as for `left_out`."""
    slots = np.flatnonzero(idle[np.arange(len(plan)), plan])
    if not len(slots):
        return ()
    words = [line_text(grid.line(int(slot), int(plan[slot]))) for slot in slots]
    many = len(words) > 1
    stand, them = ("lines stand", "they only cost and tire") if many else ("line stands", "it only costs and tires")
    return (
        f"{len(words)} {stand} where there is nothing to sell, {first_few(words)}: {them} customers, and no "
        f"plan is made with {'such lines' if many else 'such a line'}; a rule locked keeps one that is meant",
    )


def _closed(grid: Grid, idle: Flag, sold: Flag) -> Flag:
    """[T] periods in which no product has anything to sell, as of a shop that is closed, and which bar some line."""
    none: Flag = ~np.asarray(sold.any(axis=(0, 1)))
    blocks = grid.split(np.asarray(idle.any(axis=1)))
    barred = (blocks.public | blocks.targeted.any(axis=0)).any(axis=0)
    return none & barred if len(grid.products) > 1 and not none.all() else np.zeros_like(none)


def _told(grid: Grid, idle: Flag, sold: Flag, locked: Plan, closed: Flag) -> Iterator[str]:
    blocks, held = grid.split(np.asarray(idle.any(axis=1))), grid.split(locked > 0)
    empty: Flag = ~np.asarray(sold.any(axis=0))
    barred = empty & ~closed & (blocks.public | blocks.targeted.any(axis=0))
    horizon = grid.scenario.horizon
    for place in np.flatnonzero(barred.any(axis=1)).tolist():
        product = grid.products[place]
        stands = (held.public | held.targeted.any(axis=0))[place] & empty[place]
        line = "no line but those that are locked" if stands.any() else "no line"
        if empty[place].all():
            yield f"{product.id}: nothing to sell in the whole horizon, so {line} is planned on it"
            continue
        first = int(np.argmin(empty[place]))
        if first > 0 and not (empty[place] & ~closed)[first:].any():
            day = horizon.date_of(first)
            yield f"{product.id}: nothing to sell before {day}, so {line} is planned on it before"
            continue
        yield f"{product.id}: nothing to sell on {_days(grid, empty[place])}, so {line} is planned on it then"


def _days(grid: Grid, empty: Flag) -> str:
    """Name the periods that are set, those in a row together."""
    spans = [[period for period, _ in run] for gone, run in _runs(empty) if gone]
    dates = grid.scenario.horizon.date_of
    return first_few([_span(str(dates(span[0])), str(dates(span[-1]))) for span in spans])


def _runs(empty: Flag) -> Iterator[tuple[bool, list[tuple[int, bool]]]]:
    """Periods in a row that are alike."""
    for gone, run in groupby(enumerate(empty.tolist()), key=lambda each: each[1]):
        yield gone, list(run)


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"
