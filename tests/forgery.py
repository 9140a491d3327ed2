"""Tools of a forger: change one thing in a plan directory, and make every hash fit again."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scenarios.answer.json_records import dump, from_data, parse, to_data
from scenarios.answer.plan import PlanSet
from scenarios.answer.plan_files import CELLS, HASHES, PLANS, Hashes, seal, sealed_values
from scenarios.problems import InvalidInput

EFFECTS, RESOLVED, INDEX = "problem/effects.npz", "problem/scenario.json", "problem/problem.json"


def edit_json(folder: Path, name: str, change: Callable[[Any], Any]) -> None:
    """Change a JSON file as plain data; everything else stays as it is written."""
    path = folder / name
    data = parse(path.read_text("utf-8"), where=name)
    change(data)
    if name == RESOLVED:
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, default=float) + "\n", "utf-8")
    else:
        path.write_text(dump(data), "utf-8")


def edit_text(folder: Path, name: str, old: str, new: str) -> None:
    """Replace the first occurrence of a text that must be there."""
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text, f"{name} does not hold {old}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def edit_cells(folder: Path, change: Callable[[pa.Table], pa.Table], **options: Any) -> None:
    """Write cells.parquet anew from a changed table."""
    path = folder / CELLS
    table = change(pq.read_table(io.BytesIO(path.read_bytes())))
    pq.write_table(table, path, **{"compression": "zstd", "version": "2.6", "store_schema": False, **options})


def with_values(table: pa.Table, name: str, change: Callable[[np.ndarray], Any]) -> pa.Table:
    """Change one column of numbers."""
    values = table.column(name).to_numpy().copy()
    change(values)
    return table.set_column(table.column_names.index(name), name, pa.array(values, type=table.schema.field(name).type))


def edit_effects(folder: Path, change: Callable[[dict[str, np.ndarray]], Any], name: str = EFFECTS) -> None:
    """Change the arrays of effects.npz, or of another such file, by name."""
    path = folder / name
    with zipfile.ZipFile(path) as archive:
        arrays = {
            each.removesuffix(".npy"): np.load(io.BytesIO(archive.read(each)), allow_pickle=False)
            for each in archive.namelist()
        }
    change(arrays)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, values in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(values), allow_pickle=False)
            archive.writestr(f"{each}.npy", member.getvalue())


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rehash(folder: Path) -> None:
    """Make all hashes and seals fit what the files hold now, as far as they can still be read."""

    def digest(raw: bytes) -> str:
        return hashlib.sha256(raw).hexdigest()

    try:
        plan_set = PlanSet.from_json((folder / PLANS).read_text("utf-8"))
        fitting = replace(plan_set, cells=replace(plan_set.cells, sha256=digest((folder / CELLS).read_bytes())))
        fitting = replace(fitting, effects=replace(fitting.effects, sha256=digest((folder / EFFECTS).read_bytes())))
        question = parse((folder / INDEX).read_text("utf-8"), where=INDEX)["file"]
        raw = (folder / "problem" / "question" / question).read_bytes()
        fitting = replace(fitting, scenario=replace(fitting.scenario, sha256=digest(raw)))
        if fitting != plan_set:
            (folder / PLANS).write_text(fitting.to_json(), "utf-8")
        sealed = {place: seal(data) for place, data in sealed_values(fitting)}
    except (InvalidInput, UnicodeDecodeError, OSError, ValueError, TypeError, KeyError):
        written = parse((folder / HASHES).read_text("utf-8"), where=HASHES)
        sealed = from_data(Hashes, written, where=HASHES).sealed
    inside = [path for path in sorted((folder / "problem").rglob("*")) if path.is_file()]
    names = [PLANS, CELLS, *(path.relative_to(folder).as_posix() for path in inside)]
    present = [name for name in sorted(names) if name != HASHES and (folder / name).exists()]
    hashes = Hashes(files={name: digest((folder / name).read_bytes()) for name in present}, sealed=sealed)
    (folder / HASHES).write_text(dump(to_data(hashes)), "utf-8")
