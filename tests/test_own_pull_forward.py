"""A product or category with a share of its own is bought ahead by that share, in every part of the model."""

from __future__ import annotations

import numpy as np
import pytest
from shop import load_shop

from planner.problem import problem_of
from planner.reasons.assumed.assumptions import assumptions
from scenarios.answer.outcome import account
from scenarios.language.schema import PullForward

ROWS = "own: [{category: phones, share: 30%}, {product: phone, share: 0}]"
OWN = {"share: 10%, periods: 3": f"share: 10%, periods: 3, {ROWS}"}


def test_each_product_borrows_its_own_share(tmp_path):
    """A product's row goes before its category's; the others keep the common share, in dips and beyond the horizon."""
    plain, own = (problem_of(load_shop(tmp_path, shop=shop)).model for shop in ({}, OWN))
    index = plain.grid.product_index
    for name, times in (("phone", 0.0), ("phone-pro", 3.0), ("case", 1.0)):
        k = index[name]
        borrowed = [
            sum(table[:, k].sum() for table in (model.cells.beyond, *model.cells.dips)) for model in (plain, own)
        ]
        assert borrowed[0] > 0
        if times in (0.0, 1.0):
            assert borrowed[1] == pytest.approx(times * borrowed[0])
        assert own.strengths.pull_forward[k] == pytest.approx(0.1 * times)
        np.testing.assert_allclose(own.ahead_margin[k], times * plain.ahead_margin[k])
    pro = index["phone-pro"]
    assert (own.cells.beyond[:, pro] >= plain.cells.beyond[:, pro]).all()


def test_what_one_product_borrows_moves_no_other(tmp_path):
    """With a share of its own for phones, a line on cases is worth to the cent what it was."""
    problems = [problem_of(load_shop(tmp_path, shop=shop)) for shop in ({}, OWN)]
    grid = problems[0].grid
    plan = grid.empty()
    case, block = grid.product_index["case"], grid.split(plan).targeted
    allowed = grid.allowed.targeted[:, case]
    block[:, case] = np.where(allowed.any(axis=-1), allowed.argmax(axis=-1), 0)
    outcomes = [account(each.model, plan).cells for each in problems]
    for one, other in zip(outcomes[0].__dict__.values(), outcomes[1].__dict__.values(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_plan_says_which_shares_are_its_own(tmp_path):
    """Few rows are told each, many by their ends; without any nothing is said."""
    said = "\n".join(assumptions(problem_of(load_shop(tmp_path, shop=OWN))))
    assert "pull-forward 10% of a bump, from 3 later periods (given); but 0% of phone, 30% of phones" in said
    assert "; but" not in "\n".join(assumptions(problem_of(load_shop(tmp_path))))


def test_a_common_share_is_written_as_before():
    """Plans without shares of their own keep their bytes and hashes."""
    assert PullForward(share=0.1).model_dump() == {"share": 0.1, "periods": 3}
    own = PullForward.model_validate({"own": [{"category": "phones", "share": "30%"}]})
    assert PullForward.model_validate(own.model_dump(mode="json")) == own and own.largest == 0.3
