"""Training learns what is there, from nothing after the cut-off, the same bytes for the same seed."""

from __future__ import annotations

import jax
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from grocery_sample import LEARN, PARAMS, sample_folder, sample_model, sample_scenario, sample_spec, use_folder, write
from purchase_files import Shop, sales_of

from planner.report.offers.effects import show_accuracy
from scenarios.problems import InvalidInput
from surrogate.data import packaged
from surrogate.data.data_spec import read_data_spec
from surrogate.data.loading import load_events
from surrogate.data.weeks import monday_of, week_of
from surrogate.held_out.accuracy import accuracy_of
from surrogate.held_out.held import Held
from surrogate.model_file import save_model
from surrogate.scoring.score import score
from surrogate.train import train


def files_of(folder):
    """Contents of a folder by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_nothing_after_the_cut_off_is_read(tmp_path, monkeypatch):
    """With every row after test_until replaced by garbage, the model files are the same, byte for byte.

    It also shows that the same seed gives the same bytes twice, that a trained model scores as a loaded one, and that
    whoever watches hears rising shares that end at 1, each with a message.
    """
    for path in sample_folder().iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    sales = pq.read_table(tmp_path / "transactions.parquet").to_pandas()
    late = sales["week"] > 44
    assert late.any()
    for column in ("quantity", "product_id", "household_id", "sales_value", "retail_disc", "coupon_disc"):
        sales.loc[late, column] = sales.loc[late, column] * 7 + 13
    write(tmp_path, "transactions", pd.concat([sales, sales[late]]))
    marks = pq.read_table(tmp_path / "promotions.parquet").to_pandas()
    marks.loc[marks["week"] > 44, ["display_location", "mailer_location"]] = "Z"
    write(tmp_path, "promotions", marks)
    campaigns = pq.read_table(tmp_path / "campaign_descriptions.parquet").to_pandas()
    campaigns.loc[campaigns["start_date"] > "2017-10-29", "campaign_type"] = "Type B"
    write(tmp_path, "campaign_descriptions", campaigns)
    fingerprint = sample_model().data_hash
    monkeypatch.setattr(packaged, "fingerprint", lambda: fingerprint)
    use_folder(monkeypatch, tmp_path)
    heard = []
    again = train(sample_spec(), PARAMS, 1, lambda message, share: heard.append((message, share)), learn=LEARN)
    shares = [share for _, share in heard]
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert all(message for message, _ in heard)
    save_model(again, tmp_path / "again")
    save_model(sample_model(), tmp_path / "first")
    assert files_of(tmp_path / "again") == files_of(tmp_path / "first")
    trained, loaded = (score(model, sample_scenario()) for model in (again, sample_model()))
    np.testing.assert_array_equal(trained.effects.lift, loaded.effects.lift)
    assert trained.accuracy == loaded.accuracy and trained.orders == loaded.orders


def test_network_beats_both_predictors_on_held_out_weeks():
    """Even the small model foresees promoted cells better than no promotion and segment means, and the right change."""
    metrics = sample_model().accuracy
    assert metrics["wape_promoted"] < metrics["wape_promoted_no_promotion"]
    assert metrics["wape_promoted"] < metrics["wape_promoted_segment_mean"]
    assert metrics["change_correlation"] > 0
    assert metrics["misses"] == "none"


def test_every_metric_has_a_name_for_people():
    """The accuracy table labels each held-out metric; none shows the key of the model file instead."""
    metrics = sample_model().accuracy
    (table,) = show_accuracy(metrics)
    labels = [row[0] for row in table.rows]
    assert not [name for name in metrics if name != "misses" and name.replace("_", " ") in labels]


def test_model_holds_no_customer(tmp_path):
    """No array of the model has a row a customer, and segments are at least of the given size."""
    model = sample_model()
    assert model.groups.customers.sum() < 600
    assert model.groups.customers[:-1].min() >= LEARN.min_size
    save_model(model, tmp_path / "model")
    text = (tmp_path / "model" / "model.json").read_text()
    assert "household_id" not in text and "customer_id" not in text
    with np.load(tmp_path / "model" / "weights.npz", allow_pickle=False) as arrays:
        sizes = {size for name in arrays.files for size in arrays[name].shape}
    assert int(model.groups.customers.sum()) not in sizes


def test_unknown_category_is_named(monkeypatch):
    """A category that the data does not hold is refused with the one that was probably meant."""
    use_folder(monkeypatch, sample_folder())
    spec = sample_spec(products={"cheese": ["CHEEZE"]})
    with pytest.raises(InvalidInput, match="did you mean CHEESE"):
        load_events(spec, until=spec.test_until)


def test_rows_fall_into_their_own_week(monkeypatch):
    """Sales of the packaged data by day and by week agree: no row before its week's Monday or after its Sunday."""
    use_folder(monkeypatch, sample_folder())
    spec = sample_spec()
    events = load_events(spec, until=spec.test_until)
    assert events.sales["week"].max() == week_of(spec.test_until)
    first = np.array([monday_of(int(week)).toordinal() for week in events.sales["week"].unique()])
    daily = events.daily.assign(week=(events.daily["day"] - 1) // 7)
    days = daily.groupby("week")["day"].agg(["min", "max"])
    assert (days["min"].to_numpy() >= np.sort(first)).all()
    assert (days["max"].to_numpy() <= np.sort(first) + 6).all()


def shelf_of(items, weeks):
    """One category whose first half of items is on deal every other week."""
    from surrogate.shelf.cells import Shelf

    depth = np.zeros((items, weeks))
    depth[: items // 2, ::2] = 0.3
    return Shelf(
        categories=("a",),
        names=tuple(str(number) for number in range(items)),
        category=np.zeros(items, dtype=np.int64),
        weeks=np.arange(weeks),
        depth=depth,
        display=np.zeros((items, weeks)),
        mailer=np.zeros((items, weeks)),
        weight=np.full(items, 1 / items),
    )


def test_evaluation_calls_a_miss_a_miss():
    """A network that forecasts worse than the segment mean is reported so, in words that name no key of a file."""
    shelf, rng = shelf_of(20, 4), np.random.Generator(np.random.Philox(5))
    base = rng.uniform(5, 10, (3, 20, 1)) * np.ones((1, 1, 4))
    real = base * np.where(shelf.depth > 0, 2.0, 1.0)
    good = accuracy_of(
        Held(shelf=shelf, units=real, network=real, baseline=base, segment_mean=base, usual_deals=base), rng=rng
    )
    assert good["wape_promoted"] == 0 and good["misses"] == "none"
    bad = accuracy_of(
        Held(shelf=shelf, units=real, network=base / 2, baseline=base, segment_mean=base, usual_deals=base), rng=rng
    )
    said = str(bad["misses"]).split("; ")
    told = [one for one in said if one.startswith("on 60 promoted cells ")]
    assert len(told) == 1 and all(f"% by {other}" in told[0] for other in ("segment means", "each item's usual deals"))
    assert "_" not in str(bad["misses"])


def own_files(folder):
    """Write CSV files of a shop whose response is known: units double at 30 % off."""
    return read_data_spec(Shop(sales=sales_of(customers=160)).write(folder))


def test_known_response_is_found_in_own_files(tmp_path, caplog):
    """On the customer's own CSV files, with units that double at 30 % off, the learned lift at 30 % is near 1.

    One program serves all members and both fits.
    """
    from surrogate.effects.category_response import category_lift
    from surrogate.effects.depths import promotion_features

    spec = own_files(tmp_path)
    with jax.log_compiles():
        model = train(spec, PARAMS, 1, learn=LEARN.model_copy(update={"count": 2, "min_size": 5}), base=tmp_path)
    compiled = [record.message for record in caplog.records if record.message.startswith("Finished XLA compilation")]
    assert len(compiled) <= 1 and all("_run" in message for message in compiled)  # none where a test before asked it
    phi = promotion_features(np.array([0.3]), np.zeros(1), np.zeros(1))
    lift = category_lift(model.ensemble, model.groups.features, np.ascontiguousarray(np.broadcast_to(phi, (2, 1, 5))))
    assert 0.6 < lift.mean() < 1.3
    assert model.source.startswith("sales.csv")


def test_own_files_missing_column_and_time_are_named(tmp_path):
    """A missing column and an unreadable time are each refused with file and place."""
    spec = own_files(tmp_path)
    text = (tmp_path / "sales.csv").read_text()
    (tmp_path / "sales.csv").write_text(text.replace("qty", "amount", 1))
    with pytest.raises(InvalidInput, match="expected a column qty"):
        load_events(spec, until=spec.test_until, base=tmp_path)
    (tmp_path / "sales.csv").write_text(text.replace("2026-01-05", "some day", 1))
    with pytest.raises(InvalidInput, match="expected a date or time"):
        load_events(spec, until=spec.test_until, base=tmp_path)
