"""A disk that fails, in the director's words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from console.core.errors import UserError


@contextmanager
def in_words(what: str) -> Iterator[None]:
    """What fails within is a UserError: `what`, why, and what to do."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        fix = "Free some space, or choose another data folder." if _is_full(error) else "Check the data folder."
        raise UserError(f"{what} ({error}).", fix=fix) from error


def _is_full(error: Exception) -> bool:
    return "full" in str(error) or "space" in str(error)
