"""Columns of a customers' file that are features of a model: which are which, misspelt, or missing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from planner.assign.customers.customer_file import CustomerFile
from scenarios.first_few import first_few
from scenarios.problems import InvalidInput, Problem, did_you_mean
from surrogate.data.files.customer_file import in_words
from surrogate.scoring.single import SingleScorer

_MEANT = 0.75
"""How alike a column and a feature are, of 1, from which on one is taken for the other."""


def features_of(file: CustomerFile, scorer: SingleScorer) -> tuple[dict[str, str], dict[str, str]]:
    """Return the file's column of each feature; spaces and underscores are the same.

    Raises
    ------
    InvalidInput
        For a file without a feature, and for columns that stand for one under another name.
    """
    columns = {name.replace(" ", "_"): name for name in file.columns}
    found = [
        {name: columns[name.replace(" ", "_")] for name in names if name.replace(" ", "_") in columns}
        for names in (scorer.numbers, scorer.words)
    ]
    if not (found[0] or found[1]):
        every = (*scorer.numbers, *scorer.words)
        known = [name.replace(" ", "_") for name in every]
        remedy = f"{did_you_mean('', known)}; or give columns value_OFFER with scores of your own"
        got = in_words(file.columns)
        expected = "at least one feature of the scenario's model"
        raise InvalidInput([Problem(where=str(file.path), what="header", expected=expected, got=got, remedy=remedy)])
    _refuse_misspelt(file, [*scorer.numbers, *scorer.words], {**found[0], **found[1]})
    return found[0], found[1]


def _refuse_misspelt(file: CustomerFile, features: Sequence[str], known: Mapping[str, str]) -> None:
    """Refuse columns that stand for a feature under another name: without it everybody would be the average."""
    missing = {name.replace(" ", "_"): name for name in features if name not in known}
    problems = []
    for column in file.columns:
        close = difflib.get_close_matches(column.replace(" ", "_").lower(), missing, 1, _MEANT)
        if close and column not in known.values():
            expected = f"{close[0]}, a feature of the model, which is not in the file"
            remedy = f"rename it to {close[0]} if that is meant, else delete it or give it another name"
            problems.append(Problem(where=str(file.path), what="header", expected=expected, got=column, remedy=remedy))
    if problems:
        raise InvalidInput(problems)


def unknown_features(scorer: SingleScorer, known: Mapping[str, str]) -> Iterator[str]:
    """Say which features nobody's are known of."""
    missing = [name for name in (*scorer.numbers, *scorer.words) if name not in known]
    if missing:
        yield f"not in the file, so as the average customer's: {first_few(missing, 6)}"
