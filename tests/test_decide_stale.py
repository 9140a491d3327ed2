"""campaign assign and decide refuse what belongs to another question: stale files, other scores, others' rollouts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from command_line import run
from customer_scores import frame, write
from held_rollouts import rolled_out_twice
from plan_folders import basic_problem, good_lines, write_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan, 400 customers, and two rollouts."""
    return rolled_out_twice(tmp_path_factory.mktemp("rollouts"))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The template's own files, to be changed."""
    done = run("init", tmp_path / "shop.yaml", "--template", "basic")
    assert done.exit_code == 0, done.output
    return tmp_path / "shop.yaml"


def _refused(*arguments: object) -> str:
    done = run(*arguments)
    assert done.exit_code == 2, done.output
    return " ".join(done.stderr.split())


def test_prices_of_other_effects_are_stale(folder: Path, shop: Path) -> None:
    """A table that the scenario reads has changed since: what an offer costs others is not known any more."""
    out, new = shop.parent / "a.parquet", write(shop.parent / "new.csv", frame().head(3))
    assert run("assign", shop, folder / "customers.csv", "--out", out).exit_code == 0
    assert run("decide", shop, new, "--at", out).exit_code == 0
    (table,) = shop.parent.glob("*-effects.csv")
    table.write_text(table.read_text("utf-8") + "\n", "utf-8")
    said = _refused("decide", shop, new, "--at", out)
    assert table.name in said
    assert "changed since; assign anew" in said
    record = out.with_suffix(".json")
    kept = json.loads(record.read_text("utf-8"))
    kept["scores"] = "the scenario's model (of last year)"
    kept["tables"] = []
    record.write_text(json.dumps(kept), "utf-8")
    said = _refused("decide", shop, new, "--at", out)
    assert "scores" in said
    assert "of last year" in said


def test_a_rollout_of_other_lots_is_another(folder: Path, tmp_path: Path) -> None:
    """Others are kept out by another seed; the same rollout, exported anew for more customers, is the same."""
    key = ("--key", folder / "customers.key")
    out, rollout = tmp_path / "a.parquet", folder / "numbers"
    done = run("assign", "template-basic", folder / "customers.csv", "--out", out, "--rollout", rollout, *key)
    assert done.exit_code == 0, done.output
    more = frame()
    more["customer"] = [f"{name}-b" for name in more["customer"]]
    both = write(tmp_path / "more.csv", pd.concat([frame(), more], ignore_index=True))
    options = ("--customers", both, "--holdout", "10%", *key)
    assert run("export", folder / "plans", "--rollout", tmp_path / "anew", *options).exit_code == 0
    new = write(tmp_path / "new.csv", frame().head(3))
    decided = run("decide", "template-basic", new, "--at", out, "--rollout", tmp_path / "anew", *key)
    assert decided.exit_code == 0, decided.output
    problem = basic_problem()
    write_folder(problem, tmp_path / "plans", good_lines(problem)[:-1])
    assert run("export", tmp_path / "plans", "--rollout", tmp_path / "other", *options).exit_code == 0
    said = _refused("decide", "template-basic", new, "--at", out, "--rollout", tmp_path / "other", *key)
    assert "one of another plan" in said
    manifest = json.loads((rollout / "manifest.json").read_text("utf-8"))
    shutil.copytree(rollout, tmp_path / "seeded")
    (tmp_path / "seeded" / "manifest.json").write_text(json.dumps({**manifest, "seed": 77}), "utf-8")
    said = _refused("decide", "template-basic", new, "--at", out, "--rollout", tmp_path / "seeded", *key)
    assert "one of other lots (seed 77" in said


def test_last_years_rollout_is_refused_without_a_plan(folder: Path, shop: Path) -> None:
    """Ids of scenarios stay from year to year: days and offers tell the rollout of another campaign."""
    text = shop.read_text("utf-8")
    start = next(line for line in text.splitlines() if "start:" in line)
    year = next(word for word in ("2026", "2027", "2028") if word in start)
    assert "scenario: shop\n" in text
    text = text.replace("scenario: shop\n", "scenario: template-basic\n")
    shop.write_text(text.replace(year, str(int(year) + 1)), "utf-8")
    for table in shop.parent.glob("*.csv"):
        table.write_text(table.read_text("utf-8").replace(f"{year}-", f"{int(year) + 1}-"), "utf-8")
    options = ("--rollout", folder / "numbers", "--key", folder / "customers.key")
    said = _refused("assign", shop, folder / "customers.csv", "--out", shop.parent / "a.parquet", *options)
    assert "rollout: expected days from" in said
    assert not (shop.parent / "a.parquet").exists()
