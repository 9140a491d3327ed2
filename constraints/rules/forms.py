"""The shared forms that rules compile to: few, vectorised, read by the rule book and by CP-SAT alike.

Letters as in `scenarios.grid`; E entries, G groups, R rows. A *literal* is "slot n holds a choice of a set"; an entry
places one literal in one cell. What a cell does with its literals is the form's business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.arrays import Flag, Int, Plan


@dataclass(frozen=True, kw_only=True, eq=False)
class Entries:
    """E literals, each in one cell."""

    cell: Int
    """[E]"""
    slot: Int
    """[E]"""
    choice_set: Int
    """[E] row of ``sets``."""
    sets: Flag
    """[sets, width] choices that make a literal true; "none" never does."""

    def active(self, plan: Plan) -> Flag:
        """[..., E] which literals a plan [..., N] makes true."""
        return np.asarray(self.sets[self.choice_set, plan[..., self.slot]])


@dataclass(frozen=True, kw_only=True, eq=False)
class Masks:
    """Choices that no plan holds."""

    forbidden: Flag
    """[N, width]"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Fixed:
    """M slots whose choice is given."""

    slots: Int
    """[M]"""
    choices: Int
    """[M]"""


@dataclass(frozen=True, kw_only=True, eq=False)
class PairBans:
    """Public and targeted choices that must not meet in a cell."""

    table: Flag
    """[K, P, Q]"""
    cells: Flag
    """[S, K, T] where the ban holds."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CountRows:
    """At most ``cap`` true literals in each row (entry cells are rows)."""

    entries: Entries
    cap: Int
    """[R]"""


@dataclass(frozen=True, kw_only=True, eq=False)
class SeriesAutomaton:
    """A word over {quiet, active} per group, read by an automaton that never steps on -1 and ends in ``accept``.

    A period of a group is active where any of its literals is true; entry cells are ``group * T + period``. Whether a
    word is accepted depends only on its windows of ``reach`` periods.
    """

    entries: Entries
    start: Int
    """[G] state after the history."""
    step: Int
    """[states, 2] next state, -1 where the word is refused."""
    reach: int
    accept: Flag | None = None
    """[states] where the word may end; anywhere without it."""
    coupled: bool = False
    """Whether going from one accepted word to another may take several changes that are wrong one by one."""
    joins: bool = False
    """Whether two active periods that lie near may need all periods between them active, too."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WindowCounts:
    """At most ``cap`` active periods in each window of consecutive periods of a group; cells as in the automaton."""

    entries: Entries
    cap: Int
    """[G, T] for the window that ends in each period, what the history leaves of it."""
    window: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Patterns:
    """A word over {quiet, active} per group that fits one of M patterns: ``low <= word <= high`` in at least one.

    Entry cells are ``group * L + column``; a column is active where any of its literals is true. Without ``low`` bits
    the rule is kept by dropping lines; with them it may ask for some.
    """

    entries: Entries
    low: Flag
    """[G, M, L] columns that must be active."""
    high: Flag
    """[G, M, L] columns that may be active."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FloorRows:
    """At least ``floor`` true literals in each row (entry cells are rows; a slot has one entry in a row at most)."""

    entries: Entries
    floor: Int
    """[R]"""


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupRows:
    """At most ``cap`` active groups in each row; a group (entry cells are groups) is active where a literal is true.

    A slot has one entry in a group at most.
    """

    entries: Entries
    row: Int
    """[G] row of each group."""
    cap: Int
    """[R]"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Words:
    """One series of slots as a word over letters of its own, read by an automaton that never steps on -1.

    No form by itself: what a rule's forms say of the series, said so that proofs can see all of it at once. It accepts
    every word of a plan that keeps the rule.
    """

    slots: Int
    """[T]"""
    letters: Int
    """[width] letter of each choice, 0 for those that the rule does not look at."""
    start: int
    step: Int
    """[states, 1 + letters] next state, -1 where the word is refused."""


Form = Masks | Fixed | PairBans | CountRows | SeriesAutomaton | WindowCounts | Patterns | FloorRows | GroupRows


@dataclass(frozen=True, kw_only=True, eq=False)
class CompiledRule:
    """One rule in the shared forms."""

    id: str
    kind: str
    forms: tuple[Form, ...]
    words: tuple[Words, ...] = ()
    """Where given, what proofs read instead of the rule's patterns."""

    @property
    def ties_lines(self) -> bool:
        """Whether some lines come or go only with others, as in a run of a least length."""
        return any(
            form.coupled if isinstance(form, SeriesAutomaton) else isinstance(form, Patterns) and bool(form.low.any())
            for form in self.forms
        )
