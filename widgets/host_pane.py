"""HOST: turns the host's page on and takes it back, shows a code for each role and who is there, says a word to them.

The codes hold tokens: they are seen while this page is in front, and nowhere else. Qt thread only.
"""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.core.journal import Origin
from console.desk.host_state import LONGEST_MESSAGE, HostPage
from console.desk.roles import Role
from widgets import theme
from widgets.ask import Deck
from widgets.camera_buttons import KeyedButton
from widgets.controls import Face, Words
from widgets.lamps import Lamp
from widgets.page import NO_MARK, Page
from widgets.qr_code import QrCode
from widgets.theme import px
from widgets.trouble import Trouble

WRITES: Final = "Message to the host (F9 twice)"
_OFF: Final = (
    "Phones in this network may pair with a code: the host fires what you have armed, the moderator marks as sold out. "
    "H opens the host's window on a second screen."
)

_SCAN: Final = "A phone in the same network scans its code. It opens {address}."
_HERE_ALONE: Final = 'Only this computer opens {address}. Write listen = "0.0.0.0:8712" under [host] for phones.'
_LOOPBACK: Final = ("127.", "localhost", "[::1]")


class HostPane(Page):
    """At the left what can be done, at the right a code for each role."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("HOST")
        self._deck = deck
        self.turn = KeyedButton(deck, "host.open", "TURN ON", size=theme.SMALL)
        self._is_on = Words(theme.BODY, weight=theme.STRONG, may_cut=True)
        self._trouble = Trouble()
        self.help = _Help()
        self.message = QLineEdit()
        self.message.setMaxLength(LONGEST_MESSAGE)
        self.message.setPlaceholderText("Message to the host")
        self.message.setAccessibleName("Message to the host")
        self.message.setToolTip(
            "Message to the host and the moderator\nKey: F9 twice · Enter shows it, empty takes it away"
        )
        self.message.returnPressed.connect(self._enter)
        self.clear = KeyedButton(deck, "host.message", "CLEAR", arguments=lambda: {"text": ""}, size=theme.SMALL)
        self._shown = Words(theme.SMALL, theme.SOFT, may_cut=True)
        self.roles = tuple(RoleCard(role) for role in Role)
        self._build()
        self._undo = deck.desk.host.watch(self._follow)

    def _build(self) -> None:
        self.turn.with_hint("Shift H takes it back")
        self.clear.with_hint("in the field: Enter while it is empty")
        self._left = QVBoxLayout()
        top, row = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.turn)
        top.addWidget(self._is_on, 1)
        self._left.addLayout(top)
        self._left.addWidget(self._trouble)
        self._left.addWidget(self.help, 1)
        self._left.addWidget(self._shown)
        row.addWidget(self.message, 1)
        row.addWidget(self.clear)
        self._left.addLayout(row)
        self._outer = QHBoxLayout(self)
        self._outer.addLayout(self._left, 1)
        for card in self.roles:
            self._outer.addWidget(card)
        self._rows = (top, row)
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        self._outer.setContentsMargins(px(14), px(8), px(14), px(10))
        self._outer.setSpacing(px(14))
        for row in (*self._rows, self._left):
            row.setSpacing(px(8))
        self.message.setFont(theme.font(theme.BODY))
        for widget in (self.turn, self.message, self.clear):
            widget.setFixedHeight(max(32, px(42)))
        self._share_room()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        self._undo()

    def take_keyboard(self) -> None:
        """F9 once more: write to the host."""
        self.message.setFocus()

    def leave(self) -> None:
        """The keys are the show's again."""
        if self.message.hasFocus():
            self.window().setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Codes as large as there is room for: a phone reads them from further away."""
        self._share_room()

    def _share_room(self) -> None:
        around = self._outer.contentsMargins()
        for card in self.roles:
            card.fit(min(self.height() - around.top() - around.bottom(), self.width() * 3 // 10))

    def minimumSizeHint(self) -> QSize:
        """Two codes that a phone reads at arm's length."""
        return QSize(px(300), px(150))

    def _typed(self) -> dict[str, object]:
        return {"text": self.message.text().strip()}

    def _enter(self) -> None:
        self._deck.ask("host.message", Origin.KEY, self._typed())

    def _follow(self, page: HostPage) -> None:
        if page.is_on:
            self.turn.be("host.close", "TAKE BACK", face=Face.AMBER_LINE)
        else:
            self.turn.be("host.open", "TURN ON", face=Face.PLAIN)
        self._is_on.say("on" if page.is_on else "off", theme.TEXT if page.is_on else theme.SOFT)
        self._trouble.say(page.link.why, page.link.fix)
        address = page.address.removeprefix("http://")
        scan = (_HERE_ALONE if address.startswith(_LOOPBACK) else _SCAN).format(address=address) if address else ""
        self.help.say(scan if page.is_on else _OFF)
        self._shown.say(f"they read: {page.message}" if page.message else "no message is shown")
        self.clear.be("host.message", "CLEAR", face=Face.PLAIN if page.message else Face.OFF)
        if page.message and self.message.text().strip() == page.message:
            self.message.clear()  # the field is for the next one
        for card in self.roles:
            card.show_page(page)
        self._say(page)

    def _say(self, page: HostPage) -> None:
        """Beside the tabs, with the page's name: it has no tab."""
        if not page.is_on:
            self.say_status("HOST · off", "HOST")
            self.say_mark(*NO_MARK)
            return
        hosts, moderators = (page.pairing(role).connected for role in (Role.HOST, Role.MODERATOR))
        colour = theme.GREEN_SOFT if hosts else theme.AMBER_SOFT
        sign = "●" if hosts else "■"
        long = f"HOST · {sign} {hosts} host, {moderators} moderator"
        self.say_status(long, f"HOST · {sign} {hosts} + {moderators}", f"{sign} {hosts} + {moderators}", colour=colour)


class RoleCard(QWidget):
    """One role's code, with how many of it are there."""

    def __init__(self, role: Role) -> None:
        super().__init__()
        self._role = role
        self.code = QrCode()
        self.code.hide()
        self.lamp = Lamp()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addStretch(1)
        column.addWidget(self.lamp, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.code)
        column.addStretch(1)

    def fit(self, room: int) -> None:
        """Take a square of so many logical pixels, lamp and code together in its height."""
        side = max(px(80), room - self.lamp.sizeHint().height() - 4)
        self.code.setFixedSize(side, side)

    def show_page(self, page: HostPage) -> None:
        """Show the code while phones can use it; its token is in the picture alone, never in a tooltip."""
        pairing = page.pairing(self._role)
        self.code.show_address(pairing.url)
        self.code.setToolTip(f"Pairs the {self._role.value}'s phone\nNo key: a phone's camera reads it")
        self.code.setAccessibleName(f"Code that pairs the {self._role.value}'s phone")
        name = self._role.value.upper()
        words = f"● {name} {pairing.connected}" if pairing.connected else f"■ {name} 0"
        self.lamp.show_words(words if page.is_on else "", Face.GREEN if pairing.connected else Face.AMBER_LINE)
        self.setVisible(bool(pairing.url))


class _Help(QWidget):
    """A few wrapped lines, soft."""

    def __init__(self) -> None:
        super().__init__()
        self._words = ""

    def say(self, words: str) -> None:
        """Show them."""
        self._words = words
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw them."""
        painter = QPainter(self)
        if self._words:
            theme.draw_wrapped(painter, self.rect(), self._words, theme.BODY, theme.SOFT)
        painter.end()
