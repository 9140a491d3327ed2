"""Trains on a generated Parquet file of twenty million purchase rows and reports peak memory and time.

    python benchmarks/large_file.py [--rows 20000000] [--customers 200000] [--folder DIR]

The file is written in pieces to a temporary folder and removed afterwards. ``campaign train`` runs as its own process,
so that the peak is training's alone. The data: 60 weeks, 2,000 products in 40 categories (30 of them planned), receipts
of about five rows, text ids, times to the second, a quarter of the product lines on deal in any week with a known
response; the learned lift at 25 % off is printed beside it.
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
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

WEEKS, PRODUCTS, CATEGORIES, PLANNED, LINES = 60, 2_000, 40, 30, 200
START = np.datetime64("2025-01-06T00:00:00")
ELASTICITY = 2.5
DEPTHS = np.array([0.0, 0.10, 0.20, 0.25, 0.30, 0.40])
PIECE_ROWS = 500_000


def write_purchases(path: Path, *, rows: int, customers: int, seed: int) -> None:
    """Write the purchases week by week; memory holds one piece at a time."""
    rng = np.random.Generator(np.random.Philox(seed))
    line = np.arange(PRODUCTS) % LINES
    price = np.round(rng.gamma(4.0, 0.9, PRODUCTS) + 0.6, 2)
    appeal = rng.pareto(1.3, PRODUCTS) + 0.2
    activity = rng.gamma(0.8, 1.0, customers) + 0.02
    reach = np.cumsum(activity / activity.sum())
    names = pa.array([f"C{number:08d}" for number in rng.permutation(customers)])
    skus = pa.array([f"sku-{number:05d}" for number in range(PRODUCTS)])
    schema = pa.schema(
        [
            ("customer", pa.string()),
            ("at", pa.timestamp("s")),
            ("receipt", pa.int64()),
            ("store", pa.int32()),
            ("sku", pa.string()),
            ("units", pa.int32()),
            ("paid", pa.float64()),
            ("discount", pa.float64()),
        ]
    )
    receipts, left = 0, rows
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for week in range(WEEKS):
            deal = np.where(rng.random(LINES) < 0.25, DEPTHS[rng.integers(1, DEPTHS.size, LINES)], 0.0)[line]
            chosen = np.cumsum(appeal * (1 - deal) ** -ELASTICITY)
            todo = left if week == WEEKS - 1 else round(rows / WEEKS)
            left -= todo
            while todo:
                count = min(todo, PIECE_ROWS)
                todo -= count
                receipt = np.sort(rng.integers(max(count // 5, 1), size=count))
                who = np.searchsorted(reach, rng.random(receipt.max() + 1))[receipt].clip(max=customers - 1)
                second = np.sort(rng.integers(7 * 86_400 - 99, size=receipt.max() + 1))[receipt] + np.arange(count) % 99
                sku = np.searchsorted(chosen, rng.random(count) * chosen[-1]).clip(max=PRODUCTS - 1)
                units = 1 + rng.poisson(0.3, count)
                full = price[sku] * units
                off = np.round(full * deal[sku], 2)
                columns = [
                    names.take(pa.array(who)),
                    pa.array(START + np.timedelta64(week * 7 * 86_400, "s") + second.astype("timedelta64[s]")),
                    pa.array(receipts + receipt),
                    pa.array((who % 97).astype(np.int32)),
                    skus.take(pa.array(sku)),
                    pa.array(units.astype(np.int32)),
                    pa.array(np.round(full - off, 2)),
                    pa.array(off),
                ]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
                receipts += int(receipt.max()) + 1


def write_data_file(folder: Path) -> Path:
    """Write the product list and the ``data.yaml``."""
    number = np.arange(PRODUCTS)
    goods = {
        "sku": [f"sku-{one:05d}" for one in number],
        "category": [f"category {one % LINES % CATEGORIES:02d}" for one in number],
        "line": [f"line {one % LINES:03d}" for one in number],
    }
    pd.DataFrame(goods).to_csv(folder / "goods.csv", index=False)
    last = START + np.timedelta64(7 * WEEKS - 1, "D")
    data = {
        "kind": "transactions",
        "files": {
            "transactions": {
                "file": "purchases.parquet", "customer": "customer", "time": "at", "basket": "receipt",
                "store": "store", "product": "sku", "quantity": "units", "paid": "paid", "shelf_discount": "discount",
            },
            "products": {"file": "goods.csv", "product": "sku", "category": "category", "line": "line"},
        },
        "train_until": str((last - np.timedelta64(28, "D")).astype("datetime64[D]")),
        "test_until": str(last.astype("datetime64[D]")),
        "products": {f"c{one:02d}": [f"category {one:02d}"] for one in range(PLANNED)},
    }  # fmt: skip
    path = folder / "data.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return path


def main() -> None:
    """Generate, train, report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--customers", type=int, default=200_000)
    parser.add_argument("--folder", type=Path, default=None, help="where the temporary folder is made")
    parser.add_argument("--seed", type=int, default=1)
    settings = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="campaign-large-", dir=settings.folder) as name:
        folder = Path(name)
        begun = time.perf_counter()
        write_purchases(
            folder / "purchases.parquet", rows=settings.rows, customers=settings.customers, seed=settings.seed
        )
        path = write_data_file(folder)
        size = (folder / "purchases.parquet").stat().st_size / 2**20
        print(f"{settings.rows:,} rows, {size:,.0f} MiB, written in {time.perf_counter() - begun:.0f} s")
        begun = time.perf_counter()
        before = os.times()
        command = [sys.executable, "-m", "planner", "train", str(path), "--out", str(folder / "model"), "--json"]
        environment = os.environ | {"CAMPAIGN_CACHE": str(folder / "cache"), "TMPDIR": str(folder)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        seconds = time.perf_counter() - begun
        after = os.times()
        if done.returncode:
            raise SystemExit(done.stderr or done.stdout)
        document = json.loads(done.stdout)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        busy = after.children_user + after.children_system - before.children_user - before.children_system
        for line in document["cleaning"]:
            print(line)
        keep = ("wape_promoted", "wape_promoted_segment_mean", "wape_promoted_no_promotion", "change_correlation")
        print(json.dumps({name: document["accuracy"][name] for name in keep if name in document["accuracy"]}))
        print(f"campaign train: {seconds:.0f} s ({busy:.0f} s of processor time), peak {peak:.2f} GiB")
        print("within 10 minutes and 3 GB:", "yes" if seconds < 600 and peak * 2**30 < 3e9 else "no")


if __name__ == "__main__":
    main()
