"""What a plan leaves out, told so that a planner can repeat it: how often each reason holds, and the best slot."""

from __future__ import annotations

from dataclasses import replace

from rich.text import Text

from planner.figures import MoneyStyle, money_style, plural
from planner.reasons.not_planned.free_slots import Reason
from planner.reasons.not_planned.left_out import Absences, Count, LeftOut
from planner.reasons.standing.explain import Counted
from planner.report.explained.left_out_words import best_words, told_amounts, told_change
from planner.report.table import Column, FittedTable
from scenarios.language.schema import Scenario
from scenarios.language.words import EVERYBODY

MOST = 4
"""Reasons that are counted one by one; the others are summed."""
WHOLE_FROM = 1000
"""Where an amount reaches this, whole units of the currency are told: these are sentences to repeat."""

_WORDS = {
    Reason.ALONE: "it would lose even by itself",
    Reason.MESSAGE: "it would not pay for its message by itself",
    Reason.TIRED: "it would lose by what tired customers buy less, now or after the last day",
    Reason.BESIDE: "it would lose by what it takes from other lines",
    Reason.NOTHING: "it would change nothing",
    Reason.TAKEN: "what stands there is worth more",
    Reason.CLOSED: "nothing at all is sold",
    Reason.OPEN: "it would gain and break nothing",
}


def show_left_out(
    absences: Absences, scenario: Scenario, counted: Counted, *, narrow: bool = False, terminal: bool = True
) -> FittedTable:
    """One entry for an offer on a product, the most surprising first.

    Parameters
    ----------
    narrow
        Whether something certain was asked about.
    terminal
        Whether it is read where other commands can be typed, which tell more.
    """
    money = left_out_style(absences, scenario.currency, counted)
    told = absences.told
    rows = tuple(
        (
            money(told_change(each.best), signed=True),
            _entry(each, scenario, money, counted, again=any(_same_message(each, one) for one in told[:number])),
        )
        for number, each in enumerate(told)
    )
    return FittedTable(
        title="Why not there" if narrow else "What the plan leaves out",
        columns=(Column(title=_column(counted), number=True), Column(title="offer and product", least=30)),
        rows=rows,
        notes=_notes(absences, scenario, counted, money, terminal=terminal) if told else (),
        empty="nothing: what is asked about stands wherever it may"
        if absences.possible
        else "nothing that is asked about may stand there: by the offers' applies_to, or because these days have run",
    )


def left_out_style(absences: Absences, currency: str, counted: Counted) -> MoneyStyle:
    """How amounts of what is left out are written."""
    if not counted.money:
        return MoneyStyle(currency=currency, digits=2)
    amounts = [amount for each in absences.told for amount in told_amounts(each.best)]
    style = money_style(currency, amounts)
    return replace(style, digits=0) if any(abs(amount) >= WHOLE_FROM for amount in amounts) else style


def _column(counted: Counted) -> str:
    return "would save" if counted.saved else "would add"


def _notes(
    absences: Absences, scenario: Scenario, counted: Counted, money: MoneyStyle, *, terminal: bool
) -> tuple[str, ...]:
    what = f"{counted.what} {'saved' if counted.saved else 'gained'}"
    notes = [f"{_column(counted)}: {what} by the best line that is left out, all else as it is, one at a time"]
    if any(count.reason is Reason.TIRED for each in absences.told for count in each.counts):
        notes.append("tired customers: what offers sell less before and after it, and beyond the horizon")
    bests = [each.best for each in absences.told]
    if any(best.message is not None for best in bests):
        notes.append(
            "lines worth sending in its message: all that gain once the message is paid for; where they lose together, "
            "so much is missing for the message to pay"
        )
    if any(best.operation is not None for best in bests):
        notes.append(
            "where rules tie lines to others: by all that come together, with what goes for them; the fewest that the "
            "rules ask for, not every set of lines"
        )
    if any(best.gives_way or (best.operation and best.operation.gives_way) for best in bests):
        notes.append(
            "in place of: the lines of the plan that are given up for it at little loss, and what all of it comes to"
        )
    if scenario.risk.service is not None or any(limit.at_risk is not None for limit in scenario.limits):
        sure = ": campaign score tells for sure" if terminal else ""
        notes.append(f"limits that must hold in most futures are judged by an estimate{sure}")
    if absences.more and terminal:
        notes.append(
            f"{plural(absences.more, 'more pair')} of an offer and a product: --all tells of all, --product, --offer, "
            "--segment and --period of some"
        )
    return (*notes, *([money.caption] if counted.money else []))


def _same_message(each: LeftOut, one: LeftOut) -> bool:
    """Whether the best lines of two entries would share a message."""
    both = each.best.message, one.best.message
    return both[0] is not None and both[1] is not None and both[0].lines == both[1].lines


def _entry(each: LeftOut, scenario: Scenario, money: MoneyStyle, counted: Counted, *, again: bool) -> Text:
    """Say of an offer on a product where it runs, why not elsewhere, and what its best line would do.

    Parameters
    ----------
    again
        Whether the whole message of that line is told of in an entry above.
    """
    unit = _unit(each, scenario)
    all_ = plural(each.standing + each.slots, unit)
    runs = f"runs on {each.standing:,} of {all_}" if each.standing else f"on none of {all_}"
    runs = "not there" if each.standing + each.slots == 1 else runs
    text = Text.assemble((each.offer, "bold"), f" on {each.product}: {runs}\n  ", _reasons(each))
    text.append("\n  ")
    text.append_text(best_words(each.best, money, counted, again=again))
    return text


def _unit(each: LeftOut, scenario: Scenario) -> str:
    """What slots of an offer are called: periods of a public one; of a targeted one each segment has its own."""
    return "slot" if each.best.line.segment != EVERYBODY else scenario.horizon.unit


def _reasons(each: LeftOut) -> str:
    counts = each.counts
    if len(counts) == 1:
        return f"{'on all others ' * bool(each.standing)}{_reason(counts[0])}"
    told = [f"on {count.slots:,} {_reason(count)}" for count in counts[:MOST]]
    rest = sum(count.slots for count in counts[MOST:])
    return ", ".join((*told, *([f"on {rest:,} for other reasons"] if rest else [])))


def _reason(count: Count) -> str:
    if count.reason is Reason.TIED:
        return f"the rule {count.barred[0]} ties it to other lines"
    if count.reason is Reason.RULE:
        return f"the rule {count.barred[0]} forbids it" if count.barred else "a rule forbids it"
    if count.reason is Reason.LIMIT:
        return f"{count.barred[0]} has no room"
    return _WORDS[count.reason]
