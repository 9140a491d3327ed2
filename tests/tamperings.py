"""Named kinds of tampering with a plan directory of the template: changes by who wants another answer."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from forgery import EFFECTS, INDEX, RESOLVED, edit_cells, edit_effects, edit_json, edit_text, with_values
from plan_folders import good_lines, write_folder

from planner.problem import build_problem
from scenarios.answer.plan_files import CELLS, HASHES, PLANS

Tampering = Callable[[Path], None]

QUESTION = "problem/question/template-basic.yaml"
TABLE = "problem/question/template-basic-effects.csv"
BASELINE = "problem/question/template-basic-baseline.csv"
CENT = Decimal("0.01")
TAMPERINGS: dict[str, Tampering] = {}


def _kind(name: str) -> Callable[[Tampering], Tampering]:
    def keep(tampering: Tampering) -> Tampering:
        TAMPERINGS[name] = tampering
        return tampering

    return keep


def _plans(name: str, change: Callable[[Any], Any]) -> None:
    TAMPERINGS[name] = lambda folder: edit_json(folder, PLANS, change)


def _plan(name: str, change: Callable[[Any], Any]) -> None:
    """A change of the first plan."""
    _plans(name, lambda data: change(data["plans"][0]))


def _put(record: Any, key: str, change: Callable[[Any], Any]) -> None:
    record[key] = change(record[key])


def _limit(plan: Any, name: str) -> Any:
    return next(each for each in plan["limits"] if each["id"] == name)


_plan("a cent more profit", lambda p: _put(p["outcome"], "profit", lambda x: x + CENT))
_plan("a digit of a line's spend", lambda p: _put(p["lines"][1], "spend", lambda x: x + 100))
_plan("two digits of the revenue exchanged", lambda p: _put(p["outcome"], "revenue", lambda x: x + 9))
_plan("a higher objective", lambda p: _put(p, "objective", lambda x: x + 1000))
_plan("a gap of nothing", lambda p: p.update(gap=Decimal("0.0")))
_plan("no optimism", lambda p: p.update(optimism=Decimal("0.5")))
_plan("a weaker baseline", lambda p: p.update(baselines={"greedy": Decimal("1.00")}))
_plan("a better bad case", lambda p: _put(p["outcome"]["quantiles"]["profit"], "p05", lambda x: x + 50))
_plan("a thousandth of a unit", lambda p: _put(p["outcome"], "units", lambda x: x + Decimal("0.001")))
_plan("a margin rate rounded up", lambda p: _put(p["outcome"], "margin_rate", lambda x: round(x, 2)))
_plan("a higher limit in the answer", lambda p: _put(_limit(p, "total-budget"), "limit", lambda x: x * 2))
_plan("less use of a limit", lambda p: _put(_limit(p, "total-budget"), "used", lambda x: x - 1))
_plan("less use at risk", lambda p: _put(_limit(p, "message-budget"), "used_at_risk", lambda x: x - 1))
_plan("more headroom", lambda p: _put(_limit(p, "fund:roaster"), "headroom", lambda x: x + 1))
_plan("a limit that binds", lambda p: _put(_limit(p, "total-budget"), "binding", lambda x: not x))
_plan("a verdict turned", lambda p: _put(_limit(p, "margin"), "ok", lambda x: not x))
_plan("another shadow price", lambda p: _limit(p, "total-budget").update(shadow_price=Decimal("3.5")))
_plan("a narrower scope", lambda p: _limit(p, "total-budget").update(scope={"offers": ["home-page"]}))
_plan("a limit left out", lambda p: p["limits"].pop(1))
_plan("two limits exchanged", lambda p: p["limits"].reverse())
_plan("a rule left out", lambda p: p["rules"].pop(0))
_plan("a rule broken", lambda p: _put(p["rules"][0], "satisfied", lambda x: not x))
_plan("a line removed", lambda p: p["lines"].pop(2))
_plan("a line doubled", lambda p: p["lines"].insert(1, dict(p["lines"][1])))
_plan("two lines exchanged", lambda p: p["lines"].reverse())
_plan("a line added", lambda p: p["lines"].append({**p["lines"][0], "period": "2027-03-12"}))
_plan("another offer", lambda p: p["lines"][0].update(offer="coffee-flash"))
_plan("another day", lambda p: p["lines"][0].update(period="2027-03-02"))
_plan("another segment", lambda p: next(x for x in p["lines"] if x["segment"] != "*").update(segment="occasional"))
_plan("another coverage", lambda p: next(x for x in p["lines"] if x["segment"] != "*").update(coverage=1))
_plan("another reason", lambda p: p["lines"][0].update(why="the board wants it"))
_plan("a year without days", lambda p: p["lines"][0].update(period="9999-12-31"))
_plan("look-alike letter in a product", lambda p: p["lines"][0].update(product="еspresso-1kg"))
_plan("invisible letter in an offer", lambda p: p["lines"][0].update(offer="coffee-15\u200b"))
_plan("a number beyond all money", lambda p: p["outcome"].update(profit=Decimal("1e308")))
_plans("no notes", lambda data: data.update(notes=["nothing to know"]))
_plans("fewer assumptions", lambda data: data["assumed"].clear())
_plans("another seed in the answer", lambda data: _put(data, "seed", lambda x: x + 1))
_plans("other versions", lambda data: data.update(versions={"numpy": "9"}))
_plans("another currency", lambda data: data.update(currency="USD"))
_plans("a lower bound", lambda data: data.update(bound=Decimal("200.00")))
_plans("plans exchanged", lambda data: data["plans"].reverse())
_plans("a plan removed", lambda data: data["plans"].pop())
_plans("all plans removed", lambda data: data["plans"].clear())
_plans("mirrored letters in the scenario's id", lambda data: _put(data["scenario"], "id", lambda x: f"\u202e{x}"))


@_kind("a bridge term moved to another")
def _bridge(folder: Path) -> None:
    def change(data: Any) -> None:
        terms = data["plans"][0]["outcome"]["bridge"]
        terms["halo"] += 10
        terms["fatigue"] -= 10

    edit_json(folder, PLANS, change)


@_kind("a contribution moved to another line")
def _contribution(folder: Path) -> None:
    def change(data: Any) -> None:
        lines = data["plans"][0]["lines"]
        lines[0]["contribution"] += 5
        lines[1]["contribution"] -= 5

    edit_json(folder, PLANS, change)


@_kind("a key written twice")
def _twice(folder: Path) -> None:
    edit_text(folder, PLANS, '"currency":', '"seed": 3, "currency":')


@_kind("not a number")
def _nan(folder: Path) -> None:
    edit_text(folder, PLANS, '"bound": null', '"bound": NaN')


@_kind("a number of 5,000 digits")
def _digits(folder: Path) -> None:
    edit_text(folder, PLANS, '"seed": 3', f'"seed": {"9" * 5000}')


@_kind("an exponent of a billion")
def _exponent(folder: Path) -> None:
    edit_text(folder, PLANS, '"bound": null', '"bound": 1e999999999')


@_kind("members in another order")
def _reordered(folder: Path) -> None:
    def change(data: Any) -> None:
        bound = data.pop("bound")
        data["bound"] = bound

    edit_json(folder, PLANS, change)


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


@_kind("an array twice")
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


@_kind("arrays that would fill the memory")
def _bomb(folder: Path) -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (1, 2**20, 2**20)})
    with zipfile.ZipFile(folder / EFFECTS, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("custom:bomb.npy", head.getvalue())


@_kind("a higher budget in the question")
def _budget(folder: Path) -> None:
    edit_text(folder, QUESTION, "measure: spend, max: 12000}", "measure: spend, max: 92000}")


@_kind("a higher budget in the resolved question")
def _resolved(folder: Path) -> None:
    edit_text(folder, RESOLVED, '"max": "12000"', '"max": "92000"')


@_kind("a higher budget in both questions")
def _both(folder: Path) -> None:
    _budget(folder)
    _resolved(folder)


@_kind("a remark in the question")
def _remark(folder: Path) -> None:
    edit_text(folder, QUESTION, "# Rules of the house.", "# Rules of the house, approved.")


@_kind("a change by --set that nobody made")
def _set(folder: Path) -> None:
    edit_json(folder, INDEX, lambda data: data["overrides"].append("limits.total-budget.max=92000"))


@_kind("a lift in the table")
def _table(folder: Path) -> None:
    path = folder / TABLE
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line.replace("0.", "1.", 1) if number == 1 else line for number, line in enumerate(lines)))


@_kind("the tables exchanged")
def _exchanged(folder: Path) -> None:
    one, other = (folder / TABLE).read_bytes(), (folder / BASELINE).read_bytes()
    (folder / TABLE).write_bytes(other)
    (folder / BASELINE).write_bytes(one)


@_kind("other futures")
def _futures(folder: Path) -> None:
    edit_json(folder, INDEX, lambda data: data.update(draws="luckier"))


@_kind("a seed below zero")
def _seed(folder: Path) -> None:
    edit_json(folder, INDEX, lambda data: data.update(seed=-1))
    edit_json(folder, PLANS, lambda data: data.update(seed=-1))


@_kind("better evidence")
def _evidence(folder: Path) -> None:
    edit_json(folder, INDEX, lambda data: data.update(evidence=["randomised"] * len(data["evidence"])))


@_kind("a file that belongs to nobody")
def _extra(folder: Path) -> None:
    (folder / "problem" / "question" / "approved.txt").write_text("approved by finance")


@_kind("a file taken away")
def _away(folder: Path) -> None:
    (folder / BASELINE).unlink()


@_kind("a hash exchanged")
def _hash(folder: Path) -> None:
    edit_json(folder, HASHES, lambda data: data["files"].update({CELLS: data["files"][PLANS]}))


@_kind("a hash left out")
def _no_hash(folder: Path) -> None:
    edit_json(folder, HASHES, lambda data: data["files"].pop(QUESTION))


@_kind("the list of hashes laid out anew")
def _layout(folder: Path) -> None:
    path = folder / HASHES
    path.write_text(path.read_text("utf-8").replace("\n", "\n "), "utf-8")


@_kind("the whole folder planned anew with a higher budget")
def _anew(folder: Path) -> None:
    _replan(folder, ("limits.total-budget.max=92000",))


@_kind("the whole folder planned anew with larger lifts")
def _lifted(folder: Path) -> None:
    _replan(folder, ("response.fatigue=0%",))


@_kind("the answer of another question")
def _other(folder: Path) -> None:
    _replan(folder, ("horizon.periods=12",))


def _replan(folder: Path, overrides: tuple[str, ...]) -> None:
    """Write the folder as the planner would for a changed question; it is honest about that question."""
    problem = build_problem("template-basic", overrides)
    shutil.rmtree(folder)
    write_folder(problem, folder, good_lines(problem), good_lines(problem)[:3])
