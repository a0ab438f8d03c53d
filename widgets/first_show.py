"""The first own show: what was found, as boxes to tick, and one button. Not modal; Qt thread only."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from console.core.outcome import Outcome
from widgets import theme
from widgets.ask import Schedule
from widgets.theme import px


@dataclass(frozen=True, slots=True)
class FoundShow:
    """What was found to make a show from; given back with what the director kept."""

    name: str
    scenes: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()  # words for each: "Wide · srt://192.0.2.10:9001"
    sound_device: str | None = None
    safe_scene: str | None = None
    with_shop: bool = True


Create = Callable[[FoundShow], Awaitable[Outcome]]


class FirstShowPanel(QWidget):
    """Lies over the lower part of the window until a show is made or it is closed."""

    def __init__(
        self, found: FoundShow, create: Create, parent: QWidget | None = None, *, schedule: Schedule | None = None
    ) -> None:
        super().__init__(parent)
        self._found, self._create = found, create
        self._schedule = schedule or asyncio.ensure_future
        self._running: object = None
        self.setAccessibleName("Your first own show")
        self._name = QLineEdit(found.name)
        self._name.setAccessibleName("Name of the show")
        self._name.setToolTip("Name of the show\nKey: Tab")
        self._scenes = [_box(scene, f"Scene {scene}") for scene in found.scenes]
        self._cameras = [_box(camera, f"Camera {camera}") for camera in found.cameras]
        self._sound = _box(found.sound_device or "", "Sound device")
        self._sound.setVisible(found.sound_device is not None)
        self._shop = _box("Embedded shop on this computer", "Embedded shop")
        self._shop.setChecked(found.with_shop)
        self._answer = QLabel("")
        self._answer.setWordWrap(True)
        self._make = QPushButton("Create show")
        self._close = QPushButton("Not now")
        for button in (self._make, self._close):
            button.setAccessibleName(button.text())
            button.setToolTip(f"{button.text()}\nKey: Tab to it, then Space")
        self._make.clicked.connect(self._ask)
        self._close.clicked.connect(self._leave)
        self._build()

    def kept(self) -> FoundShow:
        """What is ticked now."""
        return replace(
            self._found,
            name=self._name.text().strip() or self._found.name,
            scenes=tuple(box.text() for box in self._scenes if box.isChecked()),
            cameras=tuple(box.text() for box in self._cameras if box.isChecked()),
            sound_device=self._found.sound_device if self._sound.isChecked() else None,
            with_shop=self._shop.isChecked(),
        )

    def _build(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        for heading, boxes in (("Scenes", self._scenes), ("Cameras", self._cameras)):
            if boxes:
                column.addWidget(_heading(heading))
                for box in boxes:
                    column.addWidget(box)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        side = QVBoxLayout()
        for widget in (_heading("Sound and selling"), self._sound, self._shop):
            side.addWidget(widget)
        side.addStretch(1)
        both = QHBoxLayout()
        both.addWidget(scroll, 1)
        both.addLayout(side, 1)
        top = QHBoxLayout()
        top.addWidget(_heading("Your first own show, from this OBS"), 1)
        top.addWidget(self._name, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._answer, 1)
        foot.addWidget(self._make)
        foot.addWidget(self._close)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(px(18), px(10), px(18), px(10))
        for row in (top, both, foot):
            outer.addLayout(row)
        outer.setStretch(1, 1)

    def _ask(self) -> None:
        self._make.setEnabled(False)
        self._answer.setText("Making the show…")
        self._running = self._schedule(self._run())

    async def _run(self) -> None:
        outcome = await self._create(self.kept())
        if outcome.is_done:
            self._leave()
            return
        self._make.setEnabled(True)
        self._answer.setText(f"{outcome.why} {outcome.fix}".strip())

    def _leave(self) -> None:
        self.hide()
        self.deleteLater()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, with an amber line: it waits for the director."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme.box(painter, self.rect(), theme.PANEL, theme.AMBER, radius=px(8), line_px=2)
        painter.end()


def _box(text: str, name: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setChecked(True)
    box.setAccessibleName(name)
    box.setToolTip(f"{name}\nKey: Tab to it, then Space")
    return box


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(theme.font(theme.LARGE, theme.BOLD))
    return label
