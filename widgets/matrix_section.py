"""MATRIX: how loud each channel is in each return; a listener's own is locked out. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit

from console.audio.state import Channel, Return, Sound
from console.core.journal import Origin
from console.desk.view import Notice
from widgets import theme
from widgets.ask import Deck
from widgets.cell_grid import Cell, Look, Sheet
from widgets.controls import ActionButton, Face
from widgets.grid_section import GridSection, Request, Titles
from widgets.strips_section import gain_words
from widgets.talkback import can_reach, turned
from widgets.theme import px

OFF_DB: Final = -120.0
LEAST_DB: Final = -60.0  # a step below is off
MOST_DB: Final = 24.0
FIRST_DB: Final = -40.0  # a step up from off


def send_words(db: float) -> str:
    """A gain in a return: "0", "-6", "off"."""
    return "off" if db <= OFF_DB else gain_words(db)


def next_db(db: float, step: int) -> float:
    """A step of 1 dB; below -60 is off, and from off it begins at -40."""
    if db <= OFF_DB:
        return FIRST_DB if step > 0 else OFF_DB
    wanted = round(db + step, 2)
    return OFF_DB if wanted < LEAST_DB else min(MOST_DB, wanted)


class PresetField(QLineEdit):
    """The name of a preset: ↑ and ↓ go through those that are there."""

    wanted = Signal()
    save_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self.setPlaceholderText("preset")
        self.setAccessibleName("Preset")
        self.setMaxLength(80)
        self.setToolTip(
            "The name of a preset: gains and mutes\nKey: Tab to it, ↑ ↓ choose, Enter recalls, Ctrl Enter saves"
        )

    def offer(self, names: tuple[str, ...], now: str | None) -> None:
        """Complete from `names`; show the one that is heard now, while nothing is typed."""
        if names != self._names:
            self._names = names
            completer = QCompleter(list(names), self)
            completer.setCompletionMode(QCompleter.CompletionMode.InlineCompletion)
            self.setCompleter(completer)
        if not self.hasFocus() and now and self.text() != now:
            self.setText(now)
            self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter recalls, Ctrl Enter saves, ↑ and ↓ choose."""
        if event.key() in (int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter)):
            is_save = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            (self.save_wanted if is_save else self.wanted).emit()
        elif event.key() in (int(Qt.Key.Key_Up), int(Qt.Key.Key_Down)) and self._names:
            step = 1 if event.key() == int(Qt.Key.Key_Down) else -1
            here = self._names.index(self.text()) if self.text() in self._names else -1 if step > 0 else 0
            self.setText(self._names[(here + step) % len(self._names)])
            self.textEdited.emit(self.text())
        else:
            super().keyPressEvent(event)
        event.accept()


class MatrixSection(GridSection):
    """Channels as rows, returns as columns; below them the presets."""

    def __init__(self, deck: Deck) -> None:
        self._channels: tuple[Channel, ...] = ()
        self._returns: tuple[Return, ...] = ()
        self._own: tuple[frozenset[str], ...] = ()
        self._presets: tuple[str, ...] = ()
        self._talkback: str | None = None  # the channel that T speaks from
        super().__init__(deck, "Matrix", "return.gain")
        self.field = PresetField()
        self.run = ActionButton(deck, "preset.run", "RECALL", size=theme.SMALL, shows_key=False,
                                arguments=self._preset)  # fmt: skip
        self.save = ActionButton(deck, "preset.save", "SAVE", size=theme.SMALL, shows_key=False,
                                 arguments=self._preset)  # fmt: skip
        for widget in (self.field, self.run, self.save):
            widget.setParent(self)
        self.run.setToolTip("Recall the preset of this name: its gains and mutes\nKey: Enter in the field")
        self.save.setToolTip("Save gains and mutes under this name\nKey: Ctrl Enter in the field")
        self.field.wanted.connect(lambda: self._of_field("preset.run"))
        self.field.save_wanted.connect(lambda: self._of_field("preset.save"))
        self.field.textChanged.connect(lambda _: self._show_presets())

    def sheet(self, sound: Sound) -> Sheet:
        """A cell for each channel in each return."""
        self._talkback = self._deck.desk.show.value.audio.talkback
        self._channels = tuple(sorted(sound.channels, key=lambda each: each.name != self._talkback))  # T's own first
        self._returns = sound.returns
        self._own = tuple(sound.own_channels(made_for) for made_for in sound.returns)
        self._presets = sound.presets
        self.field.offer(sound.presets, sound.preset)
        self._show_presets()
        return Sheet(
            rows=tuple(self._row(channel) for channel in self._channels),
            columns=tuple(made_for.name for made_for in sound.returns),
            cells=tuple(
                tuple(
                    self._cell(channel, made_for, own) for made_for, own in zip(sound.returns, self._own, strict=True)
                )
                for channel in self._channels
            ),
            room=("T -12.5 " if self._talkback else "-12.5 ",) * len(sound.returns),
            empty="No returns in this show. GUESTS adds a guest with their return.",
        )

    def titles(self) -> Titles:
        """Down, up, off."""
        return Titles(clear="OFF")

    def stepped(self, step: int) -> Request | None:
        """1 dB down or up."""
        here = self._here()
        return None if here is None else _request(*here, next_db(here[1].gains_db.get(here[0].name, 0.0), step))

    def cleared(self) -> Request | None:
        """Off."""
        here = self._here()
        if here is not None and self._is_talkback(*here):
            return self._whom(here[1]) if here[1].has_talkback else None
        return None if here is None else _request(*here, OFF_DB)

    def typed(self, value: float) -> Request | Notice | None:
        """A gain in dB."""
        here = self._here()
        if here is None:
            return None
        if not (LEAST_DB <= value <= MOST_DB or value <= OFF_DB):
            return Notice(f"A gain can't be {value:g} dB.", "Type a number from -60 to 24, or Delete for off.")
        return _request(*here, max(OFF_DB, value))

    def turned(self) -> Request | None:
        """Off, or back at 0 dB, by the keyboard alone: a click only chooses. Of T's own channel: whom T speaks to."""
        here = self._here()
        if here is None:
            return None
        if self._is_talkback(*here):
            return self._whom(here[1])
        is_off = here[1].gains_db.get(here[0].name, 0.0) <= OFF_DB
        return _request(*here, 0.0 if is_off else OFF_DB)

    def _here(self) -> tuple[Channel, Return] | None:
        row, column = self.grid.place
        if row >= len(self._channels) or column >= len(self._returns):
            return None
        channel, made_for = self._channels[row], self._returns[column]
        is_locked = channel.name in self._own[column] or made_for.made_by != "cuedrop"
        return None if is_locked else (channel, made_for)

    # --- the channel that T speaks from ---

    def _row(self, channel: Channel) -> str:
        return f"T · {channel.name}" if channel.name == self._talkback else channel.name

    def _is_talkback(self, channel: Channel, made_for: Return) -> bool:
        return channel.name == self._talkback and can_reach(made_for, self._talkback)

    def _cell(self, channel: Channel, made_for: Return, own: frozenset[str]) -> Cell:
        cell = _cell(channel, made_for, own)
        if not self._is_talkback(channel, made_for) or cell.look is Look.LOCKED:
            return cell
        if not made_for.has_talkback:
            return Cell("no T", f"T does not speak to {made_for.name}. Click or Space: it does, too", turns=True)
        look = Look.RED if made_for.is_spoken_into else Look.SET
        how = "You are heard, the others are dimmed" if made_for.is_spoken_into else "Click or Space: no more"
        return Cell(f"T {cell.text}", f"T speaks to {made_for.name}. {how}", look, turns=True)

    def _whom(self, made_for: Return) -> Request:
        return Request("talkback.to", turned(self._deck.desk.sound.value, self._talkback, made_for.name))

    # --- presets ---

    def _preset(self) -> dict[str, object]:
        return {"name": self.field.text().strip() or "Preset 1"}

    def _of_field(self, action_id: str) -> None:
        if self.field.text().strip():
            self._deck.ask(action_id, Origin.KEY, self._preset())

    def _show_presets(self) -> None:
        name = self.field.text().strip()
        is_there = name in self._presets
        self.run.be("preset.run", "RECALL", face=Face.PLAIN if is_there else Face.OFF)
        self.save.be("preset.save", "REPLACE" if is_there else "SAVE", face=Face.PLAIN if name else Face.OFF)
        self.run.setAccessibleName(f"Recall preset {name}")
        self.save.setAccessibleName(f"{'Replace' if is_there else 'Save'} preset {name}")

    def place_more(self, room: QRect) -> None:
        """The preset's name and what is done with it, at the right."""
        right = room.right() + 1
        wide = {
            button: theme.width_of(title, theme.SMALL, theme.BOLD) + 2 * px(9)
            for button, title in ((self.save, "REPLACE"), (self.run, "RECALL"))
        }
        self.run.setVisible(room.width() >= sum(wide.values()) + 60 + 2 * px(4))  # else Enter in the field recalls
        for button, width in wide.items():
            if not button.isHidden():
                right -= width
                button.setGeometry(right, room.top(), width, room.height())
                right -= px(4)
        self.field.setFont(theme.font(theme.BODY))
        field_px = max(60, min(px(240), right - room.left()))
        self.field.setGeometry(right - field_px, room.top(), field_px, room.height())


def _request(channel: Channel, made_for: Return, db: float) -> Request:
    return Request("return.gain", {"return": made_for.name, "channel": channel.name, "gain_db": db})


def _cell(channel: Channel, made_for: Return, own: frozenset[str]) -> Cell:
    where = f"{channel.name} in the return of {made_for.name}"
    if channel.name in own:
        return Cell("own", f"{where}: locked out, it is {made_for.name}'s own voice", Look.LOCKED)
    if made_for.made_by != "cuedrop":
        return Cell("·", f"{where}: the call software makes this return", Look.LOCKED)
    db = made_for.gains_db.get(channel.name, 0.0)
    words = send_words(db)
    return Cell(words, f"{where}: {words}{'' if words == 'off' else ' dB'}", Look.PLAIN if words == "off" else Look.SET)
