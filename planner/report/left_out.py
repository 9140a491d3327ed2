"""What a plan leaves out, told so that a planner can repeat it: how often each reason holds, and the best slot."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from rich.text import Text

from planner.figures import MoneyStyle, money_style, plural
from planner.reasons.breaking import Broken
from planner.reasons.explain import Counted
from planner.reasons.free_slots import Reason
from planner.reasons.left_out import Absences, BestLine, Count, LeftOut
from planner.reasons.whole_runs import BestRun
from planner.report.line_entry import some_of
from planner.report.table import Column, FittedTable
from scenarios.language.plan_lines import PlanLine
from scenarios.language.schema import Scenario
from scenarios.language.words import EVERYBODY

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
"""Reasons that are counted one by one, and parts of a line's profit that are named; the others are summed."""
WHOLE_FROM = 1000
"""Where an amount reaches this, whole units of the currency are told: these are sentences to repeat."""

_WORDS = {
    Reason.ALONE: "it would lose even by itself",
    Reason.TIRED: "it would lose because customers are tired of offers",
    Reason.BESIDE: "it would lose by what it takes from other lines",
    Reason.NOTHING: "it would change nothing",
    Reason.TAKEN: "what stands there is worth more",
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
    rows = tuple((money(each.best.change, signed=True), _entry(each, scenario, money, counted)) for each in told)
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
    amounts = [amount for each in absences.told for _, amount in told_parts(each.best)]
    style = money_style(currency, [*(each.best.change for each in absences.told), *amounts])
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
    if any(each.best.gives_way is not None for each in absences.told):
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


def _entry(each: LeftOut, scenario: Scenario, money: MoneyStyle, counted: Counted) -> Text:
    """Say of an offer on a product where it runs, why not elsewhere, and what its best line would do."""
    unit = _unit(each, scenario)
    all_ = plural(each.standing + each.slots, unit)
    runs = f"runs on {each.standing:,} of {all_}" if each.standing else f"on none of {all_}"
    runs = "not there" if each.standing + each.slots == 1 else runs
    text = Text.assemble((each.offer, "bold"), f" on {each.product}: {runs}\n  ", _reasons(each))
    text.append("\n  ")
    text.append_text(_best(each.best, money, counted))
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
    return ", ".join((*told, *([f"on {rest:,} there are other reasons"] if rest else [])))


def _reason(count: Count) -> str:
    if count.reason is Reason.RULE:
        return f"the rule {count.barred[0]} forbids it" if count.barred else "a rule forbids it"
    if count.reason is Reason.LIMIT:
        return f"{count.barred[0]} has no room"
    return _WORDS[count.reason]


def _best(best: BestLine, money: MoneyStyle, counted: Counted) -> Text:
    """Say what the best line would do, by parts, and what stands in its way."""
    text = Text.assemble((f"best {_when(best.line)}", "dim"), f": {money(best.change, signed=True)}")
    if best.instead_of is not None:
        text.append(f" in place of {best.instead_of.offer}")
    if parts := _largest(best, money):
        of_profit = abs(float(sum(amount for _, amount in best.parts)) - best.change) < 1e-9
        text.append(f" ({'' if of_profit else 'profit: '}{', '.join(parts)})")
    if best.reason in (Reason.TIRED, Reason.BESIDE):
        text.append(f"; alone {money(best.alone, signed=True)}")
    if best.run is not None:
        text.append(f"; {_run(best.run, money, counted)}")
    elif best.barred:
        text.append(f"; but {_barred(best.barred)}", style="yellow")
        text.append(f"; {_giving_way(best, money, counted)}")
    elif best.reason is Reason.OPEN:
        text.append(f"; it breaks nothing, {_missed(counted)}", style="green")
    return text


def _when(line: PlanLine) -> str:
    whom = "" if line.segment == EVERYBODY else f" for {line.segment}"
    share = "" if line.coverage == 1 else f" ({100 * line.coverage:g}%)"
    return f"on {line.date}{whom}{share}"


def told_parts(best: BestLine) -> list[tuple[str, Decimal]]:
    """Terms of the bridge as they are told; those of no amount left out."""
    terms = dict(best.parts)
    sums = ((name, sum((terms[term] for term in group), Decimal(0))) for name, group in PARTS)
    return [(name, amount) for name, amount in sums if amount]


def _largest(best: BestLine, money: MoneyStyle) -> list[str]:
    """Name the largest parts of a line's profit in the order of the bridge; the others together."""
    parts = told_parts(best)
    named = sorted(parts, key=lambda part: -abs(part[1]))[: MOST if len(parts) > MOST + 1 else None]
    rest = sum((amount for part in parts if part not in named for amount in part[1:]), Decimal(0))
    shown = [part for part in parts if part in named] + [("other", rest)]
    return [f"{name} {money(amount, signed=True)}" for name, amount in shown if money(amount) != money(0)]


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


def _run(run: BestRun, money: MoneyStyle, counted: Counted) -> str:
    """Say what a whole run would do, and what stands in its way."""
    words = f"the rule {run.rule} asks for {run.lines} in a row: the best, {run.first}..{run.last}, "
    if run.change <= 0 or money(run.change) == money(0):
        return words + (f"would lose {money(-run.change)}" if money(run.change) != money(0) else "comes to nothing")
    if not run.barred:
        return words + f"would gain {money(run.change)}, {_missed(counted)}"
    return words + f"would gain {money(run.change)}, but {_barred(run.barred)}"


def _giving_way(best: BestLine, money: MoneyStyle, counted: Counted) -> str:
    if best.gives_way is None:
        several = any(each.lines for each in best.barred)
        return "no single line makes way for it" if several else "more than a few lines would have to make way for it"
    lines, change = best.gives_way.lines, best.gives_way.change
    first = lines[0]
    whom = "" if first.segment == EVERYBODY else f" for {first.segment}"
    named = f"{first.offer} on {first.product}{whom} on {first.date}"
    named += f" and {plural(len(lines) - 1, 'more line')}" if len(lines) > 1 else ""
    place = f"in place of {named} it would"
    if money(change) == money(0):
        return f"{place} come to the same"
    if change > 0:
        return f"{place} gain {money(change)}, {_missed(counted)}"
    return f"{place} lose {money(-change)}"


def left_out_json(absences: Absences) -> list[dict[str, Any]]:
    """Return what is left out as plain data."""
    return [
        {
            "offer": each.offer,
            "product": each.product,
            "standing": each.standing,
            "slots": each.slots,
            "reasons": [
                {"reason": count.reason.value, "barred": list(count.barred), "slots": count.slots}
                for count in each.counts
            ],
            "best": _best_json(each.best),
        }
        for each in absences.told
    ]


def _line_json(line: PlanLine | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {
        "period": line.date.isoformat(),
        "product": line.product,
        "segment": line.segment,
        "offer": line.offer,
        "coverage": line.coverage,
        "quantity": line.quantity,
    }


def _best_json(best: BestLine) -> dict[str, Any]:
    way, run = best.gives_way, best.run
    return {
        "line": _line_json(best.line),
        "reason": best.reason.value,
        "change": best.change,
        "alone": best.alone,
        "profit_by_term": {name: float(amount) for name, amount in best.parts},
        "instead_of": _line_json(best.instead_of),
        "barred": _barred_json(best.barred),
        "run": None if run is None else _run_json(run),
        "gives_way": None if way is None else {"lines": [_line_json(each) for each in way.lines], "change": way.change},
    }


def _barred_json(barred: tuple[Broken, ...]) -> list[dict[str, Any]]:
    return [{"id": each.id, "why": each.words, "missing": each.missing, "estimated": not each.sure} for each in barred]


def _run_json(run: BestRun) -> dict[str, Any]:
    return {
        "rule": run.rule,
        "first": run.first.isoformat(),
        "last": run.last.isoformat(),
        "lines": run.lines,
        "change": run.change,
        "barred": _barred_json(run.barred),
    }
