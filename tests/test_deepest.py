"""Cuts deeper than purchases saw lift as the deepest that were seen go on, not as a slope that nobody saw begins."""

from __future__ import annotations

from dataclasses import replace

import equinox as eqx
import numpy as np
import pytest
from grocery_sample import sample_model, sample_scenario

from surrogate.effects.depths import DEPTH_CAP, depth_ramps
from surrogate.model import Model
from surrogate.scoring.score import score


def seen_up_to(model: Model, depth: float) -> Model:
    """The same model, had its purchases seen no deeper cut."""
    seen = model.seen.copy()
    seen[:, 0] = np.minimum(seen[:, 0], depth)
    return replace(model, seen=seen, support=None)


def steep(model: Model) -> Model:
    """The same model with another last slope."""
    networks = tuple(
        eqx.tree_at(lambda net: net.response_bias, net, net.response_bias + np.array([0.0, 0.0, 3.0, 0.0, 0.0]))
        for net in model.ensemble.networks
    )
    return replace(model, ensemble=replace(model.ensemble, networks=networks))


def test_ramps_beyond_what_is_known_go_on_as_the_last_one() -> None:
    """All of the price that is cut is on some ramp; none is on those beyond the deepest cut that was seen."""
    depth = np.array([0.1, 0.2, 0.3, 0.45, 0.6, 0.7])
    free, known = depth_ramps(depth), depth_ramps(depth, known=0.3)
    np.testing.assert_array_equal(known[:3], free[:3])
    assert not known[:, 2].any() and free[3:, 2].all()
    np.testing.assert_allclose(known.sum(axis=1), -np.log1p(-np.minimum(depth, DEPTH_CAP)))
    np.testing.assert_array_equal(depth_ramps(depth, known=0.12)[:, 1:], 0.0)


@pytest.mark.parametrize(
    ("seen", "deepest"), [(0.0, DEPTH_CAP), (0.1, 0.1), (0.17, 0.15), (0.3, 0.3), (0.33, 0.3), (0.4, 0.4)]
)
def test_a_few_points_of_a_stretch_are_not_seen(seen: float, deepest: float) -> None:
    """Five points of depth have to be seen of a slope; where purchases saw no cut at all, the model is as it began."""
    model = sample_model()
    table = np.full_like(model.seen, 0.0)
    table[0, 0] = seen
    assert replace(model, seen=table, support=None).deepest == pytest.approx(deepest)


def test_scores_and_reasons_leave_out_a_slope_that_nobody_saw() -> None:
    """What the last slope is changes a cut of half the price only where such cuts ran; shallower cuts never change."""
    cuts = [{"id": f"cut-{depth}", "mechanic": "price_discount", "depth": f"{depth}%"} for depth in (30, 50)]
    scenario = sample_scenario(offers=cuts)
    shallow, deep = (seen_up_to(sample_model(), 0.3), replace(sample_model(), seen=np.full((8, 3), 0.5), support=None))
    lift = score(shallow, scenario).effects.lift[:, :, :-1]
    np.testing.assert_array_equal(score(steep(shallow), scenario).effects.lift[:, :, :-1], lift)
    assert (lift[..., 1] > lift[..., 0]).all()
    changed = score(steep(deep), scenario).effects.lift[:, :, :-1] - score(deep, scenario).effects.lift[:, :, :-1]
    assert (changed[..., 1] > 0).all() and not changed[..., 0].any()
