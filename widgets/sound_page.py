"""SOUND: all of the sound that is set up: strips, levels, matrix, loudness, guests, recording. Qt thread only."""

from datetime import datetime
from typing import Final, Protocol

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from console.audio.state import Leak, Sound
from widgets import theme
from widgets.ask import Deck
from widgets.controls import Face
from widgets.guests_section import GuestsSection
from widgets.leak_lamp import lamp_of
from widgets.levels_section import LevelsSection
from widgets.loudness_section import LoudnessSection
from widgets.matrix_section import MatrixSection
from widgets.page import NO_MARK, Page
from widgets.record_section import RecordSection, minutes_words
from widgets.strips_section import StripsSection
from widgets.theme import CENTRE, draw_text, px

_ROOM: Final = "LOUDNESS"  # the longest of the sections' names


class Section(Protocol):
    """One part of the page."""

    def show_sound(self, sound: Sound) -> None:
        """Follow the desk."""

    def take_keyboard(self) -> None:
        """Take the keyboard."""


class SectionButton(QAbstractButton):
    """Brings a part of the page to the front: the window's own matter, nothing on air."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._name = name
        self.be(is_front=False)

    @property
    def title(self) -> str:
        """The word on it."""
        return self._name

    def be(self, *, is_front: bool) -> None:
        """Show whether its part is in front."""
        self.setChecked(is_front)
        self._is_front = is_front
        self.setAccessibleName(f"{self._name.capitalize()}{', in front' if is_front else ''}")
        self.setToolTip(f"{self._name.capitalize()} of the sound\nKey: Ctrl K, then sound page and its name")
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Its part comes to the front."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A box with a bar at its left, bright while it is in front."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme.box(painter, self.rect(), theme.RAISED if self._is_front else theme.PANEL, theme.LINE, radius=px(5))
        if self._is_front:
            painter.fillRect(0, px(6), max(2, px(3)), self.height() - 2 * px(6), theme.TEXT)
        colour = theme.TEXT if self._is_front else theme.SOFT
        draw_text(painter, self.rect(), self._name, theme.SMALL, colour, weight=theme.BOLD, align=CENTRE)
        painter.end()


class SoundPage(Page):
    """The parts behind buttons at the left, the one in front beside them."""

    def __init__(self, deck: Deck) -> None:
        super().__init__("SOUND")
        self._deck = deck
        self.strips = StripsSection(deck)
        self.levels = LevelsSection(deck)
        self.matrix = MatrixSection(deck)
        self.loudness = LoudnessSection(deck)
        self.guests = GuestsSection(deck)
        self.record = RecordSection(deck)
        self._sections: dict[str, QWidget] = {
            "STRIPS": self.strips,
            "LEVELS": self.levels,
            "MATRIX": self.matrix,
            "LOUDNESS": self.loudness,
            "GUESTS": self.guests,
            "RECORD": self.record,
        }
        self.buttons = {name: SectionButton(name) for name in self._sections}
        for name, button in self.buttons.items():
            button.setParent(self)
            button.clicked.connect(lambda *_, name=name: self.show_section(name))
            self._sections[name].setParent(self)
        self._front = "STRIPS"
        self._undo = [
            deck.desk.sound.watch(lambda _: self._follow(), now=False),
            deck.desk.show.watch(lambda _: self._follow(), now=False),
        ]
        self.show_section("STRIPS")

    @property
    def front(self) -> str:
        """The name of the part in front."""
        return self._front

    def show_section(self, name: str) -> None:
        """Bring a part to the front; a field of another is left, so that the keys are the show's again."""
        if any(widget.isAncestorOf(inner) for widget in self._sections.values() if (inner := widget.focusWidget())
               and inner.hasFocus() and widget is not self._sections[name]):  # fmt: skip
            self.window().setFocus()
        self._front = name
        for each, widget in self._sections.items():
            widget.setVisible(each == name)
            self.buttons[each].be(is_front=each == name)
        self._show()

    def take_keyboard(self) -> None:
        """Give the keyboard to the part in front: F6 once more."""
        self._section().take_keyboard()

    def restyle(self) -> None:
        """Take the present scale."""
        self._place()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def tick(self, now: datetime, now_ns: int) -> None:
        """The loudness goes on."""
        self.loudness.tick(now_ns)
        if self.levels.isVisible():
            self.levels.tick()
        if self.record.isVisible():
            self.record.tick(now)

    def show_holds(self) -> None:
        """Follow what is held."""
        self.record.switch.show_hold()
        self.guests.remove.show_hold()

    def minimumSizeHint(self) -> QSize:
        """A table's head, two rows and its buttons."""
        return QSize(px(300), px(150))

    # --- what is shown ---

    def _section(self) -> Section:
        section: Section = self._sections[self._front]  # type: ignore[assignment]
        return section

    def _follow(self) -> None:
        """Behind another page only what the tab tells is kept up to date."""
        if self.isVisible():
            self._show()
        else:
            self._show_status(self._deck.desk.sound.value)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._show()

    def _show(self) -> None:
        sound = self._deck.desk.sound.value
        self._section().show_sound(sound)
        self._show_status(sound)

    def _show_status(self, sound: Sound) -> None:
        heard, sent_back, faint = _found(sound)
        red = heard + sent_back
        recording = sound.recording
        rec = ("● REC", theme.RED_SOFT) if recording.is_running else NO_MARK
        failed = bool(recording.why) and not recording.is_running
        amber = ("■", theme.AMBER_SOFT)
        self.say_mark(*((f"▲ {red}", theme.RED_SOFT) if red else amber if failed or faint else rec))
        if red:
            who = (_who(heard, "hears themselves", "hear themselves"), _who(sent_back, "sends back", "send back"))
            self.say_status(f"▲ {' · '.join(filter(None, who))}", f"▲ {red} N-1", colour=theme.RED_SOFT)
        elif failed:
            self.say_status("■ the sound is not recorded", "■ not recorded", "■ REC", colour=theme.AMBER_SOFT)
        elif faint:
            self.say_status(f"■ {_who(faint, 'faint leak', 'faint leaks')}", f"■ {faint} N-1", colour=theme.AMBER_SOFT)
        elif recording.is_running:
            left = recording.minutes_left
            words = "" if left is None else f" · {minutes_words(left)}"
            self.say_status(f"● sound REC{words}", "● sound REC", "● REC", colour=theme.RED_SOFT)
        else:
            self.say_status()

    # --- where things are ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons at the left, in two columns where the page is low."""
        self._place()

    def _place(self) -> None:
        room = self.rect().adjusted(px(10), px(4), -px(10), -px(8))
        edge = self.rect().adjusted(0, 0, 0, -1)  # of the buttons: all of them in one column where they just fit
        columns = 1 if edge.height() >= len(self.buttons) * 32 else 2
        lines = -(-len(self.buttons) // columns)
        gap = max(0, min(px(4), (edge.height() - lines * 32) // (lines - 1)))
        height = max(32, min(px(44), (room.height() + gap) // lines - gap))
        top = max(0, min(room.top(), edge.height() - lines * (height + gap) + gap))
        width = theme.width_of(_ROOM, theme.SMALL, theme.BOLD) + 2 * px(8)
        for index, button in enumerate(self.buttons.values()):
            column, line = divmod(index, lines)
            button.setGeometry(room.left() + column * (width + gap), top + line * (height + gap), width, height)
        left = columns * (width + gap) + px(6)
        for widget in self._sections.values():
            widget.setGeometry(room.adjusted(left, 0, 0, 0))


def _found(sound: Sound) -> tuple[int, int, int]:
    """How many hear themselves, how many send back what they hear, and how many leaks are faint; as the lamps say."""
    lamps = [(made_for.leak, lamp_of(made_for, is_heard=sound.link.is_up)[1]) for made_for in sound.returns]
    wanted = ((Leak.LEAK, Face.RED), (Leak.ECHO, Face.RED), (Leak.LEAK, Face.AMBER))
    heard, sent_back, faint = (lamps.count(each) for each in wanted)
    return heard, sent_back, faint


def _who(number: int, one: str, many: str) -> str:
    """How many do so, in words; nothing for none."""
    return f"{number} {one if number == 1 else many}" if number else ""
