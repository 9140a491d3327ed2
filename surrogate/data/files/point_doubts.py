"""Columns of numbers whose points may separate thousands: what each batch of rows adds to what is known of them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from scenarios.language.slips.column_doubts import ColumnDoubts
from surrogate.data.files.table_files import Batch


def note_points(doubts: ColumnDoubts, batch: Batch, name: str | None, digits: int | None, first: int) -> None:
    """Note whether points of a column of numbers may separate thousands.

    Parameters
    ----------
    digits
        Most decimals of its numbers, where that is known.
    first
        Number of the batch's first row among all that are read.
    """
    if name is None:
        return
    column = batch.column(name)
    column = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        commas = batch.part.decimal_mark == ","
        texts = pc.utf8_trim_whitespace(column.cast(pa.string()))
        doubts.note(texts, name, first, digits, commas=commas, where=batch.where)
