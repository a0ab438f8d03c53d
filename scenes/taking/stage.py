"""What takes need of the link to one OBS."""

from typing import Protocol

from console.core.clock import Clock
from console.core.journal import Journal
from scenes.state import Take
from scenes.switcher import Model
from scenes.wire.line import Line


class Stage(Protocol):
    """What takes need of the link."""

    @property
    def clock(self) -> Clock:
        """The machine's clock."""
        ...

    @property
    def journal(self) -> Journal:
        """Where takes are written down."""
        ...

    @property
    def model(self) -> Model:
        """The switcher's model now."""
        ...

    @property
    def line(self) -> Line | None:
        """The open, synchronised connection, if there is one."""
        ...

    def show_take(self, take: Take) -> None:
        """Show how far a take got."""
        ...

    def judge_soon(self) -> None:
        """See to it that what is on air is judged for good in a moment."""
        ...

    def let_go_t_bar(self) -> None:
        """End a transition that the T-bar holds: SAFE must not wait for a hand."""
        ...

    def next_is(self, scene: str) -> None:
        """Outside Studio Mode the console keeps the preview: after a take, what was on air before."""
        ...
