"""Segments that a scenario declares itself, by what their profile says of the experiment's features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.language.schema import Segment
from scenarios.problems import InvalidInput, Problem, did_you_mean, shown
from surrogate.digits import to_digits
from surrogate.experiment.features import Encoder, hash_words
from surrogate.experiment.lifts import Who
from surrogate.experiment.model import ExperimentModel

Float = NDArray[np.float64]


def declared_shares(model: ExperimentModel, segments: tuple[Segment, ...]) -> Who:
    """Return declared segments as one group each: X from their profile, the average customer's where it says nothing.

    Raises
    ------
    InvalidInput
        For profile keys that the experiment does not know, and values of the wrong kind.
    """
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
    features = to_digits(np.where(np.isnan(raw), model.groups.population, encoder.scaled(raw)))
    return Who(features=features, share=np.eye(len(segments)), learned=False)


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
