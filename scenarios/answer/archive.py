"""The frozen problem: a question with everything it was answered from, kept beside the answer (``DIR/problem/``).

It can be read again without the original files and without training anything: effects lie on the scenario's own axes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pydantic import ValidationError

from scenarios.answer.effects_file import ARRAYS, CUSTOM, check_shapes, packed, refused, unpacked
from scenarios.answer.in_flight import ACTUALS, BELIEVED, FLIGHT, InFlight, flight_files, read_flight
from scenarios.answer.json_records import dump, from_data, parse, to_data
from scenarios.answer.plan import MAX_SEED
from scenarios.arrays import Float
from scenarios.language.schema import Scenario
from scenarios.loading.load import LoadedScenario
from scenarios.problems import Places
from scenarios.response.baskets import Baskets
from scenarios.response.capped_offers import caps_without_quantities
from scenarios.response.customer_rates import CustomerRates
from scenarios.response.effects import CommonError, Effects, Weather

FORMAT = "campaign-problem/1"
_USES_TOLD, _BASE_COMMON = "uses_told", "base_common"
_OF_ALL_GOODS = "buying"
"""Key of earlier versions: how customers buy all goods together, which says nothing of the goods of an offer."""
QUESTION = "question"
"""Folder of the scenario's own bytes and of the files that it was read with."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Flown:
    """What a problem holds beside itself where its plan was changed while it ran."""

    record: InFlight
    """Since when it was changed, and by which actuals."""
    actuals: bytes
    """Their file's own bytes."""
    believed: Effects
    """Effects as they were believed before the campaign."""


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
    flown: Flown | None = None
    """What has happened before the plan; None where it was never changed while it ran."""

    @property
    def flight(self) -> InFlight | None:
        """Since when the plan was changed while it ran, and by which actuals; None where it never was."""
        return None if self.flown is None else self.flown.record

    @property
    def believed(self) -> Effects:
        """Effects as they were believed before the campaign, whatever has been learned while it ran."""
        return self.effects if self.flown is None else self.flown.believed


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
    weather: Weather | None = field(default=None)
    """Of the data that effects were learned from."""
    base_common: CommonError | None = field(default=None)
    """Of the same data; written where it is known."""
    customers: tuple[CustomerRates | None, ...] = field(default=())
    """Of the same data."""
    uses_told: tuple[bool, ...] = field(default=())
    """By offer; written where it holds of any."""


def to_files(frozen: Frozen) -> dict[str, bytes]:
    """Return the files of ``problem/`` by name; the same problem gives the same bytes."""
    question = question_file(frozen)
    tables = {name: _stored_name(name, number) for number, name in enumerate(sorted(frozen.tables))}
    index = _Index(
        format=FORMAT,
        scenario=frozen.name,
        file=question.removeprefix(f"{QUESTION}/"),
        overrides=frozen.overrides,
        tables=tables,
        seed=frozen.seed,
        draws=frozen.draws,
        source=frozen.effects.source,
        evidence=frozen.effects.evidence,
        notes=frozen.effects.notes,
        baskets=frozen.baskets,
        base_common=frozen.effects.base_common,
        weather=frozen.effects.weather,
        customers=frozen.effects.customers,
        uses_told=frozen.effects.uses_told if any(frozen.effects.uses_told) else (),
    )
    told = to_data(index)
    for name, known in ((_USES_TOLD, index.uses_told), (_BASE_COMMON, index.base_common)):
        if not known:
            told.pop(name)
    arrays = {name: getattr(frozen.effects, name) for name in ARRAYS}
    arrays |= {f"{CUSTOM}{name}": frozen.custom[name] for name in sorted(frozen.custom)}
    resolved = frozen.scenario.model_dump(mode="json", by_alias=True)
    return {
        "problem.json": dump(told).encode(),
        # In the order of the question: of the measures that a front trades off, the first one leads.
        "scenario.json": (json.dumps(resolved, ensure_ascii=False, indent=1) + "\n").encode(),
        "effects.npz": packed(arrays),
        question: frozen.raw,
        **{f"{QUESTION}/{tables[name]}": raw for name, raw in frozen.tables.items()},
        **_flight_files(frozen),
    }


def _flight_files(frozen: Frozen) -> dict[str, bytes]:
    """What tells of a flight; nothing where the plan was never changed while it ran."""
    flown = frozen.flown
    if flown is None:
        return {}
    believed = packed({name: getattr(flown.believed, name) for name in ARRAYS})
    return flight_files(flown.record, flown.actuals, believed)


def file_names(frozen: Frozen) -> frozenset[str]:
    """Return the names of all files of ``problem/`` that belong to a problem."""
    tables = (f"{QUESTION}/{_stored_name(name, number)}" for number, name in enumerate(sorted(frozen.tables)))
    flight = () if frozen.flown is None else (FLIGHT, ACTUALS, BELIEVED)
    return frozenset({"problem.json", "scenario.json", "effects.npz", question_file(frozen), *tables, *flight})


def question_file(frozen: Frozen) -> str:
    """Return the name of the scenario's own file among the files of ``problem/``."""
    file = PurePosixPath(frozen.name.replace("\\", "/")).name
    return f"{QUESTION}/{file}"


def _stored_name(name: str, number: int) -> str:
    """Keep a file's name where it stays inside the folder; otherwise number it."""
    path = PurePosixPath(name.replace("\\", "/"))
    inside = not path.is_absolute() and ".." not in path.parts and ":" not in name
    return str(path) if inside else f"outside-{number}/{path.name}"


def from_files(files: dict[str, bytes], *, where: str) -> Frozen:
    """Read the files of ``problem/`` back.

    Raises
    ------
    InvalidInput
        Where a file is missing, truncated or does not fit the others.
    """

    def needed(name: str) -> bytes:
        if name not in files:
            raise refused(where, name, "the file", "no such file")
        return files[name]

    def text(name: str) -> str:
        try:
            return needed(name).decode()
        except UnicodeDecodeError:
            raise refused(where, name, "UTF-8 text", "other bytes") from None

    place = f"{where}/problem.json"
    told = parse(text("problem.json"), where=place)
    if isinstance(told, dict):
        told.pop(_OF_ALL_GOODS, None)
    index = from_data(_Index, told, where=place)
    if index.format != FORMAT:
        raise refused(where, "problem.json", f"format {FORMAT}", index.format)
    if not (0 <= index.seed < MAX_SEED):
        raise refused(where, "problem.json, seed", "a whole number of at least 0", str(index.seed))
    named = PurePosixPath(index.scenario.replace("\\", "/")).name
    if index.file != named or not named.isprintable() or named in ("", ".", ".."):
        raise refused(where, "problem.json, file", "the name of the scenario's file", ascii(index.file))
    try:
        scenario = Scenario.model_validate(parse(text("scenario.json"), where=f"{where}/scenario.json", number=float))
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"])
        raise refused(where, "scenario.json", f"a resolved scenario ({at}: {first['msg']})", "another") from None
    arrays = unpacked(needed("effects.npz"), where)
    flight, actuals, before = read_flight(files, where=where, scenario=scenario)
    effects = _effects(arrays, index, 0 if flight is None else flight.known_periods)
    custom = {name.removeprefix(CUSTOM): values for name, values in arrays.items() if name.startswith(CUSTOM)}
    check_shapes(scenario, effects, custom, where)
    flown = None
    if flight is not None:
        believed = _effects(unpacked(before, where, BELIEVED), index, 0)
        check_shapes(scenario, believed, {}, where, BELIEVED)
        flown = Flown(record=flight, actuals=actuals, believed=believed)
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
        flown=flown,
    )


def _effects(arrays: dict[str, Float], index: _Index, known: int) -> Effects:
    """Effects from their arrays, with what problem.json says of them."""
    return Effects(
        **{name: arrays[name] for name in ARRAYS},
        evidence=index.evidence,
        source=index.source,
        notes=index.notes,
        known_periods=known,
        base_common=index.base_common,
        weather=index.weather,
        customers=index.customers,
        uses_told=index.uses_told,
    )


def _check_caps(scenario: Scenario, baskets: Baskets | None, where: str) -> None:
    """Caps per customer need the quantities of orders that they cut."""
    if not isinstance(scenario.segments, tuple) or not isinstance(scenario.products, tuple):
        return
    lacking = [*caps_without_quantities(scenario, scenario.segments, scenario.products, baskets, Places(name=where))]
    if lacking:
        raise refused(where, "problem.json, baskets", "the quantities of orders that caps per customer cut", "others")
