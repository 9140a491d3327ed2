"""Assigns offers to a million customers beside a bare bisection, under six limits, and to ten million in little memory.

    python benchmarks/assign_speed.py bisection [--customers 1000000]
    python benchmarks/assign_speed.py limits [--customers 1000000]
    python benchmarks/assign_speed.py command [--customers 10000000] [--limits 6] [--careful] [--folder DIR]

``bisection`` and ``limits`` time choosing alone, on arrays in memory; the peer halves the price of one budget forty
times with NumPy and reports the same bound. ``command`` writes a Parquet file, runs ``campaign assign`` as its own
process, reports its peak memory and time, and adds the table up again against every limit. Five offers; values and
spends are drawn, so that offers overlap; segments of unequal size.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from constraints.assign.question import AssignLimit, AssignQuestion
from constraints.assign.rows import Rows, RowsInMemory, use_table
from constraints.assign.solve import assign

OFFERS = ("mail-10", "mail-20", "app-10", "app-gift", "app-30")
SEGMENTS = ("regulars", "occasional", "newcomers", "asleep")
SHARES = (0.2, 0.4, 0.1, 0.3)
PIECE = 1 << 18
HALVINGS = 40


def drawn(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return values [C, n], spends [C, n] in major units to a hundredth of a cent, and segments [n]."""
    segment = rng.choice(len(SEGMENTS), count, p=SHARES).astype(np.int16)
    taste = rng.gamma(2.0, 1.0, count)
    depth = np.array([0.6, 1.1, 0.5, 0.9, 1.5])[:, None]
    spend = np.round(0.05 + depth * rng.gamma(2.0, 0.5, (len(OFFERS), count)), 4)
    value = np.round(taste * depth**0.7 * rng.gamma(3.0, 0.5, (len(OFFERS), count)) - 0.4 * spend - 0.3, 4)
    return value, spend, segment


def in_memory(count: int, seed: int) -> Rows:
    """Return customers as arrays; uses in ten-thousandths of a cent."""
    rng = np.random.Generator(np.random.Philox(seed))
    value, spend, segment = drawn(rng, count)
    rank = rng.integers(0, 2**64, count, dtype=np.uint64)
    return Rows(value=value, use=(np.rint(spend * 1_000_000), None), segment=segment, rank=rank)


def asked(rows: Rows, limits: int) -> AssignQuestion:
    """Return a budget, and more limits: on offers, a channel, and messages to segments."""
    spend = rows.use[0]
    assert spend is not None
    best = float(np.where(rows.value > 0, spend, 0.0).max(axis=0).sum())
    everything = np.ones((len(SEGMENTS), len(OFFERS)), dtype=bool)

    def only(*, offers: tuple[int, ...] = (), segment: int | None = None) -> np.ndarray:
        cells = np.zeros_like(everything) if offers else everything.copy()
        cells[:, list(offers)] = True
        if segment is not None:
            cells[np.arange(len(SEGMENTS)) != segment] = False
        return cells

    count = rows.count
    found = [
        AssignLimit(id="budget", measure=0, cells=everything, bound=int(0.25 * best)),
        AssignLimit(id="mail-budget", measure=0, cells=only(offers=(0, 1)), bound=int(0.08 * best)),
        AssignLimit(id="app-30", measure=1, cells=only(offers=(4,)), bound=int(0.10 * count)),
        AssignLimit(id="gifts", measure=1, cells=only(offers=(3,)), bound=int(0.12 * count)),
        AssignLimit(id="newcomers", measure=1, cells=only(segment=2), bound=int(0.05 * count)),
        AssignLimit(id="contacts", measure=1, cells=everything, bound=int(0.55 * count)),
    ]
    return AssignQuestion(
        offers=OFFERS, segments=SEGMENTS, measures=("spend", "contacts"), limits=tuple(found[:limits])
    )


def bisection(rows: Rows, bound: int) -> tuple[float, float]:
    """Return value and bound of a bare bisection on the price of one budget: the peer."""
    value, use = rows.value, rows.use[0]
    assert use is not None
    at = np.arange(rows.count)
    low, high = 0.0, float((value / use).max())
    for _ in range(HALVINGS):
        price = 0.5 * (low + high)
        worth = value - price * use
        choice = worth.argmax(axis=0)
        got = worth[choice, at] > 0
        if float(use[choice, at][got].sum()) > bound:
            low = price
        else:
            high = price
    worth = value - high * use
    choice = worth.argmax(axis=0)
    got = worth[choice, at] > 0
    return float(value[choice, at][got].sum()), float(np.maximum(worth.max(axis=0), 0.0).sum() + high * bound)


def time_bisection(count: int) -> None:
    """Time one budget, ours and the peer's, three times each in turn."""
    rows = in_memory(count, 1)
    question = asked(rows, 1)
    bisection(rows, question.limits[0].bound)
    assign(RowsInMemory(rows=rows), question)
    times: dict[str, list[float]] = {"ours": [], "bisection": []}
    for _ in range(3):
        begun = time.perf_counter()
        found = assign(RowsInMemory(rows=rows), question)
        times["ours"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        value, bound = bisection(rows, question.limits[0].bound)
        times["bisection"].append(time.perf_counter() - begun)
    kept = (question.uses(use_table(rows, found.choice, question)) <= question.bounds).all()
    print(f"{count:,} customers x {len(OFFERS)} offers, one budget; best of three in turn")
    print(f"ours       {min(times['ours']):.2f} s  gap {(found.bound - found.value) / found.bound:.1e}  kept {kept}")
    print(f"bisection  {min(times['bisection']):.2f} s  gap {(bound - value) / bound:.1e}  ({HALVINGS} halvings)")
    print(f"ours / bisection {min(times['ours']) / min(times['bisection']):.2f}")


def time_limits(count: int) -> None:
    """Time six limits."""
    rows = in_memory(count, 1)
    question = asked(rows, 6)
    begun = time.perf_counter()
    found = assign(RowsInMemory(rows=rows), question)
    spent = time.perf_counter() - begun
    uses = question.uses(use_table(rows, found.choice, question))
    print(f"{count:,} customers x {len(OFFERS)} offers, six limits: {spent:.1f} s, {found.passes} passes")
    print(f"gap {(found.bound - found.value) / found.bound:.1e}")
    for limit, used, price in zip(question.limits, uses, found.prices, strict=True):
        print(f"  {limit.id:12} used {used / limit.bound:9.4%}  kept {used <= limit.bound}  price {price:.4g}")


SCENARIO = """\
scenario: speed
currency: EUR
horizon: {{start: 2027-03-01, periods: 7, unit: day}}
segments:
{segments}
products: [{{id: goods, category: all, price: 10, unit_cost: 6}}]
offers:
{offers}
channels: [{{id: mail}}, {{id: app}}]
limits:
{limits}
baseline: {{table: baseline.csv}}
effects: {{table: effects.csv}}
"""


def write_question(folder: Path, question: AssignQuestion, count: int) -> Path:
    """Write the same question as a scenario with its tables."""
    segments = "\n".join(
        f"  - {{id: {name}, customers: {max(int(share * count), 1)}}}"
        for name, share in zip(SEGMENTS, SHARES, strict=True)
    )
    offers = "\n".join(
        f"  - {{id: {name}, mechanic: coupon, depth: 10%, layer: targeted, channel: {name.split('-')[0]}}}"
        for name in OFFERS
    )
    limits = []
    for limit in question.limits:
        bound = limit.bound / 1_000_000 if limit.measure == 0 else limit.bound
        inside = [name for name, used in zip(OFFERS, limit.cells.any(axis=0), strict=True) if used]
        theirs = [name for name, used in zip(SEGMENTS, limit.cells.any(axis=1), strict=True) if used]
        where = f"offers: [{', '.join(inside)}], segments: [{', '.join(theirs)}]"
        limits.append(
            f"  - {{id: {limit.id}, measure: {question.measures[limit.measure]}, max: {bound:.2f}, where: {{{where}}}}}"
        )
    (folder / "baseline.csv").write_text("segment,product,period,units\n,goods,,10\n", "utf-8")
    (folder / "effects.csv").write_text("segment,product,period,offer,lift,take_up\n,,,,0.2,10%\n", "utf-8")
    path = folder / "speed.yaml"
    path.write_text(SCENARIO.format(segments=segments, offers=offers, limits="\n".join(limits)), "utf-8")
    return path


def write_customers(path: Path, count: int, seed: int) -> None:
    """Write customers piece by piece; memory holds one piece."""
    rng = np.random.Generator(np.random.Philox(seed))
    names = pa.array(SEGMENTS)
    writer = None
    for first in range(0, count, PIECE):
        size = min(PIECE, count - first)
        value, spend, segment = drawn(rng, size)
        columns = {"customer": pa.array(np.arange(first, first + size)), "segment": names.take(pa.array(segment))}
        for number, offer in enumerate(OFFERS):
            columns[f"value_{offer}"] = pa.array(value[number])
            columns[f"spend_{offer}"] = pa.array(spend[number])
        piece = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, piece.schema)
        writer.write_table(piece)
    assert writer is not None
    writer.close()


def time_command(count: int, limits: int, folder: Path, *, careful: bool) -> None:
    """Run the command, ``careful`` by CVaR, and add its table up again."""
    customers, out = folder / "customers.parquet", folder / "assigned.parquet"
    question = asked(in_memory(200_000, 1), limits)
    scaled = tuple(
        AssignLimit(
            id=one.id, measure=one.measure, cells=one.cells,
            bound=one.bound * count // 200_000 // unit * unit,
        )
        for one in question.limits
        for unit in (10_000 if one.measure == 0 else 1,)
    )  # fmt: skip
    scenario = write_question(
        folder,
        AssignQuestion(offers=OFFERS, segments=SEGMENTS, measures=question.measures, limits=scaled),
        count,
    )
    write_customers(customers, count, 2)
    command = [sys.executable, "-m", "planner", "assign", str(scenario), str(customers), "--out", str(out), "--json"]
    command += ["--set", "objective={risk: {cvar: 10%}}"] if careful else []
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    spent = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-2000:])
        raise SystemExit(done.returncode)
    record = json.loads(done.stdout)
    size = customers.stat().st_size / 2**20
    print(
        f"campaign assign, {count:,} customers ({size:,.0f} MiB), {len(scaled)} limits: {spent:.1f} s, {peak:.2f} GiB"
    )
    print(f"value {record['value']:,} bound {record['bound']:,} gap {record['gap']:.1e}, given {record['given']:,}")
    _add_up(customers, out, scaled, question.measures)


def _add_up(customers: Path, out: Path, limits: tuple[AssignLimit, ...], measures: tuple[str, ...]) -> None:
    """Add the table up against every limit, from the customers' file and not from what the command says."""
    totals = dict.fromkeys((limit.id for limit in limits), 0)
    given, asked_of = pq.ParquetFile(out), pq.ParquetFile(customers)
    for got, given_to in zip(given.iter_batches(PIECE), asked_of.iter_batches(PIECE), strict=True):
        offers = got.column(got.schema.get_field_index("offer"))
        segments = given_to.column(given_to.schema.get_field_index("segment"))
        spends = {
            name: np.rint(given_to.column(given_to.schema.get_field_index(f"spend_{name}")).to_numpy() * 1_000_000)
            for name in OFFERS
        }
        for limit in limits:
            for row, segment in enumerate(SEGMENTS):
                inside = pc.equal(segments, segment)
                for column, offer in enumerate(OFFERS):
                    if limit.cells[row, column]:
                        mask = pc.fill_null(pc.and_(inside, pc.equal(offers, offer)), False)
                        chosen = mask.to_numpy(zero_copy_only=False)
                        amount = spends[offer][chosen].sum() if measures[limit.measure] == "spend" else chosen.sum()
                        totals[limit.id] += int(amount)
    for limit in limits:
        total = totals[limit.id]
        print(f"  {limit.id:12} added up {total:>18,} of {limit.bound:>18,}  kept {total <= limit.bound}")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("bisection", "limits", "command"))
    parser.add_argument("--customers", type=int)
    parser.add_argument("--limits", type=int, default=6)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--careful", action="store_true")
    given = parser.parse_args()
    if given.what == "bisection":
        time_bisection(given.customers or 1_000_000)
    elif given.what == "limits":
        time_limits(given.customers or 1_000_000)
    else:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            time_command(given.customers or 10_000_000, given.limits, Path(folder), careful=given.careful)


if __name__ == "__main__":
    main()
