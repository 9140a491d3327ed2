"""Why a large question has no plan, by optimistic bounds on one limit or on a weighted sum of several.

Rows that the nearest plan breaks are looked at first, then those that it keeps most narrowly. A proof is cut to what it
needs: limits, rules and locked lines are left out one by one as long as it stands. Without a proof the nearest plan
speaks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from constraints.infeasible.clash import Clash, Conflict, ConflictParams
from constraints.infeasible.floor_costs import Floor, floors_of
from constraints.infeasible.flow_reach import Reach, reach_of
from constraints.infeasible.optimistic import RowTables, combined, least, row_tables
from constraints.infeasible.proof import PROOF, base_under, missed, refute
from constraints.infeasible.reasons import messages_of
from constraints.infeasible.remedies import Change, Remedy
from constraints.infeasible.rule_conflict import LockedLine, closed_slots, locked_lines
from constraints.infeasible.ruled_proof import RuledOut, ruled_out
from constraints.infeasible.shortfall import (
    Row,
    broken_rows,
    excess_of,
    in_a_row,
    measure_uses,
    relaxation,
    scalar_row,
    shortfall_text,
    strain_of,
)
from constraints.limits.amounts import amount
from constraints.limits.book import Limits
from constraints.rulebook import RuleBook
from constraints.rules.forms import CompiledRule, Fixed, FloorRows, Masks
from constraints.rules.registry import check_rules
from scenarios.answer.verdicts import LimitResult
from scenarios.arrays import Flag, Float, Plan
from scenarios.first_few import first_few
from scenarios.response.coefficients import Coefficients

_TABLE_ENTRIES = 40_000_000
"""Entries of all rows' tables together that are held in memory at once."""


class BoundedExplanation:
    """One search for a proof among limits."""

    def __init__(
        self,
        model: Coefficients,
        limits: Limits,
        rulebook: RuleBook,
        nearest: Plan,
        verdicts: Sequence[LimitResult],
        params: ConflictParams,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._model, self._limits, self._rulebook, self._params = model, limits, rulebook, params
        self._stopped, self._nearest = stopped, nearest
        self._verdicts, self._strain = verdicts, strain_of(limits, verdicts)
        self._used = measure_uses(model, limits, self._nearest, self._strain)
        self._broken = broken_rows(model, limits, self._used)
        self._locked = locked_lines(model.grid)
        self._weights: Float = np.zeros(0)

    def conflict(self) -> Conflict:
        """The proof, or what the nearest plan breaks."""
        if not self._broken:
            return self._broken_rules()
        told = (self._model, self._limits)
        nearest = tuple(shortfall_text(*told, row, self._used, self._verdicts) for row in self._broken)
        reach = reach_of(self._model, self._rulebook.base, self._floors(self._rulebook.rules))
        rows = self._rows(reach)
        tables = [self._tables(row, reach) for row in rows]
        best = [least(table, reach).value for table in tables]
        alone = [(row, value) for row, value in zip(rows, best, strict=True) if missed(row, value) > PROOF]
        if alone:
            ways = self._ways([row for row, _ in alone])
            return Conflict(proven=True, clashes=self._alone(alone), ways=ways, nearest=nearest)
        together = self._together(rows, tables, reach)
        if together:
            proven = dict.fromkeys(row.id for row in together)
            reason = f"no plan keeps {in_a_row(together)}, whatever lines it holds"
            clash = Clash(members=(*proven, *self._needed_together(together)), reason=reason)
            return Conflict(proven=True, clashes=(clash,), ways=self._ways(together), nearest=nearest)
        ruled = ruled_out(self._model, self._rulebook, rows, self._params.tests, self._stopped)
        if ruled is not None:
            return Conflict(proven=True, clashes=(self._ruled(ruled),), ways=self._ways(ruled.rows), nearest=nearest)
        names = list(dict.fromkeys(row.id for row in self._broken))
        return Conflict(proven=False, clashes=(), ways=self._ways(self._broken), nearest=nearest, broken=tuple(names))

    def _ruled(self, found: RuledOut) -> Clash:
        """The conflict of limits with rules between slots."""
        given = [*found.rules, *(each.text for each in found.lines)]
        if found.least is not None:
            reason = self._reason(found.rows, given) + self._beyond([(found.rows[0], found.least)])
        else:
            by = f"given {'; '.join(given)}" if given else "whatever lines it holds"
            reason = f"no plan keeps {in_a_row(found.rows)}, {by}"
        return Clash(members=(*dict.fromkeys(row.id for row in found.rows), *given), reason=reason)

    def _alone(self, rows: list[tuple[Row, float]]) -> tuple[Clash, ...]:
        """One conflict for all rows of a limit that need the same; none that holds another one in it.

        Parameters
        ----------
        rows
            Each with the bound that no plan beats, as `least` gives it.
        """
        found: dict[tuple[str, ...], list[tuple[Row, float]]] = {}
        for row, best in rows:
            found.setdefault((row.id, *self._needed_by(row)), []).append((row, best))
        return tuple(
            Clash(
                members=members,
                reason=self._reason([row for row, _ in own], members[1:])
                + self._by_others(own[0][0], members)
                + self._beyond(own),
            )
            for members, own in found.items()
            if not any(set(other) < set(members) for other in found)
        )

    def _broken_rules(self) -> Conflict:
        """Rules that the nearest plan breaks, where it keeps every limit and nothing is proven."""
        results = check_rules(self._model.grid, self._model.grid.lines(self._nearest))
        messages = messages_of(results)
        names = tuple(result.id for result in results if not result.satisfied)
        return Conflict(proven=False, clashes=(), ways=(), nearest=messages, broken=names)

    def _ways(self, rows: list[Row]) -> tuple[Remedy, ...]:
        """Relax what the nearest plan breaks of some rows, each limit once, or drop locked lines."""
        broken = [row for row in rows if excess_of(row, self._used) > 0]
        ways, told = [], (self._model, self._limits)
        each_once = {row.id: row for row in reversed(broken)}.values()
        changes = [relaxation(*told, row, self._used, self._verdicts) for row in reversed(each_once)]
        moved = tuple(change for change in changes if change is not None)
        if moved and len(moved) == len(changes):
            ways.append(Remedy(changes=moved))
        lines = self._droppable(broken)
        if lines:
            ways.append(Remedy(changes=tuple(map(_dropped, lines))))
        return tuple(ways)

    def _rows(self, reach: Reach) -> list[Row]:
        """Broken limits first, then those that the nearest plan keeps most narrowly."""
        limits = self._limits
        broken = {row.scalar for row in self._broken if row.scalar is not None}
        head = limits.sign * (limits.bound - self._used.scalar) / limits.scale
        others = [int(n) for n in np.argsort(head, kind="stable") if int(n) not in broken]
        room = max(1, min(self._params.rows, _TABLE_ENTRIES // (3 * reach.pairs.size)))
        return (self._broken + [scalar_row(limits, n) for n in others])[: max(room, 1)]

    def _tables(self, row: Row, reach: Reach) -> RowTables:
        return row_tables(self._model, row.functional, row.sign, reach)

    def _floors(self, rules: Iterable[CompiledRule]) -> tuple[Floor, ...]:
        return floors_of(self._model.grid, rules)

    def _still(self, rows: list[Row], weights: Float, base: Flag, floors: tuple[Floor, ...]) -> bool:
        """Whether a weighted sum of rows cannot be kept by plans of ``base`` choices that keep some floors.

        Once nobody waits any longer that is left open: a proof stands with all that it has.
        """
        if self._stopped():
            return False
        reach = reach_of(self._model, base, floors)
        table = combined([self._tables(row, reach) for row in rows], weights)
        bound = sum(weight * row.sign * row.bound for row, weight in zip(rows, weights, strict=True))
        scale = sum(weight * row.scale for row, weight in zip(rows, weights, strict=True))
        return bool((least(table, reach).value - bound) / scale > PROOF)

    def _needed_by(self, row: Row) -> list[str]:
        return self._needed([row], np.ones(1))

    def _needed_together(self, rows: list[Row]) -> list[str]:
        return self._needed(rows, self._weights)

    def _needed(self, rows: list[Row], weights: Float) -> list[str]:
        """Rules and locked lines that a proof cannot do without."""
        asking = [rule for rule in self._rulebook.rules if any(isinstance(form, FloorRows) for form in rule.forms)]
        for rule in list(asking):
            rest = [other for other in asking if other is not rule]
            if self._still(rows, weights, self._rulebook.base, self._floors(rest)):
                asking = rest
        floors, asked = self._floors(asking), [rule.id for rule in asking]
        if self._still(rows, weights, self._rulebook.open, floors):
            return asked
        kept = [rule for rule in self._rulebook.rules if any(isinstance(form, Masks | Fixed) for form in rule.forms)]
        tests = self._params.tests
        for rule in list(kept):
            rest = [other for other in kept if other is not rule]
            if tests > 0 and self._still(rows, weights, base_under(self._rulebook, rest, set()), floors):
                kept = rest
            tests -= 1
        released: set[int] = set()
        names = [rule.id for rule in kept if not any(isinstance(form, Fixed) for form in rule.forms)]
        locking = {rule.id for rule in kept} - set(names)
        for rule, slots in [(rule, closed_slots(rule)) for rule in kept if rule.id in locking]:
            base = base_under(self._rulebook, kept, released | slots)
            if slots and tests > 0 and self._still(rows, weights, base, floors):
                released |= slots
            elif slots:
                names.append(rule.id)
            tests -= bool(slots)
        lines = [each for each in self._locked if each.rule_id in locking]
        for each in lines:
            base = base_under(self._rulebook, kept, released | {each.slot})
            if tests > 0 and self._still(rows, weights, base, floors):
                released.add(each.slot)
            tests -= 1
        return asked + names + [each.text for each in lines if each.slot not in released]

    def _reason(self, rows: list[Row], needed: Sequence[str]) -> str:
        """Say what no plan keeps of the rows of one limit, and where."""
        row, alone = rows[0], f", given {'; '.join(needed)}" if needed else ""
        numbers = sorted(each.scalar for each in rows if each.scalar is not None)
        at = [self._limits.records[number].at for number in numbers]
        spans = [each for each in at if each is not None]
        where = f" in {first_few(spans)}" if spans else ""
        side = "exceeds" if row.sign > 0 else "falls short of"
        if row.scalar is not None and self._limits.rate_parts[row.scalar] is not None:
            side = "misses"
        return f"every plan {side} {row.id}{where}{alone}"

    def _by_others(self, row: Row, members: Sequence[str]) -> str:
        """Say where dropping the locked lines of a conflict is not enough: other rules and locks conflict likewise."""
        slots = {line.slot for line in self._locked if line.text in members}
        rules = self._rulebook.rules
        if not slots:
            return ""
        base = base_under(self._rulebook, list(rules), slots)
        if not self._still([row], np.ones(1), base, self._floors(rules)):
            return ""
        return f"; without {'that line' if len(slots) == 1 else 'these lines'}, too, given the other locked lines"

    def _beyond(self, rows: list[tuple[Row, float]]) -> str:
        """Say what no plan beats of a limit on one sum: the way out is at least so far."""
        row, best = rows[0]
        if len(rows) > 1 or row.scalar is None or self._limits.rate_parts[row.scalar] is not None:
            return ""
        record = self._limits.records[row.scalar]
        if record.at_risk is not None:
            return ""
        most = row.sign * best + float(self._limits.past[row.scalar])
        text = amount(record.unit, most, money_digits=record.money_digits, up=row.sign < 0)
        return f"; none comes to {'less' if row.sign > 0 else 'more'} than {text}"

    def _together(self, rows: list[Row], tables: list[RowTables], reach: Reach) -> list[Row]:
        """Rows whose weighted sum cannot be kept, cut to a minimal set; empty without proof."""
        broken = np.array([excess_of(row, self._used) > 0 for row in rows])
        steps, stopped = self._params.steps, self._stopped
        weights = refute(rows, tables, reach, broken, steps, stopped)
        if weights is None:
            return []
        kept = [number for number in range(len(rows)) if weights[number] > 0]
        self._weights = weights[kept]
        for number in list(kept):
            rest = [other for other in kept if other != number]
            if len(rest) < 2:
                break
            trial = refute([rows[n] for n in rest], [tables[n] for n in rest], reach, broken[rest], steps, stopped)
            if trial is not None:
                kept, self._weights = rest, trial
        return [rows[number] for number in kept]

    def _droppable(self, rows: list[Row]) -> list[LockedLine]:
        """The locked line whose loss mends the rows at least loss of objective, or several, most relieving first."""
        if not rows or not self._locked:
            return []
        # Other lines of the nearest plan may weigh as well: then the locked lines alone are looked at.
        return self._dropped_from(rows, self._nearest) or self._dropped_from(rows, self._rulebook.locked_plan())

    def _dropped_from(self, rows: list[Row], begun: Plan) -> list[LockedLine]:
        plan = begun.copy()
        dropped: list[LockedLine] = []
        candidates = [each for each in self._locked if plan[each.slot] == each.choice][: self._params.tests]
        while candidates and len(dropped) < 5:
            trials = []
            for each in candidates:
                trial = plan.copy()
                trial[each.slot] = 0
                used = measure_uses(self._model, self._limits, trial, self._strain)
                trials.append(sum(max(excess_of(row, used), 0.0) / row.scale for row in rows))
            best = int(np.argmin(trials))
            plan[candidates[best].slot] = 0
            dropped.append(candidates.pop(best))
            if trials[best] <= 0:
                kept = check_rules(self._model.grid, self._model.grid.lines(plan))
                return dropped if all(result.satisfied or result.kind == "locked" for result in kept) else []
        return []


def _dropped(line: LockedLine) -> Change:
    """Do without a locked line, which nobody can where it has run."""
    ran = ", if it has not run yet" if line.has_run else ""
    return Change(kind="line", id=line.text, text=f"drop the locked line {line.text}{ran}", undoes=line.has_run)
