"""Reading workbooks with the standard library, and LibreOffice as the judge of their formulas."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

Cells = dict[str, float | str | None]


def read(raw: bytes) -> dict[str, Cells]:
    """Return the values of every sheet by name and cell."""
    return {name: {place: value for place, (value, _) in cells.items()} for name, cells in _sheets(raw).items()}


def formulas(raw: bytes) -> dict[str, dict[str, str]]:
    """Return the formulas of every sheet by name and cell."""
    return {
        name: {place: formula for place, (_, formula) in cells.items() if formula is not None}
        for name, cells in _sheets(raw).items()
    }


def _sheets(raw: bytes) -> dict[str, dict[str, tuple[float | str | None, str | None]]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = [
            each.get("name") for each in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
        ]
        shared: list[str] = []
        if "xl/sharedStrings.xml" in archive.namelist():
            table = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
            shared = ["".join(part.text or "" for part in each.iter(f"{_MAIN}t")) for each in table]
        found = {}
        for number, name in enumerate(names, start=1):
            tree = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            found[str(name)] = {str(cell.get("r")): _cell(cell, shared) for cell in tree.iter(f"{_MAIN}c")}
    return found


def _cell(cell: ElementTree.Element, shared: list[str]) -> tuple[float | str | None, str | None]:
    value, formula = cell.find(f"{_MAIN}v"), cell.find(f"{_MAIN}f")
    written = None if formula is None else formula.text
    if value is None or value.text is None:
        return None, written
    match cell.get("t"):
        case "s":
            return shared[int(value.text)], written
        case "str" | "e":
            return value.text, written
    return float(value.text), written


def without_values(raw: bytes) -> bytes:
    """Take the stored values of all formulas out, so that a reader has to calculate them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fresh:
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            fresh.writestr(entry.filename, content)
    return out.getvalue()


def recalculated(raw: bytes, folder: Path) -> bytes:
    """Return the workbook as LibreOffice writes it after it has calculated every formula."""
    assert SOFFICE is not None
    source = folder / "source.xlsx"
    source.write_bytes(without_values(raw))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
    subprocess.run([*command, str(folder / "out"), str(source)], check=True, capture_output=True, timeout=120)
    return (folder / "out" / "source.xlsx").read_bytes()


def stated(cells, row):
    """Figures of a row of Summary: added up, stated, difference."""
    return tuple(cells[f"{letter}{row}"] for letter in "BCD")


def totals_of(raw):
    """Rows of Summary's totals, by row number."""
    cells = read(raw)["Summary"]
    rows, row = {}, 6
    while f"C{row}" in cells:
        rows[row] = stated(cells, row)
        row += 1
    return rows
