"""Compiled programs are kept whole or not at all, and no state of the cache folder makes a run complain twice."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from planner import compiled
from planner.compiled import Programs, compiled_folder, not_kept, usable

PROGRAM = """
import sys
from planner.runtime import start_jax
jax = start_jax()
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
import numpy as np
for times in (3, 4, 2):
    found = float(jax.jit(lambda x: (x * times + 1).sum())(np.arange(4.0)))
sys.stdout.write(str(found))
"""


def _run(cache: Path) -> subprocess.CompletedProcess[str]:
    """Compile something in a process whose cache is a folder."""
    environment = {name: value for name, value in os.environ.items() if name != "JAX_COMPILATION_CACHE_DIR"}
    environment["CAMPAIGN_CACHE"] = str(cache)
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], capture_output=True, text=True, check=False, env=environment
    )


def _files(cache: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((cache / "jax").iterdir())}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache that a first run has filled; a copy elsewhere would be asked for programs by other names."""
    cache = tmp_path_factory.mktemp("built")
    first = _run(cache)
    assert (first.stdout, first.stderr) == ("16.0", "")
    return cache


def test_damaged_programs_are_built_again_and_replaced(built: Path) -> None:
    """Junk, nothing, or half of a program (None): the next run says nothing, and the one after it reads whole ones."""
    kept, store = _files(built), Programs(built / "jax")
    assert len(kept) >= 3 and all(name.endswith("-cache") for name in kept)
    for (name, raw), damage in zip(kept.items(), itertools.cycle((b"junk", b"", None)), strict=False):
        (built / "jax" / name).write_bytes(raw[: len(raw) // 2] if damage is None else damage)
    second = _run(built)
    assert (second.stdout, second.stderr) == ("16.0", "")
    mended = _files(built)
    assert mended.keys() == kept.keys()
    assert all(store.get(name.removesuffix("-cache")) for name in mended)
    third = _run(built)
    assert (third.stdout, third.stderr, _files(built)) == ("16.0", "", mended)


def test_programs_come_back_or_not_at_all(tmp_path: Path) -> None:
    """What was put is got; anything else is None; what cannot be written is let be."""
    store = Programs(tmp_path)
    assert store.get("one") is None
    store.put("one", b"program")
    store.put("one", b"another program")
    assert store.get("one") == b"another program"
    (tmp_path / "two-cache").mkdir()
    assert store.get("two") is None
    store.put("two", b"program")
    assert store.get("two") is None
    Programs(tmp_path / "gone").put("one", b"program")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one-cache", "two-cache"]


def test_a_cache_that_is_no_folder_is_said_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run goes on without; the sentence names the variable and what it names."""
    taken = tmp_path / "taken"
    taken.write_text("mine", "utf-8")
    done = _run(taken)
    assert (done.returncode, done.stdout, done.stderr) == (0, "16.0", "")
    monkeypatch.setenv("CAMPAIGN_CACHE", str(taken))
    told = not_kept()
    assert told is not None and f"CAMPAIGN_CACHE names {taken}" in told
    assert taken.read_text("utf-8") == "mine"
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "fine"))
    assert not_kept() is None and usable(compiled_folder())


def test_the_users_own_folder_is_named_where_no_variable_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home that is read only: the sentence names the folder, and the variable as the way out."""
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.delenv("CAMPAIGN_CACHE")
    monkeypatch.setattr(compiled, "cache_root", lambda: tmp_path / "file")
    told = not_kept()
    assert told is not None
    assert f"{tmp_path / 'file' / 'jax'} cannot be written; let CAMPAIGN_CACHE name a writable folder" in told
