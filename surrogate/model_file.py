"""Model files: a folder with weights (npz, no pickle) and a JSON that says what they are. No customer is in it."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from scenarios.problems import InvalidInput, Problem
from surrogate.model import (
    MODEL_FORMAT,
    Ensemble,
    FeatureShares,
    LearnedGroups,
    Model,
    RecentShelf,
)
from surrogate.network import EffectNet
from surrogate.profiles import Scale

WEIGHTS, DESCRIPTION = "weights.npz", "model.json"
_PLAIN = ("source", "train_until", "test_until", "lift_sd", "take_up_cv", "accuracy", "data_hash", "seed", "versions")
_ARRAYS: dict[str, tuple[str, ...]] = {
    "scale": ("logged", "centre", "spread"),
    "ensemble": ("item_response", "item_weight", "item_category"),
    "groups": ("customers", "features", "raw", "base", "base_cv"),
    "recent": ("weeks", "depth", "display", "mailer"),
}
_OWN_ARRAYS = ("population", "regular_price", "weekday_share", "seen")
_STAMP = (1980, 1, 1, 0, 0, 0)


def save_model(model: Model, folder: Path | str) -> None:
    """Write a model to a folder, whole or not at all; the same model gives the same bytes."""
    target = Path(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {name: getattr(model, name) for name in _OWN_ARRAYS}
    for part, names in _ARRAYS.items():
        arrays |= {f"{part}.{name}": getattr(getattr(model, part), name) for name in names}
    for field in fields(EffectNet):
        arrays[f"network.{field.name}"] = np.stack(
            [np.asarray(getattr(n, field.name)) for n in model.ensemble.networks]
        )
    weights = _npz(arrays)
    text = {
        "format": MODEL_FORMAT,
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        **{name: getattr(model, name) for name in _PLAIN},
        "categories": list(model.categories),
        "features": list(model.scale.names),
        "segments": [
            {"id": name, "name": model.groups.names[number], "orders": model.groups.orders[number]}
            for number, name in enumerate(model.groups.ids)
        ],
        "feature_offers": {
            name: {"display": share.display, "mailer": share.mailer} for name, share in model.feature_offers.items()
        },
        "notes": list(model.notes),
        "cleaning": list(model.cleaning),
    }
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        (draft / WEIGHTS).write_bytes(weights)
        description = json.dumps(text, indent=1, ensure_ascii=False, allow_nan=True) + "\n"
        (draft / DESCRIPTION).write_text(description, encoding="utf-8")
        draft.chmod(0o755)
        _replace(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _replace(draft: Path, target: Path) -> None:
    """Put the finished folder in place; an older one steps aside first, because folders cannot be renamed over."""
    if target.exists():
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
        target.replace(aside / "model")
        draft.replace(target)
        shutil.rmtree(aside, ignore_errors=True)
    else:
        draft.replace(target)


def _npz(arrays: dict[str, NDArray[Any]]) -> bytes:
    """Return an npz archive without time stamps."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, values in sorted(arrays.items()):
            body = io.BytesIO()
            np.lib.format.write_array(body, np.ascontiguousarray(values), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", date_time=_STAMP), body.getvalue())
    return out.getvalue()


def load_model(folder: Path | str) -> Model:
    """Read a model folder.

    Raises
    ------
    InvalidInput
        When the folder is missing, damaged, or of another version.
    """
    where = Path(folder)
    text, weights = _read(where)
    if text.get("format") != MODEL_FORMAT:
        remedy = "train it again with this version: campaign train"
        raise _broken(where, f"a model of the format {MODEL_FORMAT}", str(text.get("format")), remedy)
    if hashlib.sha256(weights).hexdigest() != text.get("weights_sha256"):
        raise _broken(where, f"{WEIGHTS} as it was saved with {DESCRIPTION}", "other bytes (damaged or exchanged)")
    try:
        with np.load(io.BytesIO(weights), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        return _build(text, arrays)
    except (KeyError, TypeError, ValueError, IndexError, OSError, zipfile.BadZipFile) as error:
        raise _broken(where, "a complete model", f"{type(error).__name__}: {error}") from None


def _read(where: Path) -> tuple[dict[str, Any], bytes]:
    try:
        text = json.loads((where / DESCRIPTION).read_text(encoding="utf-8"))
        weights = (where / WEIGHTS).read_bytes()
    except OSError as error:
        expected = f"a model folder with {DESCRIPTION} and {WEIGHTS}"
        raise _broken(where, expected, error.strerror or "unreadable", "campaign train writes one") from None
    except ValueError:
        raise _broken(where, f"{DESCRIPTION} in JSON", "damaged text") from None
    if not isinstance(text, dict):
        raise _broken(where, f"{DESCRIPTION} with named entries", type(text).__name__)
    return text, weights


def _broken(where: Path, expected: str, got: str, remedy: str = "train it again: campaign train") -> InvalidInput:
    return InvalidInput([Problem(where=str(where), what="model", expected=expected, got=got, remedy=remedy)])


def _build(text: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Model:
    def part(name: str) -> dict[str, Any]:
        return {field: arrays[f"{name}.{field}"] for field in _ARRAYS[name]}

    networks = tuple(
        EffectNet(**{field.name: arrays[f"network.{field.name}"][number] for field in fields(EffectNet)})
        for number in range(len(arrays["network.profile"]))
    )
    segments = text["segments"]
    return Model(
        **cast("dict[str, Any]", {name: text[name] for name in _PLAIN}),
        **cast("dict[str, Any]", {name: arrays[name] for name in _OWN_ARRAYS}),
        categories=tuple(text["categories"]),
        scale=Scale(names=tuple(text["features"]), **part("scale")),
        ensemble=Ensemble(networks=networks, **part("ensemble")),
        groups=LearnedGroups(
            ids=tuple(one["id"] for one in segments),
            names=tuple(one["name"] for one in segments),
            orders=tuple(tuple((bin_[0], bin_[1], bin_[2]) for bin_ in one["orders"]) for one in segments),
            **part("groups"),
        ),
        recent=RecentShelf(**part("recent")),
        feature_offers={name: FeatureShares(**share) for name, share in text["feature_offers"].items()},
        notes=tuple(text["notes"]),
        cleaning=tuple(text["cleaning"]),
    )
