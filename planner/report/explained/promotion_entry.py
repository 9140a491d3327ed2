"""One promotion of a plan explained: what holds its lines, what needs them, what else their slots could hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rich.text import Text

from planner.figures import MoneyStyle
from planner.reasons.standing.explain import Counted, LineExplained
from planner.reasons.standing.promotions import Promotion
from planner.report.explained.line_entry import (
    alternatives,
    is_open,
    line_entry,
    price_of_keeping,
    some_of,
    with_figures,
)
from planner.report.names import UNNAMED, Names
from planner.report.side_by_side.compare import offer_text
from scenarios.language.implied_ids import VALID
from scenarios.language.plan_lines import whom
from scenarios.language.words import EVERYBODY

SHOWN = 2
"""Lines of a promotion whose alternatives are told."""


def promotion_entry(
    promotion: Promotion,
    lines: Sequence[LineExplained],
    money: MoneyStyle,
    counted: Counted,
    names: Names = UNNAMED,
) -> Text:
    """A promotion in a few rows; one of a single line reads as the line.

    Parameters
    ----------
    lines
        All lines of the plan, of which the promotion names its own.
    """
    own = [lines[place] for place in promotion.places]
    if len(own) == 1:
        return line_entry(own[0], money, counted, names)
    text = _named(promotion, own)
    if held := _most_first(each.held_by for each in own):
        text.append(f"\n  held by {some_of(names.all_of(held))}")
    locked = [each.locked for each in own if each.locked is not None]
    if locked:
        text.append(f"\n  locked{f', {len(locked)} of its lines' * (len(locked) < len(own))}: {locked[0]}")
    if len(locked) == len(own):
        return text
    own = [each for each in own if each.locked is None]
    sure = _most_first(tuple(name for name in each.needed_by if name not in each.estimated_needs) for each in own)
    if sure:
        price = price_of_keeping(sure, "the promotion", counted) if promotion.contribution < 0 else ""
        told = with_figures(sure, (figure for each in own for figure in each.without), names, "one of its lines")
        text.append(f"\n  needed by {some_of(told)}{price}")
    for run in dict.fromkeys(each.run for each in own if each.run is not None):
        if not promotion.slots.issuperset(run.slots):
            text.append(f"\n  in a {run.words}: together {money(run.worth, signed=True)}")
    losing = sum(each.contribution < 0 and not _sent_once(each) for each in own)
    if losing and promotion.contribution >= 0:
        text.append(f"\n  {losing} of its lines lose{'s' * (losing == 1)} beside all others")
    _instead(text, [each for each in own if is_open(each, money)], money, counted, names)
    return text


def _sent_once(each: LineExplained) -> bool:
    """Whether a line is a day of a validity that earns as a whole: what it loses by itself is none of its doing."""
    return each.run is not None and each.run.rule.startswith(VALID) and each.run.worth > 0


def _named(promotion: Promotion, own: Sequence[LineExplained]) -> Text:
    """Say when, what and for whom; pieces are those of all lines."""
    line = own[0].line
    pieces = None if line.pieces is None else sum(each.line.pieces or 0 for each in own)
    whom = [name for name in dict.fromkeys(each.line.segment for each in own) if name != EVERYBODY]
    when = f"{promotion.first}..{promotion.last}" if promotion.last > promotion.first else str(promotion.first)
    return Text.assemble(
        (when, "dim"),
        "  ",
        (offer_text(replace(line, pieces=pieces)), "bold"),
        f" on {line.product}{' for ' * bool(whom)}{', '.join(whom)} ({len(own)} lines)",
    )


def _most_first(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Names, those of most lines first."""
    return tuple(name for name, _ in Counter(name for each in names for name in each).most_common())


def _instead(text: Text, found: Sequence[LineExplained], money: MoneyStyle, counted: Counted, names: Names) -> None:
    """Tell of the first lines what else their slots could hold, and of how many others."""
    for each in found[:SHOWN]:
        if each.best is not None:
            text.append(f"\n  instead on {each.line.period}{whom(each.line.segment)}: ")
            text.append_text(alternatives(each.line, each.best, each.possible, money, counted, names))
    if len(found) > SHOWN:
        text.append(f"\n  instead in {len(found) - SHOWN} more of its slots: --lines names them")
