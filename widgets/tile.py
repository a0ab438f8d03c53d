"""One tile: a scene's number, its camera's picture, its tally and how the camera is. Qt thread only."""

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter
from PySide6.QtWidgets import QToolTip

from console.cameras.state import Camera, CameraState, Picture
from console.core.journal import Origin
from console.desk.view import Notice
from scenes.state import Take, TakeState
from widgets import theme
from widgets.arguments import scene_request
from widgets.ask import Deck
from widgets.pictures import PictureView, paint_border, paint_footing
from widgets.theme import CENTRE, RIGHT, draw_text, px
from widgets.tile_facts import NOT_IN_OBS, Rest, facts, in_rows, rest, state_words
from widgets.tile_levels import TileLevels
from widgets.turns import turn_of

SETTLED_S: Final = 1.0  # so long a tile that has moved under the pointer takes no press
_TAKES: Final = {
    TakeState.WAITING: "WAITING", TakeState.SENT: "SENT", TakeState.LOST: "LOST", TakeState.REFUSED: "REFUSED",
    TakeState.FAILED: "FAILED",
}  # fmt: skip
NEWS_S: Final = 8.0  # as long as the banner answers a press
_OLD_SOON: Final = (TakeState.REFUSED, TakeState.FAILED)
_BAD: Final = (CameraState.LOST, CameraState.BLACK)
_TIP_SIGNS: Final = 60
_TIP_DROP_PX: Final = 16  # so far below the place that it is given Qt shows a tip
_VEIL: Final = QColor(8, 10, 13, 165)
_CHIP: Final = QColor(8, 10, 13, 215)


class Tile(PictureView):
    """Shows one scene's camera; pressing it takes the scene to preview, as its number key does."""

    solo_wanted = Signal()  # a double click: alone and large, or with all the others again

    def __init__(self, deck: Deck, number: int, scene: str, camera: str) -> None:
        super().__init__(self._newest)
        self._deck = deck
        self._number, self._scene, self._camera = number, scene, camera
        self.tip_y = px(50)  # where its tip begins, from its upper edge
        self._tally = ""
        self._is_hot = False
        self._moved_ns = -round(SETTLED_S * 1e9)
        self._state: Camera | None = None
        self._shorter: tuple[str, ...] = ()  # how its camera is, from the most to the least of it
        self._rest = Rest()
        self._said: tuple[tuple[str, ...], Rest, str] = ((), self._rest, "")  # these, and why
        self._levels = TileLevels()
        self._meters = QRect()  # where they were painted last
        self._channel = next(
            (index for index, channel in enumerate(deck.desk.sound.value.channels) if channel.name in (camera, scene)),
            None,
        )
        self._name_it()
        self.show_state()

    @property
    def number(self) -> int:
        """The scene's number; 0 when it has none."""
        return self._number

    @property
    def scene(self) -> str:
        """The scene that it takes to preview, or ""."""
        return self._scene

    @property
    def camera(self) -> str:
        """The camera that it shows, or ""."""
        return self._camera

    @property
    def title(self) -> str:
        """The scene's name, or the camera's when no scene shows it."""
        return self._scene or self._camera

    @property
    def tally(self) -> str:
        """What its corner says: "PGM", "CLAIMED", "PVW" or nothing."""
        return self._tally

    @property
    def is_on_a_bus(self) -> bool:
        """True when it is on program or preview, or on its way there."""
        return bool(self._tally)

    @property
    def words(self) -> str:
        """How its camera is; "" while it is live."""
        return self._shorter[0] if self._shorter else ""

    @property
    def lacks_scene(self) -> bool:
        """True when the show names a scene for its camera that OBS does not have."""
        return self._state is not None and bool(self._state.scene) and not self._scene

    @property
    def figures(self) -> Rest:
        """What stands beside the name, as there is room."""
        return self._rest

    @property
    def channel(self) -> int | None:
        """The index of the sound channel that has this camera's name, if one has."""
        return self._channel

    def show_state(self) -> None:
        """Follow the desk's switcher, camera and show; repaints only on a change."""
        desk = self._deck.desk
        self.set_turn(turn_of(next((c for c in desk.show.value.cameras if c.name == self._camera), None)))
        tally, is_hot = self._tally_words(), desk.hot.value
        state = next((c for c in desk.cameras.value if c.name == self._camera), None)
        if (tally, state, is_hot) == (self._tally, self._state, self._is_hot):
            return
        is_other = (tally, is_hot) != (self._tally, self._is_hot)
        self._tally, self._state, self._is_hot = tally, state, is_hot
        if not self._follow(desk.clock.mono_ns()) and is_other:
            self._name_it()
            self.repaint_over()

    def _tally_words(self) -> str:
        switcher = self._deck.desk.switcher.value
        is_program = bool(self._scene) and self._scene == switcher.program
        is_claimed = bool(self._scene) and switcher.program is None and self._scene == switcher.claimed
        is_preview = bool(self._scene) and switcher.studio_mode and self._scene == switcher.preview
        tally = "PGM" if is_program else "CLAIMED" if is_claimed else "PVW" if is_preview else ""
        if switcher.take is not None and not is_program and switcher.link.is_up:
            tally = self._take_words(switcher.take) or tally
        return tally

    def _take_words(self, take: Take) -> str:
        """How far the last take of this scene got; what did not come out is old news soon."""
        age_s = (self._deck.desk.clock.mono_ns() - take.since_mono_ns) / 1e9
        if take.scene != self._scene or (take.state in _OLD_SOON and age_s > NEWS_S):
            return ""
        return _TAKES.get(take.state, "")

    def tick(self, now_ns: int) -> None:
        """Let ages and figures go on."""
        if self._tally in _TAKES.values():
            self.show_state()
        self._follow(now_ns)

    def _follow(self, now_ns: int) -> bool:
        """Bring words and figures up to date; True when they changed and all is painted anew."""
        state = self._state
        said = (state_words(state, now_ns), rest(state, self.rates, now_ns), state.why if state else "")
        if said == self._said:
            return False
        self._said = said
        self._shorter, self._rest, _ = said
        self._name_it()
        self.repaint_over()
        return True

    def event(self, event: QEvent) -> bool:
        """A tip says what is true when it is shown, and covers neither CUT nor a picture of others."""
        if event.type() is not QEvent.Type.ToolTip:
            return super().event(event)
        self._name_it()
        QToolTip.showText(self.mapToGlobal(QPoint(px(8), self.tip_y - _TIP_DROP_PX)), self.toolTip(), self)
        return True

    def facts(self) -> tuple[str, ...]:
        """All that is known of its camera, a short line each."""
        now_ns = self._deck.desk.clock.mono_ns()
        return facts(self._state, self.rates, now_ns, level_dbfs=self._levels.own_dbfs)

    def show_level(self, peak_dbfs: float) -> None:
        """Follow the level of the channel of the same name."""
        if self._levels.show(channel_dbfs=peak_dbfs):
            self.update(self._meters)

    def show_own_level(self, peak_dbfs: float) -> None:
        """Follow the level of the camera's own sound."""
        if self._levels.show(own_dbfs=peak_dbfs):
            self.update(self._meters)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """As its number key does, at once; not while it has only just come to this place."""
        event.accept()
        if not self._scene or event.button() is not Qt.MouseButton.LeftButton:
            return
        if self._deck.desk.clock.mono_ns() - self._moved_ns < SETTLED_S * 1e9:
            what = f"{self._scene} has just come to this place: nothing was done."
            self._deck.ask.tell(Notice(what, "Look at the tiles, then press again."))
            return
        action_id, arguments = scene_request(self._deck.desk, self._scene)
        self._deck.ask(action_id, Origin.BUTTON, arguments)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Its first press has asked for the scene already; the second asks to see it alone."""
        event.accept()
        if self._camera and event.button() is Qt.MouseButton.LeftButton:
            self.solo_wanted.emit()

    def moved_at(self, now_ns: int) -> None:
        """Another scene than this one was shown here until now: a click that was on its way means that one."""
        self._moved_ns = now_ns

    def _newest(self) -> Picture | None:
        return self._deck.desk.picture(self._camera) if self._camera else None

    def _name_it(self) -> None:
        key = f"Key: {self._number}" if self._number else "No number of its own"
        lack = NOT_IN_OBS if self.lacks_scene else ""
        name = ", ".join(part for part in (self.title, self._tally, self.words, lack) if part)
        self.setAccessibleName(f"Tile {self._number or ''} {name}".replace("  ", " "))
        alone = "Z or a double click: alone" if self._camera else ""
        self.setAccessibleDescription(". ".join(part for part in (key, alone) if part))
        why = f"{self._state.why} {self._state.fix}" if self._state and self._state.why else ""
        press = f"{name}: to preview" if self._scene else name
        if self.lacks_scene and self._state:
            why = f"OBS has no scene {self._state.scene}. Correct it on the page CAMERAS (F5). {why}".rstrip()
        figures = in_rows(self.facts(), lambda row: len(row) <= _TIP_SIGNS)  # wide and low: CUT is below
        lines = (press, " · ".join(part for part in (key, alone) if part), why, *figures)
        self.setToolTip("\n".join(line for line in lines if line))

    # --- painting ---

    def paint_over(self, painter: QPainter) -> None:
        """Number, tally, name, state, border."""
        if self._shorter and self.has_picture() and not self._is_doubtful():
            painter.fillRect(self.rect(), _VEIL)
        top = self._paint_footing(painter)
        if self._number and not self._is_narrow():
            self._paint_number(painter)
        if self.lacks_scene:  # there is no number then
            words = _longest((NOT_IN_OBS, "no scene"), self.width() - px(30) - self._levels.width())
            if words:
                y = px(9) + theme.line_height(theme.SMALL) // 2
                theme.chip(painter, px(7), y, words, fill=_CHIP, colour=theme.AMBER_SOFT)
        if self._is_doubtful():
            self._paint_doubt(painter, top)
        elif self.words:
            self._paint_state(painter)
        elif not self._camera and not (self._tally and self._is_narrow()):
            draw_text(painter, self.rect(), "scene", theme.SMALL, theme.FAINT, align=CENTRE)
        self._paint_tally(painter)

    def paint_live(self, painter: QPainter) -> None:
        """The levels: its own sound, and the channel of the same name."""
        self._meters = self._meter_rect()
        if not self.words or self._is_doubtful():
            self._levels.paint(painter, self._meters)

    def _is_doubtful(self) -> bool:
        """The same picture for a while: a calm camera or a dead one, and its sound may tell which."""
        return self._state is not None and self._state.state is CameraState.FROZEN

    def _meter_rect(self) -> QRect:
        """At the right edge, below the tally and above the figures."""
        size, pad, bottom = theme.LARGE, px(28), self._footing_px() + px(2)
        if self._is_narrow():
            size, pad, bottom = theme.SMALL, 0, px(6)
        top = px(12) + max(pad, theme.line_height(size)) if self._tally else px(8)
        width = self._levels.width()
        return QRect(self.width() - width - px(7), top, width, max(1, self.height() - top - bottom))

    def _is_narrow(self) -> bool:
        """Many tiles share the row: the number stands beside the name, so that the tally has its room."""
        return self.width() < px(160)

    def _footing_px(self) -> int:
        size, pad = (theme.SMALL, px(4)) if self._is_narrow() else (theme.BODY, px(12))
        return theme.line_height(size) + pad

    def _paint_footing(self, painter: QPainter) -> int:
        """The name, and figures as there is room; returns where it begins."""
        rect, footing = self.rect(), self._footing_px()
        paint_footing(painter, rect, footing + px(10))
        line = QRect(px(10), rect.bottom() - footing, rect.width() - px(20), footing)
        size = theme.SMALL if self._is_narrow() else theme.BODY
        if self._is_narrow():
            line.setRight(line.right() - self._levels.width())
        name = f"{self._number} {self.title}" if self._number and self._is_narrow() else self.title
        taken = theme.width_of(name, size, theme.STRONG) + px(12)
        figures = _longest(self._rest.texts, line.width() - taken)
        colour = theme.AMBER_SOFT if self._rest.is_trouble else theme.SOFT
        draw_text(painter, line, figures, theme.SMALL, colour, weight=theme.STRONG, align=RIGHT)
        if figures:
            line.setRight(line.right() - theme.width_of(figures, theme.SMALL, theme.STRONG) - px(10))
        draw_text(painter, line, name, size, weight=theme.STRONG, may_cut=True)
        note = (self._rest.note,) if figures else self._rest.texts
        if self._rest.is_trouble:
            self._paint_note(painter, line.top(), note)
        return line.top()

    def _paint_note(self, painter: QPainter, bottom: int, notes: tuple[str, ...]) -> None:
        """Above the name: why there are so few pictures, or how many where the name has left no room."""
        words = _longest(notes, self.width() - px(14) - self._levels.width() - 2 * px(8))
        if words:
            y = bottom - theme.line_height(theme.SMALL) // 2 - px(2)
            theme.chip(painter, px(7), y, words, fill=_CHIP, colour=theme.AMBER_SOFT)

    def _paint_number(self, painter: QPainter) -> None:
        side = max(px(28), theme.line_height(theme.LARGE))
        rect = QRect(px(7), px(7), side, side)
        ground = theme.RED if self._is_hot else QColor(8, 10, 13, 215)  # HOT: this number cuts
        theme.box(painter, rect, ground, radius=px(5))
        draw_text(painter, rect, str(self._number), theme.LARGE, weight=theme.BOLD, align=CENTRE)

    def _paint_doubt(self, painter: QPainter, bottom: int) -> None:
        """Above the name, so that the picture can be judged."""
        size = theme.SMALL if self._is_narrow() else theme.BODY
        words = _longest(self._shorter, self.width() - px(30) - self._levels.width(), size, theme.BOLD)
        height = theme.line_height(size, theme.BOLD) + px(6)
        centre = bottom - height // 2 - px(2)
        theme.chip(painter, px(7), centre, words or self._shorter[-1], fill=_CHIP, colour=theme.AMBER_SOFT, size=size,
                   line=theme.AMBER)  # fmt: skip

    def _paint_state(self, painter: QPainter) -> None:
        """What is wrong in the middle of the tile, and why below it where there is room."""
        state = self._state
        colour = theme.RED_SOFT if state is not None and state.state in _BAD else theme.AMBER_SOFT
        middle = QRect(px(6), 0, self.width() - px(12), self.height())
        if self._is_narrow():  # between the tally and the name
            top = px(8) + theme.line_height(theme.SMALL) if self._tally else 0
            middle = QRect(px(6), top, middle.width(), self.height() - self._footing_px() - top)
        sizes = (theme.BODY, theme.SMALL) if self._is_narrow() else (theme.LARGE, theme.BODY, theme.SMALL)
        fits = (each for each in sizes if theme.width_of(self.words, each, theme.BOLD) < middle.width())
        size = next(fits, theme.SMALL)
        words = _longest(self._shorter, middle.width(), size, theme.BOLD) or self._shorter[-1]
        draw_text(painter, middle, words, size, colour, weight=theme.BOLD, align=CENTRE, may_cut=True)
        if state is not None and state.why and not self._is_narrow():
            self._paint_why(painter, middle.center().y() + theme.line_height(size) // 2, state.why)

    def _paint_why(self, painter: QPainter, top: int, why: str) -> None:
        room = QRect(px(12), top, self.width() - px(24), theme.line_height(theme.SMALL) + px(2))
        is_free = room.bottom() < self.height() - self._footing_px()
        if is_free and theme.width_of(why, theme.SMALL) <= room.width():
            draw_text(painter, room, why, theme.SMALL, theme.SOFT, align=CENTRE)

    def _paint_tally(self, painter: QPainter) -> None:
        if not self._tally:
            paint_border(painter, self.rect(), theme.LINE, 1)
            return
        ground = {"PVW": theme.GREEN, "WAITING": theme.AMBER, "SENT": theme.AMBER, "REFUSED": theme.AMBER}.get(
            self._tally, theme.RED
        )
        is_red = ground is theme.RED
        ink = QColor("#ffffff") if is_red else theme.INK
        paint_border(painter, self.rect(), ground, px(4), dashed=self._tally in ("CLAIMED", "LOST"))
        y = px(7) + max(px(28), theme.line_height(theme.LARGE)) // 2
        if self._is_narrow():
            y = px(6) + (theme.line_height(theme.SMALL) + px(6)) // 2
        theme.chip(painter, self.width() - px(8), y, self._tally, fill=ground, colour=ink, from_right=True)


def _longest(texts: tuple[str, ...], width: int, size: float = theme.SMALL, weight: int = theme.STRONG) -> str:
    """The first of `texts` that fits into `width` logical pixels, "" when none does."""
    return next((text for text in texts if text and theme.width_of(text, size, weight) <= width), "")
