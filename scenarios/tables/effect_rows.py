"""The numbers of an effect table, row by row: lifts with their intervals, take-up or redemption, custom measures."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Float
from scenarios.language.slips.other_languages import folded
from scenarios.language.text.csv_files import CsvTable
from scenarios.language.words import Measure
from scenarios.tables.amounts import MOST_PER_USE, SMALLEST, bounded

KEYS = ("segment", "product", "category", "period", "offer")
NUMBERS = ("lift", "lift_low", "lift_high", "take_up", "redemption")
REMARK = "note"
"""A column for people; not read."""
LOWEST_LIFT = -0.5
GO_BY = "effects go by segment, product or category, period and offer"
GROUPS = frozenset(
    {"categories", "department", "departments", "dept", "group", "groups", "product_group", "segment_group"}
    | {"brand", "brands", "class", "division", "family", "section", "subcategory", "sub_category"}
)
"""What others call groups of products, or of segments: no amount per use has such a name."""
HIGHEST_LIFT = 20.0
"""Twenty times the baseline on top: beyond it a percentage was written without its sign."""
WIDEST = 10.0
"""Standard deviation of the logarithm of a lift, at most: beyond it a draw may be any number."""
NORMAL_95 = 1.645
"""Standard deviations from the middle to either end of a 90 % interval."""
_ENDS = re.compile(r"(?:[a-z]+[ _-])?(?:(lo|low|lower)|hi|high|upper)(?:[ _-]?[0-9]+%?)?", re.IGNORECASE)
"""What others call the ends of an interval: ``low``, ``ci_lower``, ``upper 95``."""
_SPREADS = re.compile(
    r"(?:[a-z]+[ _-])?(?:sd|se|cv|sigma|sem|std(?:ev)?|std[ _-]?(?:dev|err)|stderr|standard[ _-](?:deviation|error))",
    re.IGNORECASE,
)
"""What others call how unsure a lift is: ``lift_sd``, ``std_err``, ``standard error``."""


@dataclass(frozen=True, kw_only=True, eq=False)
class EffectRows:
    """Columns of an effect table of R rows as numbers, NaN where blank."""

    lift: Float
    """[R]"""
    lift_sd: Float
    """[R] standard deviation of the logarithm of the lift."""
    take_up: Float
    """[R]"""
    redemption: Float
    """[R] blank where take_up is given: a row fills one of them, or none."""
    custom: dict[str, Float]
    """[R] amount per use, by column; blank is 0."""
    notes: tuple[str, ...]


def read_effect_rows(table: CsvTable, lift_cv: float) -> EffectRows | None:
    """Read and check the numbers of an effect table; problems go to the table; None where its header is unusable."""
    if table.problems or not table.require((*KEYS, *NUMBERS, REMARK), ("offer", "lift"), others=True):
        return None
    _refuse_groups(table)
    columns = table.columns
    if ("lift_low" in columns) != ("lift_high" in columns):
        missing = "lift_high" if "lift_low" in columns else "lift_low"
        table.problem(None, "header", "lift_low and lift_high together", f"no {missing}", "add the column")
    if table.problems:
        return None
    custom = {}
    for column in columns:
        if column in (*KEYS, *NUMBERS, REMARK):
            continue
        if column in set(Measure):
            remedy = "rename the column: measures of this name are computed"
            table.problem(None, "header", "a name of your own for a custom measure", column, remedy)
        amounts = table.numbers(column, default=0.0, expected=f"a number, as in a measure of your own: {GO_BY}")
        custom[column] = np.array(bounded(table, column, amounts, MOST_PER_USE, signed=True))
    lift = np.array(table.required_numbers("lift", share=True))
    lift[np.abs(lift) < SMALLEST] = 0.0
    low, high = (np.array(table.numbers(name, share=True)) for name in ("lift_low", "lift_high"))
    _check_lifts(table, lift, low, high)
    take_up, redemption = (np.array(table.numbers(name, share=True)) for name in ("take_up", "redemption"))
    for name, values in (("take_up", take_up), ("redemption", redemption)):
        for row in np.flatnonzero(~np.isnan(values) & ~((values >= 0) & (values <= 1))).tolist():
            written = table.texts(name)[row]
            # Who writes the sign means what is written.
            remedy = f"write {written}% if that is meant" if 1 < values[row] <= 100 and "%" not in written else ""
            table.problem(row, name, "a share between 0% and 100%", written, remedy)
    for row in np.flatnonzero(~np.isnan(take_up) & ~np.isnan(redemption)).tolist():
        got = f"{table.texts('take_up')[row]} and {table.texts('redemption')[row]}"
        remedy = "leave one of them blank: take_up is a share of base units, redemption uses per contacted customer"
        table.problem(row, "take_up, redemption", "one of them in a row", got, remedy)
        take_up[row] = redemption[row] = np.nan  # one mistake, told once
    spread = interval_sd(lift, low, high)
    for row in np.flatnonzero(spread > WIDEST).tolist():
        got = f"{low[row]:.15g}, {lift[row]:.15g}, {high[row]:.15g}"
        remedy = "narrow it, or leave both ends blank"
        table.problem(row, "lift_low, lift, lift_high", "an interval whose ends are comparable", got, remedy)
    default = math.sqrt(math.log1p(lift_cv**2))
    lift_sd = np.where(np.isnan(spread), default, spread)
    open_rows = int(np.isnan(spread).sum())
    note = (
        f"{open_rows:,} of {len(table):,} rows of {table.title} give no interval: a spread of {lift_cv:.0%} is assumed"
    )
    notes: tuple[str, ...] = (note,) if open_rows else ()
    notes += tuple(_alike(table.title, column, advice) for column in custom if (advice := mistaken(column)))
    return EffectRows(lift=lift, lift_sd=lift_sd, take_up=take_up, redemption=redemption, custom=custom, notes=notes)


def own_columns(table: CsvTable) -> tuple[str, ...] | None:
    """Names of the custom measures in a header; None where it is unusable, as any of its words may be meant otherwise.

    Whoever names such a measure is told of the header alone; bad rows below a good header do not make it unknown.
    """
    if not table.columns or any(problem.what == "header" for problem in table.problems):
        return None
    return tuple(column for column in table.columns if column not in (*KEYS, *NUMBERS, REMARK))


def mistaken(column: str) -> str | None:
    """Return what to do about a column that was probably meant to say how unsure a lift is; None where it is not."""
    found = _ENDS.fullmatch(column.strip())
    if found is not None:
        return f"rename it where {'lift_low' if found[1] else 'lift_high'} is meant"
    if _SPREADS.fullmatch(column.strip()):
        return (
            "where it is the standard error of the lift, write lift_low and lift_high in its place, "
            f"{NORMAL_95} standard errors below and above the lift"
        )
    return None


def _alike(title: str, column: str, remedy: str) -> str:
    return f"column {column} of {title} is read as a measure of your own: {remedy}"


def _refuse_groups(table: CsvTable) -> None:
    """Refuse columns that would be measures of one's own by their place, and are groups by their name."""
    for column in table.columns:
        if folded(column) in GROUPS:
            remedy = "delete it:" if "category" in table.columns else "did you mean category?"
            table.problem(None, "header", "a known column", column, f"{remedy} {GO_BY}")


def interval_sd(lift: Float, low: Float, high: Float) -> Float:
    """Return the standard deviation of log(lift) that a 90 % interval means; NaN where no interval is given.

    The interval is read as log-normal. Where it reaches to the other side of zero, which a log-normal cannot, the half
    on the lift's own side stands for both; a lift of exactly 0 has no spread.
    """
    size, ends = np.abs(lift), np.where(lift >= 0, low, high)
    near = np.where(np.sign(ends) == np.sign(lift), np.abs(ends), 0.0)
    far = np.abs(np.where(lift >= 0, high, low))
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.log(far / near) / (2 * NORMAL_95)
        half = np.log(far / size) / NORMAL_95
    sd = np.where(size == 0, 0.0, np.where(near > 0, whole, half))
    return np.where(np.isnan(low) | np.isnan(high), np.nan, sd)


def _check_lifts(table: CsvTable, lift: Float, low: Float, high: Float) -> None:
    for row in np.flatnonzero(lift < LOWEST_LIFT).tolist():
        remedy = "no offer is taken to lose more than half of its sales"
        table.problem(row, "lift", f"at least {LOWEST_LIFT:g}", f"{lift[row]:.15g}", remedy)
    for row in np.flatnonzero(lift > HIGHEST_LIFT).tolist():
        written = table.texts("lift")[row]
        meant = "" if "%" in written else f"write {written}% if that is meant: "
        table.problem(row, "lift", f"at most {HIGHEST_LIFT:g}", written, f"{meant}0.3 or 30% is 30 % more units")
    given_low, given_high = ~np.isnan(low), ~np.isnan(high)
    for row in np.flatnonzero(given_low != given_high).tolist():
        table.problem(row, "lift_low, lift_high", "both or neither", "one of them", "fill in the other")
    both = given_low & given_high & ~np.isnan(lift)
    for row in np.flatnonzero(both & ~((low <= lift) & (lift <= high))).tolist():
        got = f"{low[row]:.15g}, {lift[row]:.15g}, {high[row]:.15g}"
        table.problem(row, "lift_low, lift, lift_high", "rising numbers", got, "exchange or correct them")
