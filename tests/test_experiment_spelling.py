"""Experiments as spreadsheets of other countries write them: read where the file says how, told where it does not."""

from __future__ import annotations

import experiment_files as files
import numpy as np
import pytest

from scenarios.problems import InvalidInput
from surrogate.experiment.reading.spec import read_experiment_spec
from surrogate.experiment.reading.table import read_experiment


def test_other_separators_are_one_message(tmp_path):
    """Semicolons between the columns are told once, not once a column."""
    frame = files.rows(customers=300)
    spec = read_experiment_spec(files.write(tmp_path, frame))
    frame.to_csv(tmp_path / "trial.csv", index=False, sep=";")
    with pytest.raises(
        InvalidInput,
        match=r"expected columns separated by ','.*separated by ';': write delimiter: ';', and decimal_mark",
    ) as caught:
        read_experiment(spec, tmp_path)
    assert len(caught.value.problems) == 1


def _german(frame):
    """Return the rows with numbers as a German spreadsheet writes them: 1.234,5."""
    out = frame.assign(paid=frame["paid"] * 100)
    for column in ("visits", "paid"):
        out[column] = [f"{value:,.3f}".translate(str.maketrans(",.", ".,")) for value in out[column]]
    return out


@pytest.mark.parametrize("packed", [False, True])
def test_files_of_a_german_spreadsheet_say_the_same(tmp_path, packed):
    """Semicolons, decimal commas, points between thousands, a byte order mark: the table is the one of plain digits."""
    frame = files.rows(customers=900)
    money = {"outcomes": {"paid": {"column": "paid"}}, "products": {"toy": {"outcome": "paid", "price": 40}}}
    spec = read_experiment_spec(files.write(tmp_path, frame.assign(paid=frame["paid"] * 100), **money))
    plain = read_experiment(spec, tmp_path)
    marks = {"delimiter": ";", "decimal_mark": ","}
    spec = read_experiment_spec(files.write(tmp_path, frame, **money, **marks))
    _german(frame).to_csv(tmp_path / "trial.csv", index=False, sep=";", encoding="utf-8-sig")
    if packed:  # typed columns of a Parquet file have no mark, texts of one do
        spec = spec.model_copy(update={"file": "trial.parquet"})
        _german(frame).assign(visits=frame["visits"]).to_parquet(tmp_path / "trial.parquet", index=False)
    german = read_experiment(spec, tmp_path)
    same = [np.stack([one.arm, one.numeric["visits"], one.outcomes["paid"]]).round(3) for one in (german, plain)]
    np.testing.assert_array_equal(
        *(rows[:, np.lexsort(rows)] for rows in same)
    )  # rows stand in the order of their texts


def test_marks_of_decimals_that_differ_are_told(tmp_path):
    """A comma without decimal_mark, and a point beside it, are refused: 1.234 may be a thousand more."""
    frame = files.rows(customers=900)
    spec = read_experiment_spec(files.write(tmp_path, frame))
    with pytest.raises(InvalidInput, match=r"visits: expected numbers.*write decimal_mark: ','"):
        _german(frame).to_csv(tmp_path / "trial.csv", index=False)
        read_experiment(spec, tmp_path)
    spec = read_experiment_spec(files.write(tmp_path, frame.assign(visits="1,00,820")))
    with pytest.raises(InvalidInput, match=r"visits: expected numbers.*leave the commas out and write 100820"):
        read_experiment(spec, tmp_path)
    spec = read_experiment_spec(files.write(tmp_path, frame.assign(visits=1.25), decimal_mark=","))
    with pytest.raises(InvalidInput, match=r"visits: expected numbers.*decimal comma, as decimal_mark says"):
        read_experiment(spec, tmp_path)
