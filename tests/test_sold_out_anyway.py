"""Stock that does not last for the baseline is noted by validate and plan, with what is lost and from when on."""

from __future__ import annotations

from pathlib import Path

from command_line import run
from shop import load_shop, write_shop

from scenarios.loading.doubtful.notes import doubtful
from scenarios.loading.doubtful.sold_out_anyway import sold_out_anyway

PHONE = "stock: 500, arrivals: {2026-11-03: 100}"
"""55 a day for seven days are 385."""


def said(folder: Path, stock: str, **more: str) -> tuple[str, ...]:
    """What is said of the shop with another stock of phones."""
    loaded = load_shop(folder, shop={PHONE: stock, **more})
    found = sold_out_anyway(loaded)
    assert [note for note in doubtful(loaded) if note in found] == list(found), "validate and plan show it"
    return found


def test_stock_with_a_digit_too_few_is_noted(tmp_path: Path) -> None:
    """Of 385 units 50 are there; it is out on the first day, and never on sale again."""
    assert said(tmp_path, "stock: 50") == (
        "phone sells out without any promotion, first on 2026-11-01: 335 of the 385 units of its baseline (87%) are "
        "lost; check its stock, and add what arrives later",
    )


def test_arrivals_put_it_on_sale_again(tmp_path: Path) -> None:
    """What was not there on its day is lost for good, so that later arrivals do not make up for it."""
    assert said(tmp_path, "stock: 100, arrivals: {2026-11-05: 500}") == (
        "phone sells out without any promotion, first on 2026-11-02: 120 of the 385 units of its baseline (31%) are "
        "lost; check its stock and arrivals",
    )


def test_goods_that_come_late_are_not_sold_out_before(tmp_path: Path) -> None:
    """Baseline before the first goods is lost, but nothing runs out; where it runs out later, too, that is told."""
    assert said(tmp_path, "stock: 0, arrivals: {2026-11-03: 500}") == (
        "phone is not there before 2026-11-03, and 110 of the 385 units of its baseline (29%) lie before and are lost; "
        "check its stock and arrivals",
    )
    (note,) = said(tmp_path, "stock: 0, arrivals: {2026-11-03: 70}")
    assert note.startswith("phone sells out without any promotion, first on 2026-11-04: 315 of the 385 units")


def test_weeks_are_told_as_weeks(tmp_path: Path) -> None:
    """A period is named as long as it is."""
    weeks = {"periods: 7, unit: day": "periods: 7, unit: week"}
    (note,) = said(tmp_path, "stock: 60, arrivals: {2026-11-22: 500}", **weeks)
    assert note.startswith("phone sells out without any promotion, first in the week of 2026-11-08: ")


def test_stock_that_lasts_or_nearly_lasts_is_not_noted(tmp_path: Path) -> None:
    """Enough, none given, and a few of the last day's."""
    assert said(tmp_path, "stock: 385") == said(tmp_path, "stock: 370") == ()
    loaded = load_shop(tmp_path, shop={f"{PHONE}, ": ""})
    assert sold_out_anyway(loaded) == ()


def test_many_products_are_counted(tmp_path: Path) -> None:
    """A whole column in hundreds is three products by name, the worst first, and the number of the others."""
    path = write_shop(tmp_path, {"shop.yaml": {PHONE: "stock: 500"}})
    rows = "".join(f"  - {{id: p{n}, category: extras, price: 100, unit_cost: 50, stock: {n}}}\n" for n in range(5))
    path.write_text(path.read_text("utf-8").replace("offers:\n", rows + "offers:\n", 1), "utf-8")
    with (tmp_path / "baseline.csv").open("a", encoding="utf-8") as file:
        file.write("".join(f",p{n},,5\n" for n in range(5)))
    result = run("validate", path)
    text = " ".join(result.stdout.split())
    assert "p0 sells out" in text and "p2 sells out" in text and "p3 sells out" not in text
    assert "so do 2 more products, each less than these" in text
