"""The table of who gets what and its record: written under temporary names, then renamed, so that neither is ever half.

Rows stand in the order of the customers' file. Uses are whole millionths, money ten-thousandths of the currency's
smallest unit, so that a column's sum is what its limit says, exactly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from constraints.assign.one_limit import PricedChoices
from constraints.assign.rows import BLOCK_ROWS, Rows
from planner.assign.customers.customer_file import column_of, hashes_of, texts_of
from planner.assign.intake import Intake
from planner.assign.record import FORMAT, AssignmentRecord
from planner.assign.row_file import RowFile
from planner.overwriting import columns_of, overwritten, says
from scenarios.answer.json_records import dump, to_data
from scenarios.answer.plan import Hash
from scenarios.answer.sums import MONEY
from scenarios.problems import InvalidInput, Problem
from scenarios.whole import drafted
from surrogate.data.files.customer_file import CUSTOMER

_FIRST = (CUSTOMER, "offer", "value")
"""Columns of every table."""
_ONCE = ("sent", "valid_until")
"""Columns of tables with an offer that is sent once."""
_MONEY, _COUNT = "_ten_thousandths", "_millionths"
"""Endings of columns that limits count."""
_USES = (_MONEY, _COUNT, "_thousandths")
"""The same, with that of older tables."""


def record_path(table: Path) -> Path:
    """Return where the record of a table lies."""
    return table.with_suffix(".json")


def refuse_foreign(table: Path, inputs: Iterable[tuple[str, Path]] = ()) -> None:
    """Never write over a file that is no older assignment, or that this run reads.

    Raises
    ------
    InvalidInput
        Where such a file stands in the place of the table or of its record.
    """
    given = tuple(inputs)
    found = [
        problem
        for path, older, is_older in (
            (table, "the table of an older assignment", is_assignment),
            (record_path(table), "the record of an older assignment", _is_record),
        )
        for problem in overwritten(path, option="--out", older=older, is_older=is_older, inputs=given)
    ]
    if found:
        raise InvalidInput(found)


def _is_record(path: Path) -> bool:
    return says(path, FORMAT)


def is_assignment(path: Path) -> bool:
    """Whether a table has the columns that are written here; where no limit counts anything, its record must tell."""
    columns = columns_of(path)
    uses = columns[len(_FIRST) :]
    uses = uses[len(_ONCE) :] if uses[: len(_ONCE)] == _ONCE else uses
    if columns[: len(_FIRST)] != _FIRST or not all(name.endswith(_USES) for name in uses):
        return False
    return bool(uses) or _is_record(record_path(path))


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_assignment(
    out: Path, record: AssignmentRecord, intake: Intake, rows: RowFile, solved: PricedChoices
) -> AssignmentRecord:
    """Write both files; returns the record with the table's hash."""
    with drafted(record_path(out)) as kept, drafted(out, private=True) as draft:  # the table takes its place first
        _write_table(draft, out.suffix.lower() == ".csv", intake, rows, solved)
        complete = replace(record, table=Hash(sha256=file_hash(draft)))
        kept.write_text(dump(to_data(complete)), "utf-8")
    return complete


def _write_table(path: Path, as_csv: bool, intake: Intake, rows: RowFile, solved: PricedChoices) -> None:
    batches = _batches(intake, rows, solved)
    first = next(batches)
    if as_csv:
        with path.open("wb") as file, pa_csv.CSVWriter(file, first.schema) as writer:
            writer.write(first)
            for batch in batches:
                writer.write(batch)
        return
    with pq.ParquetWriter(path, first.schema, compression="zstd") as table:
        table.write(first)
        for batch in batches:
            table.write(batch)


def _batches(intake: Intake, rows: RowFile, solved: PricedChoices) -> Iterator[pa.RecordBatch]:
    """Yield the table batch by batch: ids from the customers' file beside what was scored of them."""
    first = 0
    ids = intake.file.batches(intake.columns, BLOCK_ROWS)
    for batch, block in zip_longest(ids, rows.blocks()):
        if batch is None or block is None or batch.num_rows != block.count:
            raise _changed(intake)
        names = texts_of(column_of(batch, CUSTOMER))
        if not np.array_equal(hashes_of(names), block.rank):  # offers would go to others than they were meant for
            raise _changed(intake)
        choice = solved.choice[first : first + block.count]
        first += block.count
        yield _rows(intake, names, block, choice)


def _changed(intake: Intake) -> InvalidInput:
    expected, got = "the same customers as long as it is read", "others: somebody has written it meanwhile"
    remedy = "run again when nobody writes to it"
    where = str(intake.file.path)
    return InvalidInput([Problem(where=where, what="file", expected=expected, got=got, remedy=remedy)])


def _rows(intake: Intake, ids: np.ndarray, block: Rows, choice: np.ndarray) -> pa.RecordBatch:
    got = choice > 0
    offer = np.maximum(choice.astype(np.int64) - 1, 0)
    at = np.arange(block.count)
    names = pa.array([one.id for one in intake.terms.offers], pa.string())
    columns: dict[str, pa.Array] = {CUSTOMER: pa.array(ids, pa.string())}
    columns["offer"] = names.take(pa.array(offer, mask=~got))
    columns["value"] = pa.array(block.value[offer, at], mask=~got)
    if intake.terms.sent_once:
        for name in _ONCE:
            days = [None if one is None else getattr(one, name) for one in intake.terms.sendings]
            columns[name] = pa.array(days, pa.date32()).take(pa.array(offer, mask=~got))
    for measure, use in zip(intake.terms.measures, block.use, strict=True):
        if use is not None:
            whole = np.where(got, use[offer, at], 0.0).astype(np.int64)
            columns[f"{measure.value}{_MONEY if measure in MONEY else _COUNT}"] = pa.array(whole)
    return pa.RecordBatch.from_pydict(columns)
