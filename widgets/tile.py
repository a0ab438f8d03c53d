"""One tile: a scene's number, its camera's picture, its tally and how the camera is. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter

from console.audio.state import FLOOR_DBFS
from console.cameras.state import Camera, CameraState, Picture
from console.core.journal import Origin
from console.desk.view import Notice
from scenes.state import Take, TakeState
from widgets import theme
from widgets.arguments import scene_request
from widgets.ask import Deck
from widgets.meters import share_of
from widgets.pictures import PictureView, paint_border, paint_footing
from widgets.theme import CENTRE, draw_text, px
from widgets.times import clock_words

SETTLED_S: Final = 1.0  # so long a tile that has moved under the pointer takes no press
_TAKES: Final = {
    TakeState.WAITING: "WAITING", TakeState.SENT: "SENT", TakeState.LOST: "LOST", TakeState.REFUSED: "REFUSED",
    TakeState.FAILED: "FAILED",
}  # fmt: skip
NEWS_S: Final = 8.0  # as long as the banner answers a press
_OLD_SOON: Final = (TakeState.REFUSED, TakeState.FAILED)
STATE_WORDS: Final = {
    CameraState.CONNECTING: "CONNECTING",
    CameraState.STALLED: "STALLED",
    CameraState.FROZEN: "FROZEN",
    CameraState.BLACK: "BLACK",
    CameraState.LOST: "LOST",
}


class Tile(PictureView):
    """Shows one scene's camera; pressing it takes the scene to preview, as its number key does."""

    def __init__(self, deck: Deck, number: int, scene: str, camera: str) -> None:
        super().__init__(self._newest)
        self._deck = deck
        self._number, self._scene, self._camera = number, scene, camera
        self._tally = ""
        self._is_hot = False
        self._moved_ns = -round(SETTLED_S * 1e9)
        self._state: Camera | None = None
        self._age = ""
        self._level_dbfs = FLOOR_DBFS
        self._channel = next(
            (index for index, channel in enumerate(deck.desk.sound.value.channels) if channel.name in (camera, scene)),
            None,
        )
        self._name_it()
        self.show_state()

    @property
    def title(self) -> str:
        """The scene's name, or the camera's when no scene shows it."""
        return self._scene or self._camera

    @property
    def tally(self) -> str:
        """What its corner says: "PGM", "CLAIMED", "PVW" or nothing."""
        return self._tally

    def show_state(self) -> None:
        """Follow the desk's switcher and camera; repaints only on a change."""
        switcher = self._deck.desk.switcher.value
        is_program = bool(self._scene) and self._scene == switcher.program
        is_claimed = bool(self._scene) and switcher.program is None and self._scene == switcher.claimed
        is_preview = bool(self._scene) and switcher.studio_mode and self._scene == switcher.preview
        tally = "PGM" if is_program else "CLAIMED" if is_claimed else "PVW" if is_preview else ""
        if switcher.take is not None and not is_program and switcher.link.is_up:
            tally = self._take_words(switcher.take) or tally
        is_hot = self._deck.desk.hot.value
        state = next((c for c in self._deck.desk.cameras.value if c.name == self._camera), None)
        if (tally, state, is_hot) == (self._tally, self._state, self._is_hot):
            return
        self._tally, self._state, self._is_hot = tally, state, is_hot
        self._show_age(self._deck.desk.clock.mono_ns())
        self._name_it()
        self.repaint_over()

    def _take_words(self, take: Take) -> str:
        """How far the last take of this scene got; what did not come out is old news soon."""
        age_s = (self._deck.desk.clock.mono_ns() - take.since_mono_ns) / 1e9
        if take.scene != self._scene or (take.state in _OLD_SOON and age_s > NEWS_S):
            return ""
        return _TAKES.get(take.state, "")

    def tick(self, now_ns: int) -> None:
        """Let ages go on."""
        if self._tally in _TAKES.values():
            self.show_state()
        self._show_age(now_ns)

    def _show_age(self, now_ns: int) -> None:
        age = ""
        if self._state is not None and self._state.state is not CameraState.LIVE:
            age = clock_words(max(0.0, (now_ns - self._state.since_mono_ns) / 1e9))
        if age != self._age:
            self._age = age
            self.repaint_over()

    def show_level(self, peaks_dbfs: float) -> None:
        """Follow the level of the channel of the same name."""
        if abs(peaks_dbfs - self._level_dbfs) >= 0.5:
            self._level_dbfs = peaks_dbfs
            self.update(self._meter_rect())

    @property
    def camera(self) -> str:
        """The camera that it shows, or ""."""
        return self._camera

    @property
    def channel(self) -> int | None:
        """The index of the sound channel that has this camera's name, if one has."""
        return self._channel

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

    def moved_at(self, now_ns: int) -> None:
        """Another scene than this one was shown here until now: a click that was on its way means that one."""
        self._moved_ns = now_ns

    def _newest(self) -> Picture | None:
        return self._deck.desk.picture(self._camera) if self._camera else None

    def _words(self) -> str:
        if self._state is None or self._state.state is CameraState.LIVE:
            return ""
        words = f"{STATE_WORDS[self._state.state]} {self._age}"
        return words + " · trying" if self._state.state is CameraState.LOST else words

    def _name_it(self) -> None:
        key = f"Key: {self._number}" if self._number else "No number of its own"
        name = ", ".join(part for part in (self.title, self._tally, self._words()) if part)
        self.setAccessibleName(f"Tile {self._number or ''} {name}".replace("  ", " "))
        self.setAccessibleDescription(key)
        why = f"\n{self._state.why} {self._state.fix}" if self._state and self._state.why else ""
        self.setToolTip(f"{name}: to preview\n{key}{why}")

    def _meter_rect(self) -> QRect:
        return QRect(self.width() - px(20), px(34), px(9), max(1, self.height() - px(72)))

    def paint_over(self, painter: QPainter) -> None:
        """Number, tally, name, state, border."""
        rect = self.rect()
        words = self._words()
        if words and self.has_picture():
            painter.fillRect(rect, QColor(8, 10, 13, 165))
        size, pad = (theme.SMALL, px(4)) if self._is_narrow() else (theme.BODY, px(12))
        footing = theme.line_height(size) + pad
        paint_footing(painter, rect, footing + px(10))
        line = QRect(px(10), rect.bottom() - footing, rect.width() - px(20), footing)
        name = f"{self._number} {self.title}" if self._number and self._is_narrow() else self.title
        draw_text(painter, line, name, size, weight=theme.STRONG, may_cut=True)
        if self._number and not self._is_narrow():
            self._paint_number(painter)
        self._paint_middle(painter, words)
        self._paint_tally(painter)

    def paint_live(self, painter: QPainter) -> None:
        """The level of the channel of the same name."""
        if self._level_dbfs > FLOOR_DBFS and not self._words():
            self._paint_level(painter)

    def _is_narrow(self) -> bool:
        """Many tiles share the row: the number stands beside the name, so that the tally has its room."""
        return self.width() < px(160)

    def _paint_number(self, painter: QPainter) -> None:
        side = max(px(28), theme.line_height(theme.LARGE))
        rect = QRect(px(7), px(7), side, side)
        ground = theme.RED if self._is_hot else QColor(8, 10, 13, 215)  # HOT: this number cuts
        theme.box(painter, rect, ground, radius=px(5))
        draw_text(painter, rect, str(self._number), theme.LARGE, weight=theme.BOLD, align=CENTRE)

    def _paint_middle(self, painter: QPainter, words: str) -> None:
        middle = QRect(px(6), 0, self.width() - px(12), self.height())
        if words:
            is_bad = self._state is not None and self._state.state in (CameraState.LOST, CameraState.BLACK)
            colour = theme.RED_SOFT if is_bad else theme.AMBER_SOFT
            if self._is_narrow():  # above the name, beside the tally
                words = words.split(" ", maxsplit=1)[0] if self._tally else words.removesuffix(" · trying")
                taken = theme.width_of(self._tally, theme.SMALL, theme.BOLD) + px(24) if self._tally else 0
                height = theme.line_height(theme.SMALL) + px(6)
                middle = QRect(px(6), px(6), self.width() - px(12) - taken, height)
            size = theme.BODY if theme.width_of(words, theme.BODY, theme.BOLD) < middle.width() else theme.SMALL
            if theme.width_of(words, size, theme.BOLD) >= middle.width():
                words = words.removesuffix(" · trying")
            if theme.width_of(words, size, theme.BOLD) >= middle.width():
                words = words.split(" ", maxsplit=1)[0]
            draw_text(painter, middle, words, size, colour, weight=theme.BOLD, align=CENTRE)
        elif not self._camera:
            draw_text(painter, middle, "scene", theme.SMALL, theme.FAINT, align=CENTRE)

    def _paint_level(self, painter: QPainter) -> None:
        rect = self._meter_rect()
        painter.fillRect(rect, QColor(8, 10, 13, 200))
        for low, high, colour in ((-60.0, -20.0, theme.GREEN), (-20.0, -9.0, theme.AMBER), (-9.0, 0.0, theme.RED)):
            top = share_of(min(high, self._level_dbfs))
            bottom = share_of(low)
            if top > bottom:
                height = int((top - bottom) * rect.height())
                painter.fillRect(
                    rect.left() + 1, rect.bottom() - int(top * rect.height()), rect.width() - 2, height, colour
                )

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
