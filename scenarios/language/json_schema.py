"""The JSON Schema of scenario files, for editors that complete and check while typing."""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import textwrap
from collections.abc import Iterator
from typing import Any

from scenarios.language.schema import Scenario
from scenarios.language.values import Record


def schema_json() -> str:
    """Return the JSON Schema of a scenario; the docstring below a field is its description."""
    schema = Scenario.model_json_schema()
    records = {record.__name__: record for record in _records(Record)}
    for name, described in (("Scenario", schema), *schema.get("$defs", {}).items()):
        if name in records:
            _describe(described, records[name])
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _records(base: type[Record]) -> Iterator[type[Record]]:
    for record in base.__subclasses__():
        yield record
        yield from _records(record)


def _describe(described: dict[str, Any], record: type[Record]) -> None:
    texts: dict[str, str] = {}
    for parent in reversed(record.__mro__):
        if issubclass(parent, Record) and parent is not Record:
            texts |= _field_texts(parent)
    for name, field in record.model_fields.items():
        key = field.alias or name
        if key in described.get("properties", {}) and name in texts:
            described["properties"][key]["description"] = texts[name]


def _field_texts(record: type[Record]) -> dict[str, str]:
    """Read the docstrings that stand below the fields of a record."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(record))).body
    body = node.body if isinstance(node, ast.ClassDef) else []
    texts: dict[str, str] = {}
    for field, text in itertools.pairwise(body):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr)):
            continue
        if isinstance(text.value, ast.Constant) and isinstance(text.value.value, str):
            texts[field.target.id] = " ".join(text.value.value.split())
    return texts
