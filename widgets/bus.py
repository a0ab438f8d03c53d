"""PREVIEW and PROGRAM: the picture on a bus, its name, and how far the last take got. Qt thread only."""

from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter

from console.cameras.state import Picture
from console.core.links import LinkState
from scenes.state import Switcher, Take, TakeState
from widgets import theme
from widgets.ask import Deck
from widgets.controls import Face
from widgets.frame_guides import paint_guides
from widgets.pictures import PictureView, paint_border, paint_footing
from widgets.theme import CENTRE, RIGHT, draw_text, px
from widgets.tile_facts import OLD_S, age_words
from widgets.times import ago_words, clock_words

_TAKE_FACES: Final = {
    TakeState.WAITING: Face.AMBER,
    TakeState.SENT: Face.AMBER_LINE,
    TakeState.ON_AIR: Face.GREEN,
    TakeState.CLAIMED: Face.AMBER_LINE,
    TakeState.REFUSED: Face.RED_LINE,
    TakeState.FAILED: Face.RED,
    TakeState.LOST: Face.RED,
    TakeState.CHANGED: Face.AMBER,
}
_SHORT: Final = {
    "claimed by OBS, not proved": "claimed", "not known while OBS is away": "not known",
    "direct mode: no preview": "direct mode", "next · direct mode": "direct mode",
}  # fmt: skip
LIVE_S: Final = 0.15  # a picture that is never older than that moves as the show does
_HOPES: Final = (TakeState.SENT, TakeState.ON_AIR, TakeState.CLAIMED, TakeState.CHANGED)  # stale when OBS is away


class BusPane(PictureView):
    """One bus. The program says "CLAIMED" when OBS names a scene that nothing proves (law 4)."""

    solo_wanted = Signal()  # a double click

    def __init__(self, deck: Deck, bus: str) -> None:
        super().__init__(self._newest)
        self._deck, self._bus = deck, bus
        self._since = ""
        self._words = ("", "")
        self._take_words = ""
        self._age = ("", False)
        self._guides: tuple[str, ...] = ()
        self._switcher = Switcher()
        self._program: str | None = None  # what was on air last, and what was before that
        self._before: str | None = None
        self.setToolTip(f"{bus.capitalize()}: what is {'on air' if bus == 'program' else 'next'}")
        unwatch = deck.desk.switcher.watch(self._show)
        self.destroyed.connect(unwatch)
        unguide = deck.desk.show.watch(lambda show: self._show_guides(show.multiview.guides))
        self.destroyed.connect(unguide)

    @property
    def words(self) -> tuple[str, str]:
        """The scene's name and the state beside it, as shown."""
        return self._words

    @property
    def take_lamp(self) -> str:
        """How far the last take got, as shown; over the preview: how far the T-bar is held."""
        return self._take_words

    @property
    def age(self) -> str:
        """How old the picture is, as shown; "" while it moves as the show does, or nobody knows."""
        return self._age[0]

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask to see it alone, where somebody can do that."""
        event.accept()
        self.solo_wanted.emit()

    def picture_rect(self) -> QRect:
        """Inside the border."""
        line = px(4)
        return self.rect().adjusted(line, line, -line, -line)

    def tick(self, now_ns: int) -> None:
        """Let the clocks go on."""
        self._show(self._switcher, now_ns)
        age_s = self.rates.age_s(now_ns) if self.has_picture() else None
        age = ("", False) if age_s is None or age_s < LIVE_S else (age_words(age_s), age_s > OLD_S)
        if age != self._age:
            self._age = age
            self.repaint_over()

    def _show_guides(self, guides: tuple[str, ...]) -> None:
        if guides != self._guides:
            self._guides = guides
            self.repaint_over()

    def _newest(self) -> Picture | None:
        return self._deck.desk.bus_picture(self._bus)

    def _show(self, switcher: Switcher, now_ns: int | None = None) -> None:
        now_ns = self._deck.desk.clock.mono_ns() if now_ns is None else now_ns
        words = self._program_words(switcher, now_ns) if self._bus == "program" else _preview_words(switcher)
        if switcher.program is not None and switcher.program != self._program:
            self._before, self._program = self._program, switcher.program
        is_program = self._bus == "program"
        take = take_words(switcher, now_ns, before=self._before) if is_program else held_words(switcher)
        if words == self._words and take == self._take_words and switcher == self._switcher:
            return
        self._words, self._take_words, self._switcher = words, take, switcher
        self.setAccessibleName(f"{self._bus.capitalize()}: {', '.join(part for part in (*words, take) if part)}")
        self.repaint_over()

    def _program_words(self, switcher: Switcher, now_ns: int) -> tuple[str, str]:
        if switcher.program is not None:
            age = clock_words((now_ns - switcher.program_since_mono_ns) / 1e9)
            return switcher.program, f"proved · {age}"
        if not switcher.link.is_up:
            return switcher.claimed or "", "not known while OBS is away"
        if switcher.claimed is not None:
            return switcher.claimed, "claimed by OBS, not proved"
        return "", "not known"

    def paint_over(self, painter: QPainter) -> None:
        """Badge, take lamp, name, state, border."""
        room = self.picture_rect()
        name, state = self._words
        if not self.has_picture():
            self._paint_why(painter, room)
        else:
            paint_guides(painter, self.shown_rect(), self._guides)
        is_program = self._bus == "program"
        colour = theme.RED if is_program else theme.GREEN
        badge_ink = QColor("#ffffff") if is_program else theme.INK
        y = room.top() + px(24)
        badge = theme.chip(painter, room.left() + px(10), y, self._bus.upper(), fill=colour, colour=badge_ink)
        footing = theme.line_height(theme.TITLE) + px(14)
        paint_footing(painter, room, footing + px(12))
        line = QRect(room.left() + px(14), room.bottom() - footing, room.width() - px(28), footing)
        width = theme.width_of(state, theme.BODY, theme.STRONG)
        if width > line.width() * 0.6:  # upright canvases are narrow, and the name comes first
            state = _SHORT.get(state, state)
            width = theme.width_of(state, theme.BODY, theme.STRONG)
        behind = QRect(line.right() - width - px(8), line.center().y() - px(13), width + px(16), px(28))
        theme.box(painter, behind, QColor(8, 10, 13, 200), radius=px(5))  # pictures may be white there: codes
        draw_text(painter, line, state, theme.BODY, theme.SOFT, weight=theme.STRONG, align=RIGHT)
        line.setRight(line.right() - theme.width_of(state, theme.BODY, theme.STRONG) - px(10))
        draw_text(painter, line, name or "—", theme.TITLE, weight=theme.BOLD, may_cut=True)
        if is_program and self._switcher.is_black:
            self._paint_black(painter, room)
        self._paint_age(painter, badge, self._paint_lamp(painter, room, y))
        is_claimed = is_program and self._switcher.program is None
        paint_border(painter, self.rect(), colour, px(4), dashed=is_claimed)

    def _paint_age(self, painter: QPainter, badge: QRect, right: int) -> None:
        """How old the picture is, behind the badge, or below it where the lamp leaves no room."""
        words, is_old = self._age
        if not words:
            return
        width = theme.width_of(words, theme.SMALL, theme.BOLD) + 2 * px(8)
        x, y = badge.right() + px(8), badge.center().y()
        if x + width > right - px(8):
            x, y = badge.left(), badge.bottom() + px(6) + badge.height() // 2
        colour, line = (theme.AMBER_SOFT, theme.AMBER) if is_old else (theme.SOFT, None)
        theme.chip(painter, x, y, words, fill=QColor(8, 10, 13, 200), colour=colour, line=line)

    def _paint_lamp(self, painter: QPainter, room: QRect, y: int) -> int:
        """In the upper right corner, as large as there is room for: what must be acted on is larger.

        Returns where it begins.
        """
        words = self._take_words
        if not words:
            return room.right()
        take = self._switcher.take
        is_program = self._bus == "program"
        face = _TAKE_FACES[take.state] if is_program and take is not None else Face.AMBER
        is_calm = face in (Face.GREEN, Face.AMBER_LINE)
        space = room.width() - px(58) - theme.width_of(self._bus.upper(), theme.SMALL, theme.BOLD)
        sizes = (theme.BODY, theme.SMALL) if is_calm else (theme.LARGE, theme.BODY, theme.SMALL)
        size = next((each for each in sizes if theme.width_of(words, each, theme.BOLD) <= space), theme.SMALL)
        if theme.width_of(words, size, theme.BOLD) > space:
            words = _shortened(words, space)
        fill, line, ink = face.value
        lamp = theme.chip(painter, room.right() - px(10), y, words, fill=fill, colour=ink, size=size, from_right=True,
                          line=line)  # fmt: skip
        return lamp.left()

    def _paint_black(self, painter: QPainter, room: QRect) -> None:
        """The picture is black: its middle is free to say so."""
        box = QRect(0, 0, min(room.width() - px(20), px(420)), px(96))
        box.moveCenter(room.center())
        fill, line, ink = Face.RED_LINE.value
        theme.box(painter, box, fill, line, radius=px(8), line_px=px(3))
        upper = QRect(box.left(), box.top() + px(8), box.width(), box.height() // 2)
        lower = QRect(box.left(), upper.bottom(), box.width(), box.height() // 2 - px(12))
        draw_text(painter, upper, "BLACK", theme.HUGE, ink, weight=theme.BOLD, align=CENTRE)
        draw_text(painter, lower, "hold 0 goes back", theme.LARGE, ink, weight=theme.STRONG, align=CENTRE)

    def _paint_why(self, painter: QPainter, room: QRect) -> None:
        link = self._switcher.link
        if link.state is LinkState.UP:
            draw_text(painter, room, "no picture yet", theme.BODY, theme.FAINT, align=CENTRE)
            return
        words = "connecting to OBS" if link.state is LinkState.CONNECTING else "OBS is not there"
        middle = room.center().y()
        top = QRect(room.left(), middle - px(26), room.width(), px(28))
        draw_text(painter, top, words, theme.LARGE, theme.AMBER_SOFT, weight=theme.BOLD, align=CENTRE)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        below = QRect(room.left() + px(20), middle + px(6), room.width() - px(40), px(60))
        painter.setFont(theme.font(theme.BODY))
        painter.setPen(theme.SOFT)
        painter.drawText(below, int(flags | Qt.TextFlag.TextWordWrap), link.why)


def take_words(switcher: Switcher, now_ns: int, *, before: str | None = None) -> str:
    """The take lamp in words: what the far side has confirmed of the last take; "" when there is nothing to say.

    While OBS is away nothing of it is confirmed any more. `before` was on air before what is there now.
    """
    take = switcher.take
    if take is None or (take.state in _HOPES and not switcher.link.is_up):
        return ""
    name = "SAFE" if take.is_safe else take.scene
    if take.state is TakeState.CHANGED:
        what = f"{before} → {name}" if before and before != name else name
        return f"CHANGED from outside Cuedrop · {what} · {ago_words((now_ns - take.since_mono_ns) / 1e9)}"
    if take.state is TakeState.WAITING:
        return _waiting_words(take, name, now_ns)
    known = {
        TakeState.SENT: f"SENT {name}",
        TakeState.ON_AIR: f"ON AIR {name}",
        TakeState.CLAIMED: f"CLAIMED {name} · OBS says it; not proved",
        TakeState.REFUSED: f"REFUSED {name}",
        TakeState.FAILED: f"FAILED {name}",
        TakeState.LOST: f"▲ TAKE LOST · {name}",
    }
    return known[take.state]


def _waiting_words(take: Take, name: str, now_ns: int) -> str:
    """What waits and for how long: "CUT Table in 0.7 s · Esc takes it back"."""
    how = "" if take.is_safe else "CUT " if take.is_cut else "AUTO "
    left_s = (take.due_mono_ns - now_ns) / 1e9
    when = f"in {left_s:.1f} s" if take.due_mono_ns and left_s >= 0.05 else "waits"
    return f"{how}{name} {when} · Esc takes it back"


def held_words(switcher: Switcher) -> str:
    """The T-bar's lamp over the preview: how far it is held, and the key that takes it back."""
    if switcher.t_bar is None or not switcher.link.is_up:
        return ""
    return f"HELD {round(switcher.t_bar * 100)} % · Home takes it back"


def _shortened(words: str, space: int) -> str:
    """As many of the parts as there is room for, the middle one (names) first to go; a time is never cut off."""
    first, *others = words.split(" · ")
    for kept in ([*others[:-1]], [*others[-1:]], []):
        candidate = " · ".join((first, *kept))
        if theme.width_of(candidate, theme.SMALL, theme.BOLD) <= space:
            return candidate
    return theme.elided(first, space, theme.SMALL, theme.BOLD)


def _preview_words(switcher: Switcher) -> tuple[str, str]:
    if not switcher.studio_mode and switcher.link.is_up:
        chosen = switcher.preview  # the console's own choice: OBS has no preview now, and Space cuts to this
        return (chosen, "next · direct mode") if chosen else ("", "direct mode: no preview")
    return switcher.preview or "", "next" if switcher.preview else "nothing chosen"
