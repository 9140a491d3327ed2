"""Schedules of groups of rivals, each valued alone in one plan, and others near those that a linear programme takes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from constraints.own_rules import OwnRules
from constraints.solver.master import Columns, Shares, best_shares, counted_by, left_by
from constraints.solver.mixing import Alternatives
from planner.evolution.joining.both_at_once import Key, both_at_once
from planner.evolution.joining.packages import Packages
from planner.evolution.joining.variants import variants
from planner.evolution.workspace import Candidate, Prices, Workspace
from scenarios.arrays import Float, Int, Plan

Over = Callable[[], bool]

STEPS = 4
"""Linear programmes of a round, each over schedules near those that the one before took parts of."""
TRIED = 768
"""Schedules that are valued for one of them; of more, some are drawn."""
LOOKED_AT = 4 * TRIED
"""Schedules whose rules are looked at for them: groups of many products and segments have hundreds of thousands."""
JOINED = 256
"""Schedules that hold two changes, which are valued where single ones lead no further."""
NEAR = 30
"""Schedules of each group, those that lack least to pay, that CP-SAT chooses of beside those near the plan."""


class SchedulePool:
    """Schedules of all groups, each valued alone in one plan.

    Parameters
    ----------
    slots
        Slots of each group.
    known
        Schedules of plans that keep the rules.
    own_rules
        What rules say of the schedules of these groups by themselves, remembered from plan to plan.
    """

    def __init__(
        self, space: Workspace, plan: Candidate, slots: list[Int], known: set[Key], own_rules: OwnRules
    ) -> None:
        self.space, self.plan, self.slots = space, plan, slots
        self._known, self._own_rules = known, own_rules
        self._packages = [Packages(space, at) for at in slots]
        self._now = _vector(plan)
        self._own = [plan.plan[at].tobytes() for at in slots]
        self.worth: dict[Key, Float] = {key: np.zeros_like(self._now) for key in enumerate(self._own)}
        """What each changes of the objective, uses and stock, one after the other."""
        self._lacks: dict[Key, float] = {}
        """What each lacked to pay in the last linear programme."""

    def gather(self, rng: np.random.Generator, over: Over, steps: int = STEPS) -> set[Key]:
        """Value known schedules, and those near the best of them step by step; which may be chosen of."""
        fresh, support = sorted(self._known), list(enumerate(self._own))
        first: set[Key] = set()
        shares, keys = None, list(self.worth)
        for step in range(steps):
            most = -(-LOOKED_AT // len(support))
            fresh += [key for group, own in support for key in self._near(group, own, most, rng)]
            fresh = self._drawn([key for key in dict.fromkeys(fresh) if key not in self.worth], rng)
            if not fresh or over():
                break
            self._value(fresh)
            first = set(self.worth) if not step else first
            keys = list(self.worth)
            shares = self._shares(keys)
            if shares is None:
                break
            support = [key for key, share in zip(keys, shares.share.tolist(), strict=True) if share > 1e-6]
            fresh = []
        if shares is None:
            return first
        self._lacks = dict(zip(keys, shares.lacks.tolist(), strict=True))
        return first | _nearest(keys, shares.lacks)

    def plan_with(self, key: Key) -> Plan:
        """The plan with another schedule of one group."""
        plan = self.plan.plan.copy()
        plan[self.slots[key[0]]] = np.frombuffer(key[1], dtype=np.int8)
        return plan

    def changes(self, key: Key) -> bool:
        """Whether a schedule is another than the plan's own."""
        return self._own[key[0]] != key[1]

    def effects(self, keys: list[Key]) -> tuple[Float, Float]:
        """What some schedules change of the objective [M], and the excess of each row beside each, scaled [M, R].

        Without any, those of the plan as it is.
        """
        worth = np.stack([self.worth[key] for key in keys]) if keys else np.zeros((1, len(self._now)))
        use, room = self._uses(worth)
        held = np.flatnonzero(np.isfinite(room))
        return worth[:, 0], (use - room)[:, held] / self._unit()[held]

    def alternatives(self, near: set[Key], error: Float) -> tuple[Alternatives, Float]:
        """Some schedules as CP-SAT chooses of them, with what they change and the unit of an excess of each row.

        Parameters
        ----------
        error
            What plans have used beyond what their schedules do alone.
        """
        keys = [key for key in self.worth if key in near and self.changes(key)]
        worth = np.stack([self.worth[key] for key in keys]) if keys else np.zeros((0, len(self._now)))
        use, room = self._uses(worth)
        room = room - error
        held = np.flatnonzero(np.isfinite(room))
        unit = self._unit()
        each = Alternatives(
            part=np.array([group for group, _ in keys], dtype=np.int64),
            plans=np.stack([self.plan_with(key) for key in keys]) if keys else self.plan.plan[None][:0],
            gain=worth[:, 0],
            use=use[:, held],
            headroom=room[held],
        )
        return each, unit[held]

    def beyond(self, made: Candidate, each: Alternatives, taken: Int) -> Float:
        """How much more a plan uses of each row than the schedules that it is made of do alone."""
        changed = self._uses((_vector(made) - self._now)[None])[0][0]
        held = np.flatnonzero(np.isfinite(self._uses(self._now[None])[1]))
        changed[held] -= each.use[taken].sum(axis=0)
        return np.where(np.isfinite(changed), changed.clip(min=0.0), 0.0)

    def _near(self, group: int, own: bytes, most: int, rng: np.random.Generator) -> list[Key]:
        held = np.frombuffer(own, dtype=np.int8)
        found = variants(self.space, self.slots[group], held, most, rng, self._packages[group])
        return [(group, each.tobytes()) for each in found]

    def widen(self, near: set[Key]) -> set[Key]:
        """Value schedules that hold two changes of one group at once, the most promising first; what to choose of then.

        Parameters
        ----------
        near
            What `gather` told to choose of.
        """
        fresh = self._allowed(both_at_once(self._own, self._lacks, set(self.worth), LOOKED_AT))[:JOINED]
        if not fresh:
            return near
        self._value(fresh)
        keys = list(self.worth)
        shares = self._shares(keys)
        return near | set(fresh) if shares is None else near | _nearest(keys, shares.lacks)

    def _drawn(self, keys: list[Key], rng: np.random.Generator) -> list[Key]:
        """Those that are allowed; of many, as many of each group."""
        left = self._allowed(keys)
        if len(left) <= TRIED:
            return left
        hopeful = self._hopeful(left)
        order, seen = rng.permutation(len(left)), [0] * len(self.slots)
        turn = []
        for number in order:
            turn.append((seen[left[number][0]], int(number)))
            seen[left[number][0]] += 1
        drawn = [number for _, number in sorted(turn) if number not in hopeful][: TRIED - len(hopeful)]
        return [left[number] for number in sorted([*hopeful, *drawn])]

    def _allowed(self, keys: list[Key]) -> list[Key]:
        """Those that masks, locks and, for new ones, rules of their own allow."""
        fixed, base = self.space.rules.fixed, self.space.rules.base
        new = [key for key in keys if key not in self._known]
        broken = {key for key, kept in zip(new, self._own_rules.keep(new), strict=True) if not kept}
        left = [key for key in keys if key not in broken]
        allowed = np.ones(len(left), dtype=bool)
        for group, numbers in _by_group(left).items():
            at = self.slots[group]
            held = np.frombuffer(b"".join(left[number][1] for number in numbers), dtype=np.int8).reshape(-1, len(at))
            barred = fixed[at] | ~base[at, held]
            allowed[numbers] = ~(barred & (held != self.plan.plan[at])).any(axis=1)
        return [left[number] for number in np.flatnonzero(allowed)]

    def _hopeful(self, keys: list[Key]) -> set[int]:
        """Numbers of schedules that relieve what the plan breaks at least loss, and of those that only drop lines.

        By the sum of what single changes do. What relieves one limit presses on others: dropping makes room there.
        """
        space, plan = self.space, self.plan
        over = space.evaluator.excess(plan.uses, plan.stock, space.bound, space.available)
        if over.kept:
            return set()
        broken = Prices((over.scalar > 0) / space.limits.scale, (over.stock > 0) / np.maximum(space.available, 1.0))
        relieves = space.gains_everywhere(plan.plan, broken, objective_weight=0.0)
        gains = space.gains_everywhere(plan.plan, space.no_prices())
        relief, loss, drops = np.zeros(len(keys)), np.zeros(len(keys)), np.zeros(len(keys), dtype=bool)
        for number, (group, own) in enumerate(keys):
            at, held = self.slots[group], np.frombuffer(own, dtype=np.int8)
            changed = np.flatnonzero(held != plan.plan[at])
            relief[number] = relieves[at[changed], held[changed]].sum()
            loss[number] = -gains[at[changed], held[changed]].sum()
            drops[number] = not held[changed].any()
        helps = np.flatnonzero(relief > 0)
        helps = helps[np.argsort(loss[helps].clip(min=0.0) / relief[helps], kind="stable")]
        rest = np.flatnonzero(drops & ~(relief > 0))
        rest = rest[np.argsort(loss[rest], kind="stable")]
        return {*helps[: TRIED // 2].tolist(), *rest[: TRIED // 4].tolist()}

    def _value(self, keys: list[Key]) -> None:
        scored = self.space.scores(np.stack([self.plan_with(key) for key in keys]))
        for key, each in zip(keys, scored, strict=True):
            self.worth[key] = _vector(each) - self._now

    def _uses(self, worth: Float) -> tuple[Float, Float]:
        """[M, R] what changes use of each row, and [R] the room that the plan leaves."""
        space, count = self.space, len(self.space.bound)
        sign = space.limits.sign
        use = np.concatenate([sign * worth[:, 1 : 1 + count], worth[:, 1 + count :]], axis=1)
        over = sign * (space.bound - self.plan.uses)
        return use, np.concatenate([over, (space.available - self.plan.stock).ravel()])

    def _unit(self) -> Float:
        """[R] what an excess of 100 % means in each row."""
        return np.concatenate([self.space.limits.scale, np.maximum(self.space.available.ravel(), 1.0)])

    def _shares(self, keys: list[Key]) -> Shares | None:
        space, plan = self.space, self.plan.plan
        group = np.array([number for number, _ in keys], dtype=np.int64)
        worth = np.stack([self.worth[key] for key in keys])
        use, room = self._uses(worth)
        held, rows = np.flatnonzero(np.isfinite(room)), space.rules.rows
        counted = np.zeros((len(keys), len(rows.cap)))
        for number, slots in enumerate(self.slots):
            here = np.flatnonzero(group == number)
            contents = np.stack([np.frombuffer(keys[at][1], dtype=np.int8) for at in here])
            counted[here] = counted_by(rows, plan, slots, contents)
        columns = Columns(
            part=group,
            gain=worth[:, 0],
            use=use[:, held],
            headroom=room[held],
            counted=counted,
            left=left_by(rows, plan),
        )
        return best_shares(columns)


def _by_group(keys: list[Key]) -> dict[int, list[int]]:
    """Numbers of the schedules of each group."""
    found: dict[int, list[int]] = {}
    for number, (group, _) in enumerate(keys):
        found.setdefault(group, []).append(number)
    return found


def _nearest(keys: list[Key], lacks: Float) -> set[Key]:
    """Of each group those that lack least to pay."""
    count: dict[int, int] = {}
    found: set[Key] = set()
    for number in np.argsort(lacks, kind="stable").tolist():
        group = keys[number][0]
        count[group] = count.get(group, 0) + 1
        if count[group] <= NEAR:
            found.add(keys[number])
    return found


def _vector(scored: Candidate) -> Float:
    return np.concatenate([[scored.objective], scored.uses, scored.stock.ravel()])
