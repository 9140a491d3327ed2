"""Progress of long trainings: one line a stage in pipes; on terminals what is done, which step, and what is left."""

from __future__ import annotations

import io

import pytest
from purchase_files import Shop
from rich.console import Console

from planner.commands.terminal import live
from planner.commands.terminal.live import live_on, watching
from planner.learning import reporter
from planner.progress import Progress
from surrogate.data.data_spec import read_data_spec
from surrogate.data.loading import load_events
from surrogate.progress import at_step, part_of, stage_and_step


def test_steps_are_no_stages_of_their_own(capsys):
    """Five networks of one stage are one line where standard error is no terminal."""
    with watching(keep_stages=True) as watch:
        hear = reporter(watch)
        for number in range(5):
            hear(at_step("learning effects from 96 weeks", f"network {number + 1} of 5"), number / 5)
        hear("testing on held-out weeks", 1.0)
    assert capsys.readouterr().err == "learning effects from 96 weeks ...\ntesting on held-out weeks ...\n"


def test_a_terminal_shows_the_step_and_keeps_what_is_done():
    """The stage that ended stays with its time; the one that goes on has its step and the time left."""
    out = Console(file=io.StringIO(), force_terminal=True, width=100)
    with live_on(out, keep_stages=True) as watch:
        watch(Progress(stage="reading purchases", step="5 rows", seconds=1.0, share_done=0.1))
        watch(Progress(stage="learning effects", step="network 2 of 5", seconds=31.0, share_done=0.5))
    assert "reading purchases: 30 s" in out.file.getvalue()
    panel = Console(file=io.StringIO(), width=100)
    panel.print(
        live.progress_panel(Progress(stage="learning", step="network 2 of 5", seconds=30.0, share_done=0.5)),
    )
    assert "learning: network 2 of 5" in panel.file.getvalue() and "about 30 s left" in panel.file.getvalue()


def test_stages_and_steps_come_apart_again():
    """A stage without a step has a blank one."""
    assert stage_and_step(at_step("reading", "5 rows")) == ("reading", "5 rows")
    assert stage_and_step("reading") == ("reading", "")


@pytest.mark.parametrize("form", ["csv", "parquet", "several"])
def test_reading_tells_how_far_it_is(tmp_path, form):
    """Shares grow to the part's end, whatever the files are; rows are counted."""
    shop = Shop()
    if form == "parquet":
        shop.tables["sales.parquet"] = shop.sales
        shop.columns["file"] = "sales.parquet"
    if form == "several":
        half = len(shop.sales) // 2
        shop.tables |= {"one.csv": shop.sales[:half], "two.csv": shop.sales[half:]}
        shop.columns["file"] = ["one.csv", "two.csv"]
    spec = read_data_spec(shop.write(tmp_path))
    heard: list[tuple[str, float]] = []
    progress = part_of(lambda said, share: heard.append((said, share)), 0.5)
    load_events(spec, until=spec.test_until, base=tmp_path, progress=progress)
    shares = [share for _, share in heard]
    assert shares == sorted(shares) and shares[0] >= 0 and shares[-1] <= 0.5
    read = [step for stage, step in (stage_and_step(said) for said, _ in heard) if stage == "reading purchases"]
    assert read[-1] == f"{len(shop.sales):,} rows" and len(read) == (2 if form == "several" else 1)
