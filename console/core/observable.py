"""Values that can be watched. One thread (the loop's) owns them; nothing here locks."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Observable(Generic[T]):
    """A value and those who want to know when it changes.

    `value` is read, `set` writes; equal values are no change and call nobody.
    """

    def __init__(self, value: T) -> None:
        self._value = value
        self._watchers: list[Callable[[T], None]] = []

    @property
    def value(self) -> T:
        """The present value."""
        return self._value

    def set(self, value: T) -> None:
        """Make `value` the present one and call every watcher with it, in the order they came."""
        if value == self._value:
            return
        self._value = value
        for watcher in tuple(self._watchers):
            watcher(value)

    def watch(self, watcher: Callable[[T], None], *, now: bool = True) -> Callable[[], None]:
        """Call `watcher` on every change (and at once, unless `now` is False).

        Returns the undo: a call that ends the watching; calling it twice is harmless.
        """
        self._watchers.append(watcher)
        if now:
            watcher(self._value)

        def undo() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return undo
