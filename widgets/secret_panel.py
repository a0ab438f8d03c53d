"""Asking for a secret, once: a field that shows dots and one button. Not modal; Qt thread only."""

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from console.core.outcome import Outcome
from widgets import theme
from widgets.ask import Schedule
from widgets.theme import px

Keep = Callable[[str], Awaitable[Outcome]]


class SecretPanel(QWidget):
    """Asks for one secret and hands it to `keep`; closes when that has worked, else says why not."""

    def __init__(
        self, title: str, help: str, keep: Keep, parent: QWidget | None = None, *, schedule: Schedule | None = None
    ) -> None:
        super().__init__(parent)
        self._keep = keep
        self._schedule = schedule or asyncio.ensure_future
        self._running: object = None
        self.setAccessibleName(title)
        heading = QLabel(title)
        heading.setFont(theme.font(theme.LARGE, theme.BOLD))
        hint = QLabel(help)
        hint.setWordWrap(True)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(title)
        self.field.setToolTip(f"{title}\nKey: Tab")
        self.field.returnPressed.connect(self._ask)
        self._answer = QLabel("")
        self._answer.setWordWrap(True)
        self._go = self._button("Connect", self._ask)
        later = self._button("Not now", self._leave)
        row = QHBoxLayout()
        row.addWidget(self._go, 2)
        row.addWidget(later, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(px(18), px(14), px(18), px(14))
        for widget in (heading, hint, self.field, self._answer):
            outer.addWidget(widget)
        outer.addStretch(1)
        outer.addLayout(row)

    def _button(self, text: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(text)
        button.setToolTip(f"{text}\nKey: Tab to it, then Space")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard in the field
        button.clicked.connect(do)
        return button

    def _ask(self) -> None:
        self.field.setFocus()  # a disabled button hands the keyboard on: the next letters would be keys of the show
        secret = self.field.text()
        if not secret:
            self._answer.setText("Type the password first.")
            return
        self._go.setEnabled(False)
        self._answer.setText("Trying it…")
        self._running = self._schedule(self._run(secret))

    async def _run(self, secret: str) -> None:
        outcome = await self._keep(secret)
        if outcome.is_done:
            self._leave()
            return
        self._go.setEnabled(True)
        self._answer.setText(f"{outcome.why} {outcome.fix}".strip())

    def _leave(self) -> None:
        self.field.clear()
        self.hide()
        self.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, with an amber line: it waits for the director."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme.box(painter, self.rect(), theme.PANEL, theme.AMBER, radius=px(8), line_px=2)
        painter.end()
