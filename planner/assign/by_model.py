"""The scenario's own model, trained now or read, as what scores single customers. JAX loads here."""

from __future__ import annotations

from planner.assign.run import ScoredBy
from planner.learning import Watcher, trained
from scenarios.language.schema import Offer
from scenarios.loading.load import LoadedScenario
from scenarios.loading.resolve import resolve
from surrogate.kinds import score_any, single_any
from surrogate.scoring.single import SingleScorer


def scored_by(loaded: LoadedScenario, progress: Watcher) -> ScoredBy | None:
    """Return what scores customers of a scenario; None where its effects come from a table.

    Raises
    ------
    InvalidInput
        When the model cannot be read or learned, or does not know what the scenario asks about.
    """
    if loaded.effects is not None:
        return None
    model = trained(loaded, progress)
    learned = score_any(model, loaded.scenario, loaded.baskets)
    asked = resolve(loaded, learned)

    def scorer(offers: tuple[Offer, ...]) -> SingleScorer:
        return single_any(model, loaded.scenario, asked.scenario, offers, loaded.baskets)

    return ScoredBy(asked=asked, scorer=scorer, learned=learned)
