"""What tests promise of shared shapes: questions that are said to share what is compiled for them do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from basket_case import save_case
from flight_case import Running, running
from front_case import front_case
from left_out_case import SHORT
from sale_shelf import shelf, workspace
from scenario_factory import rng_of, tiny_scenario
from search_case import case, coefficients
from test_evaluator import RICH, all_measures, rich_model
from test_exchange import space_of as exchanged
from test_floor_costs import BARRED
from test_full_windows import RUNS, shop
from test_leading import _tiny as leading
from test_limit_search import kinds_case
from test_search_steps import workspace as steps
from test_simulate import PIECES
from test_whole_messages import space_of as messages
from test_yardsticks_in_time import _asked, _space

from constraints.limits.book import build_limits
from planner.evaluation.evaluator import Evaluator
from planner.problem import build_problem
from scenarios.grid import build_grid
from scenarios.response.coefficients import build_coefficients

SPARING = {"pareto": {"profit": "max", "spend": "min"}}
THREE = {"pareto": ["profit", "units", "revenue"]}


class Known(Exception):  # noqa: N818
    """Ends the making of a question: the arguments of its programs are known."""


def _reached(seed: int) -> Evaluator:
    """The evaluator of a rich question in which channels reach a part of each segment."""
    scenario, effects, baskets = tiny_scenario(rng_of(seed), **RICH, reach=True)
    told = ({"s0": 0.6, "s1": 0.25}, {"s1": 0.4})
    channels = [each.model_copy(update={"reach": reach}) for each, reach in zip(scenario.channels, told, strict=True)]
    scenario = scenario.model_copy(update={"channels": tuple(channels)})
    model = build_coefficients(build_grid(scenario), effects, baskets)
    return Evaluator(model, all_measures(model))


def _searched(seed: int) -> Evaluator:
    model = coefficients(seed)
    return Evaluator(model, build_limits(model))


def _template(changes: tuple[str, ...]) -> Evaluator:
    problem = build_problem("template-basic", changes)
    return Evaluator(problem.model, problem.limits)


def _in_flight(case: Running) -> Evaluator:
    return Evaluator(case.problem.model, case.problem.limits)


def _rich(seed: int) -> Evaluator:
    model = rich_model(seed)
    return Evaluator(model, all_measures(model))


PROMISES: dict[str, tuple[Callable[[Path], object], ...]] = {
    "tiny searches": (
        lambda _: _searched(3),
        lambda _: leading.__wrapped__(),
        *(lambda _, seed=seed: kinds_case(seed, 10) for seed in (5, 8, 9, 17)),
        *(lambda _, asked=asked: front_case(*asked) for asked in ((2, 10, SPARING), (4, 10, SPARING), (4, 10, THREE))),
    ),
    "tiny searches where not all redeem": (lambda _: case(0, 10), lambda _: case(1, 10)),
    "steps of the search": (
        lambda _: steps(11),
        *(lambda _, seed=seed: messages(seed, 0.5) for seed in (11, 60)),
        lambda _: _space(_asked({"id": "budget", "measure": "spend", "max": 100})),
    ),
    "the shelf": (
        lambda folder: workspace(shelf(folder, (1,) * 8)),
        lambda _: exchanged(335, interactions=False, targeted_offers=0),
    ),
    "windows": (lambda _: shop(11, {"max": 80, "window": "2 days"}, []), lambda _: shop(377, {"max": 40}, RUNS)),
    "eight days of the template": (lambda _: _template(SHORT), lambda _: _template(BARRED)),
    "pieces of the shop": (
        lambda folder: _in_flight(save_case(folder, 1.0)),
        lambda folder: _in_flight(running(folder, shop=PIECES)),
    ),
    "all measures": (lambda _: _rich(7), lambda _: _reached(7)),
    "all measures where channels reach some": tuple(lambda _, seed=seed: _reached(seed) for seed in (1, 26, 28)),
}
"""Questions of one shape each, made as the tests that promise it make them."""


@pytest.mark.parametrize("name", PROMISES)
def test_questions_that_are_said_to_share_what_is_compiled_do(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arrays that their evaluators hand to compiled code have the same shapes; nothing is compiled to find out."""
    import jax

    def known(asked: Evaluator, _: np.ndarray) -> None:
        leaves, tree = jax.tree.flatten((asked._view, asked._stack, asked._basket, asked._setting, asked._lagrangian))
        raise Known(tree, [(leaf.shape, str(leaf.dtype)) for leaf in leaves])

    monkeypatch.setattr(Evaluator, "_raw", known)
    found = []
    for number, make in enumerate(PROMISES[name]):
        room = tmp_path / str(number)
        room.mkdir()
        with pytest.raises(Known) as told:
            make(room)
        found.append(told.value.args)
    assert len(found) > 1
    assert all(each == found[0] for each in found), f"{name}: {[each == found[0] for each in found]}"
