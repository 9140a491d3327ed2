"""max_run: matching lines in at most ``periods`` consecutive periods.

Example: ``{rule: max_run, periods: 5, per: [product]}``: no product is on offer for more than five days in a row. An
offer's own ``max_run: 2`` says the same of this offer in one slot series (a product, and for a targeted offer a
segment). History counts: a run that began before the horizon goes on counting. A run goes
on over closed days, which do not count.
"""

from __future__ import annotations

from dataclasses import dataclass

from constraints.rules.forms import CompiledRule
from constraints.rules.groups import RuleContext
from constraints.rules.lines import RuleLine, Violation, active_lines, key_text, line_text
from constraints.rules.open_days import OpenDays
from constraints.rules.series import count_periods, run_series, runs
from scenarios.grid import Grid
from scenarios.language.implied_ids import MAX_RUN
from scenarios.language.schema import Offer
from scenarios.language.schemas.axes import Axis
from scenarios.language.schemas.rule import MaxRun
from scenarios.language.scope import Scope
from scenarios.language.words import Layer


@dataclass(frozen=True, kw_only=True)
class OfferRun:
    """An offer's own longest run; id ``max_run:<offer>``."""

    id: str
    where: Scope
    per: tuple[Axis, ...]
    periods: int
    rule: str = "max_run"


def offer_run(offer: Offer) -> OfferRun | None:
    """Read an offer's own ``max_run``; None without one."""
    if offer.max_run is None:
        return None
    per: tuple[Axis, ...] = ("product",) if offer.layer is Layer.PUBLIC else ("segment", "product")
    return OfferRun(id=f"{MAX_RUN}{offer.id}", where=Scope(offers=(offer.id,)), per=per, periods=offer.max_run)


def violations(rule: MaxRun | OfferRun, grid: Grid, lines: tuple[RuleLine, ...]) -> list[Violation]:
    """Find runs that are too long and reach into the horizon."""
    found: list[Violation] = []
    days = OpenDays(grid)
    for key, periods in active_lines(lines, rule.where, rule.per, grid).items():
        places = days.places(periods)
        for first, last in runs(list(places)):
            if last >= 0 and last - first + 1 > rule.periods:
                pause = max(first + rule.periods, 0)
                others = len(periods[places[pause]]) - 1
                also = f" and {others} other line{'' if others == 1 else 's'}" if others else ""
                message = (
                    f"{key_text(key, rule.per, grid)}: lines in {count_periods(grid, last - first + 1)} in a row "
                    f"({days.date_of(first)} to {days.date_of(last)}), at most "
                    f"{count_periods(grid, rule.periods)} allowed; pause for "
                    f"{count_periods(grid, 1 + (last - pause) // (rule.periods + 1))}, for example on "
                    f"{days.date_of(pause)}: drop {line_text(periods[places[pause]][0].line)}{also}"
                )
                broken = tuple(each.line for place in range(first, last + 1) for each in periods[places[place]])
                found.append(Violation(rule_id=rule.id, kind="max_run", message=message, lines=broken))
    return found


def compile_rule(rule: MaxRun | OfferRun, context: RuleContext) -> CompiledRule:
    """One automaton per group."""
    form = run_series(context, rule.where, rule.per, rule.periods)
    return CompiledRule(id=rule.id, kind="max_run", forms=(form,))
