"""Which keys may be written where: the fields of the models below a place of a scenario."""

from __future__ import annotations

import types
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, Tag


def fields_of(model: type[BaseModel], loc: tuple[int | str, ...]) -> dict[str, bool]:
    """Return the keys that may be written at a pydantic location, in order, and whether each is required."""
    candidates: list[Any] = [model]
    for part in loc:
        candidates = [below for candidate in candidates for below in _below(candidate, part)]
    keys: dict[str, bool] = {}
    for candidate in candidates:
        for kind in _alternatives(candidate):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                keys |= {field.alias or name: field.is_required() for name, field in kind.model_fields.items()}
    return keys


def _below(annotation: Any, part: int | str) -> Iterator[Any]:
    if isinstance(part, str) and part.startswith("<"):
        yield from _tagged(annotation, part)
        return
    for kind in _alternatives(annotation):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if isinstance(part, str) and _tag_of(kind) == part:
                yield kind
            for name, field in kind.model_fields.items():
                if part in (name, field.alias):
                    yield field.annotation
        elif get_origin(kind) in (tuple, list) and isinstance(part, int):
            yield get_args(kind)[0]
        elif get_origin(kind) is dict and isinstance(part, str):
            yield get_args(kind)[1]


def _tagged(annotation: Any, tag: str) -> Iterator[Any]:
    """Yield the branch of a union that bears a tag."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated and any(isinstance(mark, Tag) and mark.tag == tag for mark in parts[1:]):
        yield parts[0]
    elif origin is Annotated:
        yield from _tagged(parts[0], tag)
    elif origin in (Union, types.UnionType):
        for part in parts:
            yield from _tagged(part, tag)


def _tag_of(kind: type[BaseModel]) -> str | None:
    """Return the fixed word of a rule record's ``rule`` field."""
    field = kind.model_fields.get("rule")
    if field is not None and get_origin(field.annotation) is Literal:
        return str(get_args(field.annotation)[0])
    return None


def _alternatives(annotation: Any) -> Iterator[Any]:
    """Yield the plain types inside Annotated and unions."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _alternatives(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for part in get_args(annotation):
            yield from _alternatives(part)
    elif annotation is not None and not (isinstance(annotation, type) and issubclass(annotation, Enum)):
        yield annotation
