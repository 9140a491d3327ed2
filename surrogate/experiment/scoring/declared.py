"""Segments that a scenario lists: the model's own by their ids, all others by what their profile says.

What a profile leaves out is as among all customers, or as among those of the model's segment of that id: a declared
segment is a copy of all the groups that these customers are in, with what the profile says written over
(standardisation to the experiment's customers: Mueller and MacLehose, doi:10.1093/ije/dyu029). One average customer
would not do: the mean outcome of many customers is not the outcome of their mean, which may be nobody at all (a third
of each of three cities).
"""

from __future__ import annotations

import numpy as np

from scenarios.arrays import Float
from scenarios.language.schema import Scenario, Segment
from scenarios.problems import InvalidInput, Problem, did_you_mean, shown
from surrogate.digits import to_digits
from surrogate.experiment.model import ExperimentModel
from surrogate.experiment.prepared.features import Encoder, hash_words
from surrogate.experiment.scoring.lifts import Who
from surrogate.scoring.listed import as_learned, own_rows


def who_of(model: ExperimentModel, scenario: Scenario) -> Who:
    """Return a scenario's segments, learned or listed, as mixtures of the model's groups.

    Raises
    ------
    InvalidInput
        For profile keys that the experiment does not know, and values of the wrong kind.
    """
    own = model.groups
    if not isinstance(scenario.segments, tuple):
        return Who(features=own.features, share=own.share, learned=True, rows=tuple(range(len(own.ids))))
    rows = as_learned(own.ids, scenario.segments)
    if rows is None:
        return _declared(model, scenario.segments)
    return Who(features=own.features, share=own.share[list(rows)], learned=True, rows=rows)


def _declared(model: ExperimentModel, segments: tuple[Segment, ...]) -> Who:
    """Return segments of which one at least has a profile, or an id that is none of the model's."""
    encoder = model.encoder
    kinds = {source.column: source.kind for source in reversed(encoder.sources)}
    names = {source.name: index for index, source in enumerate(encoder.sources)}
    raw = np.full((len(segments), len(encoder.sources)), np.nan)
    problems = []
    for row, segment in enumerate(segments):
        for key, value in segment.profile.items():
            where = f"segments.{segment.id}.profile.{key}"
            if key not in kinds and key not in names:
                remedy = did_you_mean(key, (*kinds, *names))
                expected = "a feature of the experiment"
                problems.append(Problem(where="model", what=where, expected=expected, got=key, remedy=remedy))
                continue
            wanted = "a number" if key in names or kinds[key] == "number" else "a word"
            if isinstance(value, str) is (wanted == "a number"):
                problems.append(Problem(where="model", what=where, expected=wanted, got=shown(value)))
                continue
            _fill(raw[row], encoder, key, value)
    if problems:
        raise InvalidInput(problems)
    own, size = model.groups.features, model.groups.customers @ model.groups.share
    rows = own_rows(model.groups.ids, segments)
    mixed = [size / size.sum() if row is None else model.groups.share[row] for row in rows]
    said = np.repeat(np.where(np.isnan(raw), np.nan, encoder.scaled(raw)), len(own), axis=0)
    like = np.tile(np.arange(len(own)), len(segments))
    return Who(
        features=to_digits(np.where(np.isnan(said), own[like], said)),
        share=(np.eye(len(rows))[:, :, None] * np.stack(mixed)[:, None]).reshape(len(rows), -1),
        learned=False,
        rows=rows,
        like=like,
        own=own[like],
    )


def _fill(raw: Float, encoder: Encoder, key: str, value: float | str) -> None:
    """Write one entry of a profile into the raw features [F] that it speaks of."""
    words = hash_words(np.array([str(value)]))[0]
    for index, source in enumerate(encoder.sources):
        if source.name == key and not isinstance(value, str):
            raw[index] = value
        elif source.column != key:
            continue
        elif source.kind == "number":
            raw[index] = value
        elif source.kind == "missing":
            raw[index] = 0.0
        elif source.kind == "level":
            raw[index] = float(encoder.level_of(key, str(value)) == source.level)
        else:
            raw[index] = words[int(source.level)]
