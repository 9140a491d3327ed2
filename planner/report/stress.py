"""A plan under every shock: what it still earns, which limits and rules break, and by how much."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from constraints.infeasible.undivided import idle
from constraints.shocks.stress import Standing, StressReport
from planner.figures import NOTHING, apart, given, money_style, plural, up_to_many
from planner.report.names import UNNAMED, Names
from planner.report.notes import show_sentences
from planner.report.one_plan.limits import figure, points
from planner.report.one_plan.outcome import broken_sentences
from planner.report.table import About, Column, FittedTable
from scenarios.answer.json_records import to_data
from scenarios.answer.verdicts import LimitResult

AS_PLANNED = "as planned"
AFTERWARDS = (
    "fatigue that is left after the horizon is charged at the price that the plan was made with, "
    "and falls with demand where demand falls"
)


def show_stress(report: StressReport, *, title: str, names: Names = UNNAMED) -> list[RenderableType]:
    """Lay out what each shock costs, then every limit and rule that breaks, then what each shock assumes."""
    parts: list[RenderableType] = [_costs(report, title)]
    limits = show_broken_limits(report, names)
    if limits.rows:
        parts.append(limits)
    rules = [
        f"{name}: {sentence}"
        for name, after in _named(report)
        for sentence in broken_sentences((), after.broken_rules, after.refused, report.currency)
    ]
    if rules:
        parts.append(show_sentences("Rules that break", rules, style="red"))
    if beyond := _beyond_funds(report):
        parts.append(show_sentences("Beyond vendors' funds: counted as yours, in profit and in spend", beyond))
    assumed = [each.shock.assumed for each in report.shocks]
    if report.charges_fatigue:
        assumed.append(AFTERWARDS)
    parts += [show_sentences("Assumed", assumed), _verdict(report)]
    return parts


def _named(report: StressReport) -> list[tuple[str, Standing]]:
    """Every standing with its title, shocks that change nothing left out."""
    rows = [(each.shock.title, each.after) for each in report.shocks if each.shock.changed is not None]
    return [(AS_PLANNED, report.planned), *rows]


def _costs(report: StressReport, title: str) -> FittedTable:
    planned = report.planned
    everything = [planned, *(each.after for each in report.shocks)]
    money = money_style(report.currency, [amount for one in everything for amount in (one.gained, one.spend)])

    def row(name: str, after: Standing | None) -> tuple[str | Text, ...]:
        if after is None:
            return (name, *(NOTHING,) * 4, "changes nothing")
        cost = NOTHING if after is planned else money(planned.gained - after.gained, signed=True)
        whole = NOTHING if after is planned else money(planned.profit - after.profit, signed=True)
        return (name, money(after.gained, signed=True), cost, whole, money(after.spend), _broken(after))

    rows = [row(AS_PLANNED, planned)]
    rows += [row(each.shock.title, None if each.shock.changed is None else each.after) for each in report.shocks]
    return FittedTable(
        title=title,
        columns=(
            Column(title="shock", least=18),
            Column(title="profit gained", number=True),
            Column(title="it costs", number=True),
            Column(title="of all profit", number=True, gives_way=2),
            Column(title="spend", number=True, gives_way=1),
            Column(title="breaks", least=14),
        ),
        rows=tuple(rows),
        notes=(
            "profit gained against no promotion in the same shock, what is sold out is lost; it costs: less gained "
            "than planned",
            money.caption,
        ),
        abouts=(About(column="of all profit", text="of all profit: less profit in all, promoted or not"),),
    )


def _beyond_funds(report: StressReport) -> list[str]:
    """One sentence a standing in which vendors are asked for more than they have."""
    named = [(name, after.beyond_funds) for name, after in _named(report) if after.beyond_funds]
    money = money_style(report.currency, [amount for _, beyond in named for amount in beyond.values()])
    return [
        f"{name}: {', '.join(f'{vendor} {money(amount)}' for vendor, amount in beyond.items())}"
        for name, beyond in named
    ]


def _broken(after: Standing) -> Text:
    if after.kept:
        return Text("nothing", style="green")
    counts = ((len(after.broken_limits), "limit"), (len(after.broken_rules), "rule"), (len(after.refused), "line"))
    words = ", ".join(plural(number, word) for number, word in counts if number)
    return Text(words, style="bold red")


def show_broken_limits(report: StressReport, names: Names = UNNAMED) -> FittedTable:
    """One row a limit that breaks, as planned or under a shock: bound, use that decides, what is missing."""
    rows = []
    for name, after in _named(report):
        for limit in after.broken_limits:
            by, size, nothing = overrun(limit), abs(limit.limit), idle(limit)
            relative = _of_it(by / size) if size and not nothing else NOTHING
            risk = NOTHING if limit.at_risk is None else given(limit.at_risk)
            rows.append(
                (
                    name,
                    names.short(limit.id),
                    limit.words,
                    figure(limit, limit.limit, report.currency),
                    NOTHING if nothing else figure(limit, limit.decides, report.currency),
                    NOTHING if nothing else points(limit, by, report.currency),
                    relative,
                    risk,
                    limit.at or "",
                )
            )
    broken = [limit for _, after in _named(report) for limit in after.broken_limits]
    risky = any(limit.at_risk is not None for limit in broken)
    shares = "; pp: percentage points" if any(limit.percent for limit in broken) else ""
    return FittedTable(
        title="Limits that break",
        columns=(
            Column(title="shock", least=18),
            Column(title="limit", least=12),
            Column(title="measure", least=11, gives_way=2),
            Column(title="bound", number=True),
            Column(title="use", number=True),
            Column(title="by", number=True),
            Column(title="of it", number=True, gives_way=3),
            Column(title="in", number=True, gives_way=4),
            Column(title="where least is left", least=10, gives_way=5),
        ),
        rows=tuple(rows),
        notes=(
            f"use: what counts for the limit, at risk where it must hold in a share of the futures; money in "
            f"{report.currency}, net of tax{shares}",
            *names.ids_beside(limit.id for limit in broken),
        ),
        abouts=(About(column="in", text="in: share of the futures in which the limit must hold"),) if risky else (),
    )


def _of_it(part: Decimal) -> str:
    """Write a share of a bound; of many times the bound only that it is so."""
    return up_to_many(float(part), apart(100 * part, 0, lambda number, more: f"{number:.{1 + more}f}%"))


def overrun(limit: LimitResult) -> Decimal:
    """Return by how much a limit is broken; 0 where it holds."""
    over = limit.decides - limit.limit
    return max(over if limit.sense == "max" else -over, Decimal(0))


def _verdict(report: StressReport) -> Text:
    if report.kept:
        return Text("The plan keeps every limit and rule under every shock.", style="bold green")
    names = [name for name, after in _named(report) if not after.kept]
    return Text(f"Limits or rules break in {plural(len(names), 'case')}: {', '.join(names)}.", style="bold red")


def stress_json(report: StressReport, *, folder: str, rank: int) -> dict[str, Any]:
    """Return the report as plain data."""

    def standing(after: Standing) -> dict[str, Any]:
        return {
            "kept": after.kept,
            "profit_gained": after.gained,
            "profit": after.profit,
            "spend": after.spend,
            **({"beyond_funds": after.beyond_funds} if after.beyond_funds else {}),
            "broken_limits": [{**to_data(limit), "over_by": overrun(limit)} for limit in after.broken_limits],
            "broken_rules": to_data(after.broken_rules),
            "refused_lines": list(after.refused),
        }

    planned = report.planned
    return {
        "format": "campaign-stress/1",
        "folder": folder,
        "plan": rank,
        "currency": report.currency,
        "kept": report.kept,
        "planned": standing(planned),
        "shocks": [
            {
                "id": each.shock.id,
                "title": each.shock.title,
                "assumed": each.shock.assumed,
                "changes": each.shock.changed is not None,
                "costs": planned.gained - each.after.gained,
                "costs_of_all_profit": planned.profit - each.after.profit,
                **standing(each.after),
            }
            for each in report.shocks
        ],
    }
