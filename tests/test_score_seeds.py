"""``campaign score`` and the futures that limits at risk are judged in: those of a seed, and what others would say."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from command_line import run
from plan_folders import SEED, two_plans

folder = two_plans
COUPON = "2027-03-05,kettle,regulars,kettle-coupon,50%\n"


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A person's plan of one coupon, whose budget must hold in 95 % of the futures."""
    path = tmp_path / "lines.csv"
    path.write_text(f"date,product,segment,offer,coverage\n{COUPON}", "utf-8")
    return path


def budget(lines: Path, *options: object) -> tuple[dict, dict, int]:
    """The budget of messages as judged, the whole answer, and the exit code."""
    done = run("score", "template-basic", lines, "--json", *options)
    document = json.loads(done.stdout)
    (limit,) = (one for one in document["plan"]["limits"] if one["id"] == "message-budget")
    return limit, document, done.exit_code


def test_a_limit_is_judged_in_the_futures_of_the_seed_that_is_asked_for(lines: Path) -> None:
    """A bound between what two draws of futures come to is broken by one, kept by the other, and a note says both."""
    uses = {seed: Decimal(str(budget(lines, "--seed", seed)[0]["used_at_risk"])) for seed in range(6)}
    assert len(set(uses.values())) > 1
    worst, best = max(uses, key=uses.__getitem__), min(uses, key=uses.__getitem__)
    tight = f"--set=limits.message-budget.max={(uses[worst] + uses[best]) / 2:.2f}"
    limit, document, code = budget(lines, tight, "--seed", worst)
    assert code == 1 and not limit["ok"] and len(document["broken"]) == 1
    (said,) = (note for note in document["notes"] if "other futures" in note)
    kept = said.split("--seed ")[-1].split(";")[0].split(", ")
    assert str(best) in kept and str(worst) not in kept
    assert f"{uses[best]:,.2f} to {uses[worst]:,.2f}" in said
    limit, document, code = budget(lines, tight, "--seed", best)
    assert code == 0 and limit["ok"] and not [note for note in document["notes"] if "other futures" in note]
    assert budget(lines)[0]["used_at_risk"] == budget(lines, "--seed", 0)[0]["used_at_risk"]


def test_what_no_luck_of_the_draw_breaks_has_no_such_note(lines: Path) -> None:
    """A limit that expected use breaks is broken by the plan, and one far below all futures is kept by none."""
    for bound in ("0.01", "1"):
        _, document, code = budget(lines, f"--set=limits.message-budget.max={bound}")
        assert code == 1 and not [note for note in document["notes"] if "other futures" in note]


def test_a_folder_brings_its_own_seed(lines: Path, folder: Path) -> None:
    """With ``--against`` both plans stand in the folder's futures: another seed is refused, the same one accepted."""
    own = budget(lines, "--against", folder)[0]["used_at_risk"]
    assert own == budget(lines, "--against", folder, "--seed", SEED)[0]["used_at_risk"]
    assert own == budget(lines, "--seed", SEED)[0]["used_at_risk"]
    done = run("score", "template-basic", lines, "--against", folder, "--seed", SEED + 1)
    assert done.exit_code == 2 and "the seed of" in done.stderr
