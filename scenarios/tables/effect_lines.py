"""Which row of an effect table speaks for each cell: where a number of the table route comes from."""

from __future__ import annotations

from dataclasses import dataclass

from scenarios.arrays import Int
from scenarios.language.schema import Scenario
from scenarios.language.text.csv_files import CsvTable, read_csv
from scenarios.tables.effect_cells import applies, effect_keys, rows_of_cells
from scenarios.tables.effect_rows import KEYS, NUMBERS, REMARK


@dataclass(frozen=True, kw_only=True, eq=False)
class SpeakingRows:
    """An effect table and the row that speaks for each cell."""

    table: CsvTable
    row: Int
    """[S, K+1, T, O] row of the table; -1 where the offer does not apply."""

    def line(self, row: int) -> int:
        """Return the line of the file on which a row begins."""
        return self.table.lines[row]

    def written(self, row: int) -> dict[str, str]:
        """Return what a row says, by column, blanks left out."""
        known = (*KEYS, *NUMBERS, REMARK)
        columns = [*(name for name in known if name in self.table.columns), *sorted(set(self.table.columns) - {*known})]
        return {name: text for name in columns if (text := self.table.columns[name][row])}


def speaking_rows(scenario: Scenario, raw: bytes, name: str) -> SpeakingRows:
    """Find the rows again that a scenario's effects were read from.

    Parameters
    ----------
    scenario
        Segments and products read in; its table was read without problems.
    raw
        The table's bytes.
    name
        Its name.

    Raises
    ------
    TypeError
        For a scenario whose segments or products are not read in.
    """
    if not (isinstance(scenario.segments, tuple) and isinstance(scenario.products, tuple)):
        raise TypeError("a table speaks of a scenario whose segments and products are read in")
    table = read_csv(raw, name)
    where = applies(scenario, scenario.segments, scenario.products)
    keys = effect_keys(table, scenario, scenario.segments, scenario.products)
    return SpeakingRows(table=table, row=rows_of_cells(table, keys, scenario.products, where))
