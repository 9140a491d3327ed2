"""What the best line of an offer on a product would do, and what stands in its way.

Of lines that rules tie together, and of those that share a message, it says what all of them would do.
"""

from __future__ import annotations

from decimal import Decimal

from rich.text import Text

from planner.figures import MoneyStyle, plural
from planner.reasons.breaking import Broken
from planner.reasons.not_planned.free_slots import Reason
from planner.reasons.not_planned.giving_way import GivesWay
from planner.reasons.not_planned.left_out import BestLine
from planner.reasons.not_planned.operations import Operation
from planner.reasons.standing.explain import Counted
from planner.report.explained.line_entry import some_of
from scenarios.language.plan_lines import PlanLine, whom

PARTS = (
    ("extra sales", ("gross_bump", "basket")),
    ("sold along", ("halo",)),
    ("tired customers", ("fatigue",)),
    ("taken from rivals", ("cannibalisation",)),
    ("bought ahead", ("pull_forward",)),
    ("discounts", ("discount_on_base", "discount_on_bump")),
    ("gifts", ("gifts",)),
    ("messages", ("contacts",)),
    ("fixed costs", ("fixed_costs",)),
    ("vendors pay", ("vendor_funding",)),
)
"""What a change of profit is told as, by the terms of the bridge."""
MOST = 4
"""Parts of what a change of profit is made of that are named; the others are summed."""


def best_words(best: BestLine, money: MoneyStyle, counted: Counted, *, again: bool = False) -> Text:
    """Say what the best line would do, by parts, and what stands in its way; of tied lines what all of them would.

    Parameters
    ----------
    again
        Whether what its whole message would do has been said: then not by parts.
    """
    text = Text.assemble((f"best {_when(best.line)}", "dim"), f": {money(best.change, signed=True)}")
    if best.instead_of is not None:
        text.append(f" in place of {best.instead_of.offer}")
    text.append(_made_of(best.change, best.parts, money))
    if best.reason in (Reason.TIRED, Reason.BESIDE):
        text.append(f"; alone {money(best.alone, signed=True)}")
    if best.message is not None:
        text.append(f"; the {len(best.message.lines)} lines worth sending in its message, together, ")
        told = f"{_gained(best.message.change, money)}, as above"
        text.append_text(Text(told) if again else _together(best.message, money, counted))
    if best.tied_by:
        text.append("; but ", style="yellow")
        text.append_text(_tied(best, money, counted))
    elif best.barred:
        text.append(f"; but {_barred(best.barred)}", style="yellow")
        if best.operation is None:
            text.append(f"; {_giving_way(best.gives_way, best.barred, money, counted)}")
        else:
            text.append("; it would come ")
            text.append_text(_operation(best, best.operation, money, counted))
    elif best.reason is Reason.OPEN:
        text.append(f"; it breaks nothing, {_missed(counted)}", style="green")
    return text


def told_change(best: BestLine) -> float:
    """What the line would change; where it does not come alone, what all that comes with it would."""
    whole = best.operation or best.message
    return best.change if whole is None else whole.change


def told_amounts(best: BestLine) -> list[float]:
    """Every amount that is told of a line."""
    parts = [best.parts, *(whole.parts for whole in (best.operation, best.message) if whole is not None)]
    return [best.change, told_change(best), *(float(amount) for each in parts for _, amount in told_parts(each))]


def told_parts(terms: tuple[tuple[str, Decimal], ...]) -> list[tuple[str, Decimal]]:
    """Terms of the bridge as they are told; those of no amount left out."""
    known = dict(terms)
    sums = ((name, sum((known[term] for term in group), Decimal(0))) for name, group in PARTS)
    return [(name, amount) for name, amount in sums if amount]


def _when(line: PlanLine) -> str:
    return f"on {line.date}{whom(line.segment)}{_share(line)}"


def _share(line: PlanLine) -> str:
    return "" if line.coverage == 1 else f" ({100 * line.coverage:g}%)"


def _made_of(change: float, terms: tuple[tuple[str, Decimal], ...], money: MoneyStyle) -> str:
    """Name the largest parts of a change of profit in the order of the bridge, the others together, in parentheses."""
    parts = told_parts(terms)
    named = sorted(parts, key=lambda part: -abs(part[1]))[: MOST if len(parts) > MOST + 1 else None]
    rest = sum((amount for part in parts if part not in named for amount in part[1:]), Decimal(0))
    shown = [part for part in parts if part in named] + [("other", rest)]
    words = [f"{name} {money(amount, signed=True)}" for name, amount in shown if money(amount) != money(0)]
    of_profit = abs(float(sum(amount for _, amount in terms)) - change) < 1e-9
    return f" ({'' if of_profit else 'profit: '}{', '.join(words)})" if words else ""


def _barred(barred: tuple[Broken, ...]) -> str:
    first, may = barred[0], "" if barred[0].sure else "may "
    if first.lines or (not first.missing and first.row is None):
        words = f"the rule {first.id} forbids it: {first.words}"
    elif first.missing and not first.floor:
        words = f"{first.id} {may}lack{'' if may else 's'} {first.missing}: {first.words}"
    else:
        words = f"{first.id} {may}break{'' if may else 's'}: {first.words}"
    others = tuple(each.id for each in barred[1:])
    return f"{words}; also {some_of(others)}" if others else words


def _missed(counted: Counted) -> str:
    """Say of what would gain why the plan does not have it."""
    if counted.whole:
        return "and the search has not found it"
    return f"counting {counted.what} alone, which is not all that plans are judged by"


def _tied(best: BestLine, money: MoneyStyle, counted: Counted) -> Text:
    """Say which rules let a line not come alone, and what all that comes with it would do."""
    several = len(best.tied_by) > 1
    rules = f"the rule{'s' if several else ''} {some_of(best.tied_by)} tie{'' if several else 's'} it to other lines"
    forbidding = tuple(each.id for each in best.barred if each.lines and each.id not in best.tied_by)
    if forbidding:
        forbid = "forbid" if len(forbidding) > 1 else "forbids"
        rules = f"the rule{'s' * (len(forbidding) > 1)} {some_of(forbidding)} {forbid} it, {rules}"
    if best.operation is None:
        return Text(f"{rules}, and nothing was found with it that keeps every rule", style="yellow")
    text = Text(f"{rules}: ", style="yellow")
    text.append_text(_operation(best, best.operation, money, counted))
    return text


def _operation(best: BestLine, whole: Operation, money: MoneyStyle, counted: Counted) -> Text:
    """Say what lines that come together would do, what goes for them, and what stands in their way."""
    text = Text(_lines(best.line, whole))
    if whole.instead_of:
        text.append(f" in place of {_several(whole.instead_of)}")
    text.append(", ")
    text.append_text(_together(whole, money, counted))
    return text


def _together(whole: Operation, money: MoneyStyle, counted: Counted) -> Text:
    """Say what lines that come together would do, and what stands in their way."""
    text = Text(f"{_gained(whole.change, money)}{_made_of(whole.change, whole.parts, money)}")
    if whole.change <= 0 or money(whole.change) == money(0):
        return text
    if not whole.barred:
        text.append(f", {_missed(counted)}", style="green")
        return text
    text.append(f", but {_barred(whole.barred)}", style="yellow")
    text.append(f"; {_giving_way(whole.gives_way, whole.barred, money, counted, 'them')}")
    return text


def _lines(line: PlanLine, whole: Operation) -> str:
    """Name the lines of an operation: how many, when, and which are not of the offer and product that are told of."""
    days = sorted({each.date for each in whole.lines})
    when = f"on {days[0]}" if len(days) == 1 else f"{days[0]}..{days[-1]}"
    if len(whole.lines) == 1:
        (one,) = whole.lines
        other_day = one.date != line.date and (one.offer, one.product) == (line.offer, line.product)
        return f"alone, but {_when(one)}" if other_day else f"alone {_when(one)}"
    others = [each for each in whole.lines if (each.offer, each.product) != (line.offer, line.product)]
    beside = f", among them {_several(tuple(others))}" if others else ""
    return f"the best {len(whole.lines)} together, {when}{beside}"


def _several(lines: tuple[PlanLine, ...]) -> str:
    """Name the first of some lines and count the others."""
    first = lines[0]
    named = f"{first.offer} on {first.product}{whom(first.segment)} on {first.date}"
    return f"{named} and {plural(len(lines) - 1, 'more line')}" if len(lines) > 1 else named


def _gained(change: float, money: MoneyStyle) -> str:
    if money(change) == money(0):
        return "come to the same"
    return f"would gain {money(change)}" if change > 0 else f"would lose {money(-change)}"


def _giving_way(
    way: GivesWay | None, barred: tuple[Broken, ...], money: MoneyStyle, counted: Counted, what: str = "it"
) -> str:
    if way is None:
        if any(each.lines for each in barred):
            return f"no single line makes way for {what}"
        return f"more than a few lines would have to make way for {what}"
    place = f"in place of {_several(way.lines)} {'they' if what == 'them' else 'it'} would"
    if money(way.change) == money(0):
        return f"{place} come to the same"
    if way.change > 0:
        return f"{place} gain {money(way.change)}, {_missed(counted)}"
    return f"{place} lose {money(-way.change)}"
