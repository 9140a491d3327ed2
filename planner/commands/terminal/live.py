"""Live progress on standard error: a panel that updates on terminals, one line per stage elsewhere."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from planner.commands.terminal.output import write_error
from planner.commands.terminal.printing import console
from planner.figures import count, seconds, share
from planner.progress import Progress, ignore

Watcher = Callable[[Progress], None]
_BAR = 40


def progress_panel(progress: Progress, *, waited: float = 0.0) -> RenderableType:
    """Lay out one moment of a run: stage, bar, time left; generation, best, gap, feasible share.

    Parameters
    ----------
    waited
        Seconds since that moment, so that the clock goes on between two reports.
    """
    step = f": {progress.step}" if progress.step else ""
    head = Text.assemble((progress.stage, "bold"), f"{step}  {seconds(progress.seconds + waited)}")
    if progress.seconds_left is not None:
        head.append(f", about {seconds(max(progress.seconds_left - waited, 0.0))} left")
    parts: list[RenderableType] = [head]
    if progress.share_done is not None:
        done = round(progress.share_done * _BAR)
        parts.append(Text.assemble(("━" * done, "green"), ("─" * (_BAR - done), "dim")))
    row = [
        ("generation", f"{progress.generation:,}" if progress.generation else None),
        ("best", None if progress.best is None else count(progress.best, signed=True)),
        ("gap", None if progress.gap is None or math.isnan(progress.gap) else share(progress.gap, digits=2)),
        ("feasible", None if progress.feasible_share is None else share(progress.feasible_share, digits=0)),
    ]
    known = [Text.assemble((f"{name} ", "dim"), text) for name, text in row if text is not None]
    if known:
        parts.append(Text("   ").join(known))
    return Group(*parts)


@contextmanager
def watching(*, quiet: bool = False, keep_stages: bool = False) -> Iterator[Watcher]:
    """Yield what a run reports its progress to.

    Parameters
    ----------
    quiet
        Report nothing at all, as ``--json`` asks for.
    keep_stages
        On terminals, leave a line with its time for every stage that is done: for runs of a few long stages.
    """
    if quiet:
        yield ignore
        return
    out = console(stderr=True)
    if not out.is_terminal or out.is_dumb_terminal:
        yield _stage_lines()
        return
    with live_on(out, keep_stages=keep_stages) as watcher:
        yield watcher


@contextmanager
def live_on(out: Console, *, keep_stages: bool = False) -> Iterator[Watcher]:
    """Yield what shows progress on a terminal: redrawn eight times a second, gone when the run ends.

    What is known already is written above it, once, and stays; with ``keep_stages`` so is what is done.
    """
    last: list[tuple[Progress, float]] = []
    begun: list[Progress] = []
    told: set[str] = set()

    def panel() -> RenderableType:
        if not last:
            return Text("")
        progress, at = last[0]
        return progress_panel(progress, waited=time.monotonic() - at)

    def watch(progress: Progress) -> None:
        last[:] = [(progress, time.monotonic())]
        if begun and keep_stages and begun[0].stage != progress.stage:
            out.print(Text(f"{begun[0].stage}: {seconds(progress.seconds - begun[0].seconds)}", style="dim"))
        if not begun or begun[0].stage != progress.stage:
            begun[:] = [progress]
        if progress.known and progress.known not in told:
            told.add(progress.known)
            out.print(Text(progress.known))

    with Live(console=out, get_renderable=panel, transient=True, refresh_per_second=8):
        yield watch


def _stage_lines() -> Watcher:
    """Write one plain line when a stage begins, and what is known once it is."""
    seen: list[str] = []

    def watch(progress: Progress) -> None:
        if progress.known and progress.known not in seen:
            seen.append(progress.known)
            write_error(f"{progress.known}\n")
        if progress.stage not in seen and progress.stage != "done":
            seen.append(progress.stage)
            write_error(f"{progress.stage} ...\n")

    return watch
