"""The form of one camera: its fields, a test picture with its figures, and what came of trying and saving.

Qt thread only. It reads what was typed and asks; whether a camera may be so is said by the desk.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.cameras.state import CameraState, Picture, Trial
from console.cameras.state import Origin as Made
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome, Result
from console.desk.camera_words import bitrate_words, on_its_page
from console.desk.view import Notice, Tone
from console.settings.secrets import set_secret
from console.settings.show import Camera
from widgets import theme
from widgets.ask import Deck
from widgets.camera_buttons import FormButton
from widgets.camera_fields import FIELDS, Known, Reading, keyring_name, read, typed, without_password
from widgets.camera_line import rate_words, state_of
from widgets.camera_trial import Answer, TestPicture
from widgets.controls import Face
from widgets.field_area import FieldArea
from widgets.theme import px
from widgets.turns import Turn

TRIED: Final = frozenset({"mrl", "options", "secret"})  # what makes the picture
NOT_TRIED: Final = "Not tried yet."
NO_KEEPING: Final = "Empty this field to go on without it."
CHANGED: Final = "The address was changed since: try again."


class CameraForm(QWidget):
    """Adds a camera or edits one; `closed` names the camera that was saved, "" when nothing was."""

    closed = Signal(str, bool)  # and whether a field had the keyboard until now

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._edited: Camera | None = None  # as it was when the form was opened
        self._tried: dict[str, object] | None = None
        self._is_open = False  # what is tried has a state
        self._is_asking = False
        self._times_opened = 0  # an answer that comes late must not close another camera's form
        self._strict: frozenset[str] = frozenset()  # fields whose faults are shown: those of the first try, or all
        self._keyring_fault = self._refusal = ""
        self._answer_words: tuple[str, QColor] = ("", theme.SOFT)
        self.area = FieldArea()
        self.picture = TestPicture(self._newest)
        self.answer = Answer()
        self._build()
        self.area.changed.connect(self._typed)
        self.area.focused.connect(self.show_trial)
        self.area.on_keys(try_it=self.try_it, save=self.save, cancel=self.leave)
        self._undo = [
            deck.desk.trial.watch(self._follow_trial, now=False),
            deck.desk.show.watch(lambda _: self._show_changed(), now=False),
        ]
        self.restyle()

    def _build(self) -> None:
        deck = self._deck
        self.try_button = FormButton(deck, "camera.try", "TRY", "Enter", face=Face.AMBER_LINE)
        self.save_button = FormButton(deck, "camera.add", "SAVE", "Ctrl Enter")
        self.cancel_button = FormButton(deck, "camera.try_end", "CANCEL", "F9")
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
        """Watch nothing any more; the console ends a trial by itself when it ends."""
        self._forget_trial()
        for undo in self._undo:
            undo()

    # --- opening and leaving ---

    def open(self, camera: Camera | None, *, takes_keyboard: bool = True) -> None:
        """Edit `camera`, or add a new one (None)."""
        self._edited = camera
        self._times_opened += 1
        self._is_asking = False
        self._forget_trial()
        self._strict, self._keyring_fault, self._refusal = frozenset(), "", ""
        self._answer_words = ("", theme.SOFT)
        self.area.write(typed(camera))
        self.area.fields["scene"].complete_from(tuple(scene.name for scene in self._deck.desk.switcher.value.scenes))
        self.area.fields["sound"].complete_from(self._sounds())
        self.show()
        self._place()
        self.show_trial()
        if takes_keyboard:
            self.area.go_to("mrl")

    def propose(self, name: str, scene: str | None) -> None:
        """Begin with this name and scene."""
        self.area.write({**self.area.texts(), "name": name, "scene": scene or ""})
        self._typed()

    @property
    def title(self) -> str:
        """What is done here: "editing Wide"."""
        return f"editing {self._edited.name}" if self._edited else "a new camera"

    def leave(self, saved: str = "") -> None:
        """End the trial and close; the keys are the show's again."""
        self.end_trial()
        has_keyboard = self.area.has_keyboard
        if has_keyboard:
            self.window().setFocus()
        self.hide()
        self.closed.emit(saved, has_keyboard)

    def end_trial(self) -> None:
        """Nothing is tried any more: a trial costs a decoder."""
        if self._tried is not None:
            self._forget_trial()
            self._deck.ask("camera.try_end", Origin.BUTTON)
            self.show_trial()

    def _forget_trial(self) -> None:
        self._tried, self._is_open = None, False

    # --- what is asked ---

    def try_it(self) -> None:
        """Ask for a test picture of what is typed."""
        reading = self._read_strictly(TRIED)
        wrong = [key for key in reading.faults if key in TRIED]
        if wrong:
            self.area.go_to(wrong[0])
        else:
            self._keep_password(self._try_now)

    def _try_now(self) -> None:
        self._refusal = ""
        self._tried = self._check().for_trial()
        self._answer_words = ("", theme.SOFT)
        self._deck.ask("camera.try", Origin.BUTTON, self._tried, heard=self._tried_heard)
        self.show_trial()

    def save(self) -> None:
        """Ask for the camera to be kept as typed."""
        reading = self._read_strictly(frozenset(FIELDS))
        if reading.faults:
            self.area.go_to(next(iter(reading.faults)))
        elif not self._is_asking:
            self._keep_password(self._save_now)

    def _save_now(self) -> None:
        reading = self._check()
        if self._is_asking or reading.faults:
            return
        name = str(reading.values["name"])
        if self._edited is None:
            action_id, arguments = "camera.add", reading.for_adding()
        else:
            action_id, arguments = "camera.edit", reading.for_editing(self._edited)
        opened = self._times_opened
        self._is_asking = True
        self._say_answer("Saving…", theme.AMBER_SOFT)
        self._deck.ask(action_id, Origin.BUTTON, arguments, done=self._asked,
                       heard=lambda outcome: self._saved(outcome, name, opened))  # fmt: skip

    def _keep_password(self, then: Callable[[], None]) -> None:
        """Put what was typed as the password into the keyring, and go on; what goes wrong is said at its field."""
        texts = self.area.texts()
        if not texts["password"]:
            then()
            return
        name = texts["secret"].strip() or keyring_name(texts["name"])
        self.area.fields["secret"].write(name)
        self._deck.ask.begin(self._keep(name, texts["password"], then, self._times_opened))

    async def _keep(self, name: str, password: str, then: Callable[[], None], opened: int) -> None:
        def was_left() -> bool:
            return not self.isVisible() or opened != self._times_opened

        try:
            await set_secret(name, password)
        except UserError as error:
            if was_left():
                self._deck.ask.tell(Notice(error.what, f"{error.fix} {NO_KEEPING}", Tone.BAD))
                return
            self._keyring_fault = f"{error.what} {error.fix} {NO_KEEPING}"
            self._check()
            self.area.go_to("password")
            return
        if not was_left():
            self._keyring_fault = ""
            self.area.fields["password"].write("")
            then()

    def _asked(self) -> None:
        self._is_asking = False

    def _saved(self, outcome: Outcome, name: str, opened: int) -> None:
        if outcome.result in (Result.DONE, Result.PENDING):
            if outcome.why:
                self._deck.ask.tell(Notice(outcome.why, outcome.fix, Tone.GOOD))
            if opened == self._times_opened:
                self.leave(name)
        else:
            if opened == self._times_opened:
                self._say_answer(f"▲ Not saved. {outcome.why} {outcome.fix}".strip(), theme.RED_SOFT)
            self._deck.ask.tell(Notice(f"Not saved: {outcome.why}", outcome.fix, Tone.BAD))

    def _tried_heard(self, outcome: Outcome) -> None:
        if outcome.result in (Result.REFUSED, Result.FAILED):
            self._forget_trial()
            self._refusal = f"{outcome.why} {outcome.fix}".strip()
            self.show_trial()

    # --- what is shown ---

    def poll(self) -> None:
        """Take the newest test picture, at the display's rate."""
        if self.isVisible():
            self.picture.poll()

    def tick(self) -> None:
        """Let the trial's ages go on."""
        if self.isVisible():
            self.show_trial()

    def _follow_trial(self, trial: Trial) -> None:
        if trial.camera is None and self._is_open:
            self._forget_trial()  # somebody else has ended it
        self._is_open = trial.camera is not None and self._tried is not None
        self.show_trial()

    def show_trial(self) -> None:
        """Follow the camera that is tried."""
        tile = self._deck.desk.trial.value.camera
        self._check()
        if tile is None or self._tried is None:
            self.picture.say(NOT_TRIED if self._tried is None else "Opening…", theme.FAINT)
            self.answer.say(self._answer_words)
            self._show_save(is_good=False)
            return
        sign, words, colour = state_of(tile, self._deck.desk.clock.mono_ns())
        reading = self._reading()
        is_same = reading.is_tried_by(self._tried, is_of_obs=tile.origin is Made.OBS)
        self.picture.say(f"{sign} {words}", colour)
        self.picture.set_turn(_turn_of(reading))
        stats = tile.stats
        size = f"{stats.width}×{stats.height}" if stats.width else ""
        figures = (rate_words(tile), size, stats.codec, bitrate_words(stats.bitrate_kbps), stats.decoder)
        self.answer.say(
            self._answer_words,
            ("" if is_same else CHANGED, theme.AMBER_SOFT),
            (" · ".join(part for part in figures if part), theme.SOFT),
            (f"{stats.dropped} dropped" if stats.dropped else "", theme.AMBER_SOFT),
        )
        self._show_save(is_good=is_same and tile.state is CameraState.LIVE)

    def _show_save(self, *, is_good: bool) -> None:
        action_id = "camera.edit" if self._edited else "camera.add"
        here = self.area.has_keyboard
        self.save_button.show_keys(here, "SAVE", action_id=action_id, face=Face.GREEN if is_good else Face.PLAIN)
        self.try_button.show_keys(here, "TRY AGAIN" if self._tried is not None else "TRY")
        self.cancel_button.show_keys(here, "CANCEL")

    def _say_answer(self, words: str, colour: QColor) -> None:
        self._answer_words = (words, colour)
        self.show_trial()

    def _typed(self) -> None:
        self._keyring_fault = self._refusal = ""
        if not self._is_asking:
            self._answer_words = ("", theme.SOFT)
        self.show_trial()

    def _of_trial(self) -> tuple[dict[str, str], dict[str, str]]:
        """What the trial found wrong with the address (fault), or what should be known of it (note)."""
        if self._refusal:
            return {"mrl": self._refusal}, {}
        tile = self._deck.desk.trial.value.camera if self._tried is not None else None
        if tile is None or not tile.why:
            return {}, {}
        said = {"mrl": f"{tile.why} {on_its_page(tile.fix)}".strip()}
        return (said, {}) if tile.state in (CameraState.LOST, CameraState.BLACK) else ({}, said)

    def _reading(self) -> Reading:
        return read(self.area.texts(), self._known())

    def _read_strictly(self, keys: frozenset[str]) -> Reading:
        """What is typed, with these fields' faults shown from now on; a password goes where it belongs."""
        self._strict |= keys
        address, password = without_password(self.area.fields["mrl"].value)
        if password:
            self.area.fields["mrl"].write(address)
            self.area.fields["password"].write(password)
        return self._check()

    def _check(self) -> Reading:
        """Read what is typed, and say at the fields what is wrong."""
        reading = self._reading()
        faults = {key: fault for key, fault in reading.faults.items() if key in self._strict}
        if self._keyring_fault:
            faults["password"] = self._keyring_fault
        tried_faults, tried_notes = self._of_trial()
        self.area.say(tried_faults | faults, tried_notes | dict(reading.notes))
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

    def _newest(self) -> Picture | None:
        """The test picture, while something is tried here."""
        return self._deck.desk.trial_picture() if self._tried is not None else None

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


def _turn_of(reading: Reading) -> Turn:
    """The test picture is shown as the tile will be."""
    values = reading.values
    crop, rotate = values["crop"], values["rotate"]
    whole = (0.0, 0.0, 0.0, 0.0)
    left, top, right, bottom = crop if isinstance(crop, list) else whole
    return Turn(rotate if isinstance(rotate, int) else 0, values["mirror"] is True, (left, top, right, bottom))
