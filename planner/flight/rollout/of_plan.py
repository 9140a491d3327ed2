"""Whether a rollout is one of the plan that runs: the rollout of another plan keeps others out and reaches others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from planner.flight.rollout.folder import MANIFEST, listed_file, read_manifest, refused_rollout
from scenarios.answer.in_flight import InFlight
from scenarios.answer.plan_files import PLANS, sha256
from scenarios.language.plan_lines import PlanLine
from scenarios.language.text.csv_files import read_csv
from scenarios.problems import InvalidInput, Problem

CALENDAR = "calendar.csv"
_SEARCHED = 200
"""Folders beside a rollout and a plan in which the ones that belong together are looked for."""
_ALIKE = 0.5
"""Share of the first period's lines that a re-planned campaign has in common with its older rollouts, at least."""

Lines = frozenset[tuple[str, str, str, str]]
"""First day, product, segment and offer."""
Calendar = frozenset[tuple[str, str, str, str, str]]
"""The same of rows, with the last day at the end: an offer that is sent once has a row for all of its validity."""


def refuse_other_rollouts(
    rollouts: Sequence[Path],
    folder: Path,
    lines: Sequence[PlanLine],
    *,
    scenario: str,
    rank: int = 1,
    flight: InFlight | None = None,
) -> None:
    """Refuse rollouts of other plans, and say what to name instead.

    A rollout of the folder's own plans.json belongs to it, and so does one whose calendar has the plan's lines. A
    campaign that was planned again has older rollouts: their first period, which had run, is that of the plan.

    Parameters
    ----------
    folder, lines
        The plan's folder and its lines.
    scenario, rank
        Id of the campaign's scenario, and which plan runs.
    flight
        What a folder that was planned again keeps.

    Raises
    ------
    InvalidInput
        One problem for each rollout of another plan; also where a folder is no rollout.
    """
    own, found = sha256((folder / PLANS).read_bytes()), list[Problem]()
    for rollout in rollouts:
        manifest = read_manifest(rollout, scenario=scenario, plans_sha256=own, rank=rank)
        sealed = manifest.get("plans_sha256")
        if sealed == own or (flight is not None and sealed == flight.plan_sha256):
            continue
        calendar = calendar_of(rollout, manifest)
        if calendar is None or _belongs(calendar, lines, flight):
            continue
        expected, got = f"a rollout of the plan in {folder}", "one of another plan"
        found += refused_rollout(rollout, expected, got, _remedy(rollout, folder, own, str(sealed))).problems
    if found:
        raise InvalidInput(found)


def _belongs(rows: Calendar, lines: Sequence[PlanLine], flight: InFlight | None) -> bool:
    calendar, planned = frozenset(row[:-1] for row in rows), _on_rows(rows, lines)
    if flight is None:
        return calendar == planned
    begins = min((day for day, *_ in planned | calendar), default="")
    first, older = ({line for line in each if line[0] == begins} for each in (planned, calendar))
    return not (first | older) or len(first & older) >= _ALIKE * len(first | older)


def _on_rows(rows: Calendar, lines: Sequence[PlanLine]) -> Lines:
    """Lines of a plan, each with the first day of the row that holds it; with its own where none does."""
    spans: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for first, product, segment, offer, last in rows:
        spans.setdefault((product, segment, offer), []).append((first, last))
    found = set[tuple[str, str, str, str]]()
    for line in lines:
        what, day = (line.product, line.segment, line.offer), str(line.date)
        first = next((first for first, last in spans.get(what, ()) if first <= day <= last), day)
        found.add((first, *what))
    return frozenset(found)


def calendar_of(rollout: Path, manifest: dict[str, Any]) -> Calendar | None:
    """Return the rows of a rollout's calendar; None where it lists none, or one that cannot be read as such."""
    if listed_file(rollout, manifest, CALENDAR) is None:
        return None
    table = read_csv((rollout / CALENDAR).read_bytes(), str(rollout / CALENDAR))
    needed = ("first_day", "product", "segment", "offer", "last_day")
    if table.problems or not set(needed) <= set(table.columns):
        return None
    return frozenset(zip(*(table.texts(name) for name in needed), strict=True))


def _remedy(rollout: Path, folder: Path, own: str, sealed: str) -> str:
    """Say which rollout is the plan's and which plan the rollout's, where they lie beside; else how to make one."""
    beside = list(dict.fromkeys((*_folders(rollout.absolute().parent), *_folders(folder.absolute().parent))))
    said = []
    mine = next((each for each in beside if _sealed(each) == own), None)
    theirs = next(
        (each for each in beside if (each / PLANS).is_file() and sha256((each / PLANS).read_bytes()) == sealed), None
    )
    if mine is not None:
        said.append(f"name --rollout {_shown(mine, rollout)}, which is this plan's")
    if theirs is not None:
        said.append(f"{'or ' if said else ''}name the plan in {_shown(theirs, folder)}, which {rollout} is of")
    if mine is None:
        again = f"campaign export {folder} --rollout OUT --customers FILE writes this plan's"
        said.append(f"or {again}" if said else f"name the plan that it was exported from; {again}")
    return ", ".join(said)


def _folders(place: Path) -> Iterator[Path]:
    try:
        yield from sorted(each for each in place.iterdir() if each.is_dir())[:_SEARCHED]
    except OSError:
        return


def _sealed(rollout: Path) -> str:
    """The hash of the plans.json that a folder was rolled out from; empty where it is no rollout."""
    if not (rollout / MANIFEST).is_file():
        return ""
    try:
        return str(read_manifest(rollout, scenario=None).get("plans_sha256"))
    except InvalidInput:
        return ""


def _shown(found: Path, like: Path) -> str:
    """Write a folder that was found in the way in which the one beside it was named."""
    return str(found if like.is_absolute() or found.parent != like.absolute().parent else like.parent / found.name)
