"""All customers scored, batch by batch, and everything that is wrong with their file at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from constraints.assign.rows import BLOCK_ROWS, Rows
from planner.assign.careful.scored_parts import PartNames
from planner.assign.customers.column_problems import ColumnProblems
from planner.assign.customers.consents import ConsentCounts
from planner.assign.futures.sampled import Sample
from planner.assign.intake import Intake, Taken, twice_in
from planner.assign.rounded_uses import Rounding
from planner.assign.row_file import RowFile
from planner.assign.scoring.scores import ByMember
from scenarios.problems import InvalidInput, Problem


@dataclass(frozen=True, kw_only=True, eq=False)
class Read:
    """All customers, scored."""

    rows: RowFile
    rounding: Rounding
    """What rounding their uses up comes to."""
    consents: ConsentCounts
    sample: Sample
    """Some of them, by each member of the ensemble; empty where no ensemble scored them."""
    told: NDArray[np.int16] | None
    """[N] `Taken.told` of all."""
    placed: NDArray[np.int16] | None = None
    """[N] `Taken.placed` of all."""
    members: RowFile | None = None
    """What each member says of everybody, where a careful objective asks for it: parts in place of values."""

    def close(self) -> None:
        """Give the disk back."""
        for one in (self.rows, self.members):
            if one is not None:
                one.close()

    def __enter__(self) -> Read:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_rows(intake: Intake, folder: Path, parts: PartNames | None = None) -> Read:
    """Score all customers.

    Parameters
    ----------
    folder
        Where what was scored lies until the run ends.
    parts
        What of everybody's scores by each member of the ensemble is kept; nothing where none is given.

    Raises
    ------
    InvalidInput
        With one problem for each column that cannot be used, for customers who stand in two rows, and for sums that
        cannot be counted.
    """
    rows = RowFile(folder=folder, offers=len(intake.terms.offers), measures=len(intake.terms.measures))
    problems, rounding = ColumnProblems(intake.file), Rounding(terms=intake.terms)
    consents, sample = ConsentCounts(intake.consents), Sample()
    members: RowFile | None = None
    hashes, told, placed, first = [], list[NDArray[np.int16]](), list[NDArray[np.int16]](), 0
    try:
        for batch in intake.file.batches(intake.columns, BLOCK_ROWS):
            taken = intake.take(batch, first, problems, sample, by_member=parts is not None)
            hashes.append(taken.rows.rank)
            if not problems:
                sample.add(first, taken.rows, _drawn(taken, sample, parts))
                members = members if parts is None else _kept(taken, parts, members, folder)
            first += batch.num_rows
            if not problems:
                rows.add(taken.rows)
                rounding.note(taken.rows, taken.added)
                consents.note(taken.may)
                told += [] if taken.told is None else [taken.told]
                placed += [] if taken.placed is None else [taken.placed]
        problems.close()
        twice = twice_in(np.concatenate(hashes), intake.file) if hashes else None
        if problems or twice is not None:
            raise InvalidInput([*problems.problems(), *([] if twice is None else [twice])])
        if not first:
            got, remedy = "none below the header", "check that the export has run"
            where = str(intake.file.path)
            raise InvalidInput(
                [Problem(where=where, what="rows", expected="one customer a row", got=got, remedy=remedy)]
            )
        rounding.refuse(intake.file)
    except BaseException:
        for one in (rows, members):
            if one is not None:
                one.close()
        raise
    return Read(
        rows=rows,
        rounding=rounding,
        consents=consents,
        sample=sample,
        told=np.concatenate(told) if told else None,
        placed=np.concatenate(placed) if placed else None,
        members=members,
    )


def _drawn(taken: Taken, sample: Sample, parts: PartNames | None) -> ByMember | None:
    """Return what members say of those whom a sample holds."""
    if taken.members is None or parts is None:
        return taken.members
    return taken.members.take(sample.holds(taken.rows.rank))


def _kept(taken: Taken, parts: PartNames, members: RowFile | None, folder: Path) -> RowFile | None:
    """Keep what members say of everybody: the parts, one after the other, as if each were an offer's value."""
    if taken.members is None:
        return None
    amounts = np.concatenate([one.reshape(-1, taken.rows.count) for one in parts.of_members(taken.members)])
    if members is None:
        members = RowFile(folder=folder, offers=len(amounts), measures=0)
    members.add(Rows(value=amounts, use=(), segment=taken.rows.segment, rank=taken.rows.rank))
    return members
