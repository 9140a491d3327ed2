"""Customers whom a rollout keeps out of every targeted offer, found in a customers' file: they get none.

A rollout names its holdout by pseudonyms, or by ids where it was exported with ``--ids``, and so may the file that
offers are assigned for. Three ways are tried: names as they stand; pseudonyms of the file's ids; pseudonyms of the
rollout's ids. Where none finds anybody, nothing is assigned: whoever is held out would get offers in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from constraints.assign.rows import BLOCK_ROWS
from planner.assign.customer_file import CUSTOMER, CustomerFile, column_of, hashes_of, open_customers, texts_of
from planner.assign.record import FromPlan, HeldOutCount
from planner.figures import plural
from planner.flight.rollout_folder import listed_file, read_manifest, refused_rollout
from scenarios.answer.plan_files import sha256
from scenarios.problems import InvalidInput, Problem
from surrogate.data.pseudonyms import Pseudonyms

HOLDOUT = "holdout.csv"
UNHEEDED = (
    "no holdout is heeded: customers whom a rollout of the plan keeps out may get offers, which spoils what it "
    "measures; --rollout OUT leaves them out"
)
WHY = "held out: the rollout keeps this customer out of every offer"
_MOST = (1 << 63) - 1
"""Largest pseudonym."""

Hashes = NDArray[np.uint64]
Key = Callable[[], Pseudonyms | None]
"""Reads the key of the pseudonyms, only where names as they stand find nobody."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Holdout:
    """Whom a rollout keeps out: eight bytes a customer and way of naming them, whatever their ids look like."""

    path: Path
    sha256: str
    count: int
    names: Hashes
    """Hashes of the names as they stand, sorted."""
    numbers: NDArray[np.int64] | None
    """The names as pseudonyms, sorted; None where some are none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldOut:
    """Whom of one customers' file a rollout keeps out."""

    holdout: Holdout
    hashes: Hashes
    """Of their ids as the file has them, sorted: what `Rows.rank` holds."""

    def holds(self, rank: Hashes) -> NDArray[np.bool_]:
        """Whether customers [n] are held out, by the hashes of their ids."""
        return _among(rank, self.hashes)

    @property
    def counted(self) -> HeldOutCount:
        """How many there are, for the record."""
        return HeldOutCount(customers=self.hashes.size, of=self.holdout.count, sha256=self.holdout.sha256)


def said_of_holdout(held: HeldOut | None, *, by_plan: bool) -> tuple[str, ...]:
    """Say whom of a holdout the file lacks, or that a plan is followed without regard to any."""
    if held is None:
        return (UNHEEDED,) if by_plan else ()
    count, missing = held.holdout.count, held.holdout.count - held.hashes.size
    if not count:
        return ("the rollout keeps nobody out",)
    return (f"{missing:,} of the {plural(count, 'customer')} held out are not in the file",) if missing else ()


def read_holdout(rollout: Path, scenario: str, plan: FromPlan | None = None) -> Holdout:
    """Read whom a rollout keeps out.

    Parameters
    ----------
    scenario
        Id of the scenario that offers are assigned for.
    plan
        The plan whose quotas are limits.

    Raises
    ------
    InvalidInput
        Where the folder is no rollout of this campaign, names no holdout, or its holdout was changed since.
    """
    sealed, rank = ("", 1) if plan is None else (plan.sha256, plan.plan)
    manifest = read_manifest(rollout, scenario=scenario, plans_sha256=sealed, rank=rank)
    entry = listed_file(rollout, manifest, HOLDOUT)
    if entry is None:
        remedy = "export it again with --customers FILE"
        raise refused_rollout(rollout, f"a rollout that drew a holdout ({HOLDOUT})", "one without customers", remedy)
    path = rollout / HOLDOUT
    found = sha256(path.read_bytes())
    if found != entry.get("sha256"):
        expected, got = f"{HOLDOUT} as its manifest seals it", "another: it was changed since"
        raise refused_rollout(rollout, expected, got, "restore it, or export the rollout again")
    ids = [_ids(batch) for batch in open_customers(path).batches((CUSTOMER,), BLOCK_ROWS)]
    names = [hashes_of(one) for one in ids]
    numbers = [_as_numbers(one) for one in ids]
    known = [one for one in numbers if one is not None]
    return Holdout(
        path=path,
        sha256=found,
        count=sum(one.size for one in ids),
        names=np.sort(np.concatenate([np.zeros(0, dtype=np.uint64), *names])),
        numbers=np.sort(np.concatenate(known)) if known and len(known) == len(numbers) else None,
    )


def find_held_out(holdout: Holdout, file: CustomerFile, key: Key, *, must: bool = True) -> HeldOut:
    """Find in a customers' file whom a rollout keeps out.

    Parameters
    ----------
    must
        Refuse a file that holds nobody of the holdout.

    Raises
    ------
    InvalidInput
        Where the names of both cannot be told to be of the same customers, or the key cannot be used.
    """
    if not holdout.count:
        return HeldOut(holdout=holdout, hashes=np.zeros(0, dtype=np.uint64))
    found = _search(file, lambda ids: _among(hashes_of(ids), holdout.names))
    pseudonyms = None if found.size else key()
    if pseudonyms is not None:
        found = _search(file, _by_key(holdout, pseudonyms))
    if must and not found.size:
        tried = "as they stand or as pseudonyms under your key" if pseudonyms else "as they stand, and there is no key"
        raise InvalidInput(
            [
                Problem(
                    where="--rollout",
                    what=str(holdout.path),
                    expected=f"customers of {file.path} among the {holdout.count:,} who are held out",
                    got=f"none, with ids {tried}",
                    remedy="give --key FILE, the key file of the export, or export the rollout again with --ids; "
                    "leave --rollout out only where nobody of this file is held out",
                )
            ]
        )
    return HeldOut(holdout=holdout, hashes=found)


def _search(file: CustomerFile, held: Callable[[NDArray[np.object_]], NDArray[np.bool_]]) -> Hashes:
    """Return the sorted hashes of those ids of a file that are held out; blank ids are nobody's."""
    found = [np.zeros(0, dtype=np.uint64)]
    for batch in file.batches((CUSTOMER,), BLOCK_ROWS):
        ids, written = _ids(batch), texts_of(column_of(batch, CUSTOMER))
        found.append(hashes_of(written[held(ids) & (ids != "")]))
    return np.unique(np.concatenate(found))


def _by_key(holdout: Holdout, key: Pseudonyms) -> Callable[[NDArray[np.object_]], NDArray[np.bool_]]:
    """Say who is held out by pseudonyms under a key: of the file's ids, or of the rollout's."""
    batches = open_customers(holdout.path).batches((CUSTOMER,), BLOCK_ROWS)
    turned = [hashes_of(_numbered(_ids(batch), key).astype(str).astype(object)) for batch in batches]
    names = np.sort(np.concatenate(turned))

    def held(ids: NDArray[np.object_]) -> NDArray[np.bool_]:
        named = _among(hashes_of(ids), names)
        return named if holdout.numbers is None else named | _among(_numbered(ids, key), holdout.numbers)

    return held


def _numbered(ids: NDArray[np.object_], key: Pseudonyms) -> NDArray[np.int64]:
    return np.array([key.number(one) for one in ids], dtype=np.int64)


def _ids(batch: pa.RecordBatch) -> NDArray[np.object_]:
    """Return the ids [n] of a batch, 7.0 as 7: tables with gaps write whole numbers so, and pseudonyms do not care."""
    texts = pa.array(texts_of(column_of(batch, CUSTOMER)), pa.string())
    plain = pc.replace_substring_regex(texts, r"^([0-9]+)\.0$", r"\1")
    return np.asarray(plain.to_numpy(zero_copy_only=False), dtype=object)


def _as_numbers(ids: NDArray[np.object_]) -> NDArray[np.int64] | None:
    """Return names [n] as pseudonyms; None where some are none."""
    if not all(one.isascii() and one.isdigit() and len(one) < 20 and int(one) <= _MOST for one in ids):
        return None
    return np.array([int(one) for one in ids], dtype=np.int64)


def _among(wanted: NDArray[np.uint64] | NDArray[np.int64], ordered: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Whether values [n] stand in a sorted array."""
    if not ordered.size:
        return np.zeros(wanted.size, dtype=np.bool_)
    place = np.minimum(np.searchsorted(ordered, wanted), ordered.size - 1)
    return np.asarray(ordered[place] == wanted)
