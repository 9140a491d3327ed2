"""The frozen problem: a question with everything it was answered from, kept beside the answer (``DIR/problem/``).

It can be read again without the original files and without training anything: effects lie on the scenario's own axes.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
import zlib
from dataclasses import dataclass, field, fields
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from scenarios.answer.in_flight import ACTUALS, FLIGHT, InFlight, flight_files, read_flight
from scenarios.answer.json_records import dump, from_data, parse, to_data
from scenarios.language.load import LoadedScenario
from scenarios.language.schema import Scenario
from scenarios.language.values import MAX_AMOUNT
from scenarios.problems import InvalidInput, Places, Problem
from scenarios.response.baskets import Baskets
from scenarios.response.effects import Effects
from scenarios.response.served import caps_without_quantities

Float = NDArray[np.float64]

FORMAT = "campaign-problem/1"
QUESTION = "question"
"""Folder of the scenario's own bytes and of the files that it was read with."""
_ARRAYS = ("base_units", "base_cv", "lift", "lift_sd", "take_up", "take_up_cv")
_CUSTOM = "custom:"
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
MAX_SEED = 2**128
_REMEDY = "restore the folder from where it was written, or plan again"


@dataclass(frozen=True, kw_only=True, eq=False)
class Frozen:
    """A problem as it was planned."""

    scenario: Scenario
    """Resolved: segments, prices and history are in place."""
    name: str
    """The scenario's file as it was named."""
    raw: bytes
    """The scenario file's own bytes."""
    overrides: tuple[str, ...]
    tables: dict[str, bytes]
    """Files that were read beside the scenario, by the name that it writes."""
    effects: Effects
    baskets: Baskets | None
    custom: dict[str, Float]
    """Custom measures, amount per use, [S, K+1, T, O]."""
    seed: int
    """Of the run, hence of the draws."""
    draws: str = "report"
    """Name of the stream that the futures of the account come from."""
    flight: InFlight | None = None
    """Where the plan was changed while it ran: since when, and by which actuals."""
    actuals: bytes = b""
    """Their file's own bytes."""


def freeze(loaded: LoadedScenario, seed: int) -> Frozen:
    """Take a resolved scenario as it stands.

    Raises
    ------
    ValueError
        For a scenario whose effects are not known yet.
    """
    if loaded.effects is None:
        raise ValueError("only a resolved scenario can be frozen: its effects must be known")
    return Frozen(
        scenario=loaded.scenario,
        name=loaded.name,
        raw=loaded.raw,
        overrides=loaded.overrides,
        tables=loaded.tables,
        effects=loaded.effects,
        baskets=loaded.baskets,
        custom=loaded.custom,
        seed=seed,
    )


@dataclass(frozen=True, kw_only=True)
class _Index:
    """What problem.json says."""

    format: str
    scenario: str
    file: str
    """The scenario's file below ``question/``."""
    overrides: tuple[str, ...]
    tables: dict[str, str]
    """File below ``question/`` by the name that the scenario writes."""
    seed: int
    draws: str
    source: str
    evidence: tuple[str, ...]
    notes: tuple[str, ...]
    baskets: Baskets | None = field(default=None)


def to_files(frozen: Frozen) -> dict[str, bytes]:
    """Return the files of ``problem/`` by name; the same problem gives the same bytes."""
    file = PurePosixPath(frozen.name.replace("\\", "/")).name
    tables = {name: _stored_name(name, number) for number, name in enumerate(sorted(frozen.tables))}
    index = _Index(
        format=FORMAT,
        scenario=frozen.name,
        file=file,
        overrides=frozen.overrides,
        tables=tables,
        seed=frozen.seed,
        draws=frozen.draws,
        source=frozen.effects.source,
        evidence=frozen.effects.evidence,
        notes=frozen.effects.notes,
        baskets=frozen.baskets,
    )
    arrays = {name: getattr(frozen.effects, name) for name in _ARRAYS}
    arrays |= {f"{_CUSTOM}{name}": frozen.custom[name] for name in sorted(frozen.custom)}
    resolved = frozen.scenario.model_dump(mode="json", by_alias=True)
    return {
        "problem.json": dump(to_data(index)).encode(),
        "scenario.json": (json.dumps(resolved, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(),
        "effects.npz": _packed(arrays),
        f"{QUESTION}/{file}": frozen.raw,
        **{f"{QUESTION}/{tables[name]}": raw for name, raw in frozen.tables.items()},
        **({} if frozen.flight is None else flight_files(frozen.flight, frozen.actuals)),
    }


def file_names(frozen: Frozen) -> frozenset[str]:
    """Return the names of all files of ``problem/`` that belong to a problem."""
    tables = (_stored_name(name, number) for number, name in enumerate(sorted(frozen.tables)))
    question = (PurePosixPath(frozen.name.replace("\\", "/")).name, *tables)
    flight = () if frozen.flight is None else (FLIGHT, ACTUALS)
    inside = (f"{QUESTION}/{name}" for name in question)
    return frozenset({"problem.json", "scenario.json", "effects.npz", *inside, *flight})


def _stored_name(name: str, number: int) -> str:
    """Keep a file's name where it stays inside the folder; otherwise number it."""
    path = PurePosixPath(name.replace("\\", "/"))
    inside = not path.is_absolute() and ".." not in path.parts and ":" not in name
    return str(path) if inside else f"outside-{number}/{path.name}"


def _packed(arrays: dict[str, Float]) -> bytes:
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


def from_files(files: dict[str, bytes], *, where: str) -> Frozen:
    """Read the files of ``problem/`` back.

    Raises
    ------
    InvalidInput
        Where a file is missing, truncated or does not fit the others.
    """

    def needed(name: str) -> bytes:
        if name not in files:
            raise _refused(where, name, "the file", "no such file")
        return files[name]

    def text(name: str) -> str:
        try:
            return needed(name).decode()
        except UnicodeDecodeError:
            raise _refused(where, name, "UTF-8 text", "other bytes") from None

    place = f"{where}/problem.json"
    index = from_data(_Index, parse(text("problem.json"), where=place), where=place)
    if index.format != FORMAT:
        raise _refused(where, "problem.json", f"format {FORMAT}", index.format)
    if not (0 <= index.seed < MAX_SEED):
        raise _refused(where, "problem.json, seed", "a whole number of at least 0", str(index.seed))
    named = PurePosixPath(index.scenario.replace("\\", "/")).name
    if index.file != named or not named.isprintable() or named in ("", ".", ".."):
        raise _refused(where, "problem.json, file", "the name of the scenario's file", ascii(index.file))
    try:
        scenario = Scenario.model_validate(parse(text("scenario.json"), where=f"{where}/scenario.json", number=float))
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"])
        raise _refused(where, "scenario.json", f"a resolved scenario ({at}: {first['msg']})", "another") from None
    arrays = _unpacked(needed("effects.npz"), where)
    flight, actuals = read_flight(files, where=where, periods=scenario.horizon.periods)
    effects = Effects(
        **{name: arrays[name] for name in _ARRAYS},
        evidence=index.evidence,
        source=index.source,
        notes=index.notes,
        known_periods=0 if flight is None else flight.known_periods,
    )
    custom = {name.removeprefix(_CUSTOM): values for name, values in arrays.items() if name.startswith(_CUSTOM)}
    _check_shapes(scenario, effects, custom, where)
    _check_caps(scenario, index.baskets, where)
    return Frozen(
        scenario=scenario,
        name=index.scenario,
        raw=needed(f"{QUESTION}/{index.file}"),
        overrides=index.overrides,
        tables={name: needed(f"{QUESTION}/{stored}") for name, stored in index.tables.items()},
        effects=effects,
        baskets=index.baskets,
        custom=custom,
        seed=index.seed,
        draws=index.draws,
        flight=flight,
        actuals=actuals,
    )


def _unpacked(raw: bytes, where: str) -> dict[str, Float]:
    """Read the arrays: float64, each once, no larger unpacked than they say."""
    arrays: dict[str, Float] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
            total = sum(entry.file_size for entry in entries)
            if total > MAX_BYTES:
                raise _refused(where, "effects.npz", f"at most {MAX_BYTES:,} bytes of arrays", f"{total:,}")
            for entry in entries:
                name = entry.filename.removesuffix(".npy")
                if name in arrays or not (name in _ARRAYS or name.startswith(_CUSTOM)):
                    raise _refused(where, "effects.npz", "every array once and no others", ascii(entry.filename[:60]))
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
        raise _refused(where, "effects.npz", "whole arrays", f"a damaged file ({error})") from None
    missing = [name for name in _ARRAYS if name not in arrays]
    if missing:
        raise _refused(where, "effects.npz", "all arrays", f"none of {', '.join(missing)}")
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


def _check_shapes(scenario: Scenario, effects: Effects, custom: dict[str, Float], where: str) -> None:
    """Axes must be the scenario's own, and every number finite."""
    if not isinstance(scenario.segments, tuple) or not isinstance(scenario.products, tuple):
        raise _refused(where, "scenario.json", "segments and products read in", "a reference to a file")
    s, k, t, o = len(scenario.segments), len(scenario.products), scenario.horizon.periods, len(scenario.offers)
    members = effects.lift.shape[:1]
    wide = (s, k + 1, t, o)
    if effects.base_units.shape[:1] in ((), (0,)) or members in ((), (0,)):
        raise _refused(where, "effects.npz", "at least one ensemble member", "none")
    wanted: dict[str, tuple[int, ...]] = {
        "base_units": (*effects.base_units.shape[:1], s, k, t),
        "base_cv": (s, k),
        "lift": (*members, *wide),
        "lift_sd": wide,
        "take_up": wide,
        "take_up_cv": wide,
    }
    arrays: dict[str, Any] = {each.name: getattr(effects, each.name) for each in fields(effects) if each.name in wanted}
    wanted |= {f"{_CUSTOM}{name}": wide for name in custom}
    arrays |= {f"{_CUSTOM}{name}": values for name, values in custom.items()}
    for name, shape in wanted.items():
        if arrays[name].shape != shape:
            raise _refused(where, f"effects.npz, {name}", f"shape {shape}", f"{arrays[name].shape}")
        if not np.isfinite(arrays[name]).all():
            raise _refused(where, f"effects.npz, {name}", "finite numbers", "others")
        low, high = _RANGES.get(name, (-MAX_AMOUNT, MAX_AMOUNT))
        if arrays[name].size and not (low <= arrays[name].min() and arrays[name].max() <= high):
            got = f"{arrays[name].min():g} to {arrays[name].max():g}"
            raise _refused(where, f"effects.npz, {name}", f"numbers from {low:g} to {high:g}", got)
    if len(effects.evidence) != o:
        raise _refused(where, "problem.json, evidence", f"{o} grades, one an offer", f"{len(effects.evidence)}")


def _check_caps(scenario: Scenario, baskets: Baskets | None, where: str) -> None:
    """Caps per customer need the quantities of orders that they cut."""
    if not isinstance(scenario.segments, tuple) or not isinstance(scenario.products, tuple):
        return
    lacking = [*caps_without_quantities(scenario, scenario.segments, scenario.products, baskets, Places(name=where))]
    if lacking:
        raise _refused(where, "problem.json, baskets", "the quantities of orders that caps per customer cut", "others")


def _refused(where: str, what: str, expected: str, got: str) -> InvalidInput:
    return InvalidInput([Problem(where=where, what=what, expected=expected, got=got, remedy=_REMEDY)])
