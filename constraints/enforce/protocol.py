"""What every enforced form can do, and the small records that pass between the rule book and the forms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from constraints.enforce.changes import Losses
from constraints.rules.forms import Entries
from scenarios.arrays import Flag, Float, Int, Plan

Words = NDArray[np.uint64]
WORD_BITS = 64


@dataclass(frozen=True, kw_only=True, eq=False)
class Moves:
    """M proposed single changes of different slots, the one with the highest priority first."""

    slots: Int
    """[M]"""
    choices: Int
    """[M]"""

    def subset(self, kept: Flag) -> Moves:
        """Keep some of the moves, in order."""
        return Moves(slots=self.slots[kept], choices=self.choices[kept])


@dataclass(frozen=True, kw_only=True, eq=False)
class SubModel:
    """A CP-SAT model over the choices of some free slots; all other slots stay as in ``plan``."""

    model: Any
    """``cp_model.CpModel``"""
    plan: Plan
    free: Flag
    """[N]"""
    literals: dict[int, dict[int, Any]]
    """By slot and choice, "none" included; a choice without a literal is not considered."""

    def of(self, slot: int, choices: Flag) -> list[Any]:
        """Literals of a free slot for a set of choices."""
        return [literal for choice, literal in self.literals[slot].items() if choices[choice]]


class Rules(Protocol):
    """What repair and polish ask of a rule book, or of one with further choices banned for a while."""

    base: Flag
    """[N, width] choices of each slot by masks and locks alone."""

    def blocks(self, plan: Plan) -> list[Int]:
        """Sets of slots whose lines can only be dropped together."""

    def violations(self, plan: Plan) -> int:
        """Count the places where a plan breaks rules."""

    def keeps(self, plans: Plan) -> Flag:
        """[P] which of some plans [P, N] keep every rule."""

    def allowed(self, plan: Plan) -> Flag:
        """[N, width] single changes of a plan after which it keeps every rule."""

    def compatible(self, plan: Plan, slots: Int, choices: Int, priority: Float, allowed: Flag | None = None) -> Flag:
        """[M] changes that may all be made together."""

    def add_to_model(self, model: Any, plan: Plan, literals: dict[int, dict[int, Any]]) -> None:
        """Add the rules to a CP-SAT model over some free slots."""


class Completable(Rules, Protocol):
    """A rule book whose locked lines can be completed: it says which slots hang together."""

    fixed: Flag
    """[N] slots that locked lines hold."""

    def connected(self, slots: Int) -> Int:
        """Slots that share a rule that may ask for lines with some slots, or with slots that do, and so on."""

    def involved(self, plan: Plan) -> Int:
        """Slots that take part in a broken rule."""


class Enforced(Protocol):
    """Compiled forms of one kind, merged, over plans."""

    rule_ids: tuple[str, ...]

    def broken(self, plans: Plan) -> Int:
        """[P, rules] places where each of some plans [P, N] breaks each rule of ``rule_ids``."""

    def restrict(self, plan: Plan, allowed: Words) -> None:
        """Clear the bits of single changes that would break the form; ``allowed`` is [words, N]."""

    def compatible(self, plan: Plan, moves: Moves) -> Flag:
        """[M] moves that may all be made together; any subset of them keeps the form too."""

    def mend(self, plan: Plan, loss: Float, fixed: Flag) -> Int:
        """Slots to clear so that the form holds, at little loss [N] of clearing; never a fixed slot."""

    def involved(self, plan: Plan) -> Int:
        """Slots that take part in a broken place."""

    def add_to(self, sub: SubModel) -> None:
        """Add the rows that free slots can break."""


@runtime_checkable
class Coupled(Enforced, Protocol):
    """Forms that may ask for lines, or under which lines come and go together."""

    coupled: bool

    def settle(self, plan: Plan, losses: Losses) -> Moves:
        """Changes after which the form holds, at least loss; none where that is impossible."""

    def blocks(self, plan: Plan) -> list[Int]:
        """Slots of lines that can only go together."""

    def connected(self, slots: Int) -> Int:
        """Slots that share a group with some slots."""


class Mendable(Protocol):
    """A rule book under which a plan can be mended: its forms, what it allows, and what is kept."""

    base: Flag
    """[N, width] choices of each slot by masks and locks alone."""
    fixed: Flag
    """[N] slots that locked lines hold."""
    forms: list[Enforced]
    """Every form that is no mask or lock."""
    plain_forms: list[Enforced]
    """Those that only ever ask for fewer lines."""
    coupled_forms: list[Coupled]
    """Those that may ask for more."""

    def keeps(self, plans: Plan) -> Flag:
        """[P] which of some plans [P, N] keep every rule."""

    def allowed(self, plan: Plan, *, loosely: bool) -> Flag:
        """[N, width] single changes after which a plan keeps every rule, or ``loosely`` those that are not coupled."""


def merge(parts: list[Entries], cells: list[int]) -> Entries:
    """Put entries of several forms side by side; ``cells`` is how many cells each has."""
    first_cell = np.cumsum([0, *cells])
    first_set = np.cumsum([0, *(len(part.sets) for part in parts)])
    return Entries(
        cell=np.concatenate([part.cell + first for part, first in zip(parts, first_cell, strict=False)]),
        slot=np.concatenate([part.slot for part in parts]),
        choice_set=np.concatenate([part.choice_set + first for part, first in zip(parts, first_set, strict=False)]),
        sets=np.concatenate([part.sets for part in parts]),
    )


def lines_of(plans: Plan) -> tuple[Int, Int]:
    """Plan and slot of every line of some plans [P, N]; booleans are searched several times as fast as integers."""
    plan, slot = np.divmod(np.flatnonzero(plans != 0), plans.shape[1])
    return plan, slot


def by_rule(places: Int | Flag, owner: Int, rules: int) -> Int:
    """[P, rules] sums of places [P, rows] over the rows that each rule owns."""
    plan, row = np.nonzero(places)
    found = np.bincount(plan * rules + owner[row], weights=places[plan, row], minlength=len(places) * rules)
    return found.astype(np.int64).reshape(len(places), rules)


@dataclass(frozen=True, kw_only=True, eq=False)
class EntryIndex:
    """Entries with look-up by slot and by cell."""

    entries: Entries
    slots: int
    cells: int

    @cached_property
    def by_slot(self) -> tuple[Int, Int]:
        """Entry numbers ordered by slot, and where each slot starts [N + 1]."""
        return _order(self.entries.slot, self.slots)

    @cached_property
    def by_cell(self) -> tuple[Int, Int]:
        """Entry numbers ordered by cell, and where each cell starts."""
        return _order(self.entries.cell, self.cells)

    @cached_property
    def set_words(self) -> Words:
        """[words, sets] choices of each set as bits."""
        return pack(self.entries.sets)

    def in_cell(self, cell: int) -> Int:
        """Entries of one cell."""
        order, start = self.by_cell
        return order[start[cell] : start[cell + 1]]

    def of_slots(self, slots: Int) -> tuple[Int, Int]:
        """All entries of some slots: position in ``slots`` and entry number of each."""
        order, start = self.by_slot
        first = start[slots]
        count = start[slots + 1] - first
        owner = np.repeat(np.arange(len(slots)), count)
        return owner, order[np.arange(len(owner)) + np.repeat(first - (np.cumsum(count) - count), count)]

    def slots_of(self, some: Int | Flag) -> Int:
        """Slots of some entries, each once and in order: what `np.unique` gives, without sorting."""
        here = np.zeros(self.slots, dtype=bool)
        here[self.entries.slot[some]] = True
        return np.flatnonzero(here)

    def counted(self, plans: Plan) -> Int:
        """[P, cells] true literals in each cell under each of some plans [P, N]; only their lines are looked up."""
        plan, slot = lines_of(plans)
        line, entry = self.of_slots(slot)
        true = self.entries.sets[self.entries.choice_set[entry], plans[plan, slot][line]]
        found = np.bincount(
            plan[line[true]] * self.cells + self.entries.cell[entry[true]], minlength=len(plans) * self.cells
        )
        return found.reshape(len(plans), self.cells)

    def restrict(self, allowed: Words, entries: Int, active: Flag) -> None:
        """Let each slot only choose so that these entries stay as active as they are."""
        slots, sets = self.entries.slot[entries], self.entries.choice_set[entries]
        for word in range(len(allowed)):
            bits = self.set_words[word, sets]
            np.bitwise_and.at(allowed[word], slots, np.where(active, bits, ~bits))


def _order(values: Int, count: int) -> tuple[Int, Int]:
    return np.argsort(values, kind="stable"), np.searchsorted(np.sort(values), np.arange(count + 1))


def pack(table: Flag) -> Words:
    """Pack booleans [rows, width] into words [words, rows], one bit a column."""
    rows, width = table.shape
    words = -(-width // WORD_BITS)
    packed = np.zeros((words, rows), dtype=np.uint64)
    for column in range(width):
        packed[column // WORD_BITS] |= table[:, column].astype(np.uint64) << np.uint64(column % WORD_BITS)
    return packed


def unpack(words: Words, width: int) -> Flag:
    """Unpack words [words, rows] into booleans [rows, width]."""
    columns = np.arange(width)
    bits = words[columns // WORD_BITS] >> (columns % WORD_BITS).astype(np.uint64)[:, None]
    return np.ascontiguousarray((bits & np.uint64(1)).astype(bool).T)


def place_in_group(group: Int) -> Int:
    """Place of each element among those of its group, in order of appearance."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    begins = np.ones(len(group), dtype=bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    number = np.arange(len(group))
    place = np.empty(len(group), dtype=np.int64)
    place[order] = number - np.maximum.accumulate(np.where(begins, number, 0))
    return place
