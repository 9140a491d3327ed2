"""Customers of purchases whose ids cannot be theirs: digits that a spreadsheet or a float lost, and damaged bytes.

All customers whose ids begin alike would be one.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from scenarios.problems import InvalidInput, Problem, shown
from surrogate.data.files.id_text import (
    ALL_DIGITS,
    AS_TEXT,
    DAMAGED,
    PLAIN_TEXT,
    WHOLE_IDS,
    control_in,
    id_text,
    inexact,
    shortened,
    with_control,
)
from surrogate.data.files.table_files import Batch


def refuse_broken_ids(batch: Batch, name: str) -> None:
    """Refuse a column of ids.

    Raises
    ------
    InvalidInput
        With the first row of each kind of mistake.
    """
    column = batch.column(name)
    coded = column if pa.types.is_dictionary(column.type) else None
    ids = column if coded is None else coded.dictionary
    problems = []
    for broken, expected, remedy in (
        (inexact(ids), ALL_DIGITS, WHOLE_IDS),
        (shortened(ids), ALL_DIGITS, AS_TEXT),
        (with_control(ids), PLAIN_TEXT, DAMAGED),
    ):
        if not broken.any():
            continue
        if coded is None:
            row = place = int(np.argmax(broken))
        else:  # a dictionary may hold values of other rows than those of this batch
            codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            rows = np.flatnonzero((codes >= 0) & broken[codes])
            if not len(rows):
                continue
            row, place = int(rows[0]), int(codes[rows[0]])
        text = ids[place].as_py()
        got = control_in(text) if expected == PLAIN_TEXT else shown(id_text(text))
        problems.append(Problem(where=batch.where(row), what=name, expected=expected, got=got, remedy=remedy))
    if problems:
        raise InvalidInput(problems)
