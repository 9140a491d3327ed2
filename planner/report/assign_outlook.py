"""What an assignment may come to: value and spend over the futures, limits that break in them, and optimism."""

from __future__ import annotations

from planner.assign.futures.outlook import Outlook
from planner.assign.record import AssignmentRecord
from planner.figures import NOTHING, MoneyStyle, money_style, part, share
from planner.reasons.luck import CANNOT, QUANTILES, quantile_errors
from planner.report.table import Column, FittedTable
from scenarios.sampling import Estimate

OFTEN = 0.05
"""Share of the futures from which on it is told that a limit breaks."""
UNKNOWN = (
    "customers are chosen because their scores are high, and nothing here says how far these err one by one: expect "
    "less than the value, keep a holdout to measure it, or give their standard errors (columns error_OFFER)"
)
"""Where no ensemble scored the customers."""


def show_outlook(record: AssignmentRecord) -> list[FittedTable]:
    """One row a figure: expected, and at 5 %, 50 % and 95 % of the futures; nothing for records of an older version."""
    found = record.outlook
    if found is None:
        return []
    spread = found.quantiles
    amounts = [amount for one in spread.values() for amount in (one.p05, one.p50, one.p95)]
    money = money_style(record.currency, [record.value, *amounts])
    expected = {"value": record.value, "spend": found.expected_spend}
    rows = [
        (name, NOTHING if told is None else money(told), *(money(each) for each in (one.p05, one.p50, one.p95)))
        for name, one in spread.items()
        for told in [expected.get(name)]
    ]
    columns = [
        Column(title="", least=6),
        *(Column(title=name, number=True) for name in ("expected", "P5", "P50", "P95")),
    ]
    table = FittedTable(
        title="What it may come to",
        columns=tuple(columns),
        rows=tuple(rows),
        notes=(*_notes(record, found, money), money.caption),
        empty="no futures: the scenario's effects are still to be learned, and the scores are the file's own",
    )
    return [table]


def _notes(record: AssignmentRecord, found: Outlook, money: MoneyStyle) -> list[str]:
    notes = []
    if found.loss_share is not None:
        often = part(found.loss_share) if found.loss_share else "none"
        notes.append(f"the offers lose money in {often} of the futures, against no offers")
        notes.append(QUANTILES)
    if "value" in found.quantiles and (moved := quantile_errors(found.quantiles["value"], money)):
        notes.append(f"another seed draws other futures: of all that there may be, the value has {moved} (90%)")
    broken = [one for one in record.limits if one.kept_in is not None and 1 - one.kept_in >= OFTEN and not one.at_risk]
    notes += [
        f"{one.id} is kept by expected use, and broken in {part(1 - (one.kept_in or 0.0))} of the futures: "
        "at_risk: 95% in the scenario makes it hold"
        for one in broken
    ]
    notes.append(f"optimism: {_optimism(found, money)}")
    return notes


def _optimism(found: Outlook, money: MoneyStyle) -> str:
    """Say how far what is chosen looks better than it is because it was chosen."""
    if found.cross_fit is None or found.value_after_cross_fit is None:
        return UNKNOWN
    estimate = Estimate(found.cross_fit, found.cross_fit_error or 0.0)
    half = share(estimate.half_width, digits=1)
    more = "more" if estimate.value >= 0 else "less"
    told = (
        f"by cross-fitting, choices promise {share(abs(estimate.value), digits=1)} ± {half} {more} by the scores that "
    )
    told += "they were made by than by those that had no part in them"
    if not estimate.told:
        told += f", which {CANNOT}"
    return f"{told}; without it the value is {money(found.value_after_cross_fit)}"
