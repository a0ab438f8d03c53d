"""Every action that has no key of its own, by typing a few letters of it. Not modal; Qt thread only."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QVBoxLayout, QWidget

from console.audio.state import Channel
from console.commerce.queue import AT_REST
from console.commerce.state import Drop
from console.core.journal import Origin
from console.desk.actions import Action
from console.desk.view import DeskView
from widgets import theme
from widgets.arguments import fill
from widgets.ask import Deck
from widgets.frame_guides import EVERY
from widgets.multiview_layouts import turned
from widgets.page_entries import page_entries
from widgets.talkback import choices
from widgets.theme import px

TROUBLES: Final[Mapping[str, str]] = {
    "lose_takes": "it loses takes", "refuse_takes": "it refuses takes", "stall": "it stalls", "late": "it answers late",
    "freeze_picture": "its picture freezes", "not_ready": "it is not ready", "die": "it ends",
    "good": "it is good again",
}  # fmt: skip


NOTHING: Final = (
    "Nothing found.",
    "Type fewer letters, or others.",
    "What has a key of its own, or cannot be done now, is not listed.",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what it says, and what it asks for."""

    words: str
    action_id: str
    arguments: Mapping[str, object]


def entries(desk: DeskView) -> list[Entry]:
    """What can be asked for now and has no key, one entry for each channel, return, drop, transition, source, look."""
    found = [
        entry
        for action in desk.actions
        if (not action.keys or action.id in _LISTENED) and action.enabled(desk).is_enabled
        for entry in _entries_of(desk, action)
    ]
    enabled = {action.id for action in desk.actions if action.enabled(desk).is_enabled}
    return found + [Entry(*line) for line in page_entries(desk) if line[1] in enabled]


def _entries_of(desk: DeskView, action: Action) -> Iterator[Entry]:
    wanted = set(action.arguments.model_fields)
    if action.id in _LISTENED:
        for channel in desk.sound.value.channels:
            is_on = _LISTENED[action.id](channel)
            words = f"{action.title}{' off' if is_on else ''}: {channel.name}"
            yield Entry(words, action.id, {"channel": channel.name, "on": not is_on})
    elif action.id in _CHOICES:
        for words, arguments in _CHOICES[action.id](desk):
            yield Entry(f"{action.title}: {words}", action.id, arguments)
    elif action.id == "obs.lead":
        request = fill(desk, action)
        yield Entry(f"{action.title}: the {request.arguments['which']} one", action.id, request.arguments)
    elif wanted <= {"on", "drop", "run"}:  # a run is the present one unless somebody says otherwise
        yield from _entry_filled(desk, action)


_LISTENED: Final[Mapping[str, Callable[[Channel], bool]]] = {
    "channel.mute": lambda channel: channel.is_to_be_opened,
    "channel.solo": lambda channel: channel.is_solo,
    "channel.pfl": lambda channel: channel.is_pfl,
}
Choices = Iterable[tuple[str, Mapping[str, object]]]


def _own_transitions(desk: DeskView) -> Choices:
    """A transition only for the scene in preview, as long as the chosen one takes; and none of its own any more."""
    switcher = desk.switcher.value
    scene = next((scene for scene in switcher.scenes if scene.name == switcher.preview), None)
    if scene is None:
        return
    if scene.override:
        yield f"{scene.name} as all others", {"scene": scene.name, "name": None}
    length = {} if switcher.transition_ms is None else {"duration_ms": switcher.transition_ms}
    words = "" if switcher.transition_ms is None else f" {switcher.transition_ms} ms"
    for name in switcher.transitions:
        yield f"only for {scene.name}: {name}{words}", {"scene": scene.name, "name": name, **length}


def _pause(desk: DeskView) -> tuple[str, Mapping[str, object]]:
    """Pause the measuring, or go on."""
    is_paused = desk.sound.value.is_loudness_paused
    return ("go on" if is_paused else "now", {"on": not is_paused})


def _guides(desk: DeskView) -> Choices:
    """Each frame guide on or off."""
    now = desk.show.value.multiview.guides
    for guide in EVERY:
        yield f"{guide}{' off' if guide in now else ''}", {"guides": turned(now, guide)}


def _turned_pin(desk: DeskView, drop: Drop) -> tuple[str, Mapping[str, object]]:
    """Pin a drop for buyers, or take its pin off."""
    is_pinned = drop.id in desk.sale.value.highlighted
    return f"{drop.title}{' no more' if is_pinned else ''}", {"drop": drop.id, "on": not is_pinned}


def _with_unpaid(desk: DeskView) -> list[Drop]:
    """The drops whose present sale has unpaid orders."""
    sale = desk.sale.value
    unpaid = {(order.drop, order.run) for order in sale.unpaid}
    return [drop for drop in sale.drops if (drop.id, drop.run) in unpaid]


_CHOICES: Final[Mapping[str, Callable[[DeskView], Choices]]] = {
    "return.test": lambda desk: ((each.name, {"return": each.name}) for each in desk.sound.value.returns),
    "line.test": lambda desk: ((each.name, {"return": each.name}) for each in desk.sound.value.returns),
    "guest.remove": lambda desk: ((each.name, {"return": each.name}) for each in desk.sound.value.returns),
    "preset.run": lambda desk: ((name, {"name": name}) for name in desk.sound.value.presets),
    "preset.remove": lambda desk: ((name, {"name": name}) for name in desk.sound.value.presets),
    "loudness.pause": lambda desk: [_pause(desk)],
    "talkback.to": lambda desk: choices(desk.sound.value, desk.show.value.audio.talkback),
    "orders.list": lambda desk: ((drop.title, {"drop": drop.id}) for drop in _with_unpaid(desk)),
    "drop.choose": lambda desk: ((drop.title, {"drop": drop.id}) for drop in desk.sale.value.drops),
    "drop.highlight": lambda desk: (_turned_pin(desk, drop) for drop in desk.sale.value.drops),
    "drop.remove": lambda desk: (
        (drop.title, {"drop": drop.id}) for drop in desk.sale.value.drops if drop.state in AT_REST
    ),
    "transition.set": lambda desk: ((name, {"name": name}) for name in desk.switcher.value.transitions),
    "override.set": _own_transitions,
    "multiview.guides": _guides,
    "practice.misbehave": lambda desk: ((words, {"how": how}) for how, words in TROUBLES.items()),
}


def _entry_filled(desk: DeskView, action: Action) -> Iterator[Entry]:
    """What the desk's values fill; nothing where they do not fill all that it needs."""
    request = fill(desk, action)
    needed = {name for name, field in action.arguments.model_fields.items() if field.is_required()}
    if needed <= request.arguments.keys() and request.arguments.get("drop") != "":  # there is no drop
        turn = {True: " on", False: " off"}.get(request.arguments["on"] is True, "") if "on" in needed else ""
        yield Entry(f"{action.title}{turn}", request.action_id, request.arguments)


class Palette(QWidget):
    """A field and what matches it; Enter asks for the first or chosen line, Esc leaves."""

    def __init__(self, deck: Deck, parent: QWidget) -> None:
        super().__init__(parent)
        self._deck = deck
        self._shown: list[Entry] = []
        self._own: dict[str, Callable[[], None]] = {}
        self.field = QLineEdit()
        self.field.setPlaceholderText("What to do: type a few letters, Enter does it, Esc leaves")
        self.field.setAccessibleName("Find an action")
        self.field.setToolTip("Find an action\nKey: Ctrl K")
        self._list = QListWidget()
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setAccessibleName("Actions found")
        column = QVBoxLayout(self)
        column.setContentsMargins(px(12), px(12), px(12), px(12))
        column.addWidget(self.field)
        column.addWidget(self._list, 1)
        self.field.textChanged.connect(self._find)
        self.field.returnPressed.connect(self._ask)
        self._list.itemClicked.connect(self._ask)
        self.field.installEventFilter(self)
        self.hide()

    def offer(self, words: str, do: Callable[[], None]) -> None:
        """Find `words`, too: something of the window's own, that no action does."""
        self._own[words] = do

    def open(self, text: str = "") -> None:
        """Show it with `text` in its field, and the keyboard there; typing begins anew."""
        self.field.setText(text)
        self.field.selectAll()
        self._find(text)
        self.show()
        self.raise_()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down choose a line; losing the keyboard closes the palette."""
        if event.type() is QEvent.Type.FocusOut:
            self.hide()
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            steps = {int(Qt.Key.Key_Up): -1, int(Qt.Key.Key_Down): 1}
            if event.key() in steps and self._shown:
                row = self._list.currentRow() + steps[event.key()]
                self._list.setCurrentRow(max(0, min(len(self._shown) - 1, row)))
                return True
        return False

    def _find(self, text: str) -> None:
        parts = text.lower().split()
        found = (*entries(self._deck.desk), *(Entry(words, "", {}) for words in self._own))
        self._shown = [entry for entry in found if all(part in entry.words.lower() for part in parts)]
        self._list.clear()
        self._list.addItems([entry.words for entry in self._shown] or NOTHING)
        if self._shown:
            self._list.setCurrentRow(0)
        else:
            for row in range(len(NOTHING)):
                self._list.item(row).setFlags(Qt.ItemFlag.NoItemFlags)
        self._list.setAccessibleDescription(f"{len(self._shown)} found" if self._shown else " ".join(NOTHING))

    def _ask(self) -> None:
        if not self._shown:
            return
        entry = self._shown[max(0, self._list.currentRow())]
        self.window().setFocus()
        if entry.action_id:
            self._deck.ask(entry.action_id, Origin.KEY, entry.arguments)
        else:
            self._own[entry.words]()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme.box(painter, self.rect(), theme.PANEL, theme.AMBER, radius=px(8), line_px=2)
        painter.end()
