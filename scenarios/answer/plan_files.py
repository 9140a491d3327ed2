"""A plan directory: plans.json, cells.parquet and problem/, written whole or not at all (docs/files.md).

``problem/hashes.json`` seals every file, and beside that each value of plans.json that no recomputation can prove.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scenarios.answer import archive, cells_file, folder_bytes
from scenarios.answer.archive import Frozen
from scenarios.answer.cells import Account
from scenarios.answer.folder_bytes import bytes_of, is_folder, missing, text_of
from scenarios.answer.frozen_place import refuse_inside_problem
from scenarios.answer.json_records import dump, from_data, parse, to_data
from scenarios.answer.plan import FORMAT, EffectsSource, Hash, PlanSet, RankedPlan, Source
from scenarios.answer.signature import SIGNATURE, sign
from scenarios.plain_digits import is_rank
from scenarios.problems import InvalidInput, Problem
from scenarios.whole import or_room, replacing, try_place, write_whole

PLANS, CELLS, PROBLEM, HASHES = folder_bytes.PLANS, "cells.parquet", "problem", "problem/hashes.json"
SEALED = ("seed", "effort", "versions", "assumed", "notes", "objective", "currency", "bound", "cross_fit")
"""Values of a plan set that `check` knows by their seal only."""
SEALED_IN_PLAN = ("gap", "optimism", "baselines")
"""Values of a plan that `check` knows by their seal only; so are shadow prices of limits and reasons of lines."""
SEALED_WHERE_TOLD = ("cross_fit_error",)
"""Likewise, but without a seal where there is no value: folders that were written before have neither."""
SEALED_WHERE_TOLD_IN_PLAN = ("optimism_error", "uniform_offer")


@dataclass(frozen=True, kw_only=True)
class Hashes:
    """``problem/hashes.json``: SHA-256 of every file, and of each sealed value's JSON by its place."""

    files: dict[str, str]
    sealed: dict[str, str]


@dataclass(frozen=True, kw_only=True, eq=False)
class PlanDirectory:
    """A plan directory as read."""

    folder: Path
    plan_set: PlanSet
    raw: dict[str, bytes]
    """Contents of every file by name, ``problem/hashes.json`` among them."""
    hashes: Hashes
    signature: bytes | None = None
    """Contents of ``signature.json``, where the directory was signed with a key."""

    def problem(self) -> Frozen:
        """Return the frozen problem.

        Raises
        ------
        InvalidInput
            Where a file of problem/ is missing or damaged.
        """
        prefix = f"{PROBLEM}/"
        files = {name.removeprefix(prefix): raw for name, raw in self.raw.items() if name.startswith(prefix)}
        return archive.from_files(files, where=str(self.folder / PROBLEM))


def sha256(raw: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def plan_place(folder: Path, rank: int) -> str:
    """What messages call a plan of a folder: its file, and its place there, as `check` names it."""
    return f"{folder / PLANS}: plans[{rank - 1}]"


def sealed_values(plan_set: PlanSet) -> Iterator[tuple[str, Any]]:
    """Yield place and plain data of every sealed value."""
    for name in SEALED:
        yield name, to_data(getattr(plan_set, name))
    yield from _told(plan_set, SEALED_WHERE_TOLD, "")
    for number, plan in enumerate(plan_set.plans):
        for name in SEALED_IN_PLAN:
            yield f"plans[{number}].{name}", to_data(getattr(plan, name))
        yield from _told(plan, SEALED_WHERE_TOLD_IN_PLAN, f"plans[{number}].")
        yield f"plans[{number}].limits.shadow_price", {limit.id: limit.shadow_price for limit in plan.limits}
        yield f"plans[{number}].limits.price_holds", {limit.id: to_data(limit.price_holds) for limit in plan.limits}
        yield f"plans[{number}].lines.why", [line.why for line in plan.lines]


def _told(record: PlanSet | RankedPlan, names: Sequence[str], prefix: str) -> Iterator[tuple[str, Any]]:
    values = ((name, getattr(record, name)) for name in names)
    return ((f"{prefix}{name}", to_data(value)) for name, value in values if value is not None)


def seal(data: Any) -> str:
    """Return the hash of a value's JSON."""
    return sha256(dump(data).encode())


def write_plans(
    folder: Path, plan_set: PlanSet, accounts: Sequence[Account], frozen: Frozen, key: bytes | None = None
) -> PlanSet:
    """Write a plan directory; an older one in its place is replaced as a whole.

    Parameters
    ----------
    plan_set
        The plans; hashes of scenario, effects and cells are filled in here.
    accounts
        The plans' accounts, in rank order.
    frozen
        The problem that was planned.
    key
        Signs the directory, where one is given.

    Returns
    -------
    PlanSet
        As written, hashes included.

    Raises
    ------
    InvalidInput
        Where ``folder`` is something else than a plan directory or an empty folder, or cannot be written.
    """
    if len(accounts) != len(plan_set.plans):
        raise ValueError(f"expected one account a plan, got {len(accounts)} for {len(plan_set.plans)} plans")
    files = {f"{PROBLEM}/{name}": raw for name, raw in archive.to_files(frozen).items()}
    files[CELLS] = cells_file.to_bytes(accounts)
    complete = replace(
        plan_set,
        scenario=Source(id=frozen.scenario.scenario, sha256=sha256(frozen.raw)),
        effects=EffectsSource(source=frozen.effects.source, sha256=sha256(files[f"{PROBLEM}/effects.npz"])),
        cells=Hash(sha256=sha256(files[CELLS])),
    )
    files[PLANS] = complete.to_json().encode()
    hashes = Hashes(
        files={name: sha256(raw) for name, raw in sorted(files.items())},
        sealed={place: seal(data) for place, data in sealed_values(complete)},
    )
    files[HASHES] = dump(to_data(hashes)).encode()
    if key is not None:
        files[SIGNATURE] = sign(files, key)
    refuse_foreign(folder)
    try:
        _write(folder, files)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return complete


def refuse_foreign(folder: Path) -> None:
    """Never overwrite anything but a plan directory, nor write into the frozen question of another one.

    Raises
    ------
    InvalidInput
        For a folder with other files, and for one that holds the frozen question.
    """
    refuse_inside_problem(folder, option="--out")
    if not (folder.exists() or folder.is_symlink()):
        return
    empty = folder.is_dir() and not any(folder.iterdir())
    if folder.is_dir() and (empty or _holds_plans(folder)):
        return
    got = "a folder with other things" if folder.is_dir() else "a file"
    expected, remedy = "a new folder, or an older plan directory to replace", "choose another --out"
    raise InvalidInput([Problem(where=str(folder), what="output", expected=expected, got=got, remedy=remedy)])


def _holds_plans(folder: Path) -> bool:
    """Whether plans.json begins as those of every version do."""
    try:
        with (folder / PLANS).open("rb") as file:
            return f'"format": "{FORMAT.partition("/")[0]}/'.encode() in file.read(200)
    except OSError:
        return False


def refuse_unwritable(folder: Path) -> None:
    """Find out before a long search whether a plan directory could be written; leaves nothing behind.

    Raises
    ------
    InvalidInput
        Where the folder around it cannot be made or written.
    """
    try:
        try_place(folder)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(folder: Path, error: OSError, remedy: str = "choose another --out") -> InvalidInput:
    expected, got = "a folder that can be written", (error.strerror or str(error)).lower()
    remedy = or_room(error, remedy)
    return InvalidInput([Problem(where=str(folder), what="output", expected=expected, got=got, remedy=remedy)])


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write beside the target, then put it in place; what others put into an older directory comes along."""
    target = folder.resolve()
    with replacing(target) as draft:
        for name, raw in files.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
        for entry in target.iterdir() if target.exists() else ():
            if entry.name in (PLANS, CELLS, PROBLEM, SIGNATURE):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.copytree(entry, draft / entry.name, symlinks=True)
            else:
                shutil.copy2(entry, draft / entry.name, follow_symlinks=False)


def read_plans(folder: Path) -> PlanDirectory:
    """Read a plan directory; files of problem/ are read as bytes, see `PlanDirectory.problem`.

    Raises
    ------
    InvalidInput
        Where a file is missing, truncated or no plan set.
    """
    if not is_folder(folder):
        got = "a file" if folder.exists() else "no such folder"
        parent, _, rank = str(folder).rpartition(":")
        numbered = is_rank(rank) and Path(parent).is_dir()
        remedy = "campaign plan SCENARIO --out DIR makes one"
        if numbered:
            remedy = f"write {parent}; commands that look at one plan take --plan {rank}"
        raise InvalidInput(
            [Problem(where=str(folder), what="plans", expected="a plan directory", got=got, remedy=remedy)]
        )
    raw: dict[str, bytes] = {}
    for name in (PLANS, CELLS):
        raw[name] = bytes_of(folder, name)
    inside = folder / PROBLEM
    for path in sorted(inside.rglob("*")) if inside.is_dir() else []:
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            raw[name] = bytes_of(folder, name)
    if HASHES not in raw:
        raise missing(folder, HASHES, "no such file")
    place, hashes_place = str(folder / PLANS), str(folder / HASHES)
    plan_set = PlanSet.from_json(text_of(raw[PLANS], place), where=place)
    hashes = from_data(Hashes, parse(text_of(raw[HASHES], hashes_place), where=hashes_place), where=hashes_place)
    signed = bytes_of(folder, SIGNATURE) if (folder / SIGNATURE).exists() else None
    return PlanDirectory(folder=folder, plan_set=plan_set, raw=raw, hashes=hashes, signature=signed)


def write_signature(directory: PlanDirectory, key: bytes) -> Path:
    """Sign a plan directory as it was read; returns the file.

    Raises
    ------
    InvalidInput
        Where the file cannot be written.
    """
    target = directory.folder.resolve() / SIGNATURE
    try:
        write_whole(target, sign(directory.raw, key))
    except OSError as error:
        remedy = "make it writable, or sign a copy of it"
        raise _unwritable(directory.folder, error, remedy) from None
    return directory.folder / SIGNATURE
