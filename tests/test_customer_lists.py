"""Lists of customers: for their owner only, and ``campaign privacy`` says how they name whom."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pandas as pd
import pytest
from command_line import run
from customer_scores import frame
from held_rollouts import HELD, rolled_out_twice

from surrogate.data.files.pseudonyms import key_for

pytestmark = pytest.mark.skipif(os.name != "posix", reason="other systems have no such rights")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan, customers, and its rollouts ``numbers`` and ``ids``."""
    return rolled_out_twice(tmp_path_factory.mktemp("lists"))


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _told(*arguments: object, code: int = 0) -> dict[str, object]:
    found = run("privacy", *arguments, "--json")
    assert found.exit_code == code, found.output
    document = json.loads(found.stdout)
    assert isinstance(document, dict)
    return document


def test_files_that_name_customers_are_for_their_owner(folder: Path, tmp_path: Path) -> None:
    """Audiences, the holdout and assignments; prices and the calendar, which name nobody, are for the shop."""
    old = os.umask(0o022)
    try:
        out = tmp_path / "assigned.csv"
        options = ("--out", out, "--rollout", folder / "ids")
        assert run("assign", "template-basic", folder / "customers.csv", *options).exit_code == 0
        again = ("--customers", folder / "customers.csv", "--ids", "--key", folder / "customers.key")
        assert run("export", folder / "plans", "--rollout", tmp_path / "out", *again).exit_code == 0
    finally:
        os.umask(old)
    audiences = list((tmp_path / "out" / "audiences").iterdir())
    assert audiences
    assert {_mode(path) for path in (out, tmp_path / "out" / "holdout.csv", *audiences)} == {0o600}
    assert {_mode(tmp_path / "out" / name) for name in ("prices.csv", "calendar.csv")} == {0o644}
    out.chmod(0o640)
    assert run("assign", "template-basic", folder / "customers.csv", *options).exit_code == 0
    assert _mode(out) == 0o640  # somebody has opened it to a group on purpose


def test_a_rollout_says_how_it_names_customers_and_how_few(folder: Path) -> None:
    """Pseudonyms under one's own key, or ids; the smallest audience; which of some ids are in it."""
    key = ("--key", folder / "customers.key")
    hidden = _told(folder / "numbers", *key, "--ids", folder / "customers.csv")
    plain = _told(folder / "ids", *key, "--ids", folder / "customers.csv")
    assert hidden["kind"] == plain["kind"] == "rollout"
    names = set(pd.read_csv(folder / "ids" / "holdout.csv", dtype=str)["customer"])
    for path in (folder / "ids" / "audiences").iterdir():
        names |= set(pd.read_csv(path, dtype=str)["customer"])
    checked = [str(document["checked"]) for document in (hidden, plain)]
    assert f"{len(names):,} different customers by pseudonyms, under your key" in checked[0]
    assert f"{len(names):,} different customers by ids" in checked[1]
    assert f"0 are in it as they are, {len(names):,} as pseudonyms" in checked[0]
    assert f"{len(names):,} are in it as they are, 0 as pseudonyms" in checked[1]
    assert hidden["smallest_group"] == min(dict(hidden["groups"]).values())  # type: ignore[call-overload]
    assert "holdout.csv" in str(hidden["groups"])


def test_another_key_is_told(folder: Path, tmp_path: Path) -> None:
    """Nobody can find customers in a rollout whose pseudonyms were made under a key that is lost."""
    key_for(tmp_path / "other.key")
    told = _told(folder / "numbers", "--key", tmp_path / "other.key")
    assert "under another key than yours" in str(told["checked"])


def test_what_should_not_be_in_a_rollout_is_found(folder: Path, tmp_path: Path) -> None:
    """A file open to others, one that was changed, one that does not belong there, and the key."""
    key, rollout = folder / "customers.key", tmp_path / "rollout"
    assert (
        run(
            "export", folder / "plans", "--rollout", rollout, "--customers", folder / "customers.csv", "--key", key
        ).exit_code
        == 0
    )
    assert _told(rollout, "--key", key)["findings"] == []
    (rollout / "holdout.csv").chmod(0o644)
    (rollout / "prices.csv").write_text("edited\n")
    (rollout / "notes.txt").write_bytes(b"key: " + key_for(key))
    found = str(_told(rollout, "--key", key, code=1)["findings"])
    assert "Open to everybody on this machine: holdout.csv (mode 644)" in found
    assert "prices.csv was changed" in found
    assert "notes.txt is no file of the rollout" in found
    assert "the key of the customers" in found


def test_an_assignment_says_how_many_got_the_rarest_offer(folder: Path, tmp_path: Path) -> None:
    """By offer; and a table without customers is refused in words."""
    out = tmp_path / "assigned.parquet"
    options = ("--out", out, "--rollout", folder / "ids")
    assert run("assign", "template-basic", folder / "customers.csv", *options).exit_code == 0
    told = _told(out, "--ids", folder / "customers.csv")
    offers = pd.read_parquet(out)["offer"].value_counts()
    assert (told["kind"], told["groups"]) == ("assignment", offers.to_dict())
    assert f"{len(frame()):,} different customers by ids" in str(told["checked"])
    assert len(frame()) > HELD
    (tmp_path / "none.csv").write_text("product,units\nphone,3\n")
    refused = run("privacy", tmp_path / "none.csv")
    assert refused.exit_code == 2
    assert "the column customer" in refused.stderr
