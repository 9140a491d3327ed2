"""Which periods of public prices a rollout's lot switched off, read from its folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from planner.flight.measure.measured import Switch
from planner.flight.rollout.folder import listed_file, read_manifest
from scenarios.answer.in_flight import InFlight, LotPeriod
from scenarios.grid import Grid
from scenarios.language.text.csv_files import read_csv
from scenarios.plain_dates import day_of
from scenarios.problems import InvalidInput

_LOTS = "switchback.csv"


def rollout_switches(
    rollouts: Sequence[Path],
    grid: Grid,
    *,
    plans_sha256: str = "",
    rank: int = 1,
    flight: InFlight | None = None,
) -> tuple[Switch, ...]:
    """Periods of public prices that took part in the lots of a campaign's rollouts.

    A campaign that was planned again has been rolled out again. What its folder keeps of earlier lots counts first.
    Where two lots hold a period, that of the rollout named first counts; beside the rollout of the plan that runs,
    others count for locked periods only, for in later ones that rollout's prices hold.

    Parameters
    ----------
    plans_sha256, rank
        Which plan of which plans.json runs: a rollout of another plan of the same file switched other periods
        off. Rollouts of other files pass, because a re-planned campaign has been rolled out before.
    flight
        What a folder that was planned again keeps.

    Raises
    ------
    InvalidInput
        Where the folder is no rollout, lacks its lots, or is one of another campaign or plan.
    """
    found = {(each.period, each.product, each.offer): each for each in kept_lots(flight, grid)}
    lots = [_switches(rollout, grid, plans_sha256, rank) for rollout in rollouts]
    locked = grid.shape[2]
    if flight is not None and any(own for own, _ in lots):
        locked = grid.scenario.horizon.period_of(flight.locked_until)
    for own, switches in lots:
        for each in switches:
            if own or each.period <= locked:
                found.setdefault((each.period, each.product, each.offer), each)
    return tuple(found.values())


def kept_lots(flight: InFlight | None, grid: Grid) -> tuple[Switch, ...]:
    """Periods in the lots of earlier rollouts, as far as a folder that was planned again keeps them."""
    period_of = grid.scenario.horizon.period_of
    return tuple(
        Switch(
            period=period_of(lot.date),
            product=lot.product,
            offer=lot.offer,
            on=lot.on,
            block=None if lot.block is None else f"kept {lot.block}",
        )
        for lot in (() if flight is None else flight.lots)
    )


def lots_to_keep(switches: Sequence[Switch], grid: Grid, until: int) -> tuple[LotPeriod, ...]:
    """What a folder that is planned again keeps of lots: their periods up to one, in order."""
    blocks = {block: number for number, block in enumerate(dict.fromkeys(each.block for each in switches), start=1)}
    kept = sorted((each for each in switches if each.period <= until), key=lambda one: (one.period, one.product))
    return tuple(
        LotPeriod(
            date=grid.scenario.horizon.date_of(each.period),
            product=each.product,
            offer=each.offer,
            on=each.on,
            block=None if each.block is None else blocks[each.block],
        )
        for each in kept
    )


def _switches(rollout: Path, grid: Grid, plans_sha256: str, rank: int) -> tuple[bool, tuple[Switch, ...]]:
    """Whether a rollout is that of the plan that runs, and what its lots say."""
    manifest = read_manifest(rollout, scenario=grid.scenario.scenario, plans_sha256=plans_sha256, rank=rank)
    own = bool(plans_sha256) and manifest.get("plans_sha256") == plans_sha256
    if listed_file(rollout, manifest, _LOTS) is None:
        return own, ()
    return own, read_switches(rollout / _LOTS, grid)


def read_switches(path: Path, grid: Grid) -> tuple[Switch, ...]:
    """Read ``switchback.csv`` of a rollout.

    Raises
    ------
    InvalidInput
        Where it is none.
    """
    table = read_csv(path.read_bytes(), str(path))
    needed = ("first_day", "product", "offer", "on")
    if table.problems or not table.require((*needed, "last_day", "block"), needed):
        raise InvalidInput(table.problems)
    blocks = table.texts("block") if "block" in table.columns else None
    found = []
    for row in range(len(table)):
        day, product, offer, on = (table.texts(name)[row] for name in needed)
        try:
            period = grid.scenario.horizon.period_of(day_of(day))
        except ValueError:
            period = -1
        fine = product in grid.product_index and offer in grid.offer_index and on in ("yes", "no")
        if not (fine and 0 <= period < grid.shape[2]):
            table.problem(row, "row", "a period, product and offer of the plan", f"{day}, {product}, {offer}, {on}")
            continue
        block = None if blocks is None else f"{path} {blocks[row]}"
        found.append(Switch(period=period, product=product, offer=offer, on=on == "yes", block=block))
    if table.problems:
        raise InvalidInput(table.problems)
    return tuple(found)
