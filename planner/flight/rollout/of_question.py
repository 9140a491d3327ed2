"""Whether a rollout is one of the question that is asked: its lines name what the scenario has, on its days.

Where no plan is given (`planner.flight.rollout.of_plan`), the scenario itself must do. Ids of scenarios are kept from
one campaign to the next, so that last year's rollout has the same id; its days, offers and segments tell it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner.flight.rollout.folder import read_manifest, refused_rollout
from planner.flight.rollout.of_plan import CALENDAR, Calendar, calendar_of
from scenarios.first_few import first_few
from scenarios.language.schema import Scenario
from scenarios.language.words import BASKET, EVERYBODY
from scenarios.problems import InvalidInput, Problem


def refuse_rollout_of_another_question(rollout: Path, scenario: Scenario) -> None:
    """Refuse a rollout whose lines, or whose holdout, are of what a scenario does not know.

    Raises
    ------
    InvalidInput
        With one problem for days, offers, products and segments each; also where the folder is no rollout.
    """
    manifest = read_manifest(rollout, scenario=scenario.scenario)
    # Whoever assigns may have been given whom it keeps out, and no more.
    lines = calendar_of(rollout, manifest) if (rollout / CALENDAR).is_file() else None
    found = list(_strange(rollout, lines or frozenset(), _held(manifest), scenario))
    if found:
        raise InvalidInput(found)


def _strange(rollout: Path, lines: Calendar, held: set[str], scenario: Scenario) -> Iterator[Problem]:
    horizon = scenario.horizon
    days = {str(day) for day in horizon.dates}
    known = {
        "offers": {offer.id for offer in scenario.offers},
        "products": {each.id for each in scenario.products} | {BASKET}
        if isinstance(scenario.products, tuple)
        else None,
        "segments": {each.id for each in scenario.segments} if isinstance(scenario.segments, tuple) else None,
    }
    told = {
        "offers": {offer for *_, offer, _ in lines},
        "products": {product for _, product, *_ in lines},
        "segments": {segment for _, _, segment, *_ in lines if segment != EVERYBODY} | held,
    }
    remedy = "name the rollout of a plan of this scenario, or the scenario that it was planned with"
    other = sorted({day for day, *_ in lines} - days)
    if other:
        expected = f"days from {horizon.start} to {horizon.last_day}, as {scenario.scenario} has"
        yield from refused_rollout(rollout, expected, first_few(other), remedy).problems
    for what, names in told.items():
        own = known[what]
        if own is not None and names - own:
            expected = f"{what} of {scenario.scenario}"
            yield from refused_rollout(rollout, expected, first_few(sorted(names - own)), remedy).problems


def _held(manifest: dict[str, Any]) -> set[str]:
    """Segments of whom a rollout keeps somebody out."""
    told = manifest.get("holdouts")
    each = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    return {str(one.get("segment")) for one in each if one.get("segment")}
