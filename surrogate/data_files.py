"""Data files of any kind, checked without learning anything from them (and without JAX)."""

from __future__ import annotations

from pathlib import Path

from scenarios.language.read_in import listed_products, listed_segments
from scenarios.language.schema import Scenario
from scenarios.problems import InvalidInput, Problem, did_you_mean
from surrogate.data.data_spec import DataSpec, read_data_spec
from surrogate.data.judged.answerable import other_currency, taught_by, too_early, unknown_products, untaught
from surrogate.experiment.reading.spec import ExperimentSpec, is_experiment, read_experiment_spec
from surrogate.experiment.scoring.untried import untried


def check_data_file(path: Path, scenario: Scenario) -> None:
    """See that a data file says what its kind needs, and that a scenario asks nothing that it cannot answer.

    What the data file itself rules out, no training will change; what only the data shows is told after it.

    Raises
    ------
    InvalidInput
        With every problem found.
    """
    if is_experiment(path):
        problems = _of_experiment(read_experiment_spec(path), scenario)
    else:
        problems = _of_purchases(read_data_spec(path), scenario)
    if problems:
        raise InvalidInput(problems)


def _of_purchases(spec: DataSpec, scenario: Scenario) -> list[Problem]:
    past = [offer.mechanic for offer in spec.past_offers.values()] if spec.past_offers else None
    products = listed_products(scenario)
    return [
        *unknown_products(scenario, products, spec.products, of="data file", named="data file"),
        *untaught(scenario, taught_by(past)),
        *too_early(scenario, spec.test_until),
        *other_currency(scenario, spec.currency or ""),
    ]


def _of_experiment(spec: ExperimentSpec, scenario: Scenario) -> list[Problem]:
    products = listed_products(scenario)
    tried = [(offer.mechanic, offer.layer) for offer in spec.offers.values()]
    return [
        *unknown_products(scenario, products, spec.products, of="experiment", named="experiment's file"),
        *untried(scenario, tried).values(),
        *_profiles(spec, scenario),
    ]


def _profiles(spec: ExperimentSpec, scenario: Scenario) -> list[Problem]:
    """Profiles of listed segments speak of features: a column, or what is made of one."""
    columns = spec.features.every
    segments = listed_segments(scenario)
    return [
        Problem(
            where=scenario.scenario,
            what=f"segments.{segment.id}.profile.{key}",
            expected="a feature of the experiment",
            got=key,
            remedy=did_you_mean(key, columns),
        )
        for segment in segments
        for key in segment.profile
        if not any(column in key for column in columns)
    ]
