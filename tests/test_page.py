"""The page of a plan: what it shows is the plan's, names cannot break it, nothing on it leads anywhere else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from command_line import run
from few_futures import few_futures
from hypothesis import given
from hypothesis import strategies as st
from page_reader import Read
from plan_folders import good_lines, write_folder

from planner.figures import count, money_style
from planner.page.bars import beside, used_share, waterfall
from planner.page.headline import headline
from planner.page.periods import nice_step
from planner.problem import build_problem
from scenarios.answer.plan import RankedPlan
from scenarios.answer.plan_files import PlanDirectory, read_plans

_few_futures = few_futures

HOSTILE = "<script>alert(\"x\")</script> & 'co'"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of six lines and the plan without any, of a question whose names are hostile."""
    place = tmp_path_factory.mktemp("page") / "plans"
    problem = build_problem(
        "template-basic",
        (f"title={HOSTILE}", f"products.espresso-1kg.name={HOSTILE}", f"offers.coffee-15.name={HOSTILE}"),
    )
    write_folder(problem, place, good_lines(problem), ())
    return place


@pytest.fixture(scope="module")
def directory(folder: Path) -> PlanDirectory:
    """The folder as it is read."""
    return read_plans(folder)


@pytest.fixture(scope="module")
def pages(folder: Path) -> tuple[str, str]:
    """The pages of both plans."""
    for number in (1, 2):
        shown = run("export", folder, "--html", folder.parent / f"{number}.html", "--plan", str(number))
        assert shown.exit_code == 0, shown.output
        assert "csv" not in shown.output
    return tuple((folder.parent / f"{number}.html").read_text(encoding="utf-8") for number in (1, 2))  # type: ignore[return-value]


def test_a_page_holds_every_line_and_the_plan_s_own_figures(pages: tuple[str, str], directory: PlanDirectory) -> None:
    """One coloured cell a line; promotions, departments and the bridge come to the profit that the ledger states."""
    read, plan = Read(pages[0]), directory.plan_set.plans[0]
    lines = [value for tag, name, value in read.attributes if (tag, name) == ("td", "title")]
    assert len(lines) == len(plan.lines)
    assert any("regulars" not in line and "reach 50%" in line for line in lines)
    profit = money_style(directory.plan_set.currency, [plan.objective])(plan.outcome.profit_change, signed=True)
    rows = ("the plan", "all", "profit gained")
    for name in rows:
        at = [number for number, cell in enumerate(read.cells) if cell == name]
        assert at and any(profit in read.cells[number : number + 14] for number in at), name
    assert count(plan.outcome.units) in read.cells


def test_names_cannot_break_a_page(pages: tuple[str, str]) -> None:
    """Markup in a title, a product's and an offer's name is text; all tags are ours, and nothing leads elsewhere."""
    for page in pages:
        read = Read(page)
        assert "script" not in read.tags
        assert "&lt;script&gt;" in page
        assert not {"href", "src", "onload", "onclick"} & {name for _, name, _ in read.attributes}
        assert "http:" not in page and "https:" not in page and "url(" not in page


def test_a_plan_without_lines_says_what_offers_would_need(pages: tuple[str, str]) -> None:
    """The page of no promotion has no empty chapters, but the table of what each offer needs to pay."""
    assert "nothing is promoted" in pages[1]
    assert "What each offer needs to pay for itself" in pages[1]
    assert "From extra sales to profit" not in pages[1]
    assert "What each offer needs to pay for itself" not in pages[0]


def test_a_plan_that_breaks_something_says_so_first(directory: PlanDirectory) -> None:
    """No page calls a plan kept that is not."""
    plan = directory.plan_set.plans[0]
    scenario = directory.problem().scenario
    assert headline(directory.plan_set, plan, scenario).kept
    worse = replace(plan.limits[0], ok=False, used=plan.limits[0].limit + 1, headroom=Decimal(-1))
    top = headline(directory.plan_set, replace(plan, limits=(worse, *plan.limits[1:])), scenario)
    assert not top.kept
    assert [worse.id in sentence for sentence in top.broken] == [True]


def test_bars_lead_from_nothing_to_the_profit(directory: PlanDirectory) -> None:
    """Each term's bar begins where the one before ends, the last one spans the profit; all lie inside the width."""
    plan = directory.plan_set.plans[0]
    found = waterfall(plan, money_style("EUR", [plan.objective]))
    at = found.zero
    for bar in found.rows[:-1]:
        ends = (bar.start, bar.start + bar.length)
        assert min(abs(end - at) for end in ends) < 0.01
        at = ends[1] if abs(ends[0] - at) < 0.01 else ends[0]
    last = found.rows[-1]
    assert {round(last.start, 2), round(last.start + last.length, 2)} == {round(found.zero, 2), round(at, 2)}
    for each in (*found.rows, *beside(plan, money_style("EUR", [plan.objective])).rows):
        assert 0 <= each.start <= each.start + each.length <= 100.01


def test_what_is_taken_of_a_limit_is_a_share_of_it(directory: PlanDirectory) -> None:
    """A maximum is taken up to 100 %, by the use that decides; a floor has no such share."""
    limits: RankedPlan = directory.plan_set.plans[0]
    for limit in limits.limits:
        taken = used_share(limit)
        assert (taken is None) == (limit.sense == "min" or limit.limit <= 0)
        if taken is not None:
            assert abs(taken / 100 - min(float(limit.decides / limit.limit), 1.0)) < 1e-4


@given(st.floats(1e-6, 1e12))
def test_scales_have_few_round_lines(span: float) -> None:
    """Steps are 1, 2 or 5 times a power of ten, and at most four of them make up the span."""
    step = nice_step(span)
    assert span / step <= 4 * (1 + 1e-9)
    assert f"{step:e}"[0] in "125"
    assert f"{step:.6e}"[1:8] in (".000000",)


def test_a_page_is_written_again_and_nothing_else_is_written_over(folder: Path, pages: tuple[str, str]) -> None:
    """The same folder gives the same bytes; a page that a person changed, and any other file, stays."""
    place = folder.parent / "1.html"
    before = place.read_bytes()
    assert run("export", folder, "--html", place).exit_code == 0
    assert place.read_bytes() == before
    for content in (before.replace(b"What runs when", b"Our own words"), b"<p>mine</p>", before + b"\n"):
        place.write_bytes(content)
        refused = run("export", folder, "--html", place)
        assert refused.exit_code == 2
        assert "an older page that nobody has changed" in " ".join(refused.output.split())
        assert place.read_bytes() == content
    place.write_bytes(before)
    for name in ("plan.htm", "plan"):
        assert run("export", folder, "--html", folder.parent / name).exit_code == 2
        assert not (folder.parent / name).exists()
