"""The drop that comes next, in the heading of DROP, always; a press opens the QUEUE page. Qt thread only."""

from typing import Final

from console.commerce.state import Drop, DropState, Sale
from widgets import theme
from widgets.door import Door
from widgets.money import money_words

_BUSY: Final = {
    DropState.ARMED: "armed", DropState.FIRING: "firing", DropState.COUNTDOWN: "counting", DropState.OPEN: "open",
    DropState.SOLD_OUT: "sold out", DropState.ASKING: "asking",
}  # fmt: skip


class QueueDoor(Door):
    """Says "next: Canvas tote", amber when it is armed already; above it a drop that sells beside the chosen one."""

    def __init__(self) -> None:
        super().__init__("F8", "next: a title of some length")

    def show_queue(self, sale: Sale) -> None:
        """Say which drop comes next."""
        drop = sale.next_drop
        is_armed = drop is not None and drop.state is DropState.ARMED
        words = "next: none" if drop is None else f"{'■ ' if is_armed else ''}next: {drop.title}"
        busy = _busy(sale)
        told = ". ".join(part for part in (busy.removeprefix("■ "), _told(drop)) if part)
        colour = theme.AMBER_SOFT if is_armed else theme.TEXT if drop is not None else theme.SOFT
        self.say(words, told, opens="Opens the queue of all drops.", colour=colour, above=busy)


def _busy(sale: Sale) -> str:
    """A drop that sells or waits beside the chosen one and the next one."""
    said = (sale.chosen, None if sale.next_drop is None else sale.next_drop.id)
    busy = [drop for drop in sale.drops if drop.state in _BUSY and drop.id not in said]
    more = f" +{len(busy) - 1}" if len(busy) > 1 else ""
    return f"■ {_BUSY[busy[0].state]}: {busy[0].title}{more}" if busy else ""


def _told(drop: Drop | None) -> str:
    if drop is None:
        return "No drop comes next"
    price = money_words(drop.price_minor, drop.currency)
    armed = ", armed" if drop.state is DropState.ARMED else ""
    return f"Next drop: {drop.title}, {price}, {drop.stock} pieces{armed}"
