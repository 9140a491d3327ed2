"""Options that mean something beside another one only."""

from __future__ import annotations


def refuse_lonely(needed: object, *, beside: str = "--rollout OUT", **given: object) -> None:
    """Refuse options that mean something beside another one only.

    Parameters
    ----------
    needed
        The option that they need, as it was given; None where it was not.
    beside
        That option, in words.
    given
        These options, by name.

    Raises
    ------
    InvalidInput
        Where one of them is given without it.
    """
    from scenarios.problems import InvalidInput, Problem

    lonely = [name for name, value in given.items() if value]
    if needed is None and lonely:
        raise InvalidInput(
            [
                Problem(where=f"--{name}", what="option", expected=f"{beside} beside it", remedy=f"add {beside}")
                for name in lonely
            ]
        )
