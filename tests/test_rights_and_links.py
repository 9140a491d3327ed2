"""Files that are replaced: rights and links stay as they were, and every name that a system takes will do."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from scenarios.whole import drafted, replacing, write_whole

pytestmark = pytest.mark.skipif(os.name != "posix", reason="rights and links of POSIX systems")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_new_files_have_the_rights_that_new_files_have(tmp_path: Path, mask: int, mode: int) -> None:
    """Who keeps other users out (umask 077) keeps them out of lists of customers, too."""
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "offers.csv", b"new")
    finally:
        os.umask(before)
    assert _mode(tmp_path / "offers.csv") == mode


def test_what_was_closed_to_others_stays_closed(tmp_path: Path) -> None:
    """A file and a folder, each replaced: neither is opened to other users by writing it again."""
    table, folder = tmp_path / "offers.csv", tmp_path / "rollout"
    table.write_text("old")
    folder.mkdir()
    table.chmod(0o600)
    folder.chmod(0o700)
    with drafted(table) as half:
        half.write_text("new")
        assert _mode(half) == 0o600
    with replacing(folder) as draft:
        assert _mode(draft.parent) == 0o700
        (draft / "holdout.csv").write_text("new")
    assert (table.read_text(), (folder / "holdout.csv").read_text()) == ("new", "new")
    assert (_mode(table), _mode(folder)) == (0o600, 0o700)


def test_a_link_stays_and_the_file_behind_it_is_replaced(tmp_path: Path) -> None:
    """Whoever reads the file on the shared drive reads the new one."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "offers.csv").write_text("old")
    link = tmp_path / "offers.csv"
    link.symlink_to(shared / "offers.csv")
    write_whole(link, b"new")
    assert link.is_symlink() and (shared / "offers.csv").read_text() == "new"
    assert [path.name for path in shared.iterdir()] == ["offers.csv"]


def test_a_block_that_raises_leaves_the_older_file_and_nothing_beside_it(tmp_path: Path) -> None:
    """Neither half of a table nor a draft."""
    table = tmp_path / "offers.csv"
    table.write_text("old")
    with pytest.raises(RuntimeError), drafted(table) as draft:
        draft.write_text("half")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["offers.csv"]
    assert table.read_text() == "old"


def test_drafts_that_killed_runs_left_are_cleared_away_in_time(tmp_path: Path) -> None:
    """Of files as of folders, whatever signs their names hold; a draft of just now may still be written."""
    table = tmp_path / "offers [new].csv"
    for name, age in (("old", 2 * 86_400), ("new", 10)):
        left = tmp_path / f".{table.name}.draft-{name}"
        left.write_text("half")
        os.utime(left, (time.time() - age, time.time() - age))
    write_whole(table, b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f".{table.name}.draft-new", table.name]


@pytest.mark.parametrize("name", ["n" * 251 + ".csv", "长" * 83 + "ab.csv"], ids=["latin", "chinese"])
def test_names_may_be_as_long_as_the_system_takes_them(tmp_path: Path, name: str) -> None:
    """A draft beside a file or folder needs no longer name than they."""
    write_whole(tmp_path / name, b"new")
    with replacing(tmp_path / "in" / name) as draft:
        (draft / "file").write_text("new")
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted(["in", "file", name, name])
    for write in (lambda path: write_whole(path, b""), lambda path: replacing(path).__enter__()):
        with pytest.raises(OSError) as caught:
            write(tmp_path / f"{name}x")
        assert caught.value.filename == str(tmp_path / f"{name}x")
    assert len(list(tmp_path.iterdir())) == 2
