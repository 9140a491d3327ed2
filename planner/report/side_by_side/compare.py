"""Two plans side by side: their money, and the slots that they fill differently."""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePath
from typing import Any

from rich.text import Text

from planner.figures import NOTHING, count, given, money_style, part, plural
from planner.reasons.bridge_terms import TERMS
from planner.report.one_plan.outcome import UNPLACED
from planner.report.side_by_side.plan_difference import Changed, changes, difference_share, stretches
from planner.report.table import Column, FittedTable
from scenarios.answer.plan import LineResult, Outcome, PlanSet, RankedPlan
from scenarios.language.schema import Scenario
from scenarios.language.words import Measure
from scenarios.rounding import UNIT_DIGITS

_MONEY = (
    ("profit_change", "profit gained"),
    ("revenue_change", "revenue gained"),
    ("spend", "spend"),
    ("gross_spend", "gross spend"),
    ("vendor_funding", "vendor funding"),
    ("discount", "discount"),
    ("cash_cost", "gifts, messages, fixed costs"),
)
_COUNTS = (
    ("units_change", "units gained"),
    ("uses", "uses"),
    ("contacts", "contacts"),
    ("customers_reached", "customers reached"),
)


_KEYS = {"P5": "p05", "P50": "p50", "P95": "p95"}
LOSING = "futures with a loss"
"""Label of the share of futures in which a plan earns less than no promotion."""


def one_aim(plan_set: PlanSet, objective: str) -> bool:
    """Whether objectives and contributions can be compared with plans of an objective; of fronts only profit can."""
    leading = None if plan_set.front is None else plan_set.front.leading
    return plan_set.objective == objective and leading in (None, Measure.PROFIT)


def show_compared(
    left: RankedPlan, right: RankedPlan, names: tuple[str, str], currency: str, *, objective: bool = True
) -> FittedTable:
    """Totals and bridge of two plans with the difference, right less left; of paths, what tells them apart.

    Parameters
    ----------
    objective
        Whether the two objectives can be compared, see `one_aim`.
    """
    names = _apart(*names)
    pairs = [(label, _amount(left.outcome, name), _amount(right.outcome, name)) for name, label in _MONEY]
    pairs += _charged(left.outcome, right.outcome)
    bridges = zip(left.outcome.bridge.terms, right.outcome.bridge.terms, strict=True)
    terms = [(f"  {TERMS[name].label}", one, two) for (name, one), (_, two) in bridges if one or two]
    totals = [*([("objective", left.objective, right.objective)] if objective else []), *pairs]
    amounts = [*totals, *terms]
    money = money_style(currency, [amount for _, one, two in amounts for amount in (one, two)])
    futures = _in_futures(left.outcome, right.outcome)
    rows: list[tuple[str | Text, ...]] = [
        (label, money(one), money(two), _coloured(two - one, money(two - one, signed=True), label))
        for label, one, two in totals
    ]
    for name, label in _COUNTS:
        one, two = _amount(left.outcome, name), _amount(right.outcome, name)
        rows.append((label, *_counted(one, two)))
    rows.append(
        (
            "lines",
            f"{len(left.lines):,}",
            f"{len(right.lines):,}",
            count(len(right.lines) - len(left.lines), signed=True),
        )
    )
    if futures:
        rows.append((Text("profit gained over the futures", style="bold"), "", "", ""))
        rows += [(f"  {name}", money(one), money(two), money(two - one, signed=True)) for name, one, two in futures]
    losses = left.outcome.loss_share, right.outcome.loss_share
    if futures and None not in losses:
        rows.append((f"  {LOSING}", *(part(each or 0.0) for each in losses), ""))
    if terms:
        rows.append((Text("profit, term by term", style="bold"), "", "", ""))
    rows += [(label, money(one), money(two), money(two - one, signed=True)) for label, one, two in terms]
    return FittedTable(
        title=f"{names[1]} against {names[0]}: {part(difference_share(left, right))} of the lines differ",
        columns=(
            Column(title="", least=20),
            Column(title=names[0], number=True),
            Column(title=names[1], number=True),
            Column(title="difference", number=True),
        ),
        rows=tuple(rows),
        notes=(money.caption,),
    )


def _in_futures(left: Outcome, right: Outcome) -> list[tuple[str, Decimal, Decimal]]:
    """What two plans gain at P5, P50 and P95; nothing where one of them was never put into futures."""
    one, two = left.quantiles.get("profit"), right.quantiles.get("profit")
    if one is None or two is None:
        return []
    return [("P5", one.p05, two.p05), ("P50", one.p50, two.p50), ("P95", one.p95, two.p95)]


def _counted(one: Decimal, two: Decimal) -> tuple[str, str, str]:
    """Two counts and their difference, in whole units, or with as many digits as it takes for them to add up."""
    for digits in range(UNIT_DIGITS):
        if round(two, digits) - round(one, digits) == round(two - one, digits):
            break
    else:
        digits = UNIT_DIGITS
    return count(one, digits=digits), count(two, digits=digits), count(two - one, digits=digits, signed=True)


def _apart(left: str, right: str) -> tuple[str, str]:
    """Two paths without the folders that they share."""
    one, two = PurePath(left).parts, PurePath(right).parts
    while len(one) > 1 and len(two) > 1 and one[0] == two[0]:
        one, two = one[1:], two[1:]
    return str(PurePath(*one)), str(PurePath(*two))


def _charged(left: Outcome, right: Outcome) -> list[tuple[str, Decimal, Decimal]]:
    """What two plans charge, under the two labels that the view of one plan has for it."""
    nowhere = left.unplaced or Decimal(0), right.unplaced or Decimal(0)
    beyond = [("charged beyond the horizon", left.charges - nowhere[0], right.charges - nowhere[1])]
    return beyond + [(UNPLACED, *nowhere)] * any(nowhere)


def _amount(outcome: Outcome, name: str) -> Decimal:
    amount = getattr(outcome, name)
    if not isinstance(amount, Decimal):
        raise TypeError(f"{name} is no amount")
    return amount


def _coloured(difference: Decimal, text: str, label: str) -> str | Text:
    if label not in ("objective", "profit gained") or not difference:
        return text
    return Text(text, style="green" if difference > 0 else "red")


_WORTH = (
    "objective that its own plan loses without the line, all others as they are; of a sending its days added up; "
    "these amounts do not add up to the difference of the plans"
)


def show_changes(
    left: RankedPlan, right: RankedPlan, scenarios: tuple[Scenario, Scenario], *, objective: bool = True
) -> FittedTable:
    """Every slot that the two plans fill differently, in time order; contributions where they can be compared.

    Days of one sending are one row.

    Parameters
    ----------
    scenarios
        Of the two plans, in one currency.
    """
    slots = changes(left, right)
    found = stretches(slots, scenarios)
    worths = [tuple(stretch.worth(side) for side in ("left", "right")) for stretch in found]
    money = money_style(scenarios[1].currency, [worth for both in worths for worth in both])
    rows = [
        (
            stretch.days,
            change.line.product,
            change.line.segment,
            offer_text(change.left),
            offer_text(change.right),
            *(money(worth) for worth in (both if objective else ())),
        )
        for stretch, both in zip(found, worths, strict=True)
        for change in stretch.changes[:1]
    ]
    return FittedTable(
        title=f"{plural(len(slots), 'slot')} filled differently",
        columns=(
            Column(title="date", number=True),
            Column(title="product", least=10),
            Column(title="segment", least=8),
            Column(title="before", least=12),
            Column(title="after", least=12),
            *(
                (
                    Column(title="worth before", number=True, gives_way=2),
                    Column(title="worth after", number=True, gives_way=1),
                )
                if objective
                else ()
            ),
        ),
        rows=tuple(rows),
        notes=(f"worth: {_WORTH}; {money.caption}",) if objective and rows else (),
        empty="the two plans hold the same lines",
    )


def offer_text(line: LineResult | None) -> str:
    """Name an offer with its coverage, where that is not everybody, and its pieces, where they are counted."""
    if line is None:
        return NOTHING
    reach = "" if line.coverage == 1 else f" {given(line.coverage)}"
    return f"{line.offer}{reach}" + ("" if line.pieces is None else f", {plural(line.pieces, 'piece')}")


def compared_json(left: RankedPlan, right: RankedPlan, names: tuple[str, str]) -> dict[str, Any]:
    """Return the comparison as plain data."""
    level = ("offer", "coverage", "quantity", "pieces")

    def side(change: Changed, name: str) -> dict[str, Any] | None:
        line: LineResult | None = getattr(change, name)
        return None if line is None else {key: getattr(line, key) for key in level}

    numbers = [name for name, _ in (*_MONEY, *_COUNTS)]
    totals: dict[str, Any] = {"objective": [left.objective, right.objective]}
    totals |= {name: [_amount(left.outcome, name), _amount(right.outcome, name)] for name in numbers}
    futures = _in_futures(left.outcome, right.outcome)
    return {
        "format": "campaign-comparison/1",
        "plans": list(names),
        "difference_share": difference_share(left, right),
        "totals": totals,
        "futures": {
            "profit": {_KEYS[name]: [one, two] for name, one, two in futures},
            "loss_share": [left.outcome.loss_share, right.outcome.loss_share],
        },
        "bridge": {
            name: [amount, other]
            for (name, amount), (_, other) in zip(left.outcome.bridge.terms, right.outcome.bridge.terms, strict=True)
        },
        "changes": [
            {
                "date": change.line.period,
                "product": change.line.product,
                "segment": change.line.segment,
                "before": side(change, "left"),
                "after": side(change, "right"),
            }
            for change in changes(left, right)
        ],
    }
