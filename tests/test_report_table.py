"""Tables of reports: columns give way before a figure is cut, texts fold, and names are no markup."""

from __future__ import annotations

import pytest
from printed import printed
from rich.console import Console
from rich.text import Text

from planner.report.table import About, Column, FittedTable


def test_a_table_gives_way_before_it_cuts() -> None:
    """Optional columns are dropped, the largest first, and named; without room left the rows are stacked."""
    table = FittedTable(
        title="t",
        columns=(
            Column(title="name", least=6),
            Column(title="amount", number=True),
            Column(title="extra", number=True, gives_way=1),
            Column(title="more", number=True, gives_way=2),
        ),
        rows=(("a long name that folds", "123,456,789", "111,111", "222,222"),),
    )
    assert not any("not shown" in line for line in printed(table, 80))
    assert "not shown at this width: more" in printed(table, 30)
    assert "not shown at this width: extra, more" in " ".join(printed(table, 22))
    stacked = printed(table, 12)
    assert "123,456,789" in " ".join(stacked)


def test_a_column_that_has_given_way_is_not_explained() -> None:
    """A sentence about a column that nobody sees would only be in the way."""
    table = FittedTable(
        title="t",
        columns=(Column(title="amount", number=True), Column(title="extra", number=True, gives_way=1)),
        rows=(("123,456,789", "111,111"),),
        notes=("money in EUR",),
        abouts=(About(column="extra", text="extra: what it is"),),
    )
    assert printed(table, 80)[-2:] == ["money in EUR", "extra: what it is"]
    narrow = " ".join(printed(table, 14))
    assert "money in EUR" in narrow and "what it is" not in narrow


def test_a_table_refuses_rows_of_another_length() -> None:
    """A missing cell is a mistake of the report, not of its reader."""
    with pytest.raises(ValueError, match="2 cells in a table of 1"):
        FittedTable(title="t", columns=(Column(title="a"),), rows=(("1", "2"),))


def test_text_of_names_is_never_markup() -> None:
    """Square brackets in a name stay as they are."""
    table = FittedTable(title="[bold]t", columns=(Column(title="[red]"),), rows=(("[link=x]name[/link]",),))
    text = "\n".join(printed(table, 80))
    assert "[bold]t" in text
    assert "[link=x]name[/link]" in text


def test_lines_that_are_set_in_stay_so_where_they_fold() -> None:
    """What goes on below a line begins under its first word, not left of it."""
    entry = "2027-05-28 room-20\n  instead: nothing else gains"
    table = FittedTable(title="", columns=(Column(title="line", least=18),), rows=((entry,),))
    assert [line.rstrip() for line in printed(table, 18)][-3:] == [
        "2027-05-28 room-20",
        "  instead: nothing",
        "  else gains",
    ]
    assert [line.rstrip() for line in printed(table, 40)][-1] == "  instead: nothing else gains"


def test_a_column_gives_way_before_an_id_is_broken() -> None:
    """Ids stay whole while an optional column can be left out; alone in a narrow table they fold."""
    columns = (Column(title="limit"), Column(title="used", number=True), Column(title="remark", gives_way=1))
    table = FittedTable(title="", columns=columns, rows=(("stock:nova-12-pro", "2,863", "up to the end"),))
    assert any("stock:nova-12-pro  2,863" in line for line in printed(table, 30))
    assert any("remark" in line for line in printed(table, 30)[-1:])
    assert any("stock:nova" in line for line in printed(table, 20))


@pytest.mark.parametrize("width", [100, 110, 116, 120, 130, 160])
def test_the_last_column_is_never_cut(width: int) -> None:
    """Two texts that fold, one of them with a long word, leave every number and the verdict whole at any width."""
    columns = (
        Column(title="limit", least=12),
        Column(title="measure", least=11, gives_way=1),
        Column(title="scope", least=10, gives_way=2),
        *(Column(title=title, number=True) for title in ("bound", "used", "at risk", "headroom", "verdict")),
    )
    rows = (
        (
            "total-budget",
            "spend max, any 7 days",
            "everything (2027-03-01..2027-03-07)",
            *("212,084.32",) * 4,
            "BROKEN",
        ),
        (
            "stock:espresso-1kg",
            "customers_reached max",
            "categories coffee, of everything",
            *("-18.687800%",) * 4,
            "kept",
        ),
    )
    table = FittedTable(title="", columns=columns, rows=rows)
    out = Console(width=width, force_terminal=False)
    with out.capture() as captured:
        out.print(table)
    text = captured.get()
    assert "BROKEN" in text and "verdict" in text and text.count("-18.687800%") == 4
    assert max(map(len, text.splitlines())) <= width


def test_long_ids_break_where_they_are_put_together() -> None:
    """Where nothing can give way an id breaks behind a mark in it, not in a word; its style and its numbers stay."""
    columns = (Column(title="limit"), Column(title="used", number=True))
    rows = ((Text("stock:kosiarka-spal", style="red"), "2,863"), ("abcdefghijklmnopqrstuvw", "1"))
    lines = printed(FittedTable(title="", columns=columns, rows=rows), 24)
    assert any(line.split() == ["stock:kosiarka-", "2,863"] for line in lines)
    assert any(line.split() == ["spal"] for line in lines)
    assert any(line.split()[0] == "abcdefghijklmnopq" for line in lines)
