"""Whether what some slots hold keeps the rules by itself, beside the locked lines; each answer is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from constraints.alone import keep_but_floors
from constraints.enforce.merged import enforce
from constraints.enforce.protocol import Enforced
from constraints.rulebook import RuleBook
from constraints.rules.forms import (
    CountRows,
    Entries,
    FloorRows,
    Form,
    GroupRows,
    PairBans,
    Patterns,
    SeriesAutomaton,
    WindowCounts,
)
from scenarios.arrays import Flag, Int

Contents = tuple[int, bytes]
"""Number of a part, and what its slots hold as bytes of int8."""


class OwnRules:
    """Every rule but floors, asked of one part of the slots at a time.

    A part meets few of the groups that rules look at. Those that it does not meet hold locked lines alone, so that one
    look at these is enough, and thousands of contents of a part are judged by the groups that it meets.

    Parameters
    ----------
    book
        The rules; masks and locks are left out.
    parts
        Slots of each part.
    """

    def __init__(self, book: RuleBook, parts: Sequence[Int]) -> None:
        self._book, self._parts, self._locked = book, parts, book.locked_lines()
        self._kept: dict[Contents, bool] = {}
        self._narrow = bool(keep_but_floors(book, self._locked[None])[0])
        """Whether groups that a part does not meet keep the rules as they are."""
        self._forms: dict[int, list[Enforced]] = {}

    def keep(self, contents: Sequence[Contents]) -> list[bool]:
        """Whether each keeps the rules beside the locked lines."""
        fresh: dict[int, list[bytes]] = {}
        for part, held in dict.fromkeys(contents):
            if (part, held) not in self._kept:
                fresh.setdefault(part, []).append(held)
        for part, those in fresh.items():
            kept = self._judge(part, those).tolist()
            self._kept.update(zip(((part, held) for held in those), kept, strict=True))
        return [self._kept[each] for each in contents]

    def _judge(self, part: int, contents: list[bytes]) -> Flag:
        plans = np.repeat(self._locked[None], len(contents), axis=0)
        plans[:, self._parts[part]] = np.frombuffer(b"".join(contents), dtype=np.int8).reshape(len(contents), -1)
        if not self._narrow:
            return keep_but_floors(self._book, plans)
        kept: Flag = np.ones(len(plans), dtype=bool)
        for form in self._met(part):
            left = np.flatnonzero(kept)
            kept[left] = ~form.broken(plans[left]).any(axis=1)
        return kept

    def _met(self, part: int) -> list[Enforced]:
        """What the rules look at of a part."""
        if part not in self._forms:
            grid, slots = self._book.grid, np.zeros(self._book.grid.slots, dtype=bool)
            slots[self._parts[part]] = True
            forms = [(rule.id, _met_by(form, slots, grid.shape[2])) for rule in self._book.rules for form in rule.forms]
            self._forms[part] = enforce([(rule, form) for rule, form in forms if form is not None], grid)
        return self._forms[part]


def _met_by(form: Form, slots: Flag, periods: int) -> Form | None:
    """A form with the groups that look at some slots [N] alone; None where there is none, and of masks and floors."""
    match form:
        case CountRows():
            entries, groups = _entries_met(form.entries, slots, 1)
            return replace(form, entries=entries, cap=form.cap[groups]) if len(groups) else None
        case SeriesAutomaton():
            entries, groups = _entries_met(form.entries, slots, periods)
            return replace(form, entries=entries, start=form.start[groups]) if len(groups) else None
        case WindowCounts():
            entries, groups = _entries_met(form.entries, slots, periods)
            return replace(form, entries=entries, cap=form.cap[groups]) if len(groups) else None
        case Patterns():
            entries, groups = _entries_met(form.entries, slots, form.low.shape[2])
            return replace(form, entries=entries, low=form.low[groups], high=form.high[groups]) if len(groups) else None
        case GroupRows():
            return _group_rows_met(form, slots)
        case PairBans():
            return form
        case FloorRows():
            return None
    return None


def _group_rows_met(form: GroupRows, slots: Flag) -> GroupRows | None:
    """The rows that look at some of the slots, with all of their groups: these share what a row allows."""
    rows = np.unique(form.row[form.entries.cell[slots[form.entries.slot]]])
    groups = np.flatnonzero(np.isin(form.row, rows))
    here = np.flatnonzero(np.isin(form.entries.cell, groups))
    entries = replace(
        form.entries,
        cell=np.searchsorted(groups, form.entries.cell[here]),
        slot=form.entries.slot[here],
        choice_set=form.entries.choice_set[here],
    )
    row = np.searchsorted(rows, form.row[groups])
    return replace(form, entries=entries, row=row, cap=form.cap[rows]) if len(rows) else None


def _entries_met(entries: Entries, slots: Flag, cells: int) -> tuple[Entries, Int]:
    """Entries of the groups, of so many cells each, that hold some of the slots; and the numbers of these groups."""
    group, cell = np.divmod(entries.cell, cells)
    groups = np.unique(group[slots[entries.slot]])
    here = np.flatnonzero(np.isin(group, groups))
    met = replace(
        entries,
        cell=np.searchsorted(groups, group[here]) * cells + cell[here],
        slot=entries.slot[here],
        choice_set=entries.choice_set[here],
    )
    return met, groups
