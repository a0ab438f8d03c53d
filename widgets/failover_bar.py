"""The failover: its switch, and its countdown over the lower edge of PROGRAM. Qt thread only."""

from typing import Final

from PySide6.QtWidgets import QWidget

from console.desk.failover_state import Failover
from widgets import theme
from widgets.announced_bar import AnnouncedBar, Announcement, share_left
from widgets.ask import Deck
from widgets.controls import ActionButton, Face

_HELD: Final = "FAILOVER HELD"
_TAKEN: Final = "SAFE was taken by failover"


class FailoverSwitch(ActionButton):
    """Failover on or off: never on by itself."""

    def __init__(self, deck: Deck) -> None:
        desk = deck.desk
        super().__init__(deck, "failover.set", "FAILOVER", size=theme.SMALL,
                         arguments=lambda: {"on": not desk.failover.value.is_on})  # fmt: skip

    def show_failover(self, failover: Failover) -> None:
        """Follow whether it is on."""
        self.be("failover.set", "FAILOVER", "● ON" if failover.is_on else "○ OFF",
                face=Face.GREEN if failover.is_on else Face.PLAIN)  # fmt: skip


class FailoverBar(AnnouncedBar):
    """Counts down to SAFE, says that it is held, or that SAFE was taken; hidden while there is nothing to say."""

    def __init__(self, deck: Deck, parent: QWidget) -> None:
        super().__init__(deck, parent, "failover.hold")
        self._failover = Failover()
        self._undo = deck.desk.failover.watch(self._show)

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    def _show(self, failover: Failover) -> None:
        self._failover = failover
        self.show_announcement()

    def announcement(self, now_ns: int) -> Announcement:
        """The countdown, or how it ended."""
        failover = self._failover
        if failover.is_counting:
            left_s, share = share_left(failover.since_mono_ns, failover.due_mono_ns, now_ns)
            return Announcement(f"SAFE in {left_s:.1f} s", failover.why, share)
        if failover.is_held:
            return Announcement(_HELD, failover.why or "It counts anew only after what is on air was well again.")
        if failover.has_taken:
            return Announcement(_TAKEN, "Go back by hand." if not failover.why else f"Go back by hand. {failover.why}")
        return Announcement()
