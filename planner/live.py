"""Live progress on standard error: a panel that updates on terminals, one line per stage elsewhere."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from planner.figures import NOTHING, count, seconds, share
from planner.progress import Progress, ignore
from planner.terminal import console

Watcher = Callable[[Progress], None]
_BAR = 40


def progress_panel(progress: Progress) -> RenderableType:
    """Lay out one moment of a run: stage, bar, time left; generation, best, gap, feasible share."""
    head = Text.assemble((progress.stage, "bold"), f"  {seconds(progress.seconds)}")
    if progress.seconds_left is not None:
        head.append(f", about {seconds(progress.seconds_left)} left")
    parts: list[RenderableType] = [head]
    if progress.share_done is not None:
        parts.append(ProgressBar(total=1.0, completed=progress.share_done, width=_BAR))
    figures = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    row = [
        ("generation", f"{progress.generation:,}" if progress.generation else None),
        ("best", None if progress.best is None else count(progress.best, signed=True)),
        ("gap", None if progress.gap is None or math.isnan(progress.gap) else share(progress.gap, digits=2)),
        ("feasible", None if progress.feasible_share is None else share(progress.feasible_share, digits=0)),
    ]
    known = [(name, text or NOTHING) for name, text in row if text is not None]
    if known:
        figures.add_row(*(Text.assemble((f"{name} ", "dim"), text) for name, text in known))
        parts.append(figures)
    return Group(*parts)


@contextmanager
def watching(*, quiet: bool = False) -> Iterator[Watcher]:
    """Yield what a run reports its progress to.

    Parameters
    ----------
    quiet
        Report nothing at all, as ``--json`` asks for.
    """
    if quiet:
        yield ignore
        return
    out = console(stderr=True)
    if not out.is_terminal or out.is_dumb_terminal:
        yield _stage_lines()
        return
    with _live(out) as watcher:
        yield watcher


@contextmanager
def _live(out: Console) -> Iterator[Watcher]:
    with Live(console=out, transient=True, refresh_per_second=8) as live:
        yield lambda progress: live.update(progress_panel(progress))


def _stage_lines() -> Watcher:
    """Write one plain line when a stage begins."""
    seen: list[str] = []

    def watch(progress: Progress) -> None:
        if progress.stage not in seen:
            seen.append(progress.stage)
            sys.stderr.write(f"{progress.stage} ...\n")
            sys.stderr.flush()

    return watch
