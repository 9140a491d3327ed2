"""What the bound is a function of: its prices and one question's arrays; and what stands behind a value of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from planner.bound.programs.ladder import Ladder
from planner.bound.programs.paths import Paths
from planner.bound.relaxed.messages import MessageFloors
from planner.bound.relaxed.rules import RuleRows
from planner.bound.relaxed.shared_messages import Shared
from planner.bound.relaxed.theft import Loads
from planner.bound.relaxed.weights import Weights
from planner.bound.tables import Baskets, Cells

Array = Any


class Prices(NamedTuple):
    """What the bound is a function of; all but the first two are relative to a guess that follows from those two."""

    limit: Array
    """[L] >= 0, objective per unit of a limit's own use."""
    stock: Array
    """[T, K] >= 0, objective per unit sold up to a period."""
    theft: Array
    """[I, T, S, K] price of being robbed in each interval of the group's load, 1 is the guess."""
    load: Array
    """[I, T, S, K] what a cell pays for an interval beside the guess; sums to 0 over a group of rivals."""
    dip: Array
    """[T, S, K] price of a dip, 1 is the guess."""
    basket: Array
    """[T, S, K] price of the basket factor, 1 is the guess."""
    public: Array
    """[T, S, K, P'] what a segment pays for a public choice beside the guess; sums to 0 over segments."""
    basket_public: Array
    """[T, S, V']"""
    message: Array
    """[1 + I, J, T, S, K + 1] logits of the products' (and the basket's) shares of a message, and what is added to them
    in each interval of the load of rivals; I is 0 where that is not told apart."""
    message_floor: Array
    """[M] >= 0, objective per message that a floor asks for."""
    reached: Array
    """[R, S] 0 to 1: how far customers reached count line by line; R as in `planner.bound.relaxed.weights`."""
    count: Array
    """[R] >= 0, objective per line of a rule's row."""
    window: Array
    """[X] >= 0, objective per active period of a rule's window."""
    word: Array
    """[cells] objective per active period of an automaton or a pattern."""
    literal: Array
    """[E] logits of the literals' shares of an active period."""


class BlockTables(NamedTuple):
    """What schedules of whole blocks of rivals are made of, at some prices; B ends of the basket factor."""

    base: Array
    """[B, T, S, K, C] worth of a base unit."""
    bump: Array
    """[B, T, S, K, C] worth of a unit of flow."""
    line: Array
    """[T, S, K, C] what a column costs or brings apart from the flows."""
    left: Array
    """[S, K] worth of freshness that is missing after the horizon."""
    basket: Array
    """[B, T, S, K] what a cell pays for an end of the basket factor."""


class Data(NamedTuple):
    """Arrays of one question, arguments of the compiled function."""

    cells: Cells
    loads: Loads
    baskets: Baskets
    weights: Weights
    message_floors: MessageFloors
    shared: Shared | None
    """Which rivals that share messages can be on offer together; None where that is not told apart."""
    halo: Array
    carry_value: Array
    """[S, K], 0 where left-over fatigue is not charged."""
    unit_margin: Array
    """[K]"""
    ahead_margin: Array
    """[T, 1, K]"""
    people: Array
    """[S]"""
    redeemers: Array
    """[S, K, C] customers who can redeem what a column's targeted line issues to them; [S, 1, 1] where all can."""
    order_redeemers: Array
    """[S, Y] the same of baskets; [S, 1] where all can."""
    sign: Array
    """[L] of the limits that are priced."""
    rows: Array
    """[L, F - 1] their uses as sums of functionals, times the sign."""
    bound: Array
    """[L]"""
    available: Array
    """[T, K] 0 where there is no stock limit."""
    cell_steps: Ladder
    dip_most: Array
    """[T, M, S * K] most that the dips of a cell can sum to in each state."""
    basket_steps: Ladder
    rules: RuleRows
    paths: Paths | None
    """Rules that the programs carry."""
    order_paths: Paths | None
    """The same of lines on baskets."""
    choice: Array
    """[T, S, K, C] columns that the programs may choose; fewer than `Cells.allowed` where a plan is examined."""
    order_choice: Array
    """[T, S, Y]"""
    programs: Array
    """[K] 1 where the programs plan a product, 0 where a block of rivals does."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Inside:
    """Tables behind the value at some prices, by which `planner.bound.gap` examines a plan. Shapes as in `dual`."""

    base: Array
    extra: Array
    bump: Array
    above: Array
    theft_price: Array
    tied: Array
    dip_price: Array
    basket_price: Array
    message_price: Array
    sent: Array
    """[T, S, K, C] what columns pay for messages, or earn by them."""
    order_sent: Array
    sent_by_load: Array
    """[T, I, S, K, C] what they pay more in each interval of rivals' load; I is 0 where that is not told apart."""
    charge: Array
    """[N, width] what choices pay for rules."""
    series: Array
    """[S, K] value of each series; 0 of products in blocks."""
    blocks: Array
    """[K] value of each product of a block, whose best schedules are chosen together."""
