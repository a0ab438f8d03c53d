"""How much waits for the shop, in the heading of DROP; a press opens the OUTBOX page. Qt thread only."""

from widgets import theme
from widgets.door import Door


class OutboxDoor(Door):
    """Says "outbox 2": amber while something waits, red when the shop contradicts itself."""

    def __init__(self) -> None:
        super().__init__("F7", "■ outbox 99+")

    def show_outbox(self, pending: int, *, is_doubtful: bool) -> None:
        """Say how many messages are not confirmed; `is_doubtful`: the shop contradicts itself."""
        sign = "▲ " if is_doubtful else "■ " if pending else ""
        told = f"Outbox: {pending} not confirmed" + (", the shop contradicts itself" if is_doubtful else "")
        colour = theme.RED_SOFT if is_doubtful else theme.AMBER_SOFT if pending else theme.SOFT
        words = f"{sign}outbox {pending if pending < 100 else '99+'}"
        self.say(words, told, opens="Opens the page of all messages to the shop.", colour=colour)
