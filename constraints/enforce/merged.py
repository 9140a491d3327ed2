"""Compiled forms put to work: those that are read alike are merged, because one pass is faster than many."""

from __future__ import annotations

from constraints.enforce.automata import Automata
from constraints.enforce.counting import Counting
from constraints.enforce.floors import Floors
from constraints.enforce.grouping import Grouping
from constraints.enforce.meeting import Meeting
from constraints.enforce.patterns import Patterns
from constraints.enforce.protocol import Enforced
from constraints.enforce.windows import Windows
from constraints.rules.forms import CountRows, FloorRows, Form, GroupRows, PairBans, SeriesAutomaton, WindowCounts
from constraints.rules.forms import Patterns as PatternsForm
from scenarios.grid import Grid


def enforce(forms: list[tuple[str, Form]], grid: Grid) -> list[Enforced]:
    """Merge forms that are read alike: one pass over many groups is faster than many passes.

    Raises
    ------
    TypeError
        For a form that nothing here enforces: a rule in it would be kept by nobody, and nobody would know.
    """
    periods, slots = grid.shape[2], grid.slots
    counts: list[tuple[str, CountRows]] = []
    automata: dict[bytes, list[tuple[str, SeriesAutomaton]]] = {}
    windows: dict[int, list[tuple[str, WindowCounts]]] = {}
    alike: dict[tuple[int, int, bool], list[tuple[str, PatternsForm]]] = {}
    floors: list[tuple[str, FloorRows]] = []
    groups: list[tuple[str, GroupRows]] = []
    enforced: list[Enforced] = []
    for rule, form in forms:
        match form:
            case CountRows():
                counts.append((rule, form))
            case SeriesAutomaton():
                coupled = b"" if form.accept is None else form.accept.tobytes()
                automata.setdefault(form.step.tobytes() + coupled, []).append((rule, form))
            case WindowCounts():
                windows.setdefault(form.window, []).append((rule, form))
            case PairBans():
                enforced.append(Meeting(rule, form, grid))
            case PatternsForm():
                if not len(form.low):
                    continue  # no group to keep it
                alike.setdefault((*form.low.shape[1:], bool(form.low.any())), []).append((rule, form))
            case FloorRows():
                floors.append((rule, form))
            case GroupRows():
                groups.append((rule, form))
            case _:
                raise TypeError(f"rule {rule}: no form that can be enforced, {type(form).__name__}")
    if counts:
        enforced.append(Counting(counts, slots))
    if groups:
        enforced.append(Grouping(groups, slots))
    enforced += [Automata(same, periods, slots) for same in automata.values()]
    enforced += [Windows(same, periods, slots) for same in windows.values()]
    enforced += [Patterns(same, slots) for same in alike.values()]
    enforced += [Floors(floors, slots)] if floors else []
    return enforced
