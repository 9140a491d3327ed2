"""The customers of a data file, described as training describes them: no other program has to make their features."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scenarios.problems import InvalidInput, Problem
from surrogate.data.data_spec import DataSpec
from surrogate.data.files.columns import factorized
from surrogate.data.files.pseudonyms import Pseudonyms, key_for
from surrogate.data.files.table_files import read_batches
from surrogate.data.loading import load_events
from surrogate.data.weeks import week_of
from surrogate.people.own_segments import no_list
from surrogate.people.placing import CustomerRows
from surrogate.people.profile_axes import ProfileSpace
from surrogate.people.profiles import build_features
from surrogate.people.segment_list import segment_list


def customers_of(spec: DataSpec, space: ProfileSpace, base: Path, *, ids: bool) -> CustomerRows:
    """Return one row a customer of a data file, with the features that a model knows, as of its last day.

    Parameters
    ----------
    spec, base
        The data file, and the folder that its file names are relative to.
    space
        The model's features.
    ids
        Whether customers are named by the ids of the purchases, not by their pseudonyms.

    Raises
    ------
    InvalidInput
        When the data cannot be used, or gives other features or own segments than the model knows; with ``ids`` also
        where no key can be kept, because ids are found again by their pseudonyms.
    """
    if ids:
        key_for()
    events = load_events(spec, until=spec.test_until, base=base)
    features = build_features(events, events.categories, last_week=week_of(spec.test_until))
    label = None
    if space.own:
        own = segment_list(spec, base)
        if own is None:
            raise InvalidInput([no_list("--place", space.own)])
        label = own.of_model(space.ids, events, features).label
    place = {name: number for number, name in enumerate(features.names)}
    other = [name for name in space.scale.names if name not in place]
    if other:
        expected, got = "the features that the model has learned from", f"no {', '.join(other[:6])}"
        remedy = "name the data file that the model was trained on, or train again"
        raise InvalidInput([Problem(where="--place", what="data file", expected=expected, got=got, remedy=remedy)])
    pseudonyms = events.customers[features.customers].tolist()
    names = _ids(spec, base, {int(each) for each in pseudonyms}) if ids else {}
    return CustomerRows(
        ids=tuple(names[int(each)] if ids else str(each) for each in pseudonyms),
        raw=features.raw[:, [place[name] for name in space.scale.names]],
        missing=(),
        pseudonyms=not ids,
        label=label,
    )


def _ids(spec: DataSpec, base: Path, wanted: set[int]) -> dict[int, str]:
    """Ids of the purchases by pseudonym; files are read once more, because nothing behind the reader knows an id."""
    if spec.files is None:
        expected, remedy = "a data file of your own", "leave --ids and --key out: packaged customers are nobody's"
        raise InvalidInput([Problem(where="--ids", what="data file", expected=expected, remedy=remedy)])
    part, pseudonyms, found = spec.files.transactions, Pseudonyms(key_for()), dict[int, str]()
    for batch in read_batches(base, part):
        _, texts = factorized(batch, part.customer)
        numbers = pseudonyms.numbers(np.array(texts, dtype=object)).tolist()
        found |= {number: text for number, text in zip(numbers, texts, strict=True) if number in wanted}
    return found
