"""Random problems whose objective and uses add up over slots, with the rules of a tiny scenario."""

from dataclasses import replace

import numpy as np
from scenario_factory import rng_of, tiny_scenario

from constraints.limits.book import Limits, build_limits
from constraints.rulebook import RuleBook, build_rulebook
from scenarios.grid import build_grid
from scenarios.response.coefficients import Coefficients, build_coefficients
from scenarios.response.measures import objective_functional


def tiny_model(seed: int, **options) -> tuple[np.random.Generator, Coefficients, Limits, RuleBook]:
    """Draw a tiny scenario; its stream, tables, limits and rules."""
    rng = rng_of(seed)
    scenario, effects, baskets = tiny_scenario(rng, **options)
    model = build_coefficients(build_grid(scenario), effects, baskets)
    limits = build_limits(model)
    return rng, model, limits, build_rulebook(model.grid, model.economics)


class AdditiveView:
    """A problem whose objective and uses add up over slots."""

    def __init__(
        self, rng: np.random.Generator, shape: tuple[int, int], limits: Limits, stock: tuple[int, int]
    ) -> None:
        self.worth = rng.uniform(0, 3, size=shape)
        self.use = rng.uniform(0, 1, size=(len(limits.bound), *shape))
        self.worth[:, 0] = self.use[:, :, 0] = 0
        self.limits, self.stock = limits, stock

    def value(self, plans):  # noqa: D102
        at = np.arange(plans.shape[1])
        uses = np.stack([self.use[:, at, plan].sum(axis=1) for plan in plans])
        return self.worth[at, plans].sum(axis=1), uses, np.zeros((len(plans), *self.stock))

    def gains(self, plan, objective_weight, limit_prices, stock_prices):  # noqa: D102
        table = objective_weight * self.worth - np.tensordot(limit_prices * self.limits.sign, self.use, axes=1)
        return table - table[np.arange(len(plan)), plan][:, None]

    def dropped(self, plan, droppable, objective_weight, limit_prices, stock_prices):  # noqa: D102
        return []  # no whole messages are offered


def additive(seed: int, bounds: list[float], **options) -> tuple[np.random.Generator, AdditiveView, Limits, RuleBook]:
    """Draw a problem with so many limits, each with its bound."""
    plain = {"limits": False, "rules": False, "stock": False, "history": False, "order_gifts": False}
    rng, model, limits, book = tiny_model(seed, **plain, **options)
    functional = objective_functional(model)
    rows = len(bounds)
    limits = replace(
        limits,
        functionals=(functional,) * rows,
        sign=np.ones(rows),
        bound=np.array(bounds),
        scale=np.array(bounds),
    )
    return rng, AdditiveView(rng, book.base.shape, limits, model.available.shape), limits, book


def best_choices(view: AdditiveView, book: RuleBook) -> np.ndarray:
    """The most valuable choice of every slot, rules kept."""
    return book.repair(np.where(book.base, view.worth, -1.0).argmax(axis=1).astype(np.int8))
