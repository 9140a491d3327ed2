"""Strict YAML reads plain values with their lines and refuses everything that YAML would silently turn into another."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.language.text.strict_yaml import MAX_BYTES, MAX_DEPTH, read_yaml
from scenarios.language.text.yaml_scalars import resolve_scalar
from scenarios.problems import InvalidInput


def _problems(text):
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(InvalidInput) as caught:
        read_yaml(raw, "a.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_values_keep_their_meaning():
    """Numbers, dates, booleans, texts and nothing are read as what they look like; quotes make texts."""
    text = "a: 3\nb: 19.90\nc: 2026-11-01\nd: true\ne: 18%\nf: '12:30'\ng:\nh: 双十一\ni: 2026-11-01..2026-11-02\n"
    data, _ = read_yaml(text.encode(), "a.yaml")
    assert data == {
        "a": 3,
        "b": 19.9,
        "c": dt.date(2026, 11, 1),
        "d": True,
        "e": "18%",
        "f": "12:30",
        "g": None,
        "h": "双十一",
        "i": "2026-11-01..2026-11-02",
    }


def test_every_key_path_has_its_line():
    """Lines are known for keys, list members and values inside one-line collections."""
    _, places = read_yaml(b"a: 1\nb:\n  - c: 2\n    d: {e: 3}\n", "a.yaml")
    assert places.at(("a",)) == "a.yaml:1"
    assert places.at(("b", 0, "c")) == "a.yaml:3"
    assert places.at(("b", 0, "d", "e")) == "a.yaml:4"


def test_an_unknown_path_falls_back_to_what_encloses_it():
    """A missing key is reported at the line of the record that lacks it."""
    _, places = read_yaml(b"a:\n  - b: 1\n  - b: 2\n", "a.yaml")
    assert places.at(("a", 1, "missing", "deeper")) == "a.yaml:3"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("yes", "true, false"),
        ("Off", "true, false"),
        (".nan", "a finite number"),
        ("-.inf", "a finite number"),
        ("12:30", "a plain number or a quoted text"),
        ("1:30:00", "a plain number or a quoted text"),
        ("1e3", "a number in plain digits"),
        ("2.5E-3", "a number in plain digits"),
        ("1_000", "a number in plain digits"),
        ("0x1f", "a decimal number"),
        ("007", "a decimal number"),
        ("2026-2-3", "a date such as"),
        ("2026-02-30", "a date of the calendar"),
        ("2026-11-01 10:00", "a date such as"),
        ("123456789012345678901234567890", "a number of at most 20 digits"),
        ("!!int 3", "plain values"),
        ("&anchor 3", "values written out"),
    ],
)
def test_false_friends_are_refused(value, expected):
    """A scalar that YAML reads as something else is refused with its key and line."""
    (problem,) = _problems(f"x: 1\nkey: {value}\n")
    assert problem.startswith("a.yaml:2: ") and f"expected {expected}" in problem


@pytest.mark.parametrize("value", ["yes", "12:30", "1e3", "007", "2026-02-30", ".nan"])
def test_quotes_make_false_friends_texts(value):
    """The remedy that messages name works."""
    data, _ = read_yaml(f"key: '{value}'\n".encode(), "a.yaml")
    assert data == {"key": value}


@pytest.mark.parametrize(
    ("entry", "got"),
    [
        (
            "{max: 12,000}",
            "12,000; a comma begins the next key here: leave the comma out, or write 12.000 if decimals were meant",
        ),
        (
            "{max: 1,200,000, id: a}",
            "1,200,000; a comma begins the next key here: leave the commas out and write 1200000",
        ),
        ("{max: 19,90}", "19,90; a comma begins the next key here: write 19.90"),
        ("{max: 4.000,00}", "4.000,00; a comma begins the next key here: write 4000.00"),
        ("{max: 1,250.50}", "1,250.50; a comma begins the next key here: write 1250.50"),
        (
            "{max: ¥2,000}",
            "¥2,000; a comma begins the next key here: leave comma and sign out, or write 2.000 if decimals were meant",
        ),
        ("{max: EUR 19,90, id: a}", "EUR 19,90; a comma begins the next key here: write 19.90"),
        ("{max: 1,200,000円}", "1,200,000; a comma begins the next key here: leave the commas out and write 1200000"),
        ("{max: 50%, 100%}", "50%,100%; a comma begins the next key here: write [50%, 100%]"),
    ],
)
def test_a_comma_inside_a_number_is_one_mistake(entry, got):
    """In braces a comma begins a key: the number that was meant is named, and nothing else is complained of."""
    (problem,) = _problems(f"a: 1\nlimit: {entry}\n")
    assert problem.startswith("a.yaml:2: limit.max: expected ") and problem.endswith(f"got {got}")


def test_keys_that_are_numbers_stay_keys():
    """A number before a colon is a key, with or without a value, and so are a quoted one and a word."""
    data, _ = read_yaml("a: {总: 1, 2: 3, 4: , c: 5, '6', d: 7, e}\nf: 1\n8:\n".encode(), "a.yaml")
    assert data == {"a": {"总": 1, 2: 3, 4: None, "c": 5, "6": None, "d": 7, "e": None}, "f": 1, 8: None}


def test_all_mistakes_come_at_once():
    """Seven mistakes give seven lines, in the order of the file."""
    text = "a: 1\na: 2\non: 3\nb: 12:30\nc: .nan\nd: &x 1e3\ne: *x\n"
    found = _problems(text)
    assert [line.split(":")[1] for line in found] == ["2", "3", "4", "5", "6", "6", "7"]


def test_a_second_duplicate_hides_no_mistake_below_it():
    """What stands under a key that cannot be used is still read for its own mistakes."""
    found = _problems("a: {b: 1}\na: {b: 1e3}\n")
    assert len(found) == 2 and "each key once" in found[0] and "plain digits" in found[1]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "an empty file"),
        ("# only a comment\n", "an empty file"),
        ("a: 1\n---\nb: 2\n", "one document"),
        ("a:\n\t- b\n", "a tab character"),
        ("a: [1\n", "well-formed YAML"),
        ("? [a]\n: 1\n", "a word before the colon"),
        ("<<: {a: 1}\n", "a word before the colon"),
        (b"a: \xff\n", "UTF-8 text, got the byte 0xff"),
        ("a: 1".encode("utf-16"), "UTF-8 text, got UTF-16"),
        (b"a: \x00\n", "control character"),
    ],
)
def test_unusable_files_are_refused_in_one_line(text, part):
    """Files that are no single plain document give one clear line."""
    (problem,) = _problems(text)
    assert part in problem


def test_size_and_depth_are_bounded():
    """A huge or deeply nested file is refused, and never exhausts Python's stack."""
    assert "file size" in _problems(b"a: " + b"x" * MAX_BYTES)[0]
    assert "nesting" in _problems("[" * 100_000)[0]
    assert "nesting" in _problems("- " * 3000 + "a")[0]
    fine = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    read_yaml(f"a: {fine}".encode(), "a.yaml")


def test_byte_order_mark_and_windows_line_ends_are_fine():
    """Files from Windows editors are read, with the same lines."""
    data, places = read_yaml("\ufeffa: 1\r\nb: 2\r\n".encode(), "a.yaml")
    assert data == {"a": 1, "b": 2} and places.at(("b",)) == "a.yaml:2"


def test_a_missing_file_is_a_problem(tmp_path):
    """A path that cannot be read is an answer, no traceback."""
    with pytest.raises(InvalidInput, match="a readable file"):
        read_yaml(tmp_path / "no.yaml")


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_text_is_read_or_refused(source):
    """No input raises anything but InvalidInput, and every problem names the file."""
    raw = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    try:
        read_yaml(raw, "a.yaml")
    except InvalidInput as error:
        assert error.problems and all(problem.where.startswith("a.yaml") for problem in error.problems)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.integers(-(10**15), 10**15) | st.decimals(-(10**6), 10**6, places=2) | st.dates(dt.date(1000, 1, 1)))
def test_plain_values_round_trip(value):
    """Whole numbers, two-decimal amounts and dates are read as themselves."""
    assert resolve_scalar(str(value)) == (float(value) if "." in str(value) else value)
