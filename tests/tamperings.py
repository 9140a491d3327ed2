"""Named kinds of tampering with a plan directory of the template: changes by who wants another answer."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from answer_tamperings import ANSWER, kind
from forgery import EFFECTS, INDEX, RESOLVED, edit_cells, edit_effects, edit_json, edit_text, with_values
from plan_folders import good_lines, write_folder

from planner.problem import build_problem
from scenarios.answer.plan_files import CELLS, HASHES, PLANS

QUESTION = "problem/question/template-basic.yaml"
TABLE = "problem/question/template-basic-effects.csv"
BASELINE = "problem/question/template-basic-baseline.csv"
TAMPERINGS = dict(ANSWER)


def _add(column: str, row: int, amount: int) -> Callable[[pa.Table], pa.Table]:
    def change(values: np.ndarray) -> None:
        values[row] += amount

    return lambda table: with_values(table, column, change)


def _cells(name: str, change: Callable[[pa.Table], pa.Table], **options: Any) -> None:
    TAMPERINGS[name] = lambda folder: edit_cells(folder, change, **options)


def _moved(column: str) -> Callable[[pa.Table], pa.Table]:
    """Move an amount from one row to another, so that the sum stays."""

    def change(values: np.ndarray) -> None:
        first, second = np.flatnonzero(values)[:2]
        values[first] += 7
        values[second] -= 7

    return lambda table: with_values(table, column, change)


_cells("a thousandth of a unit in a cell", _add("units", 7, 1))
_cells("a cent of cost moved between cells", _moved("cost"))
_cells("a discount moved between lines", _moved("discount"))
_cells("an amount that no sum can hold", _add("sales", 3, 2**62))
_cells("a row removed", lambda table: pa.concat_tables([table.slice(0, 5), table.slice(6)]))
_cells("a row doubled", lambda table: pa.concat_tables([table.slice(0, 5), table.slice(4)]))
_cells("rows in another order", lambda table: table.take(list(range(table.num_rows))[::-1]))
_cells("a column left out", lambda table: table.drop_columns(["fees"]))
_cells(
    "money as floating point", lambda table: table.set_column(8, table.column_names[8], table.column(8).cast("float64"))
)
_cells(
    "gaps in a column", lambda table: table.set_column(9, table.column_names[9], pa.nulls(table.num_rows, pa.int64()))
)
_cells("a column that nobody asked for", lambda table: table.append_column("approved", table.column("sales")))
_cells("a plan that nobody made", lambda table: with_values(table, "plan", lambda values: values.__setitem__(0, 99)))
_cells("written by another hand", lambda table: table, compression="gzip")


def _array(name: str, change: Callable[[dict[str, np.ndarray]], Any]) -> None:
    TAMPERINGS[name] = lambda folder: edit_effects(folder, change)


def _scaled(key: str, factor: float) -> Callable[[dict[str, np.ndarray]], Any]:
    def change(arrays: dict[str, np.ndarray]) -> None:
        place = tuple(np.argwhere(arrays[key] > 0)[0])
        arrays[key][place] *= factor

    return change


_array("a lift a little higher", _scaled("lift", 1.0001))
_array("a take-up halved", _scaled("take_up", 0.5))
_array("a baseline doubled", _scaled("base_units", 2.0))
_array("less uncertainty", lambda arrays: arrays["lift_sd"].__imul__(0.1))
_array("effects in half precision", lambda arrays: arrays.update(lift=arrays["lift"].astype(np.float32)))
_array("infinite effects", lambda arrays: arrays["lift"].fill(np.inf))
_array("an array that nobody asked for", lambda arrays: arrays.update(secret=np.zeros(3)))
_array("no ensemble member", lambda arrays: arrays.update(lift=arrays["lift"][:0]))


@kind(TAMPERINGS, "an array twice")
def _array_twice(folder: Path) -> None:
    with zipfile.ZipFile(folder / EFFECTS) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
        archive.fp.write(b"") if archive.fp else None
        archive.NameToInfo.clear()
        archive.writestr(*members[2])
    (folder / EFFECTS).write_bytes(out.getvalue())


@kind(TAMPERINGS, "arrays that would fill the memory")
def _bomb(folder: Path) -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (1, 2**20, 2**20)})
    with zipfile.ZipFile(folder / EFFECTS, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("custom:bomb.npy", head.getvalue())


@kind(TAMPERINGS, "a higher budget in the question")
def _budget(folder: Path) -> None:
    edit_text(folder, QUESTION, "measure: spend, max: 12000}", "measure: spend, max: 92000}")


@kind(TAMPERINGS, "a higher budget in the resolved question")
def _resolved(folder: Path) -> None:
    edit_text(folder, RESOLVED, '"max": "12000"', '"max": "92000"')


@kind(TAMPERINGS, "a higher budget in both questions")
def _both(folder: Path) -> None:
    _budget(folder)
    _resolved(folder)


@kind(TAMPERINGS, "a remark in the question")
def _remark(folder: Path) -> None:
    edit_text(folder, QUESTION, "# Rules of the house.", "# Rules of the house, approved.")


@kind(TAMPERINGS, "a change by --set that nobody made")
def _set(folder: Path) -> None:
    edit_json(folder, INDEX, lambda data: data["overrides"].append("limits.total-budget.max=92000"))


@kind(TAMPERINGS, "a lift in the table")
def _table(folder: Path) -> None:
    path = folder / TABLE
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line.replace("0.", "1.", 1) if number == 1 else line for number, line in enumerate(lines)))


@kind(TAMPERINGS, "the tables exchanged")
def _exchanged(folder: Path) -> None:
    one, other = (folder / TABLE).read_bytes(), (folder / BASELINE).read_bytes()
    (folder / TABLE).write_bytes(other)
    (folder / BASELINE).write_bytes(one)


@kind(TAMPERINGS, "other futures")
def _futures(folder: Path) -> None:
    edit_json(folder, INDEX, lambda data: data.update(draws="luckier"))


@kind(TAMPERINGS, "a seed below zero")
def _seed(folder: Path) -> None:
    edit_json(folder, INDEX, lambda data: data.update(seed=-1))
    edit_json(folder, PLANS, lambda data: data.update(seed=-1))


@kind(TAMPERINGS, "better evidence")
def _evidence(folder: Path) -> None:
    edit_json(folder, INDEX, lambda data: data.update(evidence=["randomised"] * len(data["evidence"])))


@kind(TAMPERINGS, "a question that lies elsewhere")
def _elsewhere(folder: Path) -> None:
    edit_json(folder, INDEX, lambda data: data.update(file="../problem.json"))


@kind(TAMPERINGS, "tables that lie elsewhere")
def _tables_elsewhere(folder: Path) -> None:
    edit_json(folder, INDEX, lambda data: data.update(tables=["../../../etc/passwd"]))


@kind(TAMPERINGS, "a fund without a cap")
def _no_cap(folder: Path) -> None:
    edit_text(folder, QUESTION, ", fund: 15000", "")


@kind(TAMPERINGS, "a fund with nothing behind its colon")
def _empty_cap(folder: Path) -> None:
    edit_text(folder, QUESTION, "fund: 15000", "fund: ")


@kind(TAMPERINGS, "a re-planning that nobody made")
def _flight(folder: Path) -> None:
    told = {"as_of": "2027-03-02", "locked_until": "2027-03-03", "known_periods": [], "actuals": "actuals.csv"}
    told |= {"plan_sha256": "0" * 64, "moved": ["total-budget"], "floors": [], "pieces": []}
    (folder / "problem" / "flight.json").write_text(json.dumps(told))


@kind(TAMPERINGS, "a seal taken away")
def _no_seal(folder: Path) -> None:
    edit_json(folder, HASHES, lambda data: data["sealed"].pop("bound"))


@kind(TAMPERINGS, "a file that belongs to nobody")
def _extra(folder: Path) -> None:
    (folder / "problem" / "question" / "approved.txt").write_text("approved by finance")


@kind(TAMPERINGS, "a file taken away")
def _away(folder: Path) -> None:
    (folder / BASELINE).unlink()


@kind(TAMPERINGS, "a hash exchanged")
def _hash(folder: Path) -> None:
    edit_json(folder, HASHES, lambda data: data["files"].update({CELLS: data["files"][PLANS]}))


@kind(TAMPERINGS, "a hash left out")
def _no_hash(folder: Path) -> None:
    edit_json(folder, HASHES, lambda data: data["files"].pop(QUESTION))


@kind(TAMPERINGS, "the list of hashes laid out anew")
def _layout(folder: Path) -> None:
    path = folder / HASHES
    path.write_text(path.read_text("utf-8").replace("\n", "\n "), "utf-8")


@kind(TAMPERINGS, "the whole folder planned anew with a higher budget")
def _anew(folder: Path) -> None:
    _replan(folder, ("limits.total-budget.max=92000",))


@kind(TAMPERINGS, "the whole folder planned anew with larger lifts")
def _lifted(folder: Path) -> None:
    _replan(folder, ("response.fatigue=0%",))


@kind(TAMPERINGS, "the answer of another question")
def _other(folder: Path) -> None:
    _replan(folder, ("horizon.periods=12",))


def _replan(folder: Path, overrides: tuple[str, ...]) -> None:
    """Write the folder as the planner would for a changed question; it is honest about that question."""
    problem = build_problem("template-basic", overrides)
    shutil.rmtree(folder)
    write_folder(problem, folder, good_lines(problem), good_lines(problem)[:3])
