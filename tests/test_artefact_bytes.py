"""Archives and tables are laid open before anything is searched in them, and how Parquet is never read."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from surrogate.artefact_bytes import open_up


def test_archives_are_opened(tmp_path):
    """Compressed texts and numbers are laid open, and what is damaged stands as its bytes."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.txt", "hidden " * 50)
    raw = (tmp_path / "a.zip").read_bytes()
    assert b"hidden hidden" not in raw
    assert any(b"hidden hidden" in piece.content for piece in open_up("a.zip", raw))
    assert [piece.place for piece in open_up("a.zip", raw[:40])] == ["a.zip"]
    assert [piece.place for piece in open_up("a.parquet", b"PAR1")] == ["a.parquet"]
    assert Path("a.zip").suffix == ".zip"


def test_parquet_is_never_read_from_a_python_file() -> None:
    """A reading thread of Arrow that holds one when Python ends aborts the process; three runs of fourteen did."""
    root = Path(__file__).parents[1]
    for room in ("scenarios", "constraints", "surrogate", "planner"):
        for path in (root / room).rglob("*.py"):
            assert not re.search(r"pq\.(read_table|ParquetFile)\(io\.", path.read_text("utf-8")), path
