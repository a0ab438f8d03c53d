"""The row of cuts: SAFE apart, CUT and AUTO large, the transition, HOT and Studio Mode. Qt thread only."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.core.journal import Origin
from scenes.state import Scene, Switcher
from widgets import theme
from widgets.arguments import seen
from widgets.ask import Deck
from widgets.chooser import Chooser
from widgets.controls import ActionButton, Face
from widgets.theme import px
from widgets.times import clock_words

DURATIONS_MS: Final = (100, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000)


class AutoButton(ActionButton):
    """AUTO, with the transition that it will use in a line of its own: the preview's own one stands out."""

    def __init__(self, deck: Deck, means: Callable[[], object]) -> None:
        self._how = ""
        self._is_own = False
        super().__init__(deck, "scene.auto", "AUTO", size=theme.TITLE, arguments=lambda: seen(deck.desk), means=means)

    @property
    def how(self) -> str:
        """The transition that it will use, in words: "Fade 500 ms of Table"."""
        return self._how

    def show_switcher(self, switcher: Switcher) -> None:
        """Follow the transition and the scene in preview."""
        scene = own_transition(switcher)
        if scene is None:
            how = f"{switcher.transition} {duration_words(switcher.transition_ms)}".replace(" fixed", "").strip()
        else:
            length = f" {duration_words(scene.override_ms)}" if scene.override_ms is not None else ""
            how = f"{scene.override}{length} of {scene.name}"
        if (how, scene is not None) != (self._how, self._is_own):
            self._how, self._is_own = how, scene is not None
            self.setAccessibleDescription(f"With {how}. Key: Enter")
            self.update()

    def _name_it(self, help: str) -> None:
        super()._name_it(help)
        self.setToolTip(f"{self.toolTip()}\nWith {self._how}")

    def sizeHint(self) -> QSize:
        """Room for a usual transition: with the longer words of a scene's own one nothing moves."""
        return QSize(theme.width_of("Fade 300 ms", theme.SMALL, theme.STRONG) + 2 * px(6), px(44))

    def _paint_words(self, painter: QPainter, colour: QColor) -> None:
        lines = ((self.title, self._size, theme.BOLD), (self._how, theme.SMALL, theme.STRONG),
                 ("Enter", theme.SMALL, theme.REGULAR))  # fmt: skip
        heights = [theme.line_height(size, weight) for _, size, weight in lines]
        heights[0] -= px(4)
        top = (self.height() - sum(heights)) // 2
        for (words, size, weight), height in zip(lines, heights, strict=True):
            ink = theme.AMBER_SOFT if words == self._how and self._is_own else colour
            row = QRect(px(4), top, self.width() - 2 * px(4), height)
            theme.draw_text(
                painter, row, words, size, ink, weight=weight, align=theme.CENTRE, may_cut=words == self._how
            )
            top += height


class CutBar(QWidget):
    """Everything that changes the picture on air, by size: CUT first. It lies on red while HOT is on."""

    list_wanted = Signal(str)  # the transitions, to be searched from these letters

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._is_hot = False
        self._cut = ActionButton(deck, "scene.cut", "CUT", face=Face.MAIN, size=theme.HUGE,
                                 arguments=lambda: seen(deck.desk), means=self._next)  # fmt: skip
        self._auto = AutoButton(deck, self._next)
        self._previous = ActionButton(deck, "preview.previous", "PREVIOUS", size=theme.SMALL)
        self._cancel = ActionButton(deck, "scene.cancel", "TAKE BACK", size=theme.SMALL, face=Face.OFF)
        self._transition = Chooser("Transition", has_list=True)
        self._duration = Chooser("Duration of the transition")
        self._hot = ActionButton(deck, "hot.latch", "HOT OFF", arguments=lambda: {"on": not deck.desk.hot.value},
                                 size=theme.LARGE)  # fmt: skip
        self._studio = ActionButton(
            deck, "studio_mode.set", "STUDIO", size=theme.BODY,
            arguments=lambda: {"on": not deck.desk.switcher.value.studio_mode},
        )  # fmt: skip
        self._safe = ActionButton(deck, "scene.safe", "SAFE", face=Face.RED_LINE, size=theme.LARGE)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget, share in (
            (self._cut, 40), (self._auto, 22), (self._previous, 8), (self._cancel, 8), (self._transition, 8),
            (self._duration, 8), (self._studio, 8), (self._hot, 10),
        ):  # fmt: skip
            self._row.addWidget(widget, share)
        self._row.addSpacing(px(26))
        self._row.addWidget(self._safe, 12)
        self._transition.stepped.connect(self._step_transition)
        self._duration.stepped.connect(self._step_duration)
        self._transition.list_wanted.connect(lambda: self.list_wanted.emit("transition"))
        self._undo = [
            deck.desk.switcher.watch(self._show),
            deck.desk.hot.watch(lambda _: self._show_hot()),
            deck.desk.hot_until_ns.watch(lambda _: self._show_hot(), now=False),
        ]
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        frame = px(6)  # HOT's, kept free
        self._row.setContentsMargins(0, frame, 0, frame)
        self._row.setSpacing(px(6))
        height = max(52, px(74))
        for index in range(self._row.count()):
            item = self._row.itemAt(index)
            widget = item.widget() if item else None
            if widget is not None:
                widget.setFixedHeight(height)
        words = max(theme.width_of("HOT 0:00", theme.LARGE, theme.BOLD), theme.width_of("Ctrl 1-9 cut", theme.SMALL))
        self._hot.setMinimumWidth(words + 2 * px(9))  # latched or not: nothing moves

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def show_holds(self) -> None:
        """Follow what is held, at the display's rate."""
        self._safe.show_hold()

    def _show(self, switcher: Switcher) -> None:
        can_take = switcher.link.is_up and (switcher.studio_mode or switcher.preview is not None)
        self._cut.be("scene.cut", "CUT", face=Face.MAIN if can_take else Face.OFF)
        self._auto.be("scene.auto", "AUTO", face=Face.PLAIN if can_take else Face.OFF)
        self._auto.show_switcher(switcher)
        self._show_hot()
        waits = switcher.take is not None and switcher.take.state.value == "waiting"
        self._cancel.be("scene.cancel", "TAKE BACK", face=Face.AMBER if waits else Face.OFF)
        name = theme.elided(switcher.transition or "—", px(66), theme.BODY, theme.STRONG)
        self._transition.say(name, "transition")
        self._transition.setToolTip(
            f"Transition: {switcher.transition}\nA click on its name lists them all, "
            "also those for one scene alone\nKey: Tab to it, then left and right"
        )
        self._duration.say(duration_words(switcher.transition_ms), "duration")
        mode = "STUDIO" if switcher.studio_mode else "DIRECT"
        self._studio.be("studio_mode.set", mode, "mode", face=Face.PLAIN if switcher.studio_mode else Face.AMBER_LINE)

    def tick(self, now_ns: int) -> None:
        """Let HOT's time go on; a few times a second."""
        self._show_hot(now_ns)

    def _next(self) -> object:
        """What CUT and AUTO are about."""
        return self._deck.desk.switcher.value.preview

    def _show_hot(self, now_ns: int | None = None) -> None:
        desk = self._deck.desk
        is_hot, until_ns = desk.hot.value, desk.hot_until_ns.value
        keys = "Ctrl 1-9 cut" if desk.switcher.value.studio_mode else "1-9 cut"
        left = ""
        if until_ns is not None:
            left = f" {clock_words((until_ns - (desk.clock.mono_ns() if now_ns is None else now_ns)) / 1e9 + 0.999)}"
        self._hot.be("hot.latch", f"HOT{left}" if is_hot else "HOT OFF", keys if is_hot else "no hot cuts",
                     face=Face.RED if is_hot else Face.PLAIN)  # fmt: skip
        if is_hot is not self._is_hot:
            self._is_hot = is_hot
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Red around all that cuts while HOT is latched."""
        if not self._is_hot:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = self.rect()
        room.setRight(self._hot.geometry().right() + px(6))
        theme.box(painter, room, theme.RED, radius=px(8))
        painter.end()

    def _step_transition(self, step: int) -> None:
        switcher = self._deck.desk.switcher.value
        names = switcher.transitions
        if names:
            here = names.index(switcher.transition) if switcher.transition in names else 0
            self._deck.ask("transition.set", Origin.BUTTON, {"name": names[(here + step) % len(names)]})

    def _step_duration(self, step: int) -> None:
        switcher = self._deck.desk.switcher.value
        if switcher.transition_ms is None:
            return
        further = [ms for ms in DURATIONS_MS if (ms - switcher.transition_ms) * step > 0]
        if further:
            duration_ms = min(further) if step > 0 else max(further)
            arguments = {"name": switcher.transition, "duration_ms": duration_ms}
            self._deck.ask("transition.set", Origin.BUTTON, arguments)


def own_transition(switcher: Switcher) -> Scene | None:
    """The scene in preview, when it wants a transition of its own: AUTO uses that one."""
    scene = next((scene for scene in switcher.scenes if scene.name == switcher.preview), None)
    return scene if scene is not None and scene.override else None


def duration_words(duration_ms: int | None) -> str:
    """A transition's length: "300 ms", "12 s", "fixed" where it has its own."""
    if duration_ms is None:
        return "fixed"
    return f"{duration_ms} ms" if duration_ms < 10_000 else f"{duration_ms / 1000:g} s"
