"""Names cut so that they can be told apart: "Guest Ana" and "Guest Bo" are "…Ana" and "…Bo". Pure."""

from collections.abc import Callable
from functools import lru_cache

Fits = Callable[[str], bool]


def short_name(name: str, others: tuple[str, ...], fits: Fits) -> str:
    """`name` without what others begin with, too, if all of it does not fit; what is over at its end is not cut here.

    fits: whether a text has room. It begins with the word that tells, else as early as the sign that tells is in sight.
    """
    if fits(name):
        return name
    tells = _tells(name, others)
    word = name.rfind(" ", 0, tells) + 1
    starts = (start for start in (word, *range(word, tells)) if fits(_from(name, start, tells + 1)))
    return _from(name, next(starts, tells), len(name))


@lru_cache(maxsize=256)
def _tells(name: str, others: tuple[str, ...]) -> int:
    """Where the sign stands by which it differs from all others, from 0; the last one where it only goes on less."""
    alike = (
        next((at for at, (one, two) in enumerate(zip(name, other, strict=False)) if one != two), len(other))
        for other in others
        if other != name
    )
    return min(max(alike, default=0), len(name) - 1)


def _from(name: str, start: int, end: int) -> str:
    """A part of it, marked where something is left out."""
    return f"{'…' if start else ''}{name[start:end]}{'…' if end < len(name) else ''}"
