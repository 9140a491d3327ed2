"""Files that are no text, files without end, and pipes with nobody behind them: one clear message each."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import threading
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from command_line import run

from scenarios import bounded_read
from scenarios.bounded_read import TooLarge, read_bounded
from scenarios.language.slips.foreign_bytes import foreign
from scenarios.language.text.csv_files import read_csv


def workbook() -> bytes:
    """The bytes of an Excel workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write(0, 0, "segment")
    return out.getvalue()


def parquet() -> bytes:
    """The bytes of a Parquet file."""
    out = io.BytesIO()
    pd.DataFrame({"segment": ["a"]}).to_parquet(out)
    return out.getvalue()


def archive() -> bytes:
    """The bytes of a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as inside:
        inside.writestr("table.csv", "segment")
    return out.getvalue()


def tarball() -> bytes:
    """The bytes of a tar archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as inside:
        inside.addfile(tarfile.TarInfo("table.csv"))
    return out.getvalue()


KINDS = {
    "packed with gzip": gzip.compress(b"segment,units"),
    "packed with bzip2": bz2.compress(b"segment,units"),
    "packed with xz": lzma.compress(b"segment,units"),
    "an Excel workbook": workbook(),
    "a zip archive": archive(),
    "a tar archive": tarball(),
    "a Parquet file": parquet(),
    "a web page (HTML)": b"\n<!DOCTYPE html><html><head>log in</head></html>",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_another_kind_is_named_with_what_to_do(tmp_path: Path, kind: str) -> None:
    """As a table, as the scenario, as a plan's lines and as a data file: one line, exit code 2."""
    assert run("init", tmp_path / "shop.yaml").exit_code == 0
    for file in ("shop-baseline.csv", "lines.csv", "packed.yaml"):
        (tmp_path / file).write_bytes(KINDS[kind])
    commands = (
        ("validate", tmp_path / "shop.yaml"),
        ("validate", tmp_path / "packed.yaml"),
        ("train", tmp_path / "packed.yaml", "--out", tmp_path / "model"),
    )
    for command in commands:
        result = run(*command)
        assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1, result.stderr
        assert kind in result.stderr and "; " in result.stderr
    assert not (tmp_path / "model").exists()
    (tmp_path / "other").mkdir()
    assert run("init", tmp_path / "other" / "shop.yaml").exit_code == 0
    result = run("score", tmp_path / "other" / "shop.yaml", tmp_path / "lines.csv")
    assert result.exit_code == 2 and kind in result.stderr


def test_text_is_never_taken_for_another_kind() -> None:
    """Also where it begins as such a file does."""
    for text in ("PAR1,units\n1,2", "BZh9,units\n1,2", "PK,units\n", "", "série,größe\n"):
        assert foreign(text.encode()) is None
    assert not read_csv(b"PAR1,units\n1,2\n", "table.csv").problems


@pytest.mark.parametrize("text", ['{"a": 1}', '{\n "a": 1}', '[{"a": 1}]', '[\n {"a": 1}]'])
def test_a_json_document_is_no_table_however_it_is_laid_out(text: str) -> None:
    """A list of records on one line, as most programs write it, is told like one that a person laid out."""
    (problem,) = read_csv(text.encode(), "table.csv").problems
    assert problem.got == "a JSON document"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="devices")
def test_a_file_without_end_is_refused(tmp_path: Path) -> None:
    """As the scenario and as a plan's lines; no more is read than a file may hold."""
    assert run("init", tmp_path / "shop.yaml").exit_code == 0
    for command in (
        ("validate", "/dev/zero"),
        ("effects", "/dev/zero"),
        ("train", "/dev/zero", "--out", tmp_path / "m"),
    ):
        result = run(*command)
        assert result.exit_code == 2 and "expected at most 4 MiB" in result.stderr
        assert len(result.stderr.splitlines()) == 1
    with pytest.raises(TooLarge, match="more than 1 MiB"):
        read_bounded(Path("/dev/zero"), 1 << 20)
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 600 << 20)
    result = run("score", tmp_path / "shop.yaml", tmp_path / "sparse")
    assert result.exit_code == 2 and "expected at most 512 MiB, got 600.0 MiB" in result.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_pipe_is_read_whole_and_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that comes late is waited for; where none comes it is said."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = b"x" * 300_000
    late = threading.Timer(0.2, pipe.write_bytes, args=(content,))
    late.start()
    assert read_bounded(pipe, 1 << 20) == content
    late.join()
    monkeypatch.setattr(bounded_read, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(OSError, match="nobody writes to"):
        read_bounded(pipe, 1 << 20)
    result = run("validate", f"{tmp_path}/pipe")
    assert result.exit_code == 2 and "a pipe that nobody writes to" in result.stderr


DATA = """\
kind: transactions
train_until: 2026-07-05
test_until: 2026-08-02
files:
  transactions: {file: /dev/zero, customer: c, time: t, basket: b, product: s, quantity: q, paid: p}
  products: {file: articles.csv, product: s, category: g}
products: {coffee: [C]}
"""


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="devices")
def test_purchases_come_from_files(tmp_path: Path) -> None:
    """They are read more than once, and may be larger than any limit: a device or a pipe is refused at once."""
    (tmp_path / "data.yaml").write_text(DATA)
    (tmp_path / "articles.csv").write_text("s,g\n1,C\n")
    result = run("train", tmp_path / "data.yaml", "--out", tmp_path / "model")
    assert result.exit_code == 2 and "got a pipe or device; write what it gives to a file first" in result.stderr
    assert not (tmp_path / "model").exists()
