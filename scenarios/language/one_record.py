"""A question in which one record says something else."""

from __future__ import annotations

from scenarios.language.schema import Scenario


def with_record(scenario: Scenario, section: str, name: str, **changes: object) -> Scenario:
    """Return the scenario with other values in the record of a section that has an id.

    Parameters
    ----------
    section
        Key of a list of records, such as ``limits``.
    name
        Id of the record.
    changes
        New values by key, as they are valid.
    """
    records = tuple(each.model_copy(update=changes) if each.id == name else each for each in getattr(scenario, section))
    return scenario.model_copy(update={section: records})
