"""What a sweep found: profit against the varied value, what one more unit is worth, where a limit stops binding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from planner.figures import NOTHING, estimated, money_style, plural, rate, share
from planner.report.notes import show_sentences
from planner.report.table import About, Column, FittedTable
from planner.sweep.binding import stops_binding
from planner.sweep.price_agrees import price_agrees
from planner.sweep.record import Point, Sweep
from planner.typed_numbers import typed_share

BAR = 24
"""Cells of the longest bar."""
USED_UP = "used up"
"""Of a ceiling that leaves nothing and yet holds nothing back."""
JUST_MET = "just met"
"""Likewise of a floor."""
HELD_BACK = "holds back"
"""Of a limit that leaves something, although a looser bound earned more."""
_UNSURE = (
    "?: the row differs from the one above by less than the searches are sure of (their gaps), so luck may be most of "
    "it; --effort thorough, or the sweep again with another --seed, shows how far it moves"
)


def show_sweep(result: Sweep, currency: str, objective: str) -> list[RenderableType]:
    """Lay out one row a point, then what it says of the varied limit."""
    planned = [point.best for point in result.points if point.best is not None]
    money = money_style(currency, [best.objective for best in planned])
    most = max((float(best.objective) for best in planned), default=0.0)
    priced = result.limit is not None
    name, aim = _aim(result, objective)
    rows = tuple(_row(result, number, money, most, priced=priced) for number in range(len(result.points)))
    floor = result.floor
    unit, per = ("percentage point", "per point") if _shares(result) else ("unit", "per unit")
    per += " less" if floor else ""
    notes, abouts = [*aim, money.caption], []
    stepped = _stepped(result)
    if stepped:
        varied = "the varied value" if len(result.axes) == 1 else _short(result.axes[-1].path)
        each = f"each {unit} less of {varied} has" if floor else f"each further {unit} of {varied} has"
        added = f"{per}: what {each} added, between this row and the one above"
        abouts.append(About(column=per, text=added))
        if any(result.unsure(number) for number in range(len(result.points))):
            notes.append(_UNSURE)
    if priced:
        eased = "less" if floor else "more"
        given = f"one {unit} {eased}"
        worth = f"price: what {given} is worth by the estimate of the linear programme at the plan; -: none was made"
        if any(price_agrees(result, point) is False for point in result.points):
            worth += ", some of the limit is left, or the rows beside it tell otherwise"
        abouts.append(About(column="price", text=worth))
        near = "is less than 1 % above" if floor else "leaves less than 1 % of"
        notes.append(f"binds: the plan {near} the limit, and {eased} of it is worth something by the estimate")
        risk = next((limit.at_risk for point in result.points if (limit := result.limit_at(point)) is not None), None)
        if risk is not None:
            notes.append(f"the limit counts its use in {100 * risk:g}% of the futures, not the expected one")
        if any(_state(result, point) == HELD_BACK for point in result.points):
            notes.append(f"{HELD_BACK}: lines come whole, and a looser bound of this sweep earned more")
        if any(_state(result, point) == _slack(result) for point in result.points):
            notes.append(f"{_slack(result)}: the plan {near} it, but {eased} is worth nothing by the estimate")
    limit_columns = (Column(title="price", number=True, gives_way=2), Column(title="limit", number=True))
    parts: list[RenderableType] = [
        FittedTable(
            title=f"Sweep of {' and '.join(axis.path for axis in result.axes)}",
            columns=(
                *(Column(title=_short(axis.path), number=True) for axis in result.axes),
                Column(title=name, number=True),
                Column(title="spend", number=True),
                Column(title="gap", number=True),
                *((Column(title=per, number=True, gives_way=1),) if stepped else ()),
                *(limit_columns if priced else ()),
                Column(title="", drawing=True, gives_way=3),
            ),
            rows=rows,
            notes=tuple(notes),
            abouts=tuple(abouts),
            empty="no point was planned",
        )
    ]
    sentence = stops_binding(result)
    if sentence is not None:
        parts.append(Text(sentence))
    lent = [point for point in result.points if point.lent is not None]
    if lent:
        parts.append(
            show_sentences("Planned again from another point's plan, which was worth more there", _lent(result, lent))
        )
    if gapless := _without_gap(result):
        parts.append(show_sentences("Without a gap", gapless))
    without = [point for point in result.points if point.best is None]
    if without:
        parts.append(show_sentences("Without a plan", [_why(result, point) for point in without]))
    return parts


def _aim(result: Sweep, objective: str) -> tuple[str, list[str]]:
    """Title of what is counted, and a sentence that says what it is; of a front it is the leading measure."""
    fronts = (point.plan_set.front for point in result.points if point.plan_set is not None)
    front = next((front for front in fronts if front is not None), None)
    if front is not None:
        return "objective", [f"objective: {front.leading_words}"]
    return ("profit gained", []) if objective == "profit" else ("objective", [f"objective: {objective}"])


def _row(result: Sweep, number: int, money: Any, most: float, *, priced: bool) -> tuple[str | Text, ...]:
    point = result.points[number]
    best = point.best
    values = tuple(_value(value) for value in point.values)
    stepped = _stepped(result)
    if best is None:
        missing = Text(point.status, style="bold red")
        return (*values, missing, *(NOTHING,) * (2 + stepped + 2 * priced), "")
    objective = float(best.objective)
    limit = result.limit_at(point)
    price = None if limit is None or price_agrees(result, point) is False else limit.shadow_price
    digits = money_style(money.currency, [_per(result, price)]).digits
    return (
        *values,
        money(best.objective),
        money(best.outcome.spend),
        NOTHING if (gap := result.gap_at(point)) is None else share(gap, digits=2),
        *((_stepwise(result, number, money.currency),) if stepped else ()),
        *((estimated(_per(result, price), least=digits), _state(result, point)) if priced else ()),
        Text("█" * bar(objective, most), style="green"),
    )


def _state(result: Sweep, point: Point) -> str:
    """Say whether the varied limit binds at a point."""
    limit = result.limit_at(point)
    if limit is None:
        return NOTHING
    if result.binds_at(point):
        return "binds"
    return HELD_BACK if result.holds_back(point) else _slack(result) if limit.binding else "has room"


def _slack(result: Sweep) -> str:
    """Say of a limit that leaves nothing that it holds nothing back all the same."""
    return JUST_MET if result.floor else USED_UP


def _eased(result: Sweep, number: int) -> float | None:
    """What a unit of the varied value is worth between two rows: of a floor one less, so that it reads as its price."""
    rate = result.per_unit(number)
    return -rate if rate is not None and result.floor else rate


def _stepwise(result: Sweep, number: int, currency: str) -> str:
    """What each further unit added since the row above, marked where that may be luck."""
    added = _per(result, _eased(result, number))
    written = rate(added, least=money_style(currency, [added]).digits)
    return f"{written}?" if result.unsure(number) else written


def _short(path: str) -> str:
    """A path without its section: ``total-budget.max``."""
    _, _, rest = path.partition(".")
    return rest if "." in rest else path


def _stepped(result: Sweep) -> bool:
    """Whether the last axis takes numbers: words have no steps."""
    return result.axes[-1].numbers is not None


def _shares(result: Sweep) -> bool:
    """Whether the last axis takes shares, which people change by percentage points, however they write them."""
    limits = (result.limit_at(point) for point in result.points)
    written = all(value.endswith("%") for value in result.axes[-1].values)
    return written or any(limit is not None and limit.ratio for limit in limits)


def _per(result: Sweep, rate: float | None) -> float | None:
    """What a unit of the varied value is worth: of a share, a percentage point."""
    return rate / 100 if rate is not None and _shares(result) else rate


def bar(objective: float, most: float) -> int:
    """Cells of a bar: the most has `BAR`; nothing below 0."""
    return 0 if not (most > 0) else max(0, round(BAR * objective / most))


def _value(text: str) -> str:
    number = typed_share(text)
    return text if number is None or text.endswith("%") else f"{number:,f}"


def _why(result: Sweep, point: Point) -> str:
    reasons = "; ".join(point.reasons) or "no reason is known"
    return f"{_values(result, point.values)}: {point.status}: {reasons}"


def _without_gap(result: Sweep) -> list[str]:
    """Say of rows that have no gap why not, rows with the same reason together."""
    rows: dict[str, list[str]] = {}
    for point in result.points:
        if (why := result.no_gap_at(point)) is not None:
            rows.setdefault(why, []).append(_values(result, point.values))
    return [f"{'; '.join(values)}: {why}" for why, values in rows.items()]


def _values(result: Sweep, values: tuple[str, ...]) -> str:
    """Values of a point in words; of several axes each with its name, for figures have commas, too."""
    if len(result.axes) == 1:
        return _value(values[0])
    return ", ".join(f"{_short(axis.path)} {_value(value)}" for axis, value in zip(result.axes, values, strict=True))


def _lent(result: Sweep, points: Sequence[Point]) -> list[str]:
    return [f"{_values(result, each.values)}: from {_values(result, each.lent)}" for each in points if each.lent]


def said(result: Sweep) -> str:
    """Say how much was done."""
    planned = sum(point.best is not None for point in result.points)
    return f"{plural(planned, 'plan')} at {plural(len(result.points), 'point')}"
