"""A page as a file: made of a template, sealed so that a changed one is known, never written over anything else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from planner.overwriting import refuse_other_endings, refuse_overwriting

ENDING = ".html"
_SEAL = "<!-- campaign-planner, SHA-256 of what stands above: {} -->\n"
"""Last line of a page, by which it is known whether anybody changed it."""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """A file that the page was made of, and its hash."""

    name: str
    sha256: str


def check_page_path(path: Path, inputs: Iterable[tuple[str, Path]] = ()) -> None:
    """Refuse a name that no browser takes for a page, before anything is read.

    Parameters
    ----------
    inputs
        What this run reads, each with its name in words.

    Raises
    ------
    InvalidInput
        For another ending than .html, for folders, and where another file stands there.
    """
    refuse_other_endings(path, ENDING, option="--html")
    older = "an older page that nobody has changed"
    refuse_overwriting(path, option="--html", older=older, is_older=is_as_written, inputs=inputs)


def is_as_written(path: Path) -> bool:
    """Whether a file is a page as it was written here."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    body = content[: -len(_SEAL.format(64 * "0"))]
    return content == _sealed(body)


def laid_out(template: str, **values: Any) -> bytes:
    """Return the bytes of a page; texts of a scenario are escaped wherever they stand.

    Parameters
    ----------
    template
        Name of a template of this folder; ``values`` are what it names.
    """
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_resource),
    )
    return _sealed(made.get_template(template).render(css=_resource("page.css"), **values).encode())


def _resource(name: str) -> str:
    return files("planner.page").joinpath(name).read_text(encoding="utf-8")


def _sealed(body: bytes) -> bytes:
    return body + _SEAL.format(hashlib.sha256(body).hexdigest()).encode()
