"""The form of one camera: its fields, a test picture with its figures, and what came of trying and saving.

Qt thread only. It reads what was typed and asks; whether a camera may be so is said by the desk.
"""

from typing import Final

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.cameras.state import CameraState
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.view import Notice, Tone
from console.settings.show import Camera
from widgets import theme
from widgets.ask import Deck
from widgets.camera_fields import Known, Reading, read, typed
from widgets.camera_line import bitrate_words, rate_words, state_of
from widgets.controls import ActionButton, Face
from widgets.field_area import FieldArea
from widgets.pictures import PictureView, paint_footing
from widgets.theme import draw_text, draw_wrapped, px

NOT_TRIED: Final = "Not tried yet."
CHANGED: Final = "The address was changed since: try again."


class TestPicture(PictureView):
    """The picture of the camera that is tried, and in it how that camera is."""

    __test__ = False  # no test case, whatever its name says

    def __init__(self, deck: Deck) -> None:
        super().__init__(deck.desk.trial_picture)
        self._words, self._colour = "", theme.SOFT
        self.setAccessibleName("Test picture")
        self.setToolTip("Test picture of the address as typed\nKey: Enter in a field")

    def say(self, words: str, colour: QColor) -> None:
        """Show how it is."""
        if (words, colour) != (self._words, self._colour):
            self._words, self._colour = words, colour
            self.setAccessibleDescription(words)
            self.repaint_over()

    def paint_over(self, painter: QPainter) -> None:
        """Its state at the foot, or in the middle while there is no picture."""
        height = theme.line_height(theme.BODY, theme.BOLD) + px(6)
        room = self.rect().adjusted(px(8), 0, -px(8), 0)
        if self.has_picture():
            paint_footing(painter, self.rect(), height + px(8))
            room = QRect(room.left(), self.height() - height, room.width(), height)
            draw_text(painter, room, self._words, theme.BODY, self._colour, weight=theme.BOLD, may_cut=True)
        else:
            draw_text(painter, room, self._words, theme.BODY, self._colour, weight=theme.BOLD, align=theme.CENTRE,
                      may_cut=True)  # fmt: skip
        theme.box(painter, self.rect(), None, theme.LINE, radius=2)


class Answer(QWidget):
    """Under the test picture: why there is none, the figures, or what the desk said; as many words as fit."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: tuple[tuple[str, QColor], ...] = ()

    @property
    def words(self) -> str:
        """What it says."""
        return " ".join(words for words, _ in self._parts)

    def say(self, *parts: tuple[str, QColor]) -> None:
        """Show these, the most urgent first."""
        shown = tuple((words, colour) for words, colour in parts if words)
        if shown != self._parts:
            self._parts = shown
            self.setAccessibleName(self.words)
            self.setToolTip(self.words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits, wrapped; the tooltip has all of it."""
        painter = QPainter(self)
        y = 0
        for words, colour in self._parts:
            room = QRect(0, y, self.width(), self.height() - y)
            if theme.wrapped_height(words, room.width(), theme.SMALL) > room.height():
                if room.height() >= theme.line_height(theme.SMALL):
                    line = QRect(0, y, self.width(), theme.line_height(theme.SMALL))
                    draw_text(painter, line, words, theme.SMALL, colour, may_cut=True)
                break
            y += draw_wrapped(painter, room, words, theme.SMALL, colour) + px(2)
        painter.end()


class _Press(ActionButton):
    """A button of the form: a press does what its key does, with what is typed."""

    pressed_it = Signal()

    def _ask(self, action_id: str | None = None, **more: object) -> None:
        self.pressed_it.emit()


class CameraForm(QWidget):
    """Adds a camera or edits one; `closed` names the camera that was saved, "" when nothing was."""

    closed = Signal(str)

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._edited: Camera | None = None  # as it was when the form was opened
        self._tried: dict[str, object] | None = None
        self._is_asking = False
        self._is_strict = False  # faults are shown from the first try or save on
        self._answer_words: tuple[str, QColor] = ("", theme.SOFT)
        self.area = FieldArea()
        self.picture = TestPicture(deck)
        self.answer = Answer()
        self._build()
        self.area.changed.connect(self._typed)
        self.area.on_keys(try_it=self.try_it, save=self.save, cancel=self.leave)
        self._undo = [
            deck.desk.trial.watch(lambda _: self.show_trial(), now=False),
            deck.desk.show.watch(lambda _: self._show_changed(), now=False),
        ]
        self.restyle()

    def _build(self) -> None:
        deck = self._deck
        self.try_button = _Press(deck, "camera.try", "TRY", face=Face.AMBER_LINE, shows_key=False)
        self.save_button = _Press(deck, "camera.add", "SAVE", shows_key=False)
        self.cancel_button = _Press(deck, "camera.try_end", "CANCEL", shows_key=False)
        for button, do in (
            (self.try_button, self.try_it), (self.save_button, self.save), (self.cancel_button, self.leave),
        ):  # fmt: skip
            button.pressed_it.connect(do)
        for widget in (self.area, self.picture, self.answer):
            widget.setParent(self)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.try_button, 2)
        self._foot.addWidget(self.save_button, 2)
        self._foot.addWidget(self.cancel_button, 1)
        self._outer = QVBoxLayout(self)
        self._outer.addStretch(1)
        self._outer.addLayout(self._foot)

    def restyle(self) -> None:
        """Take the present scale."""
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._foot.setSpacing(px(8))
        for button in (self.try_button, self.save_button, self.cancel_button):
            button.setFixedHeight(self._foot_px())
        self._place()

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    # --- opening and leaving ---

    def open(self, camera: Camera | None, *, takes_keyboard: bool = True) -> None:
        """Edit `camera`, or add a new one (None)."""
        self._edited = camera
        self._tried, self._is_strict = None, False
        self._answer_words = ("", theme.SOFT)
        self.area.write(typed(camera))
        self.area.fields["scene"].complete_from(tuple(scene.name for scene in self._deck.desk.switcher.value.scenes))
        self.area.fields["sound"].complete_from(self._sounds())
        self.show()
        self._place()
        self._check()
        self.show_trial()
        if takes_keyboard:
            self.area.go_to("mrl")

    def propose(self, name: str, scene: str | None) -> None:
        """Begin with this name and scene."""
        self.area.write({**self.area.texts(), "name": name, "scene": scene or ""})
        self._typed()

    @property
    def title(self) -> str:
        """What is done here: "EDITING Wide"."""
        return f"editing {self._edited.name}" if self._edited else "a new camera"

    def leave(self, saved: str = "") -> None:
        """End the trial and close; the keys are the show's again."""
        self.end_trial()
        if self.isAncestorOf(self.focusWidget() or self):
            self.window().setFocus()
        self.hide()
        self.closed.emit(saved)

    def end_trial(self) -> None:
        """Nothing is tried any more: a trial costs a decoder."""
        if self._tried is not None:
            self._tried = None
            self._deck.ask("camera.try_end", Origin.BUTTON)

    # --- what is asked ---

    def try_it(self) -> None:
        """Ask for a test picture of what is typed."""
        self._is_strict = True
        reading = self._check()
        wrong = [key for key in ("mrl", "options", "relay_port") if key in reading.faults]
        if wrong:
            self.area.go_to(wrong[0])
            return
        self._tried = reading.for_trial()
        self._answer_words = ("", theme.SOFT)
        self._deck.ask("camera.try", Origin.BUTTON, self._tried, heard=self._tried_heard)
        self.show_trial()

    def save(self) -> None:
        """Ask for the camera to be kept as typed."""
        self._is_strict = True
        reading = self._check()
        if reading.faults:
            self.area.go_to(next(iter(reading.faults)))
            return
        if self._is_asking:
            return
        name = str(reading.values["name"])
        if self._edited is None:
            action_id, arguments = "camera.add", reading.for_adding()
        else:
            action_id, arguments = "camera.edit", reading.for_editing(self._edited)
        self._is_asking = True
        self._say_answer("Saving…", theme.AMBER_SOFT)
        self._deck.ask(action_id, Origin.BUTTON, arguments, done=self._asked,
                       heard=lambda outcome: self._saved(outcome, name))  # fmt: skip

    def _asked(self) -> None:
        self._is_asking = False

    def _saved(self, outcome: Outcome, name: str) -> None:
        if outcome.result in (Result.DONE, Result.PENDING):
            if outcome.why:
                self._deck.ask.tell(Notice(outcome.why, outcome.fix, Tone.GOOD))
            self.leave(name)
        else:
            self._say_answer(f"Not saved. {outcome.why} {outcome.fix}".strip(), theme.RED_SOFT)

    def _tried_heard(self, outcome: Outcome) -> None:
        if outcome.result in (Result.REFUSED, Result.FAILED):
            self._tried = None
            self._say_answer(f"▲ {outcome.why} {outcome.fix}".strip(), theme.RED_SOFT)

    # --- what is shown ---

    def poll(self) -> None:
        """Take the newest test picture, at the display's rate."""
        if self.isVisible():
            self.picture.poll()

    def tick(self) -> None:
        """Let the trial's ages go on."""
        if self.isVisible():
            self.show_trial()

    def show_trial(self) -> None:
        """Follow the camera that is tried."""
        tile = self._deck.desk.trial.value.camera
        if tile is None or self._tried is None:
            self.picture.say(NOT_TRIED if self._tried is None else "Opening…", theme.FAINT)
            self.answer.say(self._answer_words)
            self._show_save(is_good=False)
            return
        sign, words, colour = state_of(tile, self._deck.desk.clock.mono_ns())
        is_same = self._reading().for_trial() == self._tried
        self.picture.say(f"{sign} {words}", colour)
        stats = tile.stats
        size = f"{stats.width}×{stats.height}" if stats.width else ""
        figures = (rate_words(tile), size, stats.codec, bitrate_words(stats), stats.decoder)
        self.answer.say(
            self._answer_words,
            ("" if is_same else CHANGED, theme.AMBER_SOFT),
            (f"{tile.why} {tile.fix}".strip(), colour if tile.state is not CameraState.LIVE else theme.AMBER_SOFT),
            (" · ".join(part for part in figures if part), theme.SOFT),
            (f"{stats.dropped} dropped" if stats.dropped else "", theme.AMBER_SOFT),
        )
        self._show_save(is_good=is_same and tile.state is CameraState.LIVE)

    def _show_save(self, *, is_good: bool) -> None:
        action_id = "camera.edit" if self._edited else "camera.add"
        self.save_button.be(action_id, "SAVE", "Ctrl Enter", face=Face.GREEN if is_good else Face.PLAIN)
        self.try_button.be("camera.try", "TRY AGAIN" if self._tried is not None else "TRY", "Enter")
        self.cancel_button.be("camera.try_end", "CANCEL", "F9")

    def _say_answer(self, words: str, colour: QColor) -> None:
        self._answer_words = (words, colour)
        self.show_trial()

    def _typed(self) -> None:
        if not self._is_asking:
            self._answer_words = ("", theme.SOFT)
        self._check()
        self.show_trial()

    def _reading(self) -> Reading:
        return read(self.area.texts(), self._known())

    def _check(self) -> Reading:
        """Read what is typed, and say at the fields what is wrong."""
        reading = self._reading()
        self.area.say(reading.faults if self._is_strict else {}, reading.notes)
        return reading

    def _show_changed(self) -> None:
        """The camera that is edited may have gone: then it is a new one."""
        if self._edited is None or not self.isVisible():
            return
        names = [camera.name for camera in self._deck.desk.show.value.cameras]
        if self._edited.name not in names and not self._is_asking:
            words = f"{self._edited.name} was taken out of the show meanwhile: SAVE adds it anew."
            self._edited = None
            self._say_answer(words, theme.AMBER_SOFT)

    def _known(self) -> Known:
        desk = self._deck.desk
        switcher = desk.switcher.value
        return Known(
            cameras=desk.show.value.cameras,
            was=self._edited.name if self._edited else None,
            scenes=tuple(scene.name for scene in switcher.scenes) if switcher.link.is_up else (),
            sounds=self._sounds(),
        )

    def _sounds(self) -> tuple[str, ...]:
        desk = self._deck.desk
        channels = [channel.name for channel in desk.sound.value.channels]
        return tuple(dict.fromkeys((*channels, *desk.obs_levels())))

    # --- where things are ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The test picture at the left, the fields at the right, the buttons below."""
        self._place()

    @staticmethod
    def _foot_px() -> int:
        return max(34, px(46))

    def _place(self) -> None:
        height = max(1, self.height() - self._foot_px() - px(8))
        small = theme.line_height(theme.SMALL)
        lines = 3 if height > 9 * small else 2
        wide = min(round(self.width() * 0.36), round((height - lines * small - px(4)) * 16 / 9))
        wide = max(wide, px(120))
        high = min(round(wide * 9 / 16), height)
        self.picture.setGeometry(0, 0, wide, high)
        self.answer.setGeometry(0, high + px(4), wide, max(0, height - high - px(4)))
        self.area.setGeometry(wide + px(14), 0, max(60, self.width() - wide - px(14)), height)
        self.area.lay_out()
