"""How many orders are unpaid, in the heading of ORDERS; a press lists the chosen drop's. Qt thread only."""

from widgets import theme
from widgets.door import Door


class UnpaidDoor(Door):
    """Says "13 unpaid"; hidden while there are none."""

    def __init__(self) -> None:
        super().__init__("U", "999+ unpaid")
        self.hide()

    def show_count(self, count: int) -> None:
        """Say how many orders can still be voided."""
        words = f"{count if count < 1_000 else '999+'} unpaid"
        opens = "Lists those of the chosen drop, to void them or mark them paid."
        self.say(words, words, opens=opens, colour=theme.AMBER_SOFT)
        self.setVisible(count > 0)
