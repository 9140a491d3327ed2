"""What is told of lines where there is nothing to sell: which plans do without, and which a person's plan holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from constraints.nothing_to_sell import on_nothing
from constraints.rulebook import RuleBook
from constraints.rules.lines import line_text
from scenarios.arrays import Flag, Plan
from scenarios.first_few import NAMED, first_few
from scenarios.grid import Grid


def left_out(book: RuleBook, sold: Flag) -> tuple[str, ...]:
    """Say on which products, and when, no line is planned because there is nothing to sell, or few are.

    Told are those for which offers and rules leave some line then. Locked lines stand there all the same, and so may
    lines that a rule asks for.

    Parameters
    ----------
    sold : bool [S, K, T]
        As for `nothing_to_sell`.
    """
    held = book.locked_lines() > 0
    asked = (book.base & on_nothing(book.grid, sold)).any(axis=1) & ~held
    found = _Found(
        grid=book.grid,
        empty=~np.asarray(sold.any(axis=0)),
        barred=_by_product(book.grid, np.asarray(book.idle.any(axis=1))),
        asked=_by_product(book.grid, asked),
        held=_by_product(book.grid, held),
    )
    told = list(found.told())
    more = len(told) - NAMED
    others = (f"so it is with {more} more product{'s' if more > 1 else ''} at times",) if more > 0 else ()
    return (*found.told_closed(), *told[:NAMED], *others)


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


def _by_product(grid: Grid, slots: Flag) -> Flag:
    """[K, T] where some slot of a product is marked."""
    blocks = grid.split(slots)
    return np.asarray(blocks.public | blocks.targeted.any(axis=0))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Found:
    """Where there is nothing to sell, and what becomes of lines there."""

    grid: Grid
    empty: Flag
    """[K, T] products with nothing to sell."""
    barred: Flag
    """[K, T] with lines that no plan is made with."""
    asked: Flag
    """[K, T] with lines that a rule may ask for."""
    held: Flag
    """[K, T] with lines that are locked."""

    @cached_property
    def closed(self) -> Flag:
        """[T] periods in which nothing at all is sold, as of a shop that is closed, and some line could stand."""
        none: Flag = np.asarray(self.empty.all(axis=0))
        concerned = (self.barred | self.asked).any(axis=0)
        return none & concerned if len(self.grid.products) > 1 and not none.all() else np.zeros_like(none)

    def told_closed(self) -> tuple[str, ...]:
        """Say when nothing at all is sold."""
        if not self.closed.any():
            return ()
        which = "no line but those that rules ask for" if self.asked[:, self.closed].any() else "no line"
        return (f"nothing is sold on {_days(self.grid, self.closed)}, so {which} is planned then",)

    def told(self) -> Iterator[str]:
        """Say of each product when it has nothing to sell, closed periods apart where those are all."""
        here = self.empty & ~self.closed & (self.barred | self.asked)
        horizon = self.grid.scenario.horizon
        for place in np.flatnonzero(here.any(axis=1)).tolist():
            empty, which = self.empty[place], self._which(place)
            product = self.grid.products[place]
            if empty.all():
                yield f"{product.id}: nothing to sell in the whole horizon, so {which} is planned on it"
                continue
            first = int(np.argmin(empty))
            if first > 0 and not (empty & ~self.closed)[first:].any():
                day = horizon.date_of(first)
                yield f"{product.id}: nothing to sell before {day}, so {which} is planned on it before"
                continue
            yield f"{product.id}: nothing to sell on {_days(self.grid, empty)}, so {which} is planned on it then"

    def _which(self, place: int) -> str:
        empty = self.empty[place]
        locked, asked = (bool((mark[place] & empty).any()) for mark in (self.held, self.asked))
        but = [*(["are locked"] if locked else []), *(["rules ask for"] if asked else [])]
        return f"no line but those that {' or that '.join(but)}" if but else "no line"


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
