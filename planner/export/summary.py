"""The sheet Summary: every total as a formula beside the ledger's figure, and the account by period below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from planner.export.account import letters_of, write_account
from planner.export.claims_sheet import AMOUNT_TOTAL
from planner.export.departments import Departments
from planner.export.departments import total_of as total_of_all
from planner.export.lines import total_of
from planner.export.sheet import Sheet
from scenarios.answer.plan import PlanSet, RankedPlan
from scenarios.arrays import Int
from scenarios.language.horizon_words import horizon_words
from scenarios.language.schema import Scenario
from scenarios.rounding import UNIT_DIGITS

TITLES = ("total", "added up here", "as the ledger states", "difference", "added up from")
HEAD = 4
"""Row of the titles, counted from 0; totals follow."""


@dataclass(frozen=True, kw_only=True)
class Total:
    """One total: the ledger's figure and the formula that leads to it."""

    label: str
    formula: str
    stated: Decimal | float
    kind: str
    places: int
    source: str


def write_summary(
    sheet: Sheet,
    plan_set: PlanSet,
    plan: RankedPlan,
    scenario: Scenario,
    amounts: Mapping[str, Int],
    sold: Departments,
) -> None:
    """Lay out what the plan is, its totals, and the account that they come from."""
    horizon, digits = scenario.horizon, sold.digits
    span = horizon_words(horizon)
    sheet.text(0, 0, scenario.title or scenario.scenario, spans=True, bold=True, font_size=14)
    which = f"{scenario.scenario}, plan {plan.rank} of {len(plan_set.plans)}, {span}"
    sheet.text(1, 0, f"{which}; money in {plan_set.currency}, net of tax", spans=True)
    sheet.header(HEAD, TITLES, numbers=(1, 2, 3))
    rows = len(totals(plan, scenario, sold, 0))
    account_top = HEAD + rows + 3
    account_row = account_top + 1 + horizon.periods
    for number, total in enumerate(totals(plan, scenario, sold, account_row), start=HEAD + 1):
        sheet.text(number, 0, total.label)
        sheet.formula(number, 1, total.formula, total.stated, total.kind)
        sheet.number(number, 2, total.stated, total.kind)
        sheet.formula(number, 3, f"=ROUND(B{number + 1}-C{number + 1},{total.places})", 0, total.kind)
        sheet.text(number, 4, total.source, spans=True)
    first, last = HEAD + 2, HEAD + 1 + rows
    verdict = f'=IF(SUMPRODUCT(--(D{first}:D{last}<>0))=0,"all totals add up","TOTALS DIFFER")'
    sheet.text(2, 0, "formulas against the ledger")
    sheet.formula(2, 1, verdict, "all totals add up", "text", bold=True)
    sheet.text(account_top - 1, 0, "The account by period", spans=True, bold=True)
    write_account(sheet, account_top, dict(amounts), scenario, digits)


def _down(quotient: str) -> str:
    """Write the formula that rounds a quotient down to six digits, as the ledger does; noise of float64 is no digit."""
    return f"=INT(ROUND(({quotient})*1000000,6))/1000000"


def totals(plan: RankedPlan, scenario: Scenario, sold: Departments, account_row: int) -> tuple[Total, ...]:
    """Return the totals of a plan; ``account_row`` is the row of the account's own totals, counted from 0."""
    out, digits = plan.outcome, sold.digits

    def account(title: str) -> str:
        return f"{letters_of(title)}{account_row + 1}"

    def money(label: str, formula: str, stated: Decimal, source: str) -> Total:
        text = f"=ROUND({formula},{digits})"
        return Total(label=label, formula=text, stated=stated, kind="money", places=digits, source=source)

    def count(label: str, formula: str, stated: Decimal, source: str) -> Total:
        text = f"=ROUND({formula},{UNIT_DIGITS})"
        return Total(label=label, formula=text, stated=stated, kind="count", places=UNIT_DIGITS, source=source)

    below, before = "the account by period", out.profit - out.profit_change
    charged = f"charged beyond the horizon{', or bought ahead without a place later' * bool(out.unplaced)}"
    margin_rate = f"IF({account('revenue')}=0,0,{account('margin')}/{account('revenue')})"
    rows = [
        money("profit gained by the plan", "Bridge!$B$2", out.profit_change, "sheet Bridge"),
        money(
            "profit gained by the plan",
            f"{account('profit')}-({before})",
            out.profit_change,
            f"{below}, less {before:,} without promotion",
        ),
        money("profit gained by the plan", total_of_all("profit gained", sold), out.profit_change, "sheet Departments"),
        money("profit", account("profit"), out.profit, below),
        money("revenue", account("revenue"), out.revenue, below),
        money("margin", account("margin"), out.margin, below),
        money("margin", total_of_all("margin", sold), out.margin, "sheet Departments"),
        Total(
            label="margin rate",
            formula=_down(margin_rate),
            stated=out.margin_rate,
            kind="rate",
            places=6,
            source=f"{below}: margin / revenue",
        ),
        count("units", account("units"), out.units, below),
        money("discount", total_of("discount"), out.discount, "sheet Lines"),
        money("discount", account("discount"), out.discount, below),
        money("gifts", account("gifts"), out.gifts_cost, below),
        money("messages", account("messages"), out.contacts_cost, below),
        money("fixed costs", account("fixed costs"), out.fixed_cost, below),
        money("gifts, messages, fixed costs", total_of("gifts, messages, fixed"), out.cash_cost, "sheet Lines"),
        money("gross spend", total_of("gross spend"), out.gross_spend, "sheet Lines"),
        money("vendor funding", total_of("vendor funding"), out.vendor_funding, "sheet Lines"),
        money("vendor funding", account("vendor funding"), out.vendor_funding, below),
        money("vendor funding", AMOUNT_TOTAL, out.vendor_funding, "sheet Claims"),
        money("spend (gross spend less vendor funding)", total_of("spend"), out.spend, "sheet Lines"),
        money(charged, account("charged beyond"), out.charges, below),
        count("uses", total_of("uses"), out.uses, "sheet Lines"),
        count("coupons and pieces issued", total_of("issued"), out.issued, "sheet Lines"),
        money("owed if all of them are redeemed", total_of("liability"), out.max_liability, "sheet Lines"),
        count("gifts given", total_of("gifts"), out.gifts, "sheet Lines"),
        count("contacts", total_of("contacts"), out.contacts, "sheet Lines"),
    ]
    if plan.interaction is not None and scenario.objective == "profit":
        rows.insert(
            2,
            money(
                "profit gained by the plan", total_of("contribution"), out.profit_change, "sheet Lines: contributions"
            ),
        )
    if out.roi is not None:
        formula = _down(f"Bridge!$B$2/{total_of('gross spend')}")
        source = "profit gained / gross spend"
        rows.append(Total(label="ROI", formula=formula, stated=out.roi, kind="ratio", places=6, source=source))
    return tuple(rows)
