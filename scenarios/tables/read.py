"""The table route: baseline, baskets and effects from CSV files beside the scenario."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Float, Int
from scenarios.currency import digits_of
from scenarios.custom import limited, varying
from scenarios.first_few import first_few
from scenarios.language.files import ScenarioFiles
from scenarios.language.schema import Product, Scenario, Segment
from scenarios.language.text.csv_files import CsvTable, read_csv
from scenarios.language.words import BASKET, Layer
from scenarios.problems import Places, Problem
from scenarios.response.baskets import Baskets
from scenarios.response.capped_offers import caps_without_quantities
from scenarios.response.effects import CommonError, Effects
from scenarios.supply import in_shop
from scenarios.tables.baseline import read_baseline
from scenarios.tables.baseline_times import BaselineTimes
from scenarios.tables.basket_rows import read_baskets
from scenarios.tables.cell_rows import ALL, OUTSIDE, outside_note
from scenarios.tables.corrected import corrected
from scenarios.tables.effect_cells import EffectKeys, applies, effect_keys, rows_of_cells
from scenarios.tables.effect_rows import own_columns, read_effect_rows
from scenarios.tables.idle_rows import idle_rows_note
from scenarios.tables.take_up import TakeUpInput, fixed_take_up, read_take_up


@dataclass(frozen=True, kw_only=True, eq=False)
class TableRoute:
    """What the tables of a scenario say; None or empty where it has no such table or the table is unusable."""

    effects: Effects | None = None
    baskets: Baskets | None = None
    custom: dict[str, Float]
    """Custom measures, amount per use, [S, K+1, T, O] by column name."""
    columns: tuple[str, ...] | None = None
    """Names of the custom measures; None where the effect table's header is unusable."""
    problems: tuple[Problem, ...] = ()


def read_tables(
    scenario: Scenario,
    segments: tuple[Segment, ...],
    products: tuple[Product, ...],
    files: ScenarioFiles,
    places: Places,
    times: BaselineTimes | None = None,
) -> TableRoute:
    """Read the tables that a scenario names onto its own axes, every problem at once.

    Parameters
    ----------
    times
        Factors that correct the baseline of a table.
    """
    problems: list[Problem] = []
    segment_ids = tuple(item.id for item in segments)
    product_ids = tuple(item.id for item in products)

    def opened(section: str, name: str) -> CsvTable | None:
        raw, problem = files.read(name, where=places.at((section, "table")))
        if problem is not None:
            problems.append(problem)
        return None if raw is None else read_csv(raw, files.label(name), name)

    baskets, base_units, effects = None, None, None
    custom: dict[str, Float] = {}
    columns: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    basket_notes: tuple[str, ...] = ()
    if scenario.baskets is not None and (table := opened("baskets", scenario.baskets.table)) is not None:
        needs_orders = any(offer.is_basket for offer in scenario.offers)
        digits = digits_of(scenario.currency)
        baskets, basket_notes = read_baskets(table, segment_ids, product_ids, needs_orders=needs_orders, digits=digits)
        problems += table.problems
    if not problems:
        problems += caps_without_quantities(scenario, segments, products, baskets, places)
    written = None if scenario.baseline is None else scenario.baseline.table
    if written is not None and (table := opened("baseline", written)) is not None:
        base_units, notes = read_baseline(table, segment_ids, products, scenario.horizon)
        problems += table.problems
    if base_units is not None:
        base = corrected(base_units, times, segments, products)
        base_units, baskets, notes = base.units, base.orders(baskets), (*notes, *base.notes)
    if scenario.effects.table is not None and (table := opened("effects", scenario.effects.table)) is not None:
        effects, custom = _effects(table, scenario, segments, products, base_units, baskets, (*notes, *basket_notes))
        columns = own_columns(table)
        problems += table.problems
    return TableRoute(effects=effects, baskets=baskets, custom=custom, columns=columns, problems=tuple(problems))


def _effects(
    table: CsvTable,
    scenario: Scenario,
    segments: tuple[Segment, ...],
    products: tuple[Product, ...],
    base_units: Float | None,
    baskets: Baskets | None,
    notes: tuple[str, ...],
) -> tuple[Effects | None, dict[str, Float]]:
    rows = read_effect_rows(table, scenario.risk.lift_cv)
    if rows is None:
        return None, {}
    if not len(table):
        table.problem(None, "rows", "at least one row of effects", "none")
        return None, {}
    row, names_offer, unused = _speaking(table, scenario, segments, products)
    source = TakeUpInput(
        scenario=scenario,
        segments=segments,
        products=products,
        table=table,
        rows=rows,
        row=row,
        names_offer=names_offer,
        base_units=base_units,
        baskets=baskets,
    )
    take_up, nobody, compared = read_take_up(source)
    for name in sorted(limited(scenario) & rows.custom.keys()):
        _refuse_varying(table, name, rows.custom[name], row)
    custom = {name: np.where(row >= 0, values[row], 0.0) for name, values in rows.custom.items()}
    if table.problems or base_units is None:
        return None, custom
    notes = (*notes, *unused)
    take_up_cv = np.where(take_up > 0, scenario.risk.take_up_cv, 0.0)
    for number, offer in enumerate(scenario.offers):
        if fixed_take_up(offer) is not None:
            take_up_cv[..., number] = 0.0
    spoken = row >= 0
    effects = Effects(
        base_units=base_units[None],
        base_cv=np.full((len(segments), len(products)), scenario.risk.baseline_cv),
        base_common=CommonError.assumed(scenario.risk.baseline_common),
        lift=np.where(spoken & ~nobody, rows.lift[row], 0.0)[None],
        lift_sd=np.where(spoken, rows.lift_sd[row], 0.0),
        take_up=take_up,
        take_up_cv=take_up_cv,
        evidence=("assumed",) * len(scenario.offers),
        source=f"table {table.title}",
        notes=(*notes, *rows.notes, *compared),
    )
    return effects, custom


def _speaking(
    table: CsvTable, scenario: Scenario, segments: tuple[Segment, ...], products: tuple[Product, ...]
) -> tuple[Int, Flag, tuple[str, ...]]:
    """Find the row [S, K + 1, T, O] that speaks of each cell and offer, -1 for none; refuse cells without one.

    Returns
    -------
    tuple
        These rows; which rows of the table name an offer; and notes on rows that speak of nothing.
    """
    runs = applies(scenario, segments, products)
    where = runs.copy()
    where[:, :-1] &= in_shop(products, scenario.horizon)[..., None]
    keys = effect_keys(table, scenario, segments, products)
    _refuse_wrong_kind(table, scenario, keys, len(products))
    row = rows_of_cells(table, keys, products, where)
    if not table.problems:
        _refuse_gaps(table, scenario, products, where & (row < 0), keys)
    outside = (outside_note(keys.outside, table),) if keys.outside else ()
    return row, keys.offer >= 0, (*outside, *idle_rows_note(table, keys, products, runs))


def _refuse_varying(table: CsvTable, name: str, amounts: Float, row: Int) -> None:
    """Refuse amounts per use of a limited measure that differ between the segments or periods of an offer's product."""
    pair = varying(amounts, row)
    if pair is None:
        return
    first, second = sorted(pair)
    offer = table.texts("offer")[second]
    expected = f"one amount per use of {offer} on a product in all segments and periods, because a limit names {name}"
    got = f"{amounts[first]:.15g} on line {table.lines[first]} and {amounts[second]:.15g} here"
    table.problem(second, name, expected, got, "write the same amount, or delete the limit")


def _refuse_wrong_kind(table: CsvTable, scenario: Scenario, keys: EffectKeys, basket: int) -> None:
    """Rows of basket offers name the basket (or leave the product open), rows of product offers never do."""
    for number, item in enumerate(scenario.offers):
        of_basket = item.is_basket
        named = (keys.product >= 0) | (keys.category >= 0)
        wrong = np.flatnonzero((keys.offer == number) & named & ((keys.product == basket) != of_basket))
        if not len(wrong):
            continue
        more = f" (on {len(wrong)} rows)" if len(wrong) > 1 else ""
        expected = f"the product {BASKET}" if of_basket else "a product"
        column = "product" if keys.product[wrong[0]] >= 0 else "category"
        got = f"{table.texts(column)[int(wrong[0])]}{more}"
        what = f"a {item.kind} acts on {'whole baskets' if of_basket else 'one product'}"
        table.problem(int(wrong[0]), column, f"{expected} for {item.id}", got, what)


def _refuse_gaps(
    table: CsvTable, scenario: Scenario, products: tuple[Product, ...], gaps: Flag, keys: EffectKeys
) -> None:
    names = (*(item.id for item in products), BASKET)
    for number, offer in enumerate(scenario.offers):
        cells = int(gaps[..., number].sum())
        if not cells:
            continue
        without = np.flatnonzero(gaps[..., number].any(axis=(0, 2)))
        missing = [names[k] for k in without]
        shown = first_few(missing)
        layer = "everybody" if offer.layer is Layer.PUBLIC else "its segments"
        for_them = (keys.product == ALL) | np.isin(keys.product, without)
        dated = np.flatnonzero((keys.offer == number) & (keys.period == OUTSIDE) & for_them)
        if len(dated):
            first, until = scenario.horizon.start, scenario.horizon.dates[-1]
            expected = f"a period from {first} to {until}, or a blank for all"
            got = f"{table.texts('period')[dated[0]]}, and no lift of {offer.id} for {shown} ({cells:,} cells)"
            table.problem(int(dated[0]), "period", expected, got)
            continue
        expected = f"a lift of offer {offer.id} wherever it applies"
        got = f"none for {shown} ({cells:,} cells)"
        table.problem(None, "rows", expected, got, f"add rows for {layer}, or narrow applies_to of {offer.id}")
