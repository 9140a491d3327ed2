"""The evaluation of a model of an experiment, as tables: ranking, sizes, and what rules would earn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from planner.figures import NOTHING, count, share
from planner.report.notes import show_sentences
from planner.report.table import Column, FittedTable
from surrogate.experiment.held_out.evaluation import SAVED, judged
from surrogate.experiment.held_out.verdict import has_effect

if TYPE_CHECKING:
    from surrogate.experiment.held_out.evaluation import (
        ExperimentEvaluation,
        MissingLearner,
        OfferEvaluation,
        PolicyEvaluation,
    )
    from surrogate.held_out.trial import Estimate


def trusted(found: ExperimentEvaluation) -> bool:
    """Return whether some offer's effect is surely not 0, all offers and outcomes counted."""
    return any(has_effect(one, len(found.offers)) for one in found.offers)


def show_experiment(found: ExperimentEvaluation) -> tuple[RenderableType, ...]:
    """Return what was tested, learners, calibration and rules, and the verdict."""
    lot = "drawn by lot" if found.randomised else "not drawn by lot: differences between the arms are no chance"
    what = (
        f"{found.customers:,} customers, arms {lot}.",
        "Learners are fitted on one half of the customers and tested on the other, both ways: "
        "no customer is predicted by a fit that saw them. Training tells the same measures of fits on two thirds, "
        "so its figures are somewhat other.",
        _about(found),
    )
    parts: list[RenderableType] = [show_sentences(f"Test of {found.source}", what)]
    for offer in found.offers:
        parts += [_learners(offer, found.missing), _calibration(offer)]
    parts += [_rules(policy) for policy in found.policies]
    if found.notes:
        parts.append(show_sentences("Notes", found.notes))
    parts.append(show_sentences("Verdict", found.verdict))
    return tuple(parts)


def _about(found: ExperimentEvaluation) -> str:
    """Say what deciles, rules and verdict are about."""
    if all(judged(row.name for row in one.learners) == SAVED for one in found.offers):
        return (
            "These are not the customers that the model was trained on: deciles, rules and verdict are about the saved "
            "model. Some of them may stand in both files: those it has seen."
        )
    return (
        "The saved model was trained on these customers: deciles, rules and verdict are about fits like it on halves "
        "of them, with the setting that training chose on all."
    )


def _learners(offer: OfferEvaluation, missing: tuple[MissingLearner, ...]) -> FittedTable:
    return FittedTable(
        title=f"{offer.offer} on {offer.outcome}: average effect {_interval(offer.average)} per customer",
        columns=(
            Column(title="learner", least=14),
            Column(title="Qini", number=True),
            Column(title="90% interval", number=True, gives_way=2),
            Column(title="AUUC", number=True),
            Column(title="90% interval", number=True, gives_way=4),
            Column(title="slope", number=True),
            Column(title="90% interval", number=True, gives_way=3),
            Column(title="ours better by, 90%", number=True, gives_way=1),
        ),
        rows=tuple(
            (
                row.name,
                count(row.qini.value, digits=3),
                _range(row.qini, 3),
                count(row.auuc.value, digits=4),
                _range(row.auuc, 4),
                count(row.slope.value, digits=2),
                _range(row.slope, 2),
                NOTHING
                if row.ours_better is None
                else f"{count(row.ours_better.value, digits=3, signed=True)} ({_range(row.ours_better, 3)})",
            )
            for row in offer.learners
        )
        + tuple((one.name, "not run", *(NOTHING,) * 6) for one in missing),
        notes=(
            "Qini: area between the Qini curve and a random order's, over the same of the ideal order; 0 is random",
            "AUUC: area under the uplift curve, in outcome per customer; half the average effect is random",
            "slope: true uplift over predicted; 1 is right, 0 says that predictions hold no information",
            *dict.fromkeys(one.reason for one in missing),
        ),
    )


def _calibration(offer: OfferEvaluation) -> FittedTable:
    return FittedTable(
        title=f"{offer.offer} on {offer.outcome}: predicted and observed uplift by decile",
        columns=(
            Column(title="customers", number=True),
            Column(title="predicted", number=True),
            Column(title="observed", number=True),
            Column(title="90% interval", number=True),
            Column(title="", least=8, gives_way=1),
        ),
        rows=tuple(
            (
                f"{row.customers:,}",
                count(row.predicted, digits=4),
                count(row.observed.value, digits=4),
                _range(row.observed, 4),
                Text("" if row.observed.low <= row.predicted <= row.observed.high else "outside", style="red"),
            )
            for row in offer.calibration
        ),
        notes=("predicted lies outside of one in ten intervals by chance, however right the predictions are",),
    )


def _rules(policy: PolicyEvaluation) -> FittedTable:
    return FittedTable(
        title=f"What rules would earn: {policy.outcome} per customer",
        columns=(
            Column(title="who gets what", least=20),
            Column(title="reached", number=True, gives_way=2),
            Column(title="inverse propensity", number=True, gives_way=1),
            Column(title="doubly robust", number=True),
            Column(title="over nobody", number=True),
            Column(title="90% interval", number=True),
        ),
        rows=tuple(
            (
                row.name,
                share(row.reached, digits=0),
                count(row.inverse_propensity.value, digits=4),
                count(row.doubly_robust.value, digits=4),
                count(row.over_none.value, digits=4, signed=True),
                _range(row.over_none, 4),
            )
            for row in policy.rows
        ),
        notes=(f"choosing half of the customers by uplift instead of by lot: {_interval(policy.targeting)}",),
    )


def _interval(estimate: Estimate) -> str:
    return f"{count(estimate.value, digits=4)} (90%: {_range(estimate, 4)})"


def _range(estimate: Estimate, digits: int) -> str:
    return f"{count(estimate.low, digits=digits)} to {count(estimate.high, digits=digits)}"
