"""The rule book: everything that business rules say about a plan, vectorised for the search.

It answers, for flat int8 plans [N]: which single changes keep every rule, which of many may be made together, what is
broken, how to mend it at little loss, and which rows CP-SAT must keep in a neighbourhood. The ledger never reads it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from constraints.enforce.automata import Automata
from constraints.enforce.merged import enforce
from constraints.enforce.protocol import Coupled, Moves, SubModel, lines_of, pack, unpack
from constraints.mending import mend
from constraints.nothing_to_sell import nothing_to_sell
from constraints.rules.forms import CompiledRule, Fixed, Form, Masks
from constraints.rules.open_days import opened_periods
from constraints.rules.registry import compile_rules
from constraints.rules.rows import LiteralRows, literal_rows
from scenarios.arrays import Flag, Float, Int, Plan
from scenarios.grid import Grid
from scenarios.response.economics import Economics

if TYPE_CHECKING:
    from constraints.enforce.complete import Completion

EXACT_SLOTS = 1000
"""Slots of a completion of locked lines up to which the fewest lines are sought; beyond, few are good enough."""
SLOTS = "slots"
"""What masks and locks together are called where broken places are counted by rule."""


class RuleBook:
    """Compiled rules of one grid.

    Parameters
    ----------
    grid, rules
        The grid, whose ``applies_to`` is a rule too, and its compiled rules.
    idle : bool [N, width], optional
        Choices that no plan is made with although a person's may hold them (`constraints.nothing_to_sell`).
    spent : bool [N, width], optional
        Choices with which the ledger passes no plan, whatever else it holds.
    """

    def __init__(
        self, grid: Grid, rules: tuple[CompiledRule, ...], idle: Flag | None = None, spent: Flag | None = None
    ) -> None:
        self.grid, self.rules = grid, rules
        allowed = grid.allowed_flat if spent is None else grid.allowed_flat & ~spent
        self.open: Flag = allowed.copy() if idle is None else allowed & ~idle
        """[N, width] choices that plans are made of, rules apart: where offers apply and there is something to sell."""
        self.possible = self.open.copy()
        """[N, width] choices that no mask excludes, locked lines apart."""
        self._locked = grid.empty()
        self.fixed: Flag = np.zeros(grid.slots, dtype=bool)
        """[N] slots with a locked line."""
        self.clashes: list[tuple[str, int]] = []
        """Rules that lock a slot which another rule has locked otherwise, with the slot."""
        masked = np.zeros_like(self.open)
        rest: list[tuple[str, Form]] = []
        for rule in rules:
            for form in rule.forms:
                if isinstance(form, Masks):
                    masked |= form.forbidden
                elif isinstance(form, Fixed):
                    self._lock(rule, form)
                else:
                    rest.append((rule.id, form))
        self.possible &= ~masked
        self.forms = enforce(rest, grid)
        """What of the rules is no mask or lock, as it is enforced."""
        self.coupled_forms: list[Coupled] = [form for form in self.forms if isinstance(form, Coupled) and form.coupled]
        self.plain_forms = [form for form in self.forms if form not in self.coupled_forms]
        """Those that only ever ask for fewer lines; coupled ones may ask for more."""
        self.base: Flag = self.possible.copy()
        """[N, width] choices of each slot by masks and locks alone; a locked slot has exactly one."""
        locked = np.flatnonzero(self.fixed)
        self.idle: Flag = np.zeros_like(self.base) if idle is None else idle & allowed & ~masked
        """[N, width] choices that nothing but the lack of anything to sell excludes."""
        self.idle[locked] = False
        self.base[locked] = False
        self.base[locked, self._locked[locked]] = True
        self.passable: Flag = self.base | self.idle
        """[N, width] what the ledger may pass, whoever plans: lines on nothing, too, which may tire or fill floors."""
        self._words = pack(self.base)

    def _lock(self, rule: CompiledRule, form: Fixed) -> None:
        for slot, choice in zip(form.slots, form.choices, strict=True):
            if self.fixed[slot] and self._locked[slot] != choice:
                self.clashes.append((rule.id, int(slot)))
                continue
            self.fixed[slot], self._locked[slot] = True, choice

    @cached_property
    def rows(self) -> LiteralRows:
        """What a linear programme sees of the rules beside `base`."""
        return literal_rows(self.rules, self.grid.shape[2], self.grid.width, opened_periods(self.grid))

    def locked_lines(self) -> Plan:
        """[N] the locked lines and nothing else, whether they keep the rules or not."""
        return self._locked.copy()

    def locked_plan(self) -> Plan:
        """[N] the plan to start from: the locked lines, and few others where rules ask for some.

        Some rules ask for others: two locked runs too close must be joined (`min_gap`), a floor reached (`fairness`).
        Where no plan keeps the rules, or none is found, this is `locked_lines`; `violations` then says so.
        """
        return self._start.copy()

    def violations(self, plan: Plan) -> int:
        """Count the places where a plan breaks rules; 0 if it keeps them all."""
        return sum(self.violations_by_rule(plan).values())

    def violations_by_rule(self, plan: Plan) -> dict[str, int]:
        """Count broken places by rule id; masks and locks together under ``slots``. Kept rules are left out."""
        found = {SLOTS: int(self._wrong(plan[None])[0]) + len(self.clashes)}
        for form in self.forms:
            for rule, count in zip(form.rule_ids, form.broken(plan[None])[0], strict=True):
                found[rule] = found.get(rule, 0) + int(count)
        return {rule: count for rule, count in found.items() if count}

    def keeps(self, plans: Plan) -> Flag:
        """[P] which of some plans [P, N] keep every rule; many at once cost little more than one."""
        kept: Flag = np.asarray(self._wrong(plans) == 0) & (not self.clashes)
        for form in self.forms:
            left = np.flatnonzero(kept)
            kept[left] = ~form.broken(plans[left]).any(axis=1)
        return kept

    def _wrong(self, plans: Plan) -> Int:
        """[P] how many slots hold what masks or locks forbid; no line is always possible, but for locks."""
        plan, slot = lines_of(plans)
        choice = plans[plan, slot]
        bad = ~self.possible[slot, choice] | (self.fixed[slot] & (choice != self._locked[slot]))
        missing = (plans[:, self.fixed & (self._locked > 0)] == 0).sum(axis=1)
        return np.asarray(np.bincount(plan[bad], minlength=len(plans)) + missing)

    @property
    def coupled(self) -> bool:
        """Whether some rule lets lines come or go only together, so that single changes do not reach every plan."""
        return bool(self.coupled_forms)

    def blocks(self, plan: Plan) -> list[Int]:
        """Sets of slots whose lines can only be dropped together, as coupled rules want it."""
        return [block for form in self.coupled_forms for block in form.blocks(plan)]

    def allowed(self, plan: Plan, *, loosely: bool = False) -> Flag:
        """[N, width] single changes of a plan after which it keeps every rule; always true for the current choice.

        Parameters
        ----------
        loosely
            Leave coupled rules out of account, in plan and changes; `repair` restores them.
        """
        words = self._words.copy()
        for form in self.plain_forms if loosely else self.forms:
            form.restrict(plan, words)
        table = unpack(words, self.grid.width)
        table[np.arange(len(plan)), plan] = True
        return table

    def compatible(
        self,
        plan: Plan,
        slots: Int,
        choices: Int,
        priority: Float,
        allowed: Flag | None = None,
        *,
        loosely: bool = False,
    ) -> Flag:
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
        loosely
            As in `allowed`.

        Returns
        -------
        bool [M]
            Changes such that all of them, or any subset, made at once keep every rule.
        """
        order = np.lexsort((choices, slots, -np.asarray(priority, dtype=float)))
        slots, choices = np.asarray(slots, dtype=np.int64)[order], np.asarray(choices, dtype=np.int64)[order]
        table = self.allowed(plan, loosely=loosely) if allowed is None else allowed
        chosen = table[slots, choices] & (plan[slots] != choices)
        _, first = np.unique(np.where(chosen, slots, -1), return_index=True)
        unique = np.zeros(len(slots), dtype=bool)
        unique[first] = True
        alive = np.flatnonzero(chosen & unique)
        moves = Moves(slots=slots[alive], choices=choices[alive])
        for form in self.plain_forms if loosely else self.forms:
            kept = form.compatible(plan, moves)
            alive, moves = alive[kept], moves.subset(kept)
        result = np.zeros(len(order), dtype=bool)
        result[order[alive]] = True
        return result

    def repair(self, plan: Plan, loss: Float | None = None, barred: Flag | None = None) -> Plan:
        """Make a plan keep every rule at little loss: lines are dropped, and come in where coupled rules ask for them.

        Parameters
        ----------
        plan : int8 [N]
            Any plan: a child of two parents, a person's lines.
        loss : [N, width], optional
            What the objective loses by each choice of a slot against its current one; without it, every line counts 1.
        barred : bool [N, width], optional
            Choices that must not come in.

        Returns
        -------
        int8 [N]
            A plan without violations wherever `locked_plan` has none.
        """
        loss, base = loss if loss is not None else _even(plan, self.grid.width), self.base
        return mend(self, plan, loss, base if barred is None else base & ~barred, lambda: self._start)

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
        for form in self.forms:
            form.add_to(sub)

    @cached_property
    def completion(self) -> Completion:
        """The locked lines completed to a plan that keeps the rules, with the fewest lines; or whether none does."""
        from constraints.enforce.complete import Completion, Verdict, complete

        if self.clashes or not self.violations(self._locked):
            verdict = Verdict.IMPOSSIBLE if self.clashes else Verdict.FOUND
            return Completion(plan=self._locked, verdict=verdict)
        return complete(self, self._locked)

    @cached_property
    def _start(self) -> Plan:
        """What `completion` finds; where that would be much work, or too much, what mending finds."""
        plan = self._locked
        if self.clashes or not self.violations(plan):
            return plan
        mended = mend(self, plan, _even(plan, self.grid.width), self.base, lambda: plan)
        kept = not self.violations(mended)
        if kept and len(self.connected(self.involved(plan))) > EXACT_SLOTS:
            return mended
        from constraints.enforce.complete import Verdict

        found = self.completion
        return mended if kept and found.verdict is Verdict.UNKNOWN else found.plan

    def connected(self, slots: Int) -> Int:
        """Slots that share a rule that may ask for lines with some slots, or with slots that do, and so on."""
        asking = [form for form in self.forms if isinstance(form, Automata) or form in self.coupled_forms]
        found = slots
        while True:
            parts = [form.connected(found) for form in asking if isinstance(form, Coupled)]
            wider = np.unique(np.concatenate([found, *parts]))
            if len(wider) == len(found):
                return wider
            found = wider

    def involved(self, plan: Plan) -> Int:
        """Slots that take part in a broken rule."""
        return np.unique(np.concatenate([np.zeros(0, np.int64), *(form.involved(plan) for form in self.forms)]))


def _even(plan: Plan, width: int) -> Float:
    """[N, width] a loss of 1 by every change."""
    return np.asarray(np.arange(width) != plan[:, None], dtype=float)


def build_rulebook(grid: Grid, economics: Economics, sold: Flag | None = None) -> RuleBook:
    """Compile the rules of a grid, those on prices by its economics; ``sold`` [S, K, T] as in `nothing_to_sell`."""
    rules = compile_rules(grid, economics)
    return RuleBook(grid, rules, None if sold is None else nothing_to_sell(grid, rules, sold))
