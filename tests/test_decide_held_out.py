"""campaign decide --rollout: new customers who are held out get no coupon, and no key is left out in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import run
from customer_scores import frame, write
from held_rollouts import held_ids, rolled_out_twice

from surrogate.data.files.pseudonyms import key_for


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan, 400 customers, and two rollouts."""
    return rolled_out_twice(tmp_path_factory.mktemp("rollouts"))


def test_new_customers_are_refused_without_the_rollouts_key(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held-out customers are found under the export's key alone: without it, or with another, all is refused."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "cache"))
    rollout = folder / "numbers"
    out, key = tmp_path / "a.parquet", folder / "customers.key"
    heeding = ("--rollout", rollout, "--key", key)
    done = run("assign", "template-basic", folder / "customers.csv", "--out", out, *heeding)
    assert f"--rollout {rollout} --key {key}" in " ".join(done.stderr.split())
    rows = frame()
    held = write(tmp_path / "held.csv", rows.loc[rows["customer"].isin(held_ids(folder))].head(3))
    key_for(tmp_path / "other.key")
    arguments = ("decide", "template-basic", held, "--at", out, "--rollout", rollout)
    for options, said in (
        ((), "and there is no key"),
        (("--key", tmp_path / "other.key"), "under your key, which is another than the rollout's (fingerprint "),
    ):
        refused = run(*arguments, *options)
        assert refused.exit_code == 2
        assert said in " ".join(refused.stderr.split())
    heeded = run(*arguments, "--key", key, "--json")
    assert [one["offer"] for one in json.loads(heeded.stdout)["customers"]] == [None, None, None]


def test_new_customers_of_any_number_pass_where_names_are_sure_to_match(folder: Path, tmp_path: Path) -> None:
    """Two hundred whom no rollout knows are decided: nobody's chance has to explain that none is held out."""
    out, options = tmp_path / "a.parquet", ("--key", folder / "customers.key")
    rows = frame().head(200)
    rows["customer"] = [f"new-{number}" for number in range(len(rows))]
    new = write(tmp_path / "new.csv", rows)
    for rollout, said in (
        ("numbers", "the rollout's names were made with your key, so they match"),
        ("ids", "both files name customers by ids, which were compared as they stand"),
    ):
        heeding = ("--rollout", folder / rollout, *options)
        assert run("assign", "template-basic", folder / "customers.csv", "--out", out, *heeding).exit_code == 0
        done = run("decide", "template-basic", new, "--at", out, *heeding)
        assert done.exit_code == 0, done.stderr
        assert said in " ".join(done.stdout.split())
