"""How a connection to one outside system is."""

from dataclasses import dataclass
from enum import StrEnum


class LinkState(StrEnum):
    """The three words for a link, on the lamp and in the control API."""

    DOWN = "down"
    CONNECTING = "connecting"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Link:
    """A link's state; when it is not up: why, and what to do now (both empty when there is nothing to say)."""

    state: LinkState = LinkState.DOWN
    why: str = ""
    fix: str = ""

    @property
    def is_up(self) -> bool:
        """True when the far side was heard and nothing says otherwise."""
        return self.state is LinkState.UP
