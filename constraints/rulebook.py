"""The rule book: everything that business rules say about a plan, vectorised for the search.

It holds the compiled rules over one grid and answers, for flat int8 plans [N]: which single changes keep every rule,
which of many changes may be made together, what is broken, how to mend it at little loss, and which rows CP-SAT must
keep in a neighbourhood. The ledger never reads it: it checks lines with `constraints.rules.registry.check_rules`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from constraints.enforce.automata import Automata
from constraints.enforce.counting import Counting
from constraints.enforce.meeting import Meeting
from constraints.enforce.protocol import Enforced, Float, Moves, Plan, SubModel, pack, unpack
from constraints.enforce.windows import Windows
from constraints.rules.forms import (
    Bools,
    CompiledRule,
    CountRows,
    Fixed,
    Form,
    Ints,
    Masks,
    PairBans,
    SeriesAutomaton,
    WindowCounts,
)
from constraints.rules.registry import compile_rules
from scenarios.economics import Economics
from scenarios.grid import Grid

MEND_PASSES = 12
"""Passes of dropping lines before broken groups are reset to the base plan; each pass mends every form once."""


def enforce(forms: list[tuple[str, Form]], grid: Grid) -> list[Enforced]:
    """Merge forms that are read alike: one pass over many groups is faster than many passes."""
    periods, slots = grid.shape[2], grid.slots
    counts: list[tuple[str, CountRows]] = []
    automata: dict[bytes, list[tuple[str, SeriesAutomaton]]] = {}
    windows: dict[int, list[tuple[str, WindowCounts]]] = {}
    enforced: list[Enforced] = []
    for rule, form in forms:
        match form:
            case CountRows():
                counts.append((rule, form))
            case SeriesAutomaton():
                automata.setdefault(form.step.tobytes(), []).append((rule, form))
            case WindowCounts():
                windows.setdefault(form.window, []).append((rule, form))
            case PairBans():
                enforced.append(Meeting(rule, form, grid))
    if counts:
        enforced.append(Counting(counts, slots))
    enforced += [Automata(alike, periods, slots) for alike in automata.values()]
    enforced += [Windows(alike, periods, slots) for alike in windows.values()]
    return enforced


class RuleBook:
    """Compiled rules of one grid.

    Parameters
    ----------
    grid
        The grid; ``applies_to`` is a rule too.
    rules
        Compiled rules.
    """

    def __init__(self, grid: Grid, rules: tuple[CompiledRule, ...]) -> None:
        self.grid, self.rules = grid, rules
        self.possible = grid.allowed_flat.copy()
        """[N, width] choices that no mask excludes, locked lines apart."""
        self._locked = grid.empty()
        self.fixed: Bools = np.zeros(grid.slots, dtype=bool)
        """[N] slots with a locked line."""
        self.clashes: list[tuple[str, int]] = []
        """Rules that lock a slot which another rule has locked otherwise, with the slot."""
        rest: list[tuple[str, Form]] = []
        for rule in rules:
            for form in rule.forms:
                if isinstance(form, Masks):
                    self.possible &= ~form.forbidden
                elif isinstance(form, Fixed):
                    self._lock(rule, form)
                else:
                    rest.append((rule.id, form))
        self._forms = enforce(rest, grid)
        self.base: Bools = self.possible.copy()
        """[N, width] choices of each slot by masks and locks alone; a locked slot has exactly one."""
        locked = np.flatnonzero(self.fixed)
        self.base[locked] = False
        self.base[locked, self._locked[locked]] = True
        self._words = pack(self.base)
        self._start = self._find_start()

    def _lock(self, rule: CompiledRule, form: Fixed) -> None:
        for slot, choice in zip(form.slots, form.choices, strict=True):
            if self.fixed[slot] and self._locked[slot] != choice:
                self.clashes.append((rule.id, int(slot)))
                continue
            self.fixed[slot] = True
            self._locked[slot] = choice

    def locked_lines(self) -> Plan:
        """[N] the locked lines and nothing else, whether they keep the rules or not."""
        return self._locked.copy()

    def locked_plan(self) -> Plan:
        """[N] the plan to start from: the locked lines, and the fewest others where rules ask for some.

        Only `min_gap` ever asks for others (two locked runs too close must be joined). Where no plan keeps the rules,
        or none is found near the locked lines, this is `locked_lines`; `violations` then says so.
        """
        return self._start.copy()

    def violations(self, plan: Plan) -> int:
        """Count the places where a plan breaks rules; 0 if it keeps them all."""
        return sum(self.violations_by_rule(plan).values())

    def violations_by_rule(self, plan: Plan) -> dict[str, int]:
        """Count broken places by rule id; masks and locks together under ``slots``. Kept rules are left out."""
        at = np.arange(len(plan))
        wrong = ~self.possible[at, plan] | (self.fixed & (plan != self._locked))
        found = {"slots": int(wrong.sum()) + len(self.clashes)}
        for form in self._forms:
            for rule, count in zip(form.rule_ids, form.broken(plan), strict=True):
                found[rule] = found.get(rule, 0) + int(count)
        return {rule: count for rule, count in found.items() if count}

    def allowed(self, plan: Plan) -> Bools:
        """[N, width] single changes of a plan after which it keeps every rule; always true for the current choice."""
        words = self._words.copy()
        for form in self._forms:
            form.restrict(plan, words)
        table = unpack(words, self.grid.width)
        table[np.arange(len(plan)), plan] = True
        return table

    def compatible(
        self, plan: Plan, slots: Ints, choices: Ints, priority: Float, allowed: Bools | None = None
    ) -> Bools:
        """Choose changes that may all be made together, the highest priority first.

        Parameters
        ----------
        plan : int8 [N]
            A plan that keeps every rule.
        slots, choices : [M]
            Proposed changes.
        priority : [M]
            The more, the earlier.
        allowed : bool [N, width], optional
            What `allowed` answered for this plan, where the caller has it.

        Returns
        -------
        bool [M]
            Changes such that all of them, or any subset, made at once keep every rule.
        """
        order = np.lexsort((choices, slots, -np.asarray(priority, dtype=float)))
        slots, choices = np.asarray(slots, dtype=np.int64)[order], np.asarray(choices, dtype=np.int64)[order]
        table = self.allowed(plan) if allowed is None else allowed
        chosen = table[slots, choices] & (plan[slots] != choices)
        _, first = np.unique(np.where(chosen, slots, -1), return_index=True)
        unique = np.zeros(len(slots), dtype=bool)
        unique[first] = True
        alive = np.flatnonzero(chosen & unique)
        moves = Moves(slots=slots[alive], choices=choices[alive])
        for form in self._forms:
            kept = form.compatible(plan, moves)
            alive, moves = alive[kept], moves.subset(kept)
        result = np.zeros(len(order), dtype=bool)
        result[order[alive]] = True
        return result

    def repair(self, plan: Plan, loss: Float | None = None) -> Plan:
        """Make a plan keep every rule, mostly by dropping lines, at little loss.

        Parameters
        ----------
        plan : int8 [N]
            Any plan: a child of two parents, a person's lines.
        loss : [N, width], optional
            What the objective loses by each choice of a slot against its current one; without it, every line counts 1.

        Returns
        -------
        int8 [N]
            A plan without violations wherever `locked_plan` has none.
        """
        at = np.arange(len(plan))
        if loss is None:
            loss = np.ones((len(plan), self.grid.width))
            loss[at, plan] = 0.0
        mended = plan.copy()
        wrong = np.flatnonzero(~self.base[at, plan])
        mended[wrong] = np.where(self.base[wrong], loss[wrong], np.inf).argmin(axis=1)
        clearing = np.where(mended > 0, loss[:, 0] - loss[at, mended], 0.0)
        for number in range(3 * MEND_PASSES):
            for form in self._forms:
                mended[form.mend(mended, clearing, self.fixed)] = 0
            if not self.violations(mended):
                return mended
            if number >= MEND_PASSES:
                for form in self._forms:
                    involved = form.involved(mended)
                    mended[involved] = self._start[involved]
        return self.locked_plan()

    def add_to_model(self, model: Any, plan: Plan, literals: dict[int, dict[int, Any]]) -> None:
        """Add the rules to a CP-SAT model over some free slots.

        Parameters
        ----------
        model : cp_model.CpModel
        plan : int8 [N]
            What all other slots hold.
        literals
            By free slot and choice ("none" included), one Boolean each, exactly one of a slot true. Choices that masks
            or locks exclude (`base`) must be left out by the caller.
        """
        free = np.zeros(len(plan), dtype=bool)
        free[list(literals)] = True
        sub = SubModel(model=model, plan=plan, free=free, literals=literals)
        for form in self._forms:
            form.add_to(sub)

    def _find_start(self) -> Plan:
        """Complete the locked lines to a plan that keeps the rules, with the fewest lines, near what they break."""
        plan = self._locked
        if not self.fixed.any() or self.clashes or not self.violations(plan):
            return plan
        from constraints.complete import complete

        return complete(self, plan).plan

    def connected(self, slots: Ints) -> Ints:
        """Slots that share a series with some slots, or with slots that do, and so on."""
        found = slots
        while True:
            parts = [form.connected(found) for form in self._forms if isinstance(form, Automata)]
            wider = np.unique(np.concatenate([found, *parts]))
            if len(wider) == len(found):
                return wider
            found = wider

    def involved(self, plan: Plan) -> Ints:
        """Slots that take part in a broken rule."""
        parts = [form.involved(plan) for form in self._forms]
        return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *parts]))


def build_rulebook(grid: Grid, economics: Economics) -> RuleBook:
    """Compile the rules of a grid; those on prices need its economics."""
    return RuleBook(grid, compile_rules(grid, economics))
