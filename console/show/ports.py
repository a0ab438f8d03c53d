"""Who has which device output, and which are free. Pure."""

from collections.abc import Collection

from console.settings.sound import MOST_PORTS


def free_words(taken: Collection[int], many: int) -> str:
    """The lowest ports that nobody has, as many as are wanted, in words: "3 and 4 are free"."""
    free = [port for port in range(1, MOST_PORTS + 1) if port not in taken][:many]
    return f"{' and '.join(map(str, free))} {'is' if len(free) == 1 else 'are'} free" if free else "none is free"
