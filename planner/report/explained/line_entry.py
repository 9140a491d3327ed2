"""One line of a plan explained: what holds it, what needs it, what else its slot could hold."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from planner.figures import MoneyStyle, given
from planner.reasons.standing.explain import Alternative, Counted, LineExplained
from planner.report.names import UNNAMED, Names
from planner.report.side_by_side.compare import offer_text
from scenarios.answer.plan import LineResult
from scenarios.first_few import first_few
from scenarios.language.plan_lines import whom

NAMED = 2
"""Limits and rules that a cell names."""


def line_entry(explained: LineExplained, money: MoneyStyle, counted: Counted, names: Names = UNNAMED) -> Text:
    """A line in up to four rows: what it is, what holds it, what needs it, what could stand in its place."""
    line = explained.line
    text = Text.assemble(
        (str(line.period), "dim"), "  ", (offer_text(line), "bold"), f" on {line.product}{whom(line.segment)}"
    )
    if explained.held_by:
        text.append(f"\n  held by {some_of(names.all_of(explained.held_by))}")
    if explained.locked is not None:
        text.append(f"\n  locked: {explained.locked}")
        return text
    sure = tuple(name for name in explained.needed_by if name not in explained.estimated_needs)
    if sure:
        text.append(
            f"\n  needed by {some_of(with_figures(sure, explained.without, names))}{_price(explained, sure, counted)}"
        )
    if explained.run is not None:
        text.append(f"\n  in a {explained.run.words}: together {money(explained.run.worth, signed=True)}")
    if explained.best is not None and is_open(explained, money):
        text.append("\n  instead: ")
        text.append_text(alternatives(line, explained.best, explained.possible, money, counted, names))
    return text


def _price(explained: LineExplained, needs: tuple[str, ...], counted: Counted) -> str:
    """Say of a line that loses why it is there; of one in a run that gains, the run tells."""
    if explained.contribution >= 0 or (explained.run is not None and explained.run.worth > 0):
        return ""
    return price_of_keeping(needs, "the line", counted)


def price_of_keeping(needs: tuple[str, ...], what: str, counted: Counted) -> str:
    """Say what a loss is for: the limits and rules that need what loses."""
    kept = "it" if len(needs) == 1 else "them"
    return f": what {what} {'adds' if counted.saved else 'loses'} is the price of keeping {kept}"


def with_figures(
    ids: tuple[str, ...], without: Iterable[tuple[str, str]], names: Names, line: str = "it"
) -> tuple[str, ...]:
    """Names of limits and rules, limits with what they would come to without a line; the first figure of each."""
    figures: dict[str, str] = {}
    for name, figure in without:
        figures.setdefault(name, figure)
    told = {each: f" (without {line} {figures[each]})" if each in figures else "" for each in ids}
    return tuple(f"{names.full(each)}{figure}" for each, figure in told.items())


def some_of(names: tuple[str, ...]) -> str:
    """Name the first few; the JSON document names all."""
    return first_few(names, NAMED)


def alternatives(
    line: LineResult,
    best: Alternative,
    possible: Alternative | None,
    money: MoneyStyle,
    counted: Counted,
    names: Names = UNNAMED,
) -> Text:
    """Name what would gain in the line's place, or comes to the same; where that breaks something, go on."""
    if best.change <= 0:
        return _least_bad(line, best, money, counted, names)
    text = _gaining(line, best, money, names)
    if possible is not None and possible.change > 0:
        text.append("; or ")
        text.append_text(_gaining(line, possible, money, names))
    elif possible is not None:
        text.append("; of what breaks nothing, ")
        text.append_text(_least_bad(line, possible, money, counted, names))
    return text


def _gaining(line: LineResult, option: Alternative, money: MoneyStyle, names: Names) -> Text:
    """Name an alternative that is worth more than the line, and what it would break."""
    text = Text(f"{_named(line, option)}: {money(option.change, signed=True)}")
    text.append_text(_breaking(option, " but", names))
    return text


def _least_bad(line: LineResult, option: Alternative, money: MoneyStyle, counted: Counted, names: Names) -> Text:
    """Name the best of the alternatives that are worth less than the line, and what it would break."""
    lost = money(-option.change)
    verdict = f"is the least bad and would {'add' if counted.saved else 'lose'} {lost}"
    text = Text(f"{_named(line, option)} {'comes to the same' if lost == money(0) else verdict}")
    text.append_text(_breaking(option, ", and", names))
    return text


def _named(line: LineResult, option: Alternative) -> str:
    """Name an alternative; of the line's own offer always the level in which it differs."""
    same = option.offer == line.offer
    level = "" if option.coverage == 1 and not (same and line.coverage != 1) else f" {given(option.coverage)}"
    if option.quantity != 1 or (same and line.quantity != 1):
        level += f" for {given(option.quantity)} of the demand"
    return f"{option.offer}{level}"


def _breaking(option: Alternative, joint: str, names: Names) -> Text:
    """Say what an alternative breaks; nothing where it breaks nothing."""
    sure = names.all_of(name for name in option.blocked_by if name not in option.estimated)
    guessed = names.all_of(option.estimated)
    parts = [f"breaks {some_of(sure)}"] * bool(sure) + [f"may break {some_of(guessed)}"] * bool(guessed)
    return Text(f"{joint} {', and '.join(parts)}" if parts else "", style="yellow")


def is_open(explained: LineExplained, money: MoneyStyle) -> bool:
    """Whether something else in the line's slot gains, or comes to the same."""
    best = None if explained.locked else explained.best
    return best is not None and (best.change > 0 or money(-best.change) == money(0))


def is_guessed(explained: LineExplained, money: MoneyStyle) -> bool:
    """Whether an estimate of use at risk says of something that is shown that it breaks."""
    shown = (explained.best, explained.possible) if is_open(explained, money) else ()
    return any(option is not None and option.estimated for option in shown)
