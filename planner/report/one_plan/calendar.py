"""The calendar of a plan: products down, periods across, one symbol per public offer and a count of targeted ones."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from planner.figures import plural
from planner.report.offers.effects import named
from scenarios.answer.plan import RankedPlan
from scenarios.language.horizon_words import closed_words
from scenarios.language.schema import Product, Scenario
from scenarios.language.words import BASKET, EVERYBODY, Mechanic

_SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_COLOURS = {
    Mechanic.PRICE_DISCOUNT: "green",
    Mechanic.FLASH_SALE: "red",
    Mechanic.COUPON: "cyan",
    Mechanic.GIFT: "magenta",
    Mechanic.BUNDLE: "yellow",
    Mechanic.FEATURE: "blue",
    Mechanic.THRESHOLD: "bright_cyan",
    Mechanic.FREE_SHIPPING: "bright_blue",
}
_NAME_WIDTH = 26
_MONTH = "month"
CLOSED = "#"
"""Stands in every period in which nothing is sold."""
_MANY = "+"
"""Stands for ten targeted lines and more."""


def symbol(number: int) -> str:
    """Return the letter of an offer by its place among those shown; numbers after 52 of them."""
    return _SYMBOLS[number] if number < len(_SYMBOLS) else str(number)


def listed_products(plan: RankedPlan, scenario: Scenario, *, brief: bool = False) -> list[tuple[str, str]]:
    """Id and name of every product, and of the whole basket where it has lines.

    Parameters
    ----------
    brief
        Whether to name a product by its name alone, where it has one.

    Raises
    ------
    TypeError
        Where products still stand in a table.
    """
    if not isinstance(scenario.products, tuple):
        raise TypeError("a calendar needs a resolved scenario")
    products: tuple[Product, ...] = scenario.products
    listed = [
        (product.id, (product.name or product.id) if brief else named(product.id, product.name)) for product in products
    ]
    if any(line.product == BASKET for line in plan.lines):
        listed.append((BASKET, "whole basket"))
    return listed


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """One plan's calendar; wraps into several blocks where the periods do not fit side by side."""

    plan: RankedPlan
    scenario: Scenario
    title: str = ""
    """The heading; the plan's rank without it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Print blocks of periods and the legend."""
        yield Text(self.title or f"Calendar of plan {self.plan.rank}", style="bold")
        if not self.plan.lines:
            yield Text("no line: nothing is promoted")
            return
        rows = self._rows()
        widest = max(2, *(len(cell.plain) for _, cells in rows for cell in cells))
        gap, periods = 1, self.scenario.horizon.periods
        room = max(options.max_width - 1 - periods * (widest + gap), _NAME_WIDTH)
        # Short names leave no room for the heading of their column.
        longest = max(len(_MONTH), *(cell_len(name) for name, _ in rows))
        names = min(longest, room, max(options.max_width // 3, 8))
        across = max((options.max_width - names - 1) // (widest + gap), 1)
        dates = self.scenario.horizon.dates
        for start in range(0, len(dates), across):
            if start:
                yield Text("")
            part = slice(start, start + across)
            yield from _heads(dates[part], names, widest)
            for name, cells in rows:
                line = Text(set_cell_size(_cut(name, names), names) + " ")
                for cell in cells[part]:
                    line.append_text(cell)
                    line.append(" " * (widest - len(cell.plain) + gap))
                line.rstrip()
                yield line
        yield from self._legend(options.max_width)
        idle = len(listed_products(self.plan, self.scenario)) - len(rows)
        if idle:
            yield Text(
                f"{plural(idle, 'product')} without a line {'is' if idle == 1 else 'are'} not shown", style="dim"
            )

    def _symbols(self) -> dict[str, str]:
        """Symbol of every public offer in the plan, in the scenario's order."""
        used = {line.offer for line in self.plan.lines if line.segment == EVERYBODY}
        offers = [offer.id for offer in self.scenario.offers if offer.id in used]
        return {offer: symbol(number) for number, offer in enumerate(offers)}

    def _rows(self) -> list[tuple[str, list[Text]]]:
        symbols, horizon = self._symbols(), self.scenario.horizon
        colours = {offer.id: _COLOURS[offer.mechanic] for offer in self.scenario.offers}
        public = {(line.product, line.period): line.offer for line in self.plan.lines if line.segment == EVERYBODY}
        targeted = Counter((line.product, line.period) for line in self.plan.lines if line.segment != EVERYBODY)
        promoted = {line.product for line in self.plan.lines}
        rows = []
        for product, name in listed_products(self.plan, self.scenario):
            if product not in promoted:
                continue
            cells = []
            for date, opened in zip(horizon.dates, horizon.opened(), strict=True):
                offer = public.get((product, date))
                cell = (
                    Text("·" if opened else CLOSED, style="dim")
                    if offer is None
                    else Text(symbols[offer], style=f"bold {colours[offer]}")
                )
                number = targeted[product, date]
                if number:
                    cell.append(str(number) if number < 10 else _MANY, style="cyan")
                cells.append(cell)
            rows.append((name, cells))
        return rows

    def _legend(self, width: int) -> Iterator[Text]:
        by_id = {offer.id: offer for offer in self.scenario.offers}
        entries = []
        for offer_id, symbol in self._symbols().items():
            offer = by_id[offer_id]
            entry = Text(symbol, style=f"bold {_COLOURS[offer.mechanic]}")
            entry.append(f" {named(offer.id, offer.name)}", style="default not bold")
            entries.append(entry)
        if any(line.segment != EVERYBODY for line in self.plan.lines):
            entry = Text("1-9", style="cyan")
            entry.append(" segments with an offer of their own (+ ten or more)", style="default not bold")
            entries.append(entry)
        if not all(self.scenario.horizon.opened()):
            entries.append(self._closed())
        line = Text()
        for entry in entries:
            if line.plain and line.cell_len + 3 + entry.cell_len > width:
                yield line
                line = Text()
            if line.plain:
                line.append("   ")
            line.append_text(entry)
        if line.plain:
            yield line

    def _closed(self) -> Text:
        horizon = self.scenario.horizon
        entry, count = Text(CLOSED, style="dim"), f"{sum(horizon.opened())} of {plural(horizon.periods, horizon.unit)}"
        entry.append(f" closed: {closed_words(horizon)} ({count} are open)", style="default not bold")
        return entry


def _cut(name: str, width: int) -> str:
    """Shorten a name that is too wide, with a mark that says so."""
    return name if cell_len(name) <= width else set_cell_size(name, width - 1).rstrip() + "…"


def _heads(dates: tuple[dt.date, ...], names: int, widest: int) -> Iterator[Text]:
    """Yield a line of months above a line of days."""
    months, days = set_cell_size(_MONTH, names + 1), set_cell_size("day", names + 1)
    previous = None
    for date in dates:
        months += ("" if date.month == previous else f"{date:%m}").ljust(widest + 1)
        days += f"{date:%d}".ljust(widest + 1)
        previous = date.month
    yield Text(months.rstrip(), style="dim")
    yield Text(days.rstrip(), style="dim")
