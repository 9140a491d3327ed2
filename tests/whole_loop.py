"""One whole loop over customers with unmistakable ids: train, plan, export, profiles; and all that it wrote."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from command_line import run
from grocery_sample import PARAMS
from little_work import little_work
from purchase_files import Shop, sales_of

import surrogate.cache
from surrogate.artefact_bytes import Piece, open_up
from surrogate.data.files.pseudonyms import key_for

SCENARIO = {
    "scenario": "private",
    "currency": "EUR",
    "horizon": {"start": "2026-08-03", "periods": 2, "unit": "week"},
    "segments": {"learn": {"count": 2}},
    "products": [{"id": name, "category": "food", "unit_cost": "40%"} for name in ("a", "b")],
    "offers": [{"id": "cut", "mechanic": "price_discount", "depth": "30%", "funding": {"vendor": "v", "share": "90%"}}],
    "vendors": [{"id": "v", "fund": 1000}],
    "effects": {"data": "data.yaml"},
}


def whole_loop(folder: Path) -> dict[str, Any]:
    """Return everything that one loop writes for 160 customers with unmistakable ids, and the ids."""
    sales = sales_of(customers=160)
    known = {old: f"KUNDE-{number:04d}-{'xkqz'[number % 4]}7" for number, old in enumerate(sorted(set(sales["cust"])))}
    shop = Shop(sales=sales.assign(cust=sales["cust"].map(known)))
    data = shop.write(folder)
    (folder / "s.yaml").write_text(yaml.safe_dump(SCENARIO, sort_keys=False))
    ids = sorted(known.values())
    pd.DataFrame({"customer": ids, "visits_per_week": 1.0}).to_csv(folder / "customers.csv", index=False)
    out = folder / "written"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAMPAIGN_CACHE", str(out / "cache"))
        patch.setattr(surrogate.cache, "TrainParams", lambda: PARAMS)
        little_work(patch)
        steps = (
            ("plan", folder / "s.yaml", "--effort", "quick", "--out", out / "plans"),
            ("export", out / "plans"),
        )
        for step in steps:
            result = run(*step)
            assert result.exit_code == 0, result.stderr
        (model,) = (out / "cache" / "models").iterdir()
        shutil.copytree(model, out / "model")
        for step in (
            ("profiles", out / "model", "--out", out / "segments.parquet"),
            ("profiles", out / "model", "--place", folder / "customers.csv", "--out", out / "placed.csv"),
        ):
            result = run(*step)
            assert result.exit_code == 0, result.stderr
        key = key_for()
    return {"folder": folder, "out": out, "ids": ids, "key": key, "data": data}


def written(loop: dict[str, Any]) -> Iterator[Piece]:
    """Every written file but compiled code and the key itself, archives and tables opened."""
    for path in sorted(loop["out"].rglob("*")):
        if path.is_file() and "jax" not in path.parts and path.name != "customers.key":
            yield from open_up(str(path.relative_to(loop["out"])), path.read_bytes())
