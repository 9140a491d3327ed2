"""Rows of the baskets table: which of them count, and what is said of those that do not."""

from shop import load_shop

from scenarios.language.text.csv_files import read_csv
from scenarios.loading.load import read_effects
from scenarios.tables.basket_rows import read_baskets

BASKET_ROWS = """\
segment,order_value,orders,units,product
,50,100,1,
,90,20,2,
old,200,7,1,
old,300,3,1,
,,40,2,case
young,,9,3,case
"""


def test_a_segments_own_basket_rows_win_over_rows_without_a_segment() -> None:
    """As in baseline and effects; rows of one segment add up, each product speaks for itself, and it is said."""
    table = read_csv(BASKET_ROWS.encode(), "baskets.csv")
    baskets, notes = read_baskets(table, ("young", "old"), ("phone", "case"), needs_orders=True)
    assert baskets is not None and not table.problems
    orders = {name: [(entry.value, entry.orders) for entry in bins] for name, bins in baskets.bins.items()}
    assert orders == {"young": [(50.0, 100.0), (90.0, 20.0)], "old": [(200.0, 7.0), (300.0, 3.0)]}
    held = {name: [(entry.orders, entry.units) for entry in each["case"]] for name, each in baskets.quantities.items()}
    assert held == {"young": [(9.0, 3.0)], "old": [(40.0, 2.0)]}
    assert notes == (
        "rows of baskets.csv without a segment do not count for segments with rows of their own: old; young (case)",
    )


def test_which_basket_rows_do_not_count_is_printed(tmp_path):
    """A scenario that mixes both is planned on the segment's own rows, and the note stands with the assumptions."""
    loaded = load_shop(tmp_path, baskets={"young,79,60,1\nyoung,2700,30,1\nyoung,4000,10,2": ",79,70,1\n*,3000,9,1"})
    assert [entry.orders for entry in loaded.baskets.bins["old"]] == [50.0, 50.0]
    assert [entry.orders for entry in loaded.baskets.bins["young"]] == [70.0, 9.0]
    assert any("do not count for segments with rows of their own: old" in note for note in read_effects(loaded).notes)


def test_a_basket_row_that_stands_there_twice_is_refused(tmp_path):
    """Its orders would count twice; rows of one segment that differ in anything still add up."""
    header, rows = "segment,product,order_value,orders,units\n", "young,,79,60,1\nold,,79,20,1\n"
    table = read_csv(f"{header}{rows}young,,79.0,60,1\nold,,79,30,1\nyoung,,79,60,1\n".encode(), "baskets.csv")
    read_baskets(table, ("young", "old"), ("phone",), needs_orders=True)
    (problem,) = table.problems
    told = "baskets.csv:4: row: expected each row once, got all that line 2 says again, and 1 more such rows; "
    assert str(problem) == f"{told}delete one, or write their orders together in one row"
    table = read_csv(f"{header}{rows}old,,79,30,1\nodd,,79,60,1\nodder,,79,60,1\n".encode(), "baskets.csv")
    read_baskets(table, ("young", "old"), ("phone",), needs_orders=True)
    assert not [problem for problem in table.problems if problem.what == "row"]
