"""What the test of a model's training says against what a plan rests on: levels, lifts, those of single offers."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.first_few import first_few
from scenarios.language.schema import Scenario
from scenarios.language.words import Mechanic
from surrogate.held_out.held_scores import ForecastRow
from surrogate.held_out.measured import SECTION, KeptTest
from surrogate.held_out.mechanic_errors import spoken_against
from surrogate.held_out.verdict_apart import FORESEEN, distrust
from surrogate.held_out.verdict_apart import spoken_against as levels_and_effects
from surrogate.model import Model
from surrogate.parts import unpack
from surrogate.shelf.mechanics import PLURAL

_CORRECTED = " The scenario's own baseline times correct what was learned: look whether by as much."


def against_lifts(model: Model) -> str:
    """Return in one sentence what the test says against all lifts; blank where nothing, or the model keeps none."""
    rows = _tested(model)
    return distrust(rows) if rows else ""


def against_levels_and_effects(model: Model, scenario: Scenario) -> tuple[str, ...]:
    """Return what `campaign train` said of levels and effects where it says not to lean on them."""
    rows = _tested(model)
    said = levels_and_effects(rows) if rows else ()
    if scenario.baseline is None or scenario.baseline.times is None:
        return said
    return tuple(each.replace(FORESEEN, _CORRECTED) for each in said)


def _tested(model: Model) -> tuple[ForecastRow, ...]:
    """Return the scores of the test that the model keeps; none where it is of an older version."""
    return unpack(model.sections[SECTION], KeptTest).measured.rows if SECTION in model.sections else ()


def resting_on_no_test(accuracy: Mapping[str, float | str], scenario: Scenario) -> tuple[str, ...]:
    """Say which offers not to trust, one sentence a mechanic that the test of held-out weeks speaks against.

    Parameters
    ----------
    accuracy
        Held-out metrics by name.
    """
    said = []
    for mechanic, offers in _by_mechanic(scenario).items():
        missed = spoken_against(accuracy, mechanic.value)
        if missed is not None:
            ours, plain = missed
            said.append(
                f"Do not trust the lifts of {first_few(offers)} until a test confirms them: of what sold under "
                f"{PLURAL[mechanic]} in weeks that training did not see, forecasts miss {ours:.1%}, and {plain:.1%} "
                "where they are taken to do nothing. Whatever lines of these offers earn rests on that."
            )
    return tuple(said)


def _by_mechanic(scenario: Scenario) -> dict[Mechanic, list[str]]:
    found: dict[Mechanic, list[str]] = {}
    for offer in scenario.offers:
        found.setdefault(offer.mechanic, []).append(offer.id)
    return found
