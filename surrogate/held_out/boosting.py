"""LightGBM, where its library can be loaded: a peer to compare with, no part of what is learned."""

from __future__ import annotations

from typing import Any


class BoostingUnavailableError(RuntimeError):
    """LightGBM is not installed or its library cannot be loaded."""

    def __str__(self) -> str:
        return f"LightGBM was not run, its library cannot be loaded: {' '.join(map(str, self.args))}"


def lightgbm() -> Any:
    """Return the library.

    Raises
    ------
    BoostingUnavailableError
        When it cannot be loaded.
    """
    try:
        import lightgbm as library
    except (ImportError, OSError) as error:
        raise BoostingUnavailableError(str(error)) from None
    return library
