"""Values of offers and channels that are refused before they are read: a share for an amount, a blank for a name."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationInfo

from scenarios.language.values import refused

_OTHER_COLUMNS = ("customer", "pseudonym", "segment")
"""Columns of customers' files that mean something else."""


def no_share(value: Any, info: ValidationInfo) -> Any:
    """Refuse a percentage where an amount is asked for; it is the other key.

    Raises
    ------
    PydanticCustomError
        For a percentage.
    """
    if isinstance(value, str) and value.strip().endswith("%"):
        remedy = f"write share: {value.strip()} for a share of discount, gift and fixed cost"
        each = "line, such as 500.00" if info.field_name == "per_line" else "unit, such as 0.40"
        raise refused(f"an amount of money for each {each}", remedy=remedy)
    return value


def column_name(value: Any) -> Any:
    """Refuse a column without a name.

    Raises
    ------
    PydanticCustomError
        For a blank, and for a yes or no in its place.
    """
    if isinstance(value, str) and not value.strip():
        remedy = "write it, or delete consent: then the channel reaches everybody"
        raise refused("the name of a column, such as newsletter", got="a blank", remedy=remedy)
    if value in _OTHER_COLUMNS:
        remedy = "name the column that says yes or no"
        got = f"{value}, which tells who a customer is"
        raise refused("a column that says yes or no, such as newsletter", got=got, remedy=remedy)
    return value
