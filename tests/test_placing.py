"""New customers are placed by the saved model as training placed its own; files that do not fit are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from grocery_sample import sample_model
from people_case import trained

from planner.report.learned.profiles import blur_sentences, show_placed
from scenarios.problems import InvalidInput
from surrogate.data.files.customer_file import read_ids
from surrogate.digits import to_digits
from surrogate.people.blur import blurred_means
from surrogate.people.placing import CustomerRows, place, placed_elsewhere, read_customers
from surrogate.people.profile_axes import ProfileSpace, profile_axes


@pytest.mark.parametrize("unknown", [0, 40])
@pytest.mark.parametrize("count", [2, 3, 6])
def test_training_customers_are_placed_where_training_put_them(unknown, count):
    """From the features alone the saved model finds the segment of every customer, those in rest among them."""
    space, features, found = trained(unknown=unknown, count=count)
    assert ("rest" in space.ids) == (unknown > 0)
    agreed = (place(space, features.raw) == found.label).mean()
    assert agreed >= 0.995  # centres are saved with six digits: a customer on the line between two may cross it


def test_unknown_features_count_as_average():
    """A customer of whom nothing is known is the average one, and a half known one keeps what is known."""
    space, features, _ = trained()
    nothing = np.full((1, features.raw.shape[1]), np.nan)
    middle = np.where(space.scale.logged, np.expm1(space.scale.centre), space.scale.centre)[None]
    assert place(space, nothing) == place(space, middle)


def write(path, columns):
    """Write a CSV file."""
    lines = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_csv_and_parquet_say_the_same(tmp_path):
    """Both kinds of files give the same rows; spaces and underscores in names are the same, blanks are unknown."""
    space, _, _ = trained()
    plain = write(
        tmp_path / "a.csv", {"customer": ["A1", "A2"], "visits_per_week": [1.5, ""], "basket value": [20, 40]}
    )
    table = pa.table({"customer": ["A1", "A2"], "visits per week": [1.5, None], "basket_value": [20, 40]})
    pq.write_table(table, tmp_path / "a.parquet")
    first, second = (read_customers(path, space) for path in (plain, tmp_path / "a.parquet"))
    assert first.ids == second.ids == ("A1", "A2")
    np.testing.assert_array_equal(first.raw, second.raw)
    assert first.missing == second.missing and "spend per week" in first.missing
    assert np.isnan(first.raw[1, 1]) and first.raw[1, 3] == 40


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"visits per weak": [1]}, "did you mean visits_per_week"),
        (
            {"customer": ["A", "", ""], "visits per week": [1, 2, 3]},
            "a.csv:3: customer: expected an id in every row, got a blank, as in 1 more",
        ),
        (
            {"customer": ["A", "B", "A"], "visits per week": [1, 2, 3]},
            "a.csv:4: customer: expected each customer once, got the customer of line 2",
        ),
        ({"visits per week": [1], "shoe size": [44]}, "a known column, got shoe_size"),
        ({"visits per week": ["often"]}, 'a number, got "often"'),
        ({"visits per week": ["inf"]}, "a number"),
        (
            {"discount share": ["10.8", "0.2", "108%", "-0.1", ""]},
            r"a.csv:2: discount_share: expected a share from 0 to 1, got 10.8 \(and on 2 more rows\); write 0.108",
        ),
        (
            {"weeks since last visit": ["3", "-1", "-1"]},
            r"a.csv:3: weeks_since_last_visit: expected a number of at least 0, got -1 \(and on 1 more row\); leave",
        ),
        ({"customer": ["A"]}, "at least one feature"),
        ({"visits per week": []}, "at least one customer"),
        ({"visits per week": [1], "visits_per_week": [2]}, "each feature once"),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path, columns, message):
    """Unknown and misspelt columns, texts in numbers and empty files are named, with a remedy."""
    space, _, _ = trained()
    with pytest.raises(InvalidInput, match=message):
        read_customers(write(tmp_path / "a.csv", columns), space)


def test_infinity_in_parquet_is_no_blank(tmp_path):
    """As in a CSV file it is no number, and nobody is placed as if it were not known."""
    pq.write_table(pa.table({"visits per week": [1.0, float("inf")]}), tmp_path / "c.parquet")
    with pytest.raises(InvalidInput, match=r'c\.parquet:2: visits_per_week: expected a number, got "inf"'):
        read_customers(tmp_path / "c.parquet", trained()[0])


@pytest.mark.parametrize("name", ["none.csv", "none.parquet", "bad.parquet"])
def test_unreadable_files_are_one_problem(tmp_path, name):
    """Missing and damaged files are said to be so."""
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no table")
    with pytest.raises(InvalidInput, match="expected a CSV or Parquet file of customers") as refusal:
        read_customers(tmp_path / name, trained()[0])
    assert len(refusal.value.problems) == 1


def test_shares_may_be_written_as_percentages(tmp_path):
    """With the sign; 0 and 1 are shares, too, and so is what rounding makes of 1."""
    space, _, _ = trained()
    shares = {"discount share": ["10.8%", "0.108", "0", "1", "1.0000000001"]}
    rows = read_customers(write(tmp_path / "a.csv", shares), space)
    np.testing.assert_allclose(rows.raw[:, space.scale.names.index("discount share")], [0.108, 0.108, 0, 1, 1])


COLUMNS = {
    "lists": (pa.array([["a"], ["b"]]), "a column of plain values, got list"),
    "lost digits": (pa.array([1.0, 2.0**60]), "ids with all their digits, got 1152921504606846976 in 1 row; store ids"),
    "32 bits": (pa.array([2.0**24, 2.0**24 + 2], pa.float32()), "ids with all their digits, got 16777216 in 2 rows"),
    "other encodings": (pa.array([b"a", b"\xff"]).view(pa.string()), "text in UTF-8, got another encoding"),
}


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_parquet_ids_that_are_others_than_people_know_are_refused(tmp_path, name):
    """They would get a segment, an audience or a place in the search, and nobody would find them again."""
    ids, message = COLUMNS[name]
    pq.write_table(pa.table({"customer": ids}), tmp_path / "c.parquet")
    with pytest.raises(InvalidInput, match=message):
        read_ids(tmp_path / "c.parquet")


def test_two_columns_of_ids_are_refused(tmp_path):
    """Nobody knows which of them is meant."""
    table = pa.table({"customer": ["a"]}).append_column("customer", pa.array(["b"]))
    pq.write_table(table, tmp_path / "c.parquet")
    with pytest.raises(InvalidInput, match="each column once, got customer twice"):
        read_ids(tmp_path / "c.parquet")


def test_ids_are_the_column_customer_or_the_only_one(tmp_path):
    """A file of ids needs no header word if it has one column."""
    assert read_ids(write(tmp_path / "a.csv", {"customer": ["A1"], "x": [1]})) == ["A1"]
    assert read_ids(write(tmp_path / "b.csv", {"loyalty card": ["A1", "A2"]})) == ["A1", "A2"]
    with pytest.raises(InvalidInput, match="the column customer"):
        read_ids(write(tmp_path / "c.csv", {"card": ["A1"], "x": [1]}))


def test_axes_are_what_all_members_stretch():
    """A direction that every member's W stretches is the first axis, and its words name its features."""
    space, _, _ = trained()
    weight = np.zeros((4, len(space.scale.names)))
    weight[:, space.scale.names.index("discount share")] = [3, -3, 3, 3]
    weight[0, space.scale.names.index("basket value")] = 1
    axes = profile_axes(ProfileSpace(**{**vars(space), "weight": weight}))
    assert axes[0].words == "from less on discount to price-sensitive"
    assert sum(axis.share for axis in axes) == pytest.approx(1)
    assert abs(float(space.shares @ axes[0].scores)) < 1e-3


def test_blurred_means_move_customers_between_segments_and_that_is_told():
    """Exact means move nobody; blurred ones some, whose share a model keeps and the output names."""
    space, features, found = trained(count=6)
    exact = placed_elsewhere(space, features.raw, found.label)
    assert exact <= 0.005
    scaled = to_digits(space.scale(features.raw))
    means = blurred_means(scaled, features.raw, space.scale, found.label, len(space.ids), least=30)
    blurred = replace(space, features=means.features)
    share = placed_elsewhere(blurred, features.raw, found.label)
    assert share == pytest.approx((place(blurred, features.raw) != found.label).mean(), abs=1e-4)
    assert exact < share < 0.3
    blurred = replace(blurred, elsewhere=share)
    rows = CustomerRows(ids=None, raw=features.raw, missing=())
    (said,) = show_placed(blurred, rows, place(blurred, features.raw)).notes
    assert f"{share:.1%} of the customers of training" in said and "noise" in said
    assert "some of the customers of training" in blur_sentences(space)[0], "an older model does not say how many"
    assert blur_sentences(replace(space, own="kind")) == ()
    assert np.isnan(placed_elsewhere(replace(space, own="kind"), features.raw, found.label))


def test_a_trained_model_says_how_many_it_places_elsewhere():
    """Training counts them for its own customers."""
    assert 0 <= sample_model().profile_space.elsewhere < 0.2
