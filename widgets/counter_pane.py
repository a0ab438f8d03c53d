"""COUNTER: opens and closes the table in the room, shows its page's code and its PIN. Qt thread only."""

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from console.desk.counter_state import CounterState
from console.settings.show import Show
from widgets import theme
from widgets.ask import Deck
from widgets.camera_buttons import KeyedButton
from widgets.controls import Face, Words
from widgets.page import NO_MARK, Page
from widgets.qr_code import QrCode
from widgets.theme import px
from widgets.trouble import Trouble

_HERE_ALONE: Final = ("Only this computer opens it.", 'Write listen = "0.0.0.0:8710" under [shop] for tablets.')
_NONE: Final = ("Only Cuedrop's own shop has a counter.", "")
_NOT_THERE: Final = ("The shop does not answer.", "")


class CounterPane(Page):
    """At the left what can be done and the PIN, at the right the code of the counter's page."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("COUNTER")
        self._deck = deck
        self.turn = KeyedButton(deck, "counter.open", "OPEN", size=theme.SMALL)
        self.restock = KeyedButton(deck, "counter.open", "RESTOCK", size=theme.SMALL)
        self.new_pin = KeyedButton(deck, "counter.new_pin", "NEW PIN", size=theme.SMALL)
        self.new_pin.be("counter.new_pin", "NEW PIN", "hold")
        self.export = KeyedButton(deck, "orders.export", "EXPORT", size=theme.SMALL)
        self._says = Words(theme.BODY, weight=theme.STRONG, may_cut=True)
        self.pin = Words(theme.TITLE, weight=theme.BOLD)
        self._address = Words(theme.BODY, theme.SOFT, may_cut=True)
        self.trouble = Trouble()
        self.code = QrCode()
        self.code.hide()
        self._build()
        self._undo = [
            deck.desk.counter.watch(lambda _: self._show(), now=False),
            deck.desk.show.watch(lambda _: self._show()),
        ]

    def _build(self) -> None:
        self._buttons = (self.turn, self.restock, self.new_pin, self.export)
        for button in self._buttons:
            button.with_hint("Ctrl K, then a few letters of it")
        self.restock.speak("Stock the counter anew: as the show file says now")
        self._row = QHBoxLayout()
        for button in self._buttons:
            self._row.addWidget(button)
        self._row.addStretch(1)
        self._left = QVBoxLayout()
        for widget in (self._says, self.pin, self._address, self.trouble):
            self._left.addWidget(widget)
        self._left.addStretch(1)
        self._left.addLayout(self._row)
        self._outer = QHBoxLayout(self)
        self._outer.addLayout(self._left, 1)
        self._outer.addWidget(self.code)
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        self._outer.setContentsMargins(px(14), px(8), px(14), px(10))
        for row in (self._outer, self._left, self._row):
            row.setSpacing(px(8))
        for button in self._buttons:
            button.setFixedHeight(max(32, px(42)))
        self._fit()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def show_holds(self) -> None:
        """Follow what is held."""
        self.new_pin.show_hold()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A code as large as there is room for: a tablet reads it from further away."""
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """A code that a phone reads at arm's length."""
        return QSize(px(300), px(150))

    def _fit(self) -> None:
        around = self._outer.contentsMargins()
        side = max(px(80), min(self.height() - around.top() - around.bottom(), self.width() * 3 // 10))
        self.code.setFixedSize(side, side)

    def _show(self) -> None:
        counter, show = self._deck.desk.counter.value, self._deck.desk.show.value
        is_open = bool(counter.is_open)
        if is_open:
            self.turn.be("counter.close", "CLOSE", face=Face.AMBER_LINE)
        else:
            self.turn.be("counter.open", "OPEN", face=Face.PLAIN)
        self.restock.setVisible(is_open)
        self._says.say(*_standing(counter, show))
        self.pin.say(f"PIN {counter.pin[:3]} {counter.pin[3:]}" if counter.pin else "")
        self._address.say(counter.url.removeprefix("http://"))
        self.trouble.say(*_trouble(counter, show))
        self.code.show_address(counter.url if counter.is_in_room else "", of="The counter's page: a tablet reads it")
        self._say(counter)

    def _say(self, counter: CounterState) -> None:
        """Beside the tabs, with the page's name: it has no tab."""
        if not counter.is_open:
            self.say_status("COUNTER · closed" if counter.is_open is False else "COUNTER", "COUNTER")
        else:
            words = f"● {counter.sold} sold, {counter.left} left"
            self.say_status(f"COUNTER · {words}", f"COUNTER · ● {counter.left}", f"● {counter.left}",
                            colour=theme.GREEN_SOFT if counter.left else theme.AMBER_SOFT)  # fmt: skip
        self.say_mark(*NO_MARK)


def _standing(counter: CounterState, show: Show) -> tuple[str, QColor]:
    """How the counter stands, as the shop says it."""
    if counter.is_open:
        return f"● open · {counter.sold} of {counter.stock} sold · {counter.left} left", theme.GREEN_SOFT
    if counter.is_open is None:
        return "not known", theme.SOFT
    allotted = sum(drop.at_counter for drop in show.drops)
    return f"■ closed · {allotted} pieces are for it in the show", theme.SOFT


def _trouble(counter: CounterState, show: Show) -> tuple[str, str]:
    if show.shop.kind != "embedded":
        return _NONE
    if counter.is_open is None:
        return _NOT_THERE
    return ("", "") if counter.is_in_room else _HERE_ALONE
