"""Model files: a folder with weights (npz, no pickle) and a JSON that says what they are. No customer is in it."""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from scenarios.problems import InvalidInput, Problem
from scenarios.whole import replacing, try_place
from surrogate.model import MODEL_FORMAT, Model
from surrogate.parts import Arrays, PartsError, put_together, take_apart, unpack
from surrogate.stored_sizes import check_sizes

WEIGHTS, DESCRIPTION = "weights.npz", "model.json"
KINDS = {"transactions": ("surrogate.model", "Model"), "experiment": ("surrogate.experiment.model", "ExperimentModel")}
"""Module and record of every kind of model; read only when such a model is loaded."""
SECTIONS = {
    "response-terms": ("surrogate.evidence.gather", "FittedTerms"),
    "product-series": ("surrogate.evidence.terms.rival_losses", "ProductSeries"),
    "suspicions": ("surrogate.evidence.suspicion", "Suspicions"),
    "precedents": ("surrogate.evidence.precedents", "Precedents"),
    "own-segments": ("surrogate.people.own_segments", "ListedBy"),
    "tests": ("surrogate.evidence.gather", "StoredTests"),
    "held-out-test": ("surrogate.held_out.measured", "KeptTest"),
    "sent-before": ("surrogate.evidence.sent_before", "SentBefore"),
    "named-uses": ("surrogate.evidence.named_uses", "NamedUses"),
    "named-uses-of-bundles": ("surrogate.evidence.named_uses", "NamedUses"),
    "named-uses-of-gifts": ("surrogate.evidence.named_uses", "NamedUses"),
    "anonymous-sales": ("surrogate.people.anonymous_sales", "AnonymousSales"),
    "answer-errors": ("surrogate.evidence.uncertainty.answer_errors", "AnswerErrors"),
    "fading": ("surrogate.effects.fading", "LearnedFading"),
    "common-levels": ("surrogate.evidence.uncertainty.common_levels", "CommonLevels"),
    "customer-rates": ("surrogate.evidence.customer_rates", "LearnedRates"),
    "weather": ("surrogate.evidence.uncertainty.weather", "WeeklyWeather"),
}
"""Module and record of the sections that this version knows; others are left as they are."""
_SEAL = ',\n "sha256": "'
_STAMP = (1980, 1, 1, 0, 0, 0)
_AGAIN = "train it again: campaign train"


class Trained(Protocol):
    """What a record must say of itself to be saved as a model: a kind, and how few customers a figure is about."""

    @property
    def kind(self) -> str:
        """Name of its kind, one of `KINDS`."""

    @property
    def smallest_group(self) -> int:
        """Customers of the smallest group."""


def save_model(model: Trained, folder: Path | str) -> None:
    """Write a model to a folder, whole or not at all; the same model gives the same bytes.

    Raises
    ------
    InvalidInput
        When the folder holds other files than a model's; a damaged model is replaced.
    """
    target = Path(folder)
    if not _replaceable(target):
        raise _taken(target)
    values, arrays = take_apart(model)
    weights = npz_bytes(arrays)
    document = {
        "format": MODEL_FORMAT,
        "kind": model.kind,
        "smallest_group": model.smallest_group,
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "model": values,
    }
    with replacing(target.resolve()) as draft:
        _write(draft / WEIGHTS, weights)
        _write(draft / DESCRIPTION, sealed(document))


def check_target(folder: Path | str) -> None:
    """Refuse a place that a model cannot be written to, or would replace something else in; before training starts.

    Raises
    ------
    InvalidInput
        When the place is a file, a folder that holds anything but a model, or one whose ``model.json`` is another's.
    OSError
        Where the system lets nobody write there.
    """
    target = Path(folder)
    if not _replaceable(target) or ((target / DESCRIPTION).exists() and not _is_model(target / DESCRIPTION)):
        raise _taken(target)
    try_place(target)


def _replaceable(target: Path) -> bool:
    return not target.exists() or (target.is_dir() and {one.name for one in target.iterdir()} <= {WEIGHTS, DESCRIPTION})


def _is_model(description: Path) -> bool:
    """Whether a description begins as those of every version do."""
    try:
        with description.open("rb") as file:
            return f'"format": "{MODEL_FORMAT.partition("/")[0]}/'.encode() in file.read(200)
    except OSError:
        return False


def _taken(target: Path) -> InvalidInput:
    got = "a folder with other files" if target.is_dir() else "a file"
    remedy = "name a new folder: writing a model replaces the whole folder"
    return _broken(target, "a new or empty folder, or an older model to replace", got, remedy)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sealed(document: dict[str, Any]) -> bytes:
    """Return the document as JSON whose last entry is the hash of all that stands before it."""
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False).removesuffix("\n}")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f'{text}{_SEAL}{digest}"\n}}\n'.encode()


def npz_bytes(arrays: dict[str, NDArray[Any]]) -> bytes:
    """Return an npz archive without time stamps."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, values in sorted(arrays.items()):
            body = io.BytesIO()
            np.lib.format.write_array(body, np.ascontiguousarray(values).reshape(values.shape), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=_STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, body.getvalue())
    return out.getvalue()


def load_model(folder: Path | str) -> Model:
    """Read a model of purchase data.

    Raises
    ------
    InvalidInput
        When the folder is missing, damaged, of another version, or a model of another kind.
    """
    model = load_any(folder)
    if not isinstance(model, Model):
        remedy = "campaign effects shows the segments of an experiment, in a scenario with effects: {model: FOLDER}"
        raise _broken(Path(folder), "a model of purchase data (kind: transactions)", f"kind: {model.kind}", remedy)
    return model


def load_any(folder: Path | str) -> Trained:
    """Read a model of any kind.

    Raises
    ------
    InvalidInput
        When the folder is missing, damaged, or of another version.
    """
    where = Path(folder)
    document, arrays = read_parts(where)
    place = KINDS.get(str(document.get("kind")))
    if place is None:
        raise _broken(where, f"a model of kind {' or '.join(KINDS)}", f"kind: {document.get('kind')}")
    try:
        model = put_together(_record(place), document["model"], arrays)
        sizes = check_sizes(model)
        for name in SECTIONS.keys() & model.sections.keys():
            check_sizes(unpack(model.sections[name], _record(SECTIONS[name])), sizes, f"sections.{name}.")
        return cast("Trained", model)
    except (PartsError, KeyError, TypeError, ValueError) as error:
        raise _broken(where, "a complete model", str(error)) from None


def _record(place: tuple[str, str]) -> Any:
    """Return the record of a kind or a section."""
    return getattr(importlib.import_module(place[0]), place[1])


def read_parts(where: Path) -> tuple[dict[str, Any], Arrays]:
    """Return the description and the arrays of a model folder, proven to be as they were saved.

    Raises
    ------
    InvalidInput
        When the folder is missing, damaged, or of another version.
    """
    text, weights = _read(where)
    document = _document(text, where)
    if hashlib.sha256(weights).hexdigest() != document.get("weights_sha256"):
        raise _broken(where, f"{WEIGHTS} as it was saved with {DESCRIPTION}", "other bytes (damaged or exchanged)")
    try:
        with np.load(io.BytesIO(weights), allow_pickle=False) as archive:
            return document, {name: archive[name] for name in archive.files}
    except (KeyError, TypeError, ValueError, EOFError, OSError, zipfile.BadZipFile):
        raise _broken(where, "weights that can be read", "a file that is cut off, or of another format") from None


def _read(where: Path) -> tuple[str, bytes]:
    try:
        return (where / DESCRIPTION).read_bytes().decode(), (where / WEIGHTS).read_bytes()
    except OSError as error:
        expected = f"a model folder with {DESCRIPTION} and {WEIGHTS}"
        raise _broken(where, expected, (error.strerror or "unreadable").lower(), "campaign train writes one") from None
    except ValueError:
        raise _broken(where, f"{DESCRIPTION} in JSON", "damaged text") from None


def _document(text: str, where: Path) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise _broken(where, f"{DESCRIPTION} in JSON", "damaged text") from None
    if not isinstance(document, dict):
        raise _broken(where, f"{DESCRIPTION} with named entries", type(document).__name__)
    if document.get("format") != MODEL_FORMAT:
        remedy = "train it again with this version: campaign train"
        raise _broken(where, f"a model of the format {MODEL_FORMAT}", str(document.get("format")), remedy)
    head, _, tail = text.rpartition(_SEAL)
    if tail != f'{hashlib.sha256(head.encode()).hexdigest()}"\n}}\n':
        raise _broken(where, f"{DESCRIPTION} as it was saved", "other text (damaged or edited)")
    return document


def _broken(where: Path, expected: str, got: str, remedy: str = _AGAIN) -> InvalidInput:
    return InvalidInput([Problem(where=str(where), what="model", expected=expected, got=got, remedy=remedy)])
