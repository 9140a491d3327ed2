"""Whatever stands in a scenario or a table, loading answers with problems or a scenario, never with a traceback."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import FILES, write_shop

from scenarios.language.text.strict_yaml import read_yaml
from scenarios.loading.load import load_scenario
from scenarios.problems import InvalidInput

DATA, _ = read_yaml(FILES["shop.yaml"].encode(), "shop.yaml")
ODD = [None, True, -1, 0, 3.5, 10**12, "", "x", "50%", "-5%", "phone", "*", "basket", "2026-11-03", [], [[]], ["x"], {}]
ODD += [
    {"table": "effects.csv"},
    {"table": "no.csv"},
    {"id": "x"},
    [{"id": "x"}],
    [None],
    {"learn": {}},
]
CHARACTERS = [*',:\n"[]{}-#%*&!|> \t0.x', "é", "\x00"]


def _paths(node, path=()):
    yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, below in items:
        yield from _paths(below, (*path, key))


PATHS = [path for path in _paths(DATA) if path]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the shop, written once."""
    place = tmp_path_factory.mktemp("shop")
    write_shop(place)
    return place


def _answer(path):
    try:
        return load_scenario(path).scenario
    except InvalidInput as error:
        assert error.problems
        for problem in error.problems:
            assert problem.where and problem.what and problem.expected and "Traceback" not in str(problem)
            assert "<" not in problem.what and "function-" not in str(problem), "no inner words of the validator"
        return None


@settings(derandomize=True, deadline=None, max_examples=120)
@given(st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(ODD), st.booleans()), min_size=1, max_size=3))
def test_odd_values_anywhere_are_answered(folder, edits):
    """Any value may be replaced by any other, or deleted, without an exception other than InvalidInput."""
    data = copy.deepcopy(DATA)
    for path, value, delete in edits:
        here = data
        try:
            for key in path[:-1]:
                here = here[key]
            if delete:
                del here[path[-1]]
            else:
                here[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier edit took the place away
    text = json.dumps({str(key): value for key, value in data.items()}, default=str, ensure_ascii=False, skipkeys=True)
    folder.joinpath("odd.yaml").write_text(text, encoding="utf-8")
    _answer(folder / "odd.yaml")


@settings(derandomize=True, deadline=None, max_examples=75)
@given(
    st.sampled_from(sorted(FILES)),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 8), st.sampled_from(CHARACTERS))),
)
def test_broken_text_anywhere_is_answered(folder, name, cuts):
    """Characters cut from or put into any file give problems or a scenario."""
    text = FILES[name]
    for place, cut, put in cuts:
        at = int(place * len(text))
        text = text[:at] + put + text[at + cut :]
    folder.joinpath(name).write_text(text, encoding="utf-8")
    try:
        _answer(folder / "shop.yaml")
    finally:
        folder.joinpath(name).write_text(FILES[name], encoding="utf-8")
