"""Arrays of a frozen problem as a file (``DIR/problem/effects.npz``): float64, without times, read with mistrust."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from dataclasses import fields
from typing import Any

import numpy as np

from scenarios.answer.remedies import RESTORE_FOLDER
from scenarios.arrays import Float
from scenarios.language.schema import Scenario
from scenarios.language.values import MAX_AMOUNT
from scenarios.problems import InvalidInput, Problem
from scenarios.response.effects import Effects

ARRAYS = ("base_units", "base_cv", "lift", "lift_sd", "take_up", "take_up_cv")
CUSTOM = "custom:"
_RANGES = {
    "base_units": (0.0, 1e12),
    "base_cv": (0.0, 20.0),
    "lift": (-1.0, 1e6),
    "lift_sd": (0.0, 20.0),
    "take_up": (0.0, 1.0),
    "take_up_cv": (0.0, 100.0),
}
"""What numbers of effects can mean; beyond, the account could not be kept."""
MAX_BYTES = 4 * 2**30
"""Most bytes that the arrays of a problem may unpack to, so that a small file cannot fill the memory."""


def packed(arrays: dict[str, Float]) -> bytes:
    """Pack arrays; unlike a plain archive, members carry no time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, values in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(values, dtype=np.float64), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, member.getvalue())
    return buffer.getvalue()


def unpacked(raw: bytes, where: str, file: str = "effects.npz") -> dict[str, Float]:
    """Read the arrays of a file: float64, each once, no larger unpacked than they say.

    Raises
    ------
    InvalidInput
        For a file that is damaged, too large, or holds other arrays.
    """
    arrays: dict[str, Float] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            total = sum(entry.file_size for entry in entries)
            if total > MAX_BYTES:
                raise refused(where, file, f"at most {MAX_BYTES:,} bytes of arrays", f"{total:,}")
            for entry in entries:
                name = entry.filename.removesuffix(".npy")
                if name in arrays or not (name in ARRAYS or name.startswith(CUSTOM)):
                    raise refused(where, file, "every array once and no others", ascii(entry.filename[:60]))
                arrays[name] = _array(archive.read(entry))
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValueError,
        TypeError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise refused(where, file, "whole arrays", f"a damaged file ({error})") from None
    missing = [name for name in ARRAYS if name not in arrays]
    if missing:
        raise refused(where, file, "all arrays", f"none of {', '.join(missing)}")
    return arrays


def _array(member: bytes) -> Float:
    """Read one array of float64 whose shape is that of its bytes.

    Raises
    ------
    ValueError
        For anything else.
    """
    head = io.BytesIO(member)
    version = np.lib.format.read_magic(head)
    if version != (1, 0):
        raise ValueError("not the header that is written")
    shape, _, kind = np.lib.format.read_array_header_1_0(head)
    if kind != np.float64 or math.prod(shape) * kind.itemsize != len(member) - head.tell():
        raise ValueError("not float64, or not as many numbers as it says")
    return np.asarray(np.lib.format.read_array(io.BytesIO(member), allow_pickle=False), dtype=np.float64)


def check_shapes(
    scenario: Scenario, effects: Effects, custom: dict[str, Float], where: str, file: str = "effects.npz"
) -> None:
    """Axes must be the scenario's own, and every number finite.

    Raises
    ------
    InvalidInput
        For arrays of other axes, and numbers that are not finite or out of range.
    """
    if not isinstance(scenario.segments, tuple) or not isinstance(scenario.products, tuple):
        raise refused(where, "scenario.json", "segments and products read in", "a reference to a file")
    s, k, t, o = len(scenario.segments), len(scenario.products), scenario.horizon.periods, len(scenario.offers)
    members = effects.lift.shape[:1]
    wide = (s, k + 1, t, o)
    if effects.base_units.shape[:1] in ((), (0,)) or members in ((), (0,)):
        raise refused(where, file, "at least one ensemble member", "none")
    wanted: dict[str, tuple[int, ...]] = {
        "base_units": (*effects.base_units.shape[:1], s, k, t),
        "base_cv": (s, k),
        "lift": (*members, *wide),
        "lift_sd": wide,
        "take_up": wide,
        "take_up_cv": wide,
    }
    arrays: dict[str, Any] = {each.name: getattr(effects, each.name) for each in fields(effects) if each.name in wanted}
    wanted |= {f"{CUSTOM}{name}": wide for name in custom}
    arrays |= {f"{CUSTOM}{name}": values for name, values in custom.items()}
    for name, shape in wanted.items():
        if arrays[name].shape != shape:
            raise refused(where, f"{file}, {name}", f"shape {shape}", f"{arrays[name].shape}")
        if not np.isfinite(arrays[name]).all():
            raise refused(where, f"{file}, {name}", "finite numbers", "others")
        low, high = _RANGES.get(name, (-MAX_AMOUNT, MAX_AMOUNT))
        if arrays[name].size and not (low <= arrays[name].min() and arrays[name].max() <= high):
            got = f"{arrays[name].min():g} to {arrays[name].max():g}"
            raise refused(where, f"{file}, {name}", f"numbers from {low:g} to {high:g}", got)
    if len(effects.uses_told) not in (0, o):
        got = str(len(effects.uses_told))
        raise refused(where, "problem.json, uses_told", f"{o} answers, one an offer, or none", got)
    if len(effects.evidence) != o:
        raise refused(where, "problem.json, evidence", f"{o} grades, one an offer", f"{len(effects.evidence)}")


def refused(where: str, what: str, expected: str, got: str) -> InvalidInput:
    """Say what is wrong with a file of ``problem/``, and where to get a good one."""
    return InvalidInput([Problem(where=where, what=what, expected=expected, got=got, remedy=RESTORE_FOLDER)])
