"""Customers whom a rollout keeps out of every targeted offer, found in a customers' file: they get none.

A rollout names its holdout by pseudonyms, or by ids where it was exported with ``--ids``, and so may the file that
offers are assigned for. Three ways are tried: names as they stand; pseudonyms of the file's ids; pseudonyms of the
rollout's ids. Where none finds anybody, `planner.assign.customers.nobody_held` judges whether the names match at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from constraints.assign.rows import BLOCK_ROWS
from planner.assign.customers.customer_file import column_of, hashes_of, open_customers, texts_of
from planner.assign.customers.sources import FromPlan, HeldOutCount, RolledOut
from planner.figures import plural
from planner.flight.rollout.folder import listed_file, read_manifest, refused_rollout
from surrogate.data.files.customer_file import CUSTOMER
from surrogate.data.files.pseudonyms import Pseudonyms, pseudonym_in

HOLDOUT, AUDIENCES = "holdout.csv", "audiences"
UNHEEDED = (
    "no holdout is heeded: customers whom a rollout of the plan keeps out may get offers, which spoils what it "
    "measures; --rollout OUT leaves them out"
)
NOBODY_KEPT_OUT = "the rollout keeps nobody out"
WHY = "held out: the rollout keeps this customer out of every offer"

Hashes = NDArray[np.uint64]
Key = Callable[[], Pseudonyms | None]
"""Reads the key of the pseudonyms, only where names as they stand find nobody."""


class Names(Protocol):
    """Customers who are searched: those of a file, or of a table that was read."""

    @property
    def path(self) -> Path:
        """Return where they stand."""

    @property
    def pseudonymous(self) -> bool:
        """Return whether they are named by pseudonyms already."""

    def batches(self, wanted: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """Yield columns, ``customer`` among them, in batches of at most so many rows."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Named:
    """Customers of one file: eight bytes a customer and way of naming them, whatever their ids look like."""

    path: Path
    names: Hashes
    """Hashes of the names as they stand, sorted, each once."""
    numbers: NDArray[np.int64] | None
    """The names as pseudonyms, sorted; None where some are none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Holdout:
    """Whom a rollout keeps out."""

    named: Named
    sha256: str
    share: float | None
    """Of the rollout's customers; None where the manifest does not tell."""
    audiences: tuple[Path, ...]
    """Files of others whom the rollout names."""
    key: str | None = None
    """Fingerprint of the key of its pseudonyms; None where the manifest does not tell, or names are ids."""
    of: RolledOut | None = None
    """What it was made from; None where the manifest does not tell."""

    @property
    def count(self) -> int:
        """How many customers are held out."""
        return self.named.names.size


@dataclass(frozen=True, kw_only=True, eq=False)
class HeldOut:
    """Whom of one customers' file a rollout keeps out."""

    holdout: Holdout
    hashes: Hashes
    """Of their ids as the file has them, sorted: what `Rows.rank` holds."""
    customers: int = 0
    """How many they are: 7 and 7.0 are one."""
    doubt: str = ""
    """What to make of it where they are nobody."""

    def holds(self, rank: Hashes) -> NDArray[np.bool_]:
        """Whether customers [n] are held out, by the hashes of their ids."""
        return _among(rank, self.hashes)

    @property
    def counted(self) -> HeldOutCount:
        """How many there are, for the record."""
        holdout = self.holdout
        return HeldOutCount(customers=self.customers, of=holdout.count, sha256=holdout.sha256, rollout=holdout.of)


def said_of_holdout(held: HeldOut | None, *, by_plan: bool) -> tuple[str, ...]:
    """Say whom of a holdout the file lacks, or that a plan is followed without regard to any."""
    if held is None:
        return (UNHEEDED,) if by_plan else ()
    count, missing = held.holdout.count, held.holdout.count - held.customers
    if not count:
        return (NOBODY_KEPT_OUT,)
    if held.doubt:
        return (held.doubt,)
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
    files = manifest.get("files") or {}
    return Holdout(
        named=read_named(path),
        sha256=str(entry["sha256"]),
        share=_share(manifest.get("holdouts")),
        audiences=tuple(
            rollout / AUDIENCES / Path(name).name for name in sorted(files) if name.startswith(f"{AUDIENCES}/")
        ),
        key=None if manifest.get("pseudonym_key") is None else str(manifest["pseudonym_key"]),
        of=_made_from(manifest),
    )


def _made_from(manifest: dict[str, Any]) -> RolledOut | None:
    """Return what a rollout was made from, as far as its manifest tells all of it."""
    sealed, plan, seed = (manifest.get(name) for name in ("plans_sha256", "plan", "seed"))
    if isinstance(sealed, str) and isinstance(plan, int) and isinstance(seed, int):
        return RolledOut(plans_sha256=sealed, plan=plan, seed=seed)
    return None


def _share(segments: object) -> float | None:
    """Return which share of its customers a rollout keeps out, by its manifest."""
    told = [each for each in segments if isinstance(each, dict)] if isinstance(segments, list) else []
    try:
        held, there = (sum(int(each[key]) for each in told) for key in ("held", "customers"))
    except (KeyError, TypeError, ValueError):
        return None
    return held / there if 0 < held <= there else None


def read_named(path: Path) -> Named:
    """Read whom a file of a rollout names.

    Raises
    ------
    InvalidInput
        Where the file cannot be read.
    """
    ids = [ids_of(batch) for batch in open_customers(path).batches((CUSTOMER,), BLOCK_ROWS)]
    names = [hashes_of(one) for one in ids]
    numbers = [as_numbers(one) for one in ids]
    known = [one for one in numbers if one is not None]
    return Named(
        path=path,
        names=np.unique(np.concatenate([np.zeros(0, dtype=np.uint64), *names])),
        numbers=np.unique(np.concatenate(known)) if known and len(known) == len(numbers) else None,
    )


def find_held_out(holdout: Holdout, file: Names, key: Key) -> HeldOut:
    """Find in a customers' file whom a rollout keeps out; nobody where their names are of other customers, or seem so.

    Raises
    ------
    InvalidInput
        Where the key cannot be used.
    """
    if not holdout.count:
        return HeldOut(holdout=holdout, hashes=np.zeros(0, dtype=np.uint64))
    hashes, customers = search(file, holdout.named, None)
    pseudonyms = None if customers else key()
    if pseudonyms is not None:
        hashes, customers = search(file, holdout.named, pseudonyms)
    return HeldOut(holdout=holdout, hashes=hashes, customers=customers)


def search(file: Names, named: Named, key: Pseudonyms | None) -> tuple[Hashes, int]:
    """Return the sorted hashes of those ids of a file that are named, as they stand or under a key, and how many.

    Blank ids are nobody's.
    """
    is_named = _by_key(named, key, file) if key is not None else lambda ids: _among(hashes_of(ids), named.names)
    found, once = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.uint64)]
    for batch in file.batches((CUSTOMER,), BLOCK_ROWS):
        ids, written = ids_of(batch), texts_of(column_of(batch, CUSTOMER))
        here = is_named(ids) & (ids != "")
        found.append(hashes_of(written[here]))
        once.append(hashes_of(ids[here]))
    return np.unique(np.concatenate(found)), np.unique(np.concatenate(once)).size


def _by_key(named: Named, key: Pseudonyms, file: Names) -> Callable[[NDArray[np.object_]], NDArray[np.bool_]]:
    """Say who is named by pseudonyms under a key: of the rollout's ids, or of the file's where it holds ids."""
    batches = open_customers(named.path).batches((CUSTOMER,), BLOCK_ROWS)
    turned = [hashes_of(_numbered(ids_of(batch), key).astype(str).astype(object)) for batch in batches]
    names = np.sort(np.concatenate(turned))

    def held(ids: NDArray[np.object_]) -> NDArray[np.bool_]:
        found = _among(hashes_of(ids), names)
        return (
            found if named.numbers is None or file.pseudonymous else found | _among(_numbered(ids, key), named.numbers)
        )

    return held


def _numbered(ids: NDArray[np.object_], key: Pseudonyms) -> NDArray[np.int64]:
    return np.array([key.number(one) for one in ids], dtype=np.int64)


def ids_of(batch: pa.RecordBatch) -> NDArray[np.object_]:
    """Return the ids [n] of a batch, 7.0 as 7: tables with gaps write whole numbers so, and pseudonyms do not care."""
    texts = pa.array(texts_of(column_of(batch, CUSTOMER)), pa.string())
    plain = pc.replace_substring_regex(texts, r"^([0-9]+)\.0$", r"\1")
    return np.asarray(plain.to_numpy(zero_copy_only=False), dtype=object)


def as_numbers(ids: NDArray[np.object_]) -> NDArray[np.int64] | None:
    """Return names [n] as pseudonyms; None where some are none."""
    numbers = [number for one in ids if (number := pseudonym_in(one)) is not None]
    return np.array(numbers, dtype=np.int64) if len(numbers) == len(ids) else None


def _among(wanted: NDArray[np.uint64] | NDArray[np.int64], ordered: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Whether values [n] stand in a sorted array."""
    if not ordered.size:
        return np.zeros(wanted.size, dtype=np.bool_)
    place = np.minimum(np.searchsorted(ordered, wanted), ordered.size - 1)
    return np.asarray(ordered[place] == wanted)
