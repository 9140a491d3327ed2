"""Customer ids become keyed pseudonyms; the key is made once, kept from others, and never lies in an artefact."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.problems import InvalidInput
from surrogate.data.files.pseudonyms import MISSING, Pseudonyms, default_key_path, key_for, key_to_learn

KEY = bytes(range(32))


def test_number_is_hmac_sha256():
    """The number is the first 63 bits of HMAC-SHA256, as anybody with the key can recompute."""
    digest = hmac.new(KEY, b"C-1001", hashlib.sha256).digest()
    expected = int.from_bytes(digest[:8], "big") % 2**63
    assert Pseudonyms(KEY).number("C-1001") == expected
    assert Pseudonyms(KEY).numbers(["C-1001"]).tolist() == [expected]


@given(st.lists(st.one_of(st.text(), st.integers(), st.none()), max_size=30))
def test_vectorised_is_one_by_one(ids):
    """A column gives what its ids give one by one, in its order."""
    made = Pseudonyms(KEY)
    expected = [made.number(one) for one in ids]
    np.testing.assert_array_equal(made.numbers(pd.Series(ids, dtype=object)), np.array(expected, dtype=np.int64))


def test_same_customer_whatever_the_file_type():
    """CSV text, integers, floats of a column with gaps, categories and padded text agree; blanks are missing."""
    made = Pseudonyms(KEY)
    text = made.numbers(["12", "7", "12"])
    np.testing.assert_array_equal(made.numbers(np.array([12, 7, 12])), text)
    np.testing.assert_array_equal(made.numbers(pd.Series([12.0, 7.0, 12.0])), text)
    np.testing.assert_array_equal(made.numbers(pd.Series(["12", "7", "12"], dtype="category")), text)
    np.testing.assert_array_equal(made.numbers([" 12", "7 ", "12"]), text)
    np.testing.assert_array_equal(made.numbers(["12.0", "7.0", "12"]), text)  # a column with gaps, written as CSV
    np.testing.assert_array_equal(made.numbers([Decimal("12"), Decimal("7.0000000000"), Decimal("1.2E+1")]), text)
    assert made.number(Decimal("7.50")) == made.number("7.50")
    assert made.number("007") != made.number("7") != made.number("7.00") != made.number("1.7.0")
    assert made.numbers([None, "", "  ", float("nan")]).tolist() == [MISSING] * 4
    assert made.numbers([]).shape == (0,)


def test_key_decides():
    """Another key gives other numbers, and no number shows the id."""
    ids = [f"C-{number}" for number in range(500)]
    first, second = Pseudonyms(KEY).numbers(ids), Pseudonyms(KEY[::-1]).numbers(ids)
    assert not set(first.tolist()) & set(second.tolist())
    assert (first >= 0).all() and len(set(first.tolist())) == 500


def test_key_is_not_shown():
    """A log that shows the object shows no key."""
    assert KEY.hex() not in repr(Pseudonyms(KEY)) and repr(KEY) not in repr(Pseudonyms(KEY))


def test_short_key_is_refused():
    """A key that can be guessed is none."""
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Pseudonyms(b"secret")


def test_key_file_is_made_once_for_its_owner(tmp_path):
    """The first call makes the file with mode 600, later calls read it, nothing else stays in the folder."""
    path = tmp_path / "keys" / "own.key"
    key = key_for(path)
    assert len(key) == 32 and key_for(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["own.key"]
    assert key_for(tmp_path / "other.key") != key


def test_default_key_lies_beside_the_cache(tmp_path, monkeypatch):
    """``CAMPAIGN_CACHE`` moves the key, too, and outside of every model."""
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path))
    assert default_key_path() == tmp_path / "customers.key"
    assert key_for() == key_for(tmp_path / "customers.key")
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "customers.key"))
    with pytest.raises(InvalidInput, match="let CAMPAIGN_CACHE name a folder that can be written"):
        key_for()


def test_where_no_key_can_be_made_learning_takes_one_of_the_moment(tmp_path, monkeypatch):
    """What is learned hangs on no key; a key file that is there and cannot be used is said as ever."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path / "file"))
    assert len({key_to_learn(), key_to_learn()}) == 2
    monkeypatch.setenv("CAMPAIGN_CACHE", str(tmp_path))
    assert key_to_learn() == key_for()
    (tmp_path / "customers.key").write_text("short")
    with pytest.raises(InvalidInput, match="hexadecimal digits"):
        key_to_learn()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_key_that_others_may_read_is_refused(tmp_path, mode):
    """A key file with any right for others is refused, with the command that mends it."""
    path = tmp_path / "own.key"
    key_for(path)
    path.chmod(mode)
    with pytest.raises(InvalidInput, match="chmod 600") as refusal:
        key_for(path)
    assert len(refusal.value.problems) == 1


@pytest.mark.parametrize("content", [b"", b"secret\n", b"ab" * 16, b"\xff\xfe" * 40])
def test_file_that_holds_no_key_is_refused(tmp_path, content):
    """Empty, short or other files are no key; nothing is overwritten."""
    path = tmp_path / "own.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(InvalidInput, match="hexadecimal digits"):
        key_for(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["model.json", "plans.json", "weights.npz"])
def test_key_inside_an_artefact_is_refused(tmp_path, name):
    """Models and plans are passed on, so no key lies in them."""
    (tmp_path / name).write_text("{}")
    with pytest.raises(InvalidInput, match="outside of models and plans"):
        key_for(tmp_path / "own.key")
    assert not (tmp_path / "own.key").exists()


def test_folder_in_place_of_a_key_is_refused(tmp_path):
    """A folder is no key file."""
    with pytest.raises(InvalidInput, match="no regular file"):
        key_for(tmp_path)
