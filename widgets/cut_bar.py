"""The row of cuts: SAFE apart, CUT and AUTO large, the transition, HOT and Studio Mode. Qt thread only."""

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.core.journal import Origin
from scenes.state import Switcher
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Chooser, Face
from widgets.theme import px

DURATIONS_MS: Final = (100, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000)


class CutBar(QWidget):
    """Everything that changes the picture on air, by size: CUT first."""

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._cut = ActionButton(deck, "scene.cut", "CUT", face=Face.MAIN, size=theme.HUGE)
        self._auto = ActionButton(deck, "scene.auto", "AUTO", size=theme.TITLE)
        self._previous = ActionButton(deck, "preview.previous", "PREVIOUS", size=theme.BODY)
        self._cancel = ActionButton(deck, "scene.cancel", "TAKE BACK", size=theme.BODY, face=Face.OFF)
        self._transition = Chooser("Transition")
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
            (self._cut, 30), (self._auto, 18), (self._previous, 8), (self._cancel, 8), (self._transition, 8),
            (self._duration, 8), (self._studio, 8), (self._hot, 10),
        ):  # fmt: skip
            self._row.addWidget(widget, share)
        self._row.addSpacing(px(26))
        self._row.addWidget(self._safe, 12)
        self._transition.stepped.connect(self._step_transition)
        self._duration.stepped.connect(self._step_duration)
        self._undo = [deck.desk.switcher.watch(self._show), deck.desk.hot.watch(self._show_hot)]
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        self._row.setSpacing(px(6))
        height = max(52, px(78))
        for index in range(self._row.count()):
            item = self._row.itemAt(index)
            widget = item.widget() if item else None
            if widget is not None:
                widget.setFixedHeight(height)

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    def show_holds(self) -> None:
        """Follow what is held, at the display's rate."""
        self._safe.show_hold()

    def _show(self, switcher: Switcher) -> None:
        can_take = switcher.link.is_up and switcher.studio_mode
        self._cut.be("scene.cut", "CUT", face=Face.MAIN if can_take else Face.OFF)
        self._auto.be("scene.auto", "AUTO", face=Face.PLAIN if can_take else Face.OFF)
        waits = switcher.take is not None and switcher.take.state.value == "waiting"
        self._cancel.be("scene.cancel", "TAKE BACK", face=Face.AMBER if waits else Face.OFF)
        name = theme.elided(switcher.transition or "—", px(66), theme.BODY, theme.STRONG)
        self._transition.say(name, "transition")
        self._transition.setToolTip(f"Transition: {switcher.transition}\nKey: Tab to it, then left and right")
        self._duration.say(_duration_words(switcher.transition_ms), "duration")
        mode = "STUDIO" if switcher.studio_mode else "DIRECT"
        self._studio.be("studio_mode.set", mode, "mode", face=Face.PLAIN if switcher.studio_mode else Face.AMBER_LINE)

    def _show_hot(self, is_hot: bool) -> None:
        note = "Ctrl 1-9 cut" if is_hot else "no hot cuts"
        self._hot.be("hot.latch", "HOT ON" if is_hot else "HOT OFF", note, face=Face.RED if is_hot else Face.PLAIN)

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


def _duration_words(duration_ms: int | None) -> str:
    if duration_ms is None:
        return "fixed"
    return f"{duration_ms} ms" if duration_ms < 10_000 else f"{duration_ms / 1000:g} s"
