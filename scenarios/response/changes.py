"""Changes: what a measure over everything gains by each single change of a plan, exactly.

One reverse pass (`scenarios.response.slopes`) serves every slot and choice; the account's contributions and
explanations come from here, in NumPy float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scenarios.arrays import Float, Plan
from scenarios.grid import Blocks
from scenarios.response.coefficients import Coefficients
from scenarios.response.functional import Functional
from scenarios.response.issued import redeemers
from scenarios.response.model import choose, pair_indices, setting
from scenarios.response.slopes import Worth, leave_one_out, slopes
from scenarios.response.totals import Shares, customers, look_up

PUBLIC, TARGETED, BASKET_PUBLIC, BASKET_TARGETED = range(4)


class Changes:
    """Gains of all single changes of one plan.

    Parameters
    ----------
    model
        Tables of the expected account.
    functional
        A sum over all segments and periods, such as `measures.objective_functional`.
    plan
        Flat plan [N].
    """

    def __init__(self, model: Coefficients, functional: Functional, plan: Plan) -> None:
        if not (functional.segments.all() and functional.periods.all()):
            raise ValueError("expected a sum over all segments and periods")
        self._model, self._functional = model, functional
        self._blocks = model.grid.split(plan)
        self._now = _Pairs(model, functional, self._blocks)
        here = setting(model)
        self._slopes = slopes(model, self._now.chosen, self._now.shares, self._now.worth, functional.charges, here)
        self._people = customers(model)
        self._redeemers = {block: redeemers(model.grid, block) for block in (TARGETED, BASKET_TARGETED)}
        self._messages = _Messages(functional, self._blocks, self._people)

    def to(self, block: int, choice: int) -> Float:
        """Gain where one slot of a block changes to a choice and all else stays; in the block's slot shape."""
        blocks = Blocks(*(np.full_like(part, choice) if b == block else part for b, part in enumerate(self._blocks)))
        other = _Pairs(self._model, self._functional, blocks)
        gain = self._cells(other) if block < BASKET_PUBLIC else self._baskets(other)
        if block in (PUBLIC, BASKET_PUBLIC):
            gain = gain.sum(axis=0)
        now, other_cost = (
            _line_cost(self._functional, self._redeemers, block, each[block]) for each in (self._blocks, blocks)
        )
        paid = other_cost - now
        return np.asarray(gain + paid + self._messages.gain(block, choice))

    def _cells(self, other: _Pairs) -> Float:
        """Gain where one cell's pair changes, [S, K, T]."""
        found, now = self._slopes, self._now
        gain = (
            found.theft * (other.chosen.theft - now.chosen.theft)
            + found.spill * (other.chosen.spill - now.chosen.spill)
            + found.reach * (other.chosen.reach - now.chosen.reach)
            + found.lift * (other.shares.lift - now.shares.lift)
            + found.beyond * (other.shares.beyond - now.shares.beyond)
            + found.base_worth * (other.worth.base - now.worth.base)
            + found.bump_worth * (other.worth.bump - now.worth.bump)
        )
        for slope, one, two in zip(found.dips, other.chosen.dips, now.chosen.dips, strict=True):
            gain = gain + slope * (one - two)
        return np.asarray(gain)

    def _baskets(self, other: _Pairs) -> Float:
        """Gain where one segment's basket pair changes in one period, [S, T]."""
        found, now = self._slopes, self._now
        charged, charged_now = (np.maximum(each.chosen.basket_lift, 0.0) for each in (other, now))
        return np.asarray(
            found.basket_lift * (other.chosen.basket_lift - now.chosen.basket_lift)
            + found.basket_charge * (charged - charged_now)
            + found.basket_reach * (other.chosen.basket_reach - now.chosen.basket_reach)
            + found.order_base * (other.worth.order_base - now.worth.order_base)
            + found.order_bump * (other.worth.order_bump - now.worth.order_bump)
        )


class _Pairs:
    """Coefficients and worth of the pairs that some blocks of choices form."""

    def __init__(self, model: Coefficients, functional: Functional, blocks: Blocks[Any]) -> None:
        cell, basket = pair_indices(blocks, model.grid.widths, np)
        self.chosen = choose(model, cell, basket, np)
        self.shares = look_up(model, cell, basket, np)
        self.worth = _worth(functional, self.shares, blocks)


def _worth(functional: Functional, shares: Shares, blocks: Blocks[Any]) -> Worth:
    """Add up what a functional pays for base units, bumps and orders of the chosen pairs."""
    w = functional
    k, lines = np.arange(len(w.cell))[:, None], shares.lines
    public, targeted = blocks.public[None], blocks.targeted
    under_p, under_q, both = w.public[k, public], w.targeted[k, public, targeted], w.both[k, public, targeted]
    everybody, chosen = blocks.basket_public[None], blocks.basket_targeted
    order_p, order_q = w.basket_public[everybody], w.basket_targeted[chosen]
    return Worth(
        base=w.cell[:, None]
        + lines.base_public * (under_p + w.public_base[k, public])
        + lines.base_targeted * (under_q + w.targeted_base[k, public, targeted])
        + lines.base_both * both,
        bump=w.cell[:, None] * shares.lift
        + lines.bump_public * under_p
        + lines.bump_targeted * under_q
        + lines.bump_both * both,
        order_base=w.order
        + shares.basket_base_public * (order_p + w.basket_public_base[everybody])
        + shares.basket_base_targeted * (order_q + w.basket_targeted_base[chosen]),
        order_bump=w.order * shares.basket_lift
        + shares.basket_bump_public * order_p
        + shares.basket_bump_targeted * order_q,
    )


def _line_cost(functional: Functional, redeeming: dict[int, Float], block: int, choices: Any) -> Float:
    """What a functional pays per line, in the block's slot shape."""
    tables = (
        functional.public_line,
        functional.targeted_line,
        functional.basket_public_line,
        functional.basket_targeted_line,
    )
    if block >= BASKET_PUBLIC:
        paid = tables[block][choices]
        if block != BASKET_TARGETED:
            return np.asarray(paid)
        found = redeeming[block][np.arange(len(choices))[:, None], choices]
        return np.asarray(paid + functional.basket_issued[choices] * found)
    k = np.arange(len(functional.cell))[:, None]
    paid = tables[block][k, choices]
    if block != TARGETED:
        return np.asarray(paid)
    found = redeeming[block][np.arange(len(choices))[:, None, None], choices]
    return np.asarray(paid + functional.targeted_issued[k, choices] * found)


class _Messages:
    """Worth of messages sent and customers reached, by what every line of a message alone adds."""

    def __init__(self, functional: Functional, blocks: Blocks[Any], people: Float) -> None:
        s, k, t = blocks.targeted.shape
        self._functional, self._k = functional, np.arange(k)[:, None]
        self._silent = tuple(self._silence(block, blocks[block]) for block in (TARGETED, BASKET_TARGETED))
        joined = np.concatenate([self._silent[0], self._silent[1][:, :, None]], axis=2)
        told = (functional.contact_reach * people)[:, :, None, None]
        others = functional.message[:, None, None, None] * told * leave_one_out(joined, axis=2)
        self._others = (others[:, :, :k], others[:, :, k])
        self._missed = tuple(self._absence(block, blocks[block]) for block in (TARGETED, BASKET_TARGETED))
        joined = np.concatenate([self._missed[0].reshape(-1, s, k * t), self._missed[1]], axis=2)
        there = functional.reached * (functional.reached_share * people)
        never = there[:, :, None] * leave_one_out(joined, axis=2)
        self._never = (never[..., : k * t].reshape(-1, s, k, t), never[..., k * t :])

    def gain(self, block: int, choice: int) -> Float | float:
        """Gain where one targeted slot changes to a choice; public lines send nothing."""
        if block not in (TARGETED, BASKET_TARGETED):
            return 0.0
        place = (TARGETED, BASKET_TARGETED).index(block)
        shape = self._missed[place].shape[1:]
        silent = self._silence(block, np.full(shape, choice))
        missed = self._absence(block, np.full(shape, choice))
        sent = (self._others[place] * (self._silent[place] - silent)).sum(axis=0)
        return np.asarray(sent + (self._never[place] * (self._missed[place] - missed)).sum(axis=0))

    def _silence(self, block: int, choices: Any) -> Float:
        """Share of a segment that each line's message does not go to, by message scope."""
        if block == TARGETED:
            return np.asarray(1.0 - self._functional.contact_targeted[:, self._k, choices])
        return np.asarray(1.0 - self._functional.contact_basket[:, choices])

    def _absence(self, block: int, choices: Any) -> Float:
        """Share of each group of customers, of a segment, that a line does not reach."""
        if block == TARGETED:
            return np.asarray(1.0 - self._functional.reached_targeted[:, self._k, choices])
        return np.asarray(1.0 - self._functional.reached_basket[:, choices])
