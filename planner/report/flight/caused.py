"""What the offers of a campaign caused, as tables: what the measurement was made for first, its parts below."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from planner.figures import by_chance, count, plural, share
from planner.flight.measure.measured import Effect
from planner.report.table import Column, FittedTable
from scenarios.language.words import BASKET
from surrogate.flight.measure.effects_measured import LEAST_LIFT

OUTSIDE = 0.05
"""Share of 95 % intervals that leave out the truth by chance."""
LEAST_BY_CHANCE = 0.5
"""Effects by chance from which on they are worth a word: of fewer comparisons most have none."""
MOST = 9.99
"""Highest lift that still bounds anything: 999 %."""


def show_effects(together: Sequence[Effect], effects: Sequence[Effect]) -> list[FittedTable]:
    """Lay out measured effects.

    Parameters
    ----------
    together
        Of all targeted offers, and of each on all its products and segments.
    effects
        All single ones.

    Returns
    -------
    list
        One table; of offers whose parts are told together a second one of the parts that are bounded on either side.
    """
    pooled = {each.offer for each in together}
    by_rows = {each.offer for each in together if each.source.of_rows}
    parts = [each for each in effects if each.source.of_rows and each.offer in by_rows]
    others = [each for each in effects if each not in parts]
    tables = [_table("What the offers caused", [*together, *others], everybody=None in pooled)]
    if parts:
        told = [each for each in parts if not all(_open_ends(each))]
        dropped = len(parts) - len(told)
        more = ""
        if dropped:
            those = plural(dropped, "more comparison")
            more = f"{those}, open on both sides, {'are' if dropped > 1 else 'is'} left out here (--json has all)"
        empty = "every one of them is open on both sides"
        tables.append(_table("Parts of these, by product and segment", told, all_=parts, more=more, empty=empty))
    return tables


def _table(
    title: str,
    effects: Sequence[Effect],
    *,
    all_: Sequence[Effect] = (),
    more: str = "",
    everybody: bool = False,
    empty: str = "no causal effect could be measured; see below why",
) -> FittedTable:
    rows = []
    for each in effects:
        found = each.measured
        rows.append(
            (
                each.name,
                found.method,
                share(max(found.lift, LEAST_LIFT), signed=True),
                _interval(each),
                share(each.planned, signed=True),
                f"{count(found.treated)} / {count(found.held)}",
                _verdict(each),
            )
        )
    baskets = " (on basket: extra orders)" if any(each.product == BASKET for each in effects) else ""
    of_all = ", of all targeted offers per customer who was not kept out" if everybody else ""
    half = any(any(_open_ends(each)) for each in effects)
    return FittedTable(
        title=title,
        columns=(
            Column(title="offer", least=18),
            Column(title="by", least=10),
            Column(title="lift", number=True),
            Column(title="95% interval", number=True),
            Column(title="planned", number=True, gives_way=1),
            Column(title="with / without", number=True, gives_way=3),
            Column(title="", least=10, gives_way=2),
        ),
        rows=tuple(rows),
        notes=(
            f"lift: extra units{baskets} per contacted customer{of_all}; with / without: customers, or periods of a "
            "switchback",
            *_many(all_ or effects),
            *((more,) if more else ()),
            *(("open: too few were kept out to bound it",) if half else ()),
            *(
                ("-100%: the groups differ by more than those contacted can have bought, which chance does",)
                if any(each.measured.lift < LEAST_LIFT for each in effects)
                else ()
            ),
        ),
        empty=empty,
    )


def _many(effects: Sequence[Effect]) -> tuple[str, ...]:
    """Say of many comparisons how many would show an effect by chance; one told twice is one."""
    number = len({(each.offer, each.product, each.segment) for each in effects})
    if number * OUTSIDE < LEAST_BY_CHANCE:
        return ()
    return (f"an interval without 0 is an effect; {by_chance(number, 'comparisons', OUTSIDE)}, were there none",)


def _open_ends(effect: Effect) -> tuple[bool, bool]:
    """Whether the comparison leaves an interval open below, and above."""
    return math.isinf(effect.measured.low), effect.measured.high > MOST


def _interval(effect: Effect) -> str:
    """Say an interval; where the comparison bounds it on neither side, that it is open."""
    found, ends = effect.measured, _open_ends(effect)
    if all(ends):
        return "open"
    told = zip((found.low, found.high), ends, strict=True)
    return " to ".join("open" if is_open else share(end, signed=True) for end, is_open in told)


def _verdict(effect: Effect) -> str:
    found = effect.measured
    if not found.found:
        return "could be nothing"
    if effect.planned is None:
        return "an effect"
    if found.low <= effect.planned <= found.high:
        return "as planned"
    return "less than planned" if found.high < effect.planned else "more than planned"


def effects_json(effects: Sequence[Effect]) -> list[dict[str, Any]]:
    """Return effects as plain data; an open end of an interval is null."""

    def ends(value: float) -> float | None:
        return None if math.isinf(value) else round(value, 6)

    return [
        {
            "offer": each.offer,
            "product": each.product,
            "segment": each.segment,
            "method": each.measured.method,
            "lift": round(each.measured.lift, 6),
            "low": ends(each.measured.low),
            "high": ends(each.measured.high),
            "standard_error": ends(each.measured.standard_error),
            "with": each.measured.treated,
            "without": each.measured.held,
            "explained": round(each.measured.explained, 6),
            "planned": None if each.planned is None else round(each.planned, 6),
            "source": each.source.value,
        }
        for each in effects
    ]
