"""Random mutations of a plan directory: bytes of any file, and values of its JSON, Parquet and arrays."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from forgery import EFFECTS, INDEX, RESOLVED, edit_effects, edit_json

from scenarios.answer.plan_files import CELLS, HASHES, PLANS

JSON = (PLANS, INDEX, RESOLVED, HASHES)
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    10**18,
    -(10**30),
    Decimal("1e300"),
    Decimal("-1e-300"),
    Decimal("0.5"),
    "",
    "x",
    "\u202e\u200b",
    "１２",
    "nan",
    "2026-02-30",
    "0001-01-01",
    "../../etc/passwd",
    "a" * 300,
    "9" * 40,
    "100%",
    [],
    {},
    [[[]]],
    {"id": "x"},
)
"""Values that somebody might put where something else belongs."""


def mutate(folder: Path, rng: np.random.Generator) -> str:
    """Change something in a directory; returns in words what was done. What is left always differs from what was."""
    kinds = (_bytes, _bytes, _json, _json, _json, _cells, _arrays, _text)
    while True:
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        words = kinds[rng.integers(len(kinds))](folder, rng)
        after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        if before != after:
            return words


def _any_file(folder: Path, rng: np.random.Generator) -> Path:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return paths[rng.integers(len(paths))]


def _bytes(folder: Path, rng: np.random.Generator) -> str:
    """Flip, cut, insert, exchange or repeat bytes of one file."""
    path = _any_file(folder, rng)
    raw = bytearray(path.read_bytes())
    at = int(rng.integers(len(raw)))
    size = int(rng.integers(1, 40))
    what = ("flip", "cut", "insert", "repeat", "truncate", "swap", "digit")[rng.integers(7)]
    match what:
        case "flip":
            raw[at] ^= 1 << int(rng.integers(8))
        case "cut":
            del raw[at : at + size]
        case "insert":
            raw[at:at] = rng.bytes(size)
        case "repeat":
            raw[at:at] = raw[at : at + size]
        case "truncate":
            del raw[at:]
        case "swap":
            other = int(rng.integers(len(raw)))
            raw[at], raw[other] = raw[other], raw[at]
        case "digit":
            places = [place for place, byte in enumerate(raw) if 48 <= byte <= 57] or [at]
            raw[places[rng.integers(len(places))]] = 48 + int(rng.integers(10))
    path.write_bytes(bytes(raw))
    return f"{what} at {at} of {path.relative_to(folder)}"


def _text(folder: Path, rng: np.random.Generator) -> str:
    """Exchange, double or take away lines of a text file."""
    texts = sorted(path for path in folder.rglob("*") if path.suffix in (".json", ".yaml", ".csv"))
    path = texts[rng.integers(len(texts))]
    lines = path.read_text("utf-8").splitlines(keepends=True)
    one, other = (int(rng.integers(len(lines))) for _ in range(2))
    what = ("exchange", "double", "drop")[rng.integers(3)]
    match what:
        case "exchange":
            lines[one], lines[other] = lines[other], lines[one]
        case "double":
            lines.insert(other, lines[one])
        case "drop":
            del lines[one]
    path.write_text("".join(lines), "utf-8")
    return f"{what} lines {one} and {other} of {path.relative_to(folder)}"


def _json(folder: Path, rng: np.random.Generator) -> str:
    """Put an odd value, or that of another place, somewhere into a JSON file; or take a value away."""
    name = JSON[rng.integers(len(JSON))]
    said: list[str] = []

    def change(data: Any) -> None:
        places = list(_places(data))
        holder, key = places[rng.integers(len(places))]
        other, other_key = places[rng.integers(len(places))]
        what = ("odd", "other", "drop", "near")[rng.integers(4)]
        said.append(f"{what} at {key} of {name}")
        match what:
            case "odd":
                holder[key] = ODD[rng.integers(len(ODD))]
            case "other":
                holder[key] = _copied(other[other_key])
            case "drop":
                del holder[key]
            case "near":
                holder[key] = _near(holder[key], rng)

    edit_json(folder, name, change)
    return said[0]


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(entry) for key, entry in value.items()}
    return [_copied(entry) for entry in value] if isinstance(value, list) else value


def _near(value: Any, rng: np.random.Generator) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float | Decimal):
        return value + type(value)((1, -1, 10, 1000)[rng.integers(4)])
    return f"{value}x" if isinstance(value, str) else value


def _places(data: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    keys = list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for key in keys:
        found.append((data, key))
        found += _places(data[key])
    return found


def _cells(folder: Path, rng: np.random.Generator) -> str:
    """Change a value, a row or a column of cells.parquet and write it whole."""
    path = folder / CELLS
    table = pq.read_table(io.BytesIO(path.read_bytes()))
    name = table.column_names[rng.integers(table.num_columns)]
    row = int(rng.integers(table.num_rows))
    rows = table.to_pylist()
    what = ("value", "drop", "double", "exchange", "rename")[rng.integers(5)]
    match what:
        case "value":
            others = [entry[name] for entry in rows]
            new = others[rng.integers(len(others))]
            if isinstance(new, int):
                new += int((1, -1, 10**6, 2**31 - 1)[rng.integers(4)]) if name != "plan" else 1
            rows[row][name] = new
        case "drop":
            del rows[row]
        case "double":
            rows.insert(row, dict(rows[row]))
        case "exchange":
            other = int(rng.integers(len(rows)))
            rows[row], rows[other] = rows[other], rows[row]
        case "rename":
            pq.write_table(table.rename_columns([f"{x}_" if x == name else x for x in table.column_names]), path)
            return f"rename {name} of {CELLS}"
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), path, compression="zstd", store_schema=False)
    return f"{what} at {name}, row {row} of {CELLS}"


def _arrays(folder: Path, rng: np.random.Generator) -> str:
    """Change a number, a shape or a kind of an array of effects.npz."""
    said: list[str] = []

    def change(arrays: dict[str, np.ndarray]) -> None:
        name = list(arrays)[rng.integers(len(arrays))]
        values = arrays[name]
        what = ("number", "odd", "shape", "kind", "scale")[rng.integers(5)]
        said.append(f"{what} of {name} in {EFFECTS}")
        match what:
            case "number":
                values.flat[rng.integers(values.size)] += rng.standard_normal()
            case "odd":
                values.flat[rng.integers(values.size)] = (np.nan, np.inf, -1.0, 1e300, 1e11)[rng.integers(5)]
            case "shape":
                arrays[name] = values.reshape(-1) if rng.random() < 0.5 else values[..., :-1]
            case "kind":
                arrays[name] = values.astype(("float32", "int64", "complex128")[rng.integers(3)])
            case "scale":
                values *= (0.0, 0.5, 2.0, 1e6)[rng.integers(4)]

    edit_effects(folder, change)
    return said[0]
