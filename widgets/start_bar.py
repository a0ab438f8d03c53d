"""A drop that is about to be fired by itself, over the lower edge of PROGRAM. Qt thread only."""

from PySide6.QtWidgets import QWidget

from console.desk.starting_state import Starts
from widgets.announced_bar import AnnouncedBar, Announcement, share_left
from widgets.ask import Deck


class StartBar(AnnouncedBar):
    """Counts down to the next drop that starts at its time or with its cue; hidden while none is announced."""

    def __init__(self, deck: Deck, parent: QWidget) -> None:
        super().__init__(deck, parent, "start.hold")
        self._starts = Starts()
        self._undo = deck.desk.starts.watch(self._show)

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    def _show(self, starts: Starts) -> None:
        self._starts = starts
        self.show_announcement()

    def announcement(self, now_ns: int) -> Announcement:
        """The next one's countdown, and how many there are."""
        if not self._starts.announced:
            return Announcement()
        first, *others = self._starts.announced
        left_s, share = share_left(first.since_mono_ns, first.due_mono_ns, now_ns)
        more = f" (and {len(others)} more)" if others else ""
        return Announcement(f"FIRE in {left_s:.1f} s", f"{first.title}{more}", share)
