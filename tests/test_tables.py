"""Tables become arrays on the scenario's axes: the most specific row wins, and every number means what it says."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import load_shop, problems_of

from scenarios.language.text.csv_files import CsvTable, read_csv
from scenarios.loading.load import read_effects
from scenarios.tables.cell_rows import ALL, resolve_rows
from scenarios.tables.effect_rows import NORMAL_95, interval_sd

YOUNG, OLD = 0, 1
PHONE, PRO, CASE, BASKETS = 0, 1, 2, 3
CUT, FLASH, COUPON, BUDS, FRONT, SAVE = range(6)


def test_effects_lie_on_the_scenarios_axes(tmp_path):
    """Axes are [E, S, K+1, T, O] in the scenario's order; nothing stands where an offer does not apply."""
    effects = read_effects(load_shop(tmp_path))
    assert effects.base_units.shape == (1, 2, 3, 7)
    assert effects.lift.shape == (1, 2, 4, 7, 6) and effects.take_up.shape == (2, 4, 7, 6)
    assert effects.base_units[0, YOUNG, :, 0].tolist() == [30, 12, 70]
    assert effects.lift[0, OLD, CASE, :, COUPON].tolist() == [0.3] * 7
    assert effects.lift[0, :, CASE, :, CUT].sum() == 0 and effects.lift[0, :, BASKETS, :, :SAVE].sum() == 0
    assert effects.evidence == ("assumed",) * 6 and effects.source == "table effects.csv"


def test_take_up_is_given_fixed_or_assumed(tmp_path):
    """Shelf prices reach everybody, a feature grants nothing, a threshold's default is who already spends enough."""
    effects = read_effects(load_shop(tmp_path))
    assert (effects.take_up[:, PHONE, :, CUT] == 1).all() and (effects.take_up[..., FRONT] == 0).all()
    assert effects.take_up[:, CASE, 0, COUPON].tolist() == [0.25, 0.15]
    assert effects.take_up[:, BASKETS, 0, SAVE].tolist() == [0.08, 0.5]
    assert (effects.take_up_cv[..., [CUT, FLASH, FRONT]] == 0).all()
    assert effects.take_up_cv[OLD, BASKETS, 0, SAVE] == 0.6


def test_table_and_baskets_are_both_kept_to_print(tmp_path):
    """Where a table's take-up differs from the baskets', the note says both."""
    notes = read_effects(load_shop(tmp_path)).notes
    assert any("save-200" in note and "young 8.0% against 10.0%" in note for note in notes)


def test_what_is_assumed_is_said(tmp_path):
    """Blank take-ups and missing intervals are filled by defaults, and a note names each."""
    notes = read_effects(load_shop(tmp_path, shop={"spend: 3000": "spend: 2000"})).notes
    share = "the share of orders that reach 2,000 by the baskets is taken: 50.0%"
    assert f"take-up of save-200: blank in the table, so {share}" in notes
    assert "5 of 9 rows of effects.csv give no interval: a spread of 30% is assumed" in notes


def test_an_offer_that_no_order_reaches_brings_nothing(tmp_path):
    """Without anybody who can use it, its lift would be earned for nothing; a take-up in the table says who does."""
    effects = read_effects(load_shop(tmp_path, shop={"spend: 3000": "spend: 4500"}))
    assert effects.lift[0, YOUNG, BASKETS, 0, SAVE] == pytest.approx(0.10)  # its row gives a take-up of 8%
    assert (effects.lift[0, OLD, BASKETS, :, SAVE] == 0).all()
    assert (
        "offer save-200: no order of old reaches 4,500, so nobody can use it and its lift counts as 0; lower its "
        "spend, or write its take_up if orders grow to reach it"
    ) in effects.notes


@pytest.mark.parametrize("terms", ["mechanic: price_discount, depth: 20%", "mechanic: bundle, buy: 2, get: 1"])
def test_a_member_price_is_used_by_every_member_reached(tmp_path, terms):
    """At the shelf all members pay it, as all customers pay a public price; a table may say that fewer do."""
    member = {"mechanic: coupon, value: 20, layer: targeted, channel: push": f"{terms}, layer: targeted"}
    effects = read_effects(load_shop(tmp_path, shop=member, effects={"0.50,0.30,0.80,25%": "0.50,0.30,0.80,"}))
    assert effects.take_up[:, CASE, 0, COUPON].tolist() == [1.0, 0.15]
    (said,) = [note for note in effects.notes if note.startswith("take-up of coupon-20: blank in the table")]
    assert said.endswith(
        "so every member who is reached is taken to use a " + terms.split()[1].rstrip(",") + " at the shelf"
    )


def test_intervals_become_log_normal_spreads(tmp_path):
    """A 90 % interval spans 2 x 1.645 standard deviations of log(lift); without one, risk.lift_cv counts."""
    effects = read_effects(load_shop(tmp_path))
    assert effects.lift_sd[0, PHONE, 0, CUT] == pytest.approx(math.log(1.2 / 0.5) / (2 * NORMAL_95))
    assert effects.lift_sd[0, PHONE, 0, FLASH] == pytest.approx(math.sqrt(math.log(1.09)))


@pytest.mark.parametrize(
    ("lift", "low", "high", "expected"),
    [
        (0.8, -0.1, 1.2, math.log(1.2 / 0.8) / 1.645),
        (0.8, 0.0, 1.2, math.log(1.2 / 0.8) / 1.645),
        (-0.2, -0.4, -0.1, math.log(4) / 3.29),
        (-0.2, -0.4, 0.1, math.log(2) / 1.645),
        (0.0, -0.1, 0.1, 0.0),
        (0.5, 0.5, 0.5, 0.0),
    ],
)
def test_intervals_across_zero_use_the_own_side(lift, low, high, expected):
    """A log-normal cannot change its sign: the half on the lift's side stands for both."""
    (sd,) = interval_sd(*(np.array([x]) for x in (lift, low, high)))
    assert sd == pytest.approx(expected)


def test_redemption_is_converted_by_the_baseline(tmp_path):
    """take_up = redemption x customers x units per use / base units of the period."""
    effects = read_effects(
        load_shop(
            tmp_path,
            shop={"unit_cost: 20}": "unit_cost: 20, units_per_use: 2}"},
            effects={
                "lift_high,take_up": "lift_high,redemption",
                "0.80,25%": "0.80,0.2%",
                "0.50,0.15": "0.50,0.1%",
                "0.40,,,0.80": "0.40,,,0.01%",
                "0.10,,,0.08": "0.10,,,0.1%",
            },
        )
    )
    assert effects.take_up[YOUNG, CASE, 0, COUPON] == pytest.approx(0.002 * 4000 * 2 / 70)
    assert effects.take_up[YOUNG, BASKETS, 0, SAVE] == pytest.approx(0.001 * 4000 / 100)


def test_redemption_is_nothing_on_a_day_without_sales(tmp_path):
    """The shop is closed on one day: nobody uses a coupon there, and the other days are converted as ever."""
    redeemed = {
        "lift_high,take_up": "lift_high,redemption",
        "0.80,25%": "0.80,0.2%",
        "0.50,0.15": "0.50,0.1%",
        "0.40,,,0.80": "0.40,,,0.01%",
        "0.10,,,0.08": "0.10,,,0.1%",
    }
    closed = {"old,phone,,25": "young,case,2026-11-03,0\nold,phone,,25"}
    effects = read_effects(load_shop(tmp_path, baseline=closed, effects=redeemed))
    assert effects.take_up[YOUNG, CASE, :3, COUPON].tolist() == [*[pytest.approx(0.002 * 4000 / 70)] * 2, 0]


def test_one_table_holds_take_ups_and_redemptions(tmp_path):
    """Each row fills the one it knows: a take-up stands as it is beside a redemption that is converted."""
    effects = read_effects(
        load_shop(
            tmp_path,
            effects={
                "lift_low,lift_high,take_up": "redemption,note,take_up",
                "cut-15,0.80,0.50,1.20,": "cut-15,0.80,,,",
                "cut-15,0.60,0.40,0.90,": "cut-15,0.60,,,",
                "young,,,coupon-20,0.50,0.30,0.80,25%": "young,,,coupon-20,0.50,0.2%,,",
                "old,,,coupon-20,0.30,0.20,0.50,0.15": "old,,,coupon-20,0.30,,,15%",
                "young,basket,,save-200,0.10,,,0.08": "young,basket,,save-200,0.10,0.1%,,",
            },
        )
    )
    assert effects.take_up[:, CASE, 0, COUPON].tolist() == [pytest.approx(0.002 * 4000 / 70), 0.15]
    assert effects.take_up[:, BASKETS, 0, SAVE].tolist() == [pytest.approx(0.001 * 4000 / 100), 0.5]
    assert (effects.take_up[:, PHONE, :, CUT] == 1).all()


def test_custom_measures_are_kept_aside(tmp_path):
    """Another numeric column is an amount per use that limits may name; blanks are 0; notes are for people."""
    loaded = load_shop(
        tmp_path,
        shop={"measure: spend": "measure: grams"},
        effects={
            "lift_low,lift_high": "grams,note",
            "0.80,0.50,1.20": "0.80,3.5,a guess",
            "0.30,0.20,0.50,0.15": "0.30,0.30,0.50,0.15",
        },
    )
    grams = loaded.custom["grams"]
    assert list(loaded.custom) == ["grams"] and grams.shape == (2, 4, 7, 6)
    assert grams[0, PHONE, 0, CUT] == 3.5 and grams[0, PRO, 0, CUT] == 0.4 and grams[0, PHONE, 0, FLASH] == 0


def test_a_dated_row_beats_an_undated_one(tmp_path):
    """The row that names more keys speaks for its cells."""
    effects = read_effects(
        load_shop(tmp_path, effects={",,,flash-12,0.90,,,": ",,,flash-12,0.90,,,\n,phone,2026-11-05,flash-12,1.5,,,"})
    )
    assert effects.lift[0, 0, PHONE, :, FLASH].tolist() == [0.9] * 4 + [1.5] + [0.9] * 2


def test_rows_outside_the_horizon_are_left_out_and_counted(tmp_path):
    """A table may cover more days than the scenario; a note says how many rows were not used."""
    effects = read_effects(load_shop(tmp_path, baseline={"old,case,,50": "old,case,,50\nold,case,2027-01-01,9"}))
    assert effects.base_units[0, OLD, CASE].tolist() == [50] * 7
    assert "1 row of baseline.csv lies outside the horizon and is not used" in effects.notes
    two = "old,case,,50\nold,case,2027-01-01,9\nold,case,2027-01-02,9"
    effects = read_effects(load_shop(tmp_path, baseline={"old,case,,50": two}))
    assert "2 rows of baseline.csv lie outside the horizon and are not used" in effects.notes


def test_any_day_of_a_week_names_it(tmp_path):
    """In a weekly scenario a date means the week that holds it, and two dates of one week contradict each other."""
    weekly = {"unit: day": "unit: week", "arrivals: {2026-11-03: 100}": "arrivals: {2026-12-02: 100}"}
    rows = {"old,case,,50": "old,case,,50\nold,case,2026-11-11,40"}
    effects = read_effects(load_shop(tmp_path, shop=weekly, baseline=rows))
    assert effects.base_units[0, OLD, CASE].tolist() == [50, 40, 50, 50, 50, 50, 50]
    again = {"old,case,,50": "old,case,,50\nold,case,2026-11-11,40\nold,case,2026-11-12,45"}
    (line,) = problems_of(tmp_path, shop=weekly, baseline=again)
    assert line.startswith("baseline.csv:9: row: expected one row for the same cells")


def test_offers_fill_only_where_they_apply(tmp_path):
    """Rows for places where an offer does not apply are harmless; applies_to decides."""
    effects = read_effects(load_shop(tmp_path, effects={",,,front": ",case,,flash-12,0.3,,,\n,,,front"}))
    assert (effects.lift[0, :, CASE, :, FLASH] == 0).all()


def test_byte_order_mark_percent_signs_quotes_and_spaces_are_read():
    """Spreadsheets write byte order marks, quotes and percent signs; line numbers stay those of the file."""
    raw = '\ufeffid , lift\r\n"a\nb", 18%\r\n\r\nc,0.25\r\n'.encode()
    table = read_csv(raw, "t.csv")
    assert table.columns["id"] == ["a\nb", "c"] and table.lines == [2, 5]
    assert table.numbers("lift", share=True) == [0.18, 0.25] and not table.problems


def test_every_bad_cell_is_reported_with_its_line():
    """Three bad cells give three lines."""
    table = read_csv(b"x\none\n2\nnan\n1_0\n", "t.csv")
    table.numbers("x")
    assert [problem.where for problem in table.problems] == ["t.csv:2", "t.csv:4", "t.csv:5"]


def _oracle(rows, cell):
    """The most specific row of a cell, slowly; ties return None."""
    fits = [
        (sum(key != ALL for key in row), number)
        for number, row in enumerate(rows)
        if all(key in (ALL, place) for key, place in zip(row, cell, strict=True))
    ]
    best = [number for rank, number in fits if rank == max(rank for rank, _ in fits)]
    return -1 if not fits else best[0] if len(best) == 1 else None


@settings(derandomize=True, deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.integers(-1, 1), st.integers(-1, 2), st.integers(-1, 1), st.integers(-1, 1)), max_size=9),
    st.integers(0, 2**24 - 1),
)
def test_resolution_equals_the_slow_definition(rows, needed_bits):
    """On random tables the vectorised resolution finds the row of the definition and reports every tie that matters."""
    shape = (2, 3, 2, 2)
    table = CsvTable(name="t.csv", columns={}, lines=list(range(2, len(rows) + 2)))
    keys = [np.array([row[axis] for row in rows], dtype=np.int64) for axis in range(4)]
    needed = np.array([needed_bits >> bit & 1 for bit in range(24)], dtype=bool).reshape(shape)
    resolved = resolve_rows(table, keys, shape, needed)
    cells = list(itertools.product(*(range(size) for size in shape)))
    wanted = {cell: _oracle(rows, cell) for cell in cells}
    doubled = len(set(rows)) < len(rows)
    tied = any(wanted[cell] is None for cell in cells if needed[cell])
    assert bool(table.problems) == (doubled or tied)
    if not doubled:
        for cell in cells:
            if wanted[cell] is not None:
                assert resolved.row[cell] == wanted[cell]


def test_a_hundred_thousand_rows_resolve_at_once():
    """A table with a row for every cell of a large scenario is resolved by arrays, without a Python loop over cells."""
    shape = (12, 41, 28, 8)
    grid = np.indices(shape).reshape(4, -1)
    table = CsvTable(name="t.csv", columns={}, lines=list(range(2, grid.shape[1] + 2)))
    resolved = resolve_rows(table, list(grid.astype(np.int64)), shape, np.ones(shape, dtype=bool))
    assert (resolved.row.ravel() == np.arange(grid.shape[1])).all() and not table.problems


def test_rows_of_commas_are_no_rows() -> None:
    """What spreadsheets leave below a table is skipped; a row with a blank among its cells is kept."""
    table = read_csv(b"segment,units\nloyal,3\n,\n,4\n,\n", "units.csv")
    assert not table.problems
    assert table.columns["units"] == ["3", "4"]
    assert table.lines == [2, 4]


def test_a_column_of_one_mistake_is_told_once_for_all_rows() -> None:
    """Decimal commas in every row are a few examples and a count, not a line for each of thousands of rows."""
    table = CsvTable(name="t.csv", columns={"units": [f"{row},5" for row in range(300)]}, lines=list(range(2, 302)))
    table.numbers("units")
    assert [problem.where for problem in table.problems] == [f"t.csv:{line}" for line in range(2, 7)]
    assert table.problems[-1].got.endswith(", and 295 more rows like it")
    blank = CsvTable(name="t.csv", columns={"units": ["1", "", ""]}, lines=[2, 3, 4])
    blank.required_numbers("units")
    assert [(problem.where, problem.got) for problem in blank.problems] == [
        ("t.csv:3", "a blank"),
        ("t.csv:4", "a blank"),
    ]
