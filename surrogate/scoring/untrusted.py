"""Which of a scenario's offers rest on lifts that the model's own test does not tell from none."""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.first_few import first_few
from scenarios.language.schema import Scenario
from scenarios.language.words import Mechanic
from surrogate.shelf.mechanics import PLURAL


def resting_on_no_test(accuracy: Mapping[str, float | str], scenario: Scenario) -> tuple[str, ...]:
    """Say which offers not to trust, one sentence a mechanic that the test of held-out weeks speaks against.

    Parameters
    ----------
    accuracy
        Held-out metrics by name.
    """
    said = []
    for mechanic, offers in _by_mechanic(scenario).items():
        ours, plain = (accuracy.get(f"wape_{mechanic.value}{name}") for name in ("", "_no_promotion"))
        if isinstance(ours, float) and isinstance(plain, float) and not (ours < plain):
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
