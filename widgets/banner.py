"""The banner: what happened, what to do now; and whose keyboard it is. Qt thread only."""

import time
from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.core.alarms import Alarm, Rank
from console.desk.view import Notice, Tone
from scenes.state import Switcher, TakeState
from widgets import theme
from widgets.ask import Deck
from widgets.controls import ActionButton, Face
from widgets.lamps import Lamp
from widgets.theme import draw_text, px, width_of

ANSWER_S: Final = 8.0  # how long the answer to a press stands before the desk's own notice again
_IDLE: Final = "Ctrl K finds every action · V second window · Z one tile alone · S snapshot · F11 full screen"
_LOCKED: Final = "■ LOCKED: only SAFE, STOP SALE, talkback and cough work. L unlocks."
NOTICE_S: Final = 30.0  # how long a notice that offers nothing stands before the worst alarm again
_TONES: Final = {
    Tone.GOOD: (theme.GREEN_DEEP, theme.GREEN_SOFT, "✓"),
    Tone.WAIT: (theme.AMBER_DEEP, theme.AMBER_SOFT, "■"),
    Tone.BAD: (theme.RED_DEEP, theme.RED_SOFT, "▲"),
}


class Banner(QWidget):
    """One line. The answer to the last press first, then the desk's notice, then the worst alarm."""

    def __init__(self, deck: Deck) -> None:
        super().__init__()
        self._deck = deck
        self._answer: Notice | None = None
        self._until_s = 0.0
        self._notice_until_s = 0.0
        self._shown: Notice | None = None
        self._worst = ""
        self._lost_why = ""  # of the take that is lost now
        self._keys = Lamp(size=theme.BODY)
        self._offer = ActionButton(deck, "notice.dismiss", "OPEN", face=Face.AMBER, size=theme.SMALL)
        self._dismiss = ActionButton(deck, "notice.dismiss", "DISMISS", size=theme.SMALL)
        self._row = QHBoxLayout(self)
        self._row.addStretch(1)
        for widget in (self._offer, self._dismiss, self._keys):
            self._row.addWidget(widget)
        self._undo = [
            deck.desk.notice.watch(self._notice_changed),
            deck.desk.alarms.watch(self._alarms_changed, now=False),
            deck.desk.is_locked.watch(lambda _: self.update(), now=False),
            deck.desk.switcher.watch(self._take_changed),
        ]
        self.restyle()

    def restyle(self) -> None:
        """Take the present scale."""
        self._row.setContentsMargins(px(16), 0, px(10), 0)
        self._row.setSpacing(px(10))
        self.setFixedHeight(max(40, px(48)))
        for button in (self._offer, self._dismiss):
            button.setFixedHeight(max(32, px(38)))

    def close_watches(self) -> None:
        """Watch nothing any more."""
        for undo in self._undo:
            undo()

    @property
    def words(self) -> str:
        """What it says."""
        return f"{self._shown.what} {self._shown.fix}".strip() if self._shown else ""

    @property
    def keys_words(self) -> str:
        """What it says of the keyboard: nothing while the keys are live."""
        return self._keys.words

    def tell(self, notice: Notice) -> None:
        """Show the answer to a press for a while, over everything else."""
        self._answer = notice
        self._until_s = time.monotonic() + ANSWER_S
        self._show()

    def tick(self) -> None:
        """Let an old answer go; a few times a second."""
        now_s = time.monotonic()
        if self._answer is not None and now_s > self._until_s:
            self._answer = None
            self._show()
        elif 0.0 < self._notice_until_s < now_s:
            self._notice_until_s = 0.0
            self._show()

    def show_keys(self, *, is_typing: bool, is_active: bool) -> None:
        """Say it when the keys do not reach the show."""
        if not is_active:
            self._keys.show_words("KEYS NOT HERE", Face.AMBER)
        elif is_typing:
            self._keys.show_words("KEYS OFF · Esc", Face.AMBER)
        else:
            self._keys.show_words("", Face.AMBER)

    def _notice_changed(self, notice: Notice | None) -> None:
        self._notice_until_s = time.monotonic() + NOTICE_S if notice is not None else 0.0
        self._show()

    def _alarms_changed(self, alarms: tuple[Alarm, ...]) -> None:
        """What viewers or guests notice from now on comes before a notice that is older."""
        worst = alarms[0].id if alarms and alarms[0].rank <= Rank.GUEST else ""
        if worst and worst != self._worst:
            self._notice_until_s = 0.0
        self._worst = worst
        self._show()

    def _take_changed(self, switcher: Switcher) -> None:
        """A take that is put right takes the answer that told of it away."""
        take = switcher.take
        lost_why = take.why if take is not None and take.state is TakeState.LOST else ""
        if lost_why == self._lost_why:
            return
        is_over = self._answer is not None and self._lost_why and self._answer.what.endswith(self._lost_why)
        self._lost_why = lost_why
        if is_over:
            self._answer = None
            self._show()

    def _show(self) -> None:
        notice = self._deck.desk.notice.value
        if notice is not None and not notice.offer and self._notice_until_s == 0.0:
            notice = None  # old news: it must not hide what is wrong now
        alarms = self._deck.desk.alarms.value
        shown = self._answer or notice or (_of(alarms[0]) if alarms else None)
        offer = self._deck.desk.actions.get(notice.offer) if notice and shown is notice else None
        self._offer.setVisible(offer is not None)
        if offer is not None:
            self._offer.be(offer.id, offer.title)
        self._dismiss.setVisible(shown is not None and shown is notice)
        if shown != self._shown:
            self._shown = shown
            self.setAccessibleName(self.words or "No message")
            self.setToolTip(self.words)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and words."""
        painter = QPainter(self)
        if self._shown is None:
            painter.fillRect(self.rect(), theme.PANEL)
            is_locked = self._deck.desk.is_locked.value
            words, ink = (_LOCKED, theme.AMBER_SOFT) if is_locked else (_IDLE, theme.FAINT)
            draw_text(painter, self._room(), words, theme.BODY, ink, may_cut=True)
            painter.end()
            return
        ground, ink, shape = _TONES[self._shown.tone]
        painter.fillRect(self.rect(), ground)
        room = self._room()
        draw_text(painter, room, shape, theme.BODY, ink, weight=theme.BOLD)
        room.setLeft(room.left() + px(24))
        draw_text(painter, room, self._shown.what, theme.LARGE, ink, weight=theme.BOLD, may_cut=True)
        room.setLeft(room.left() + width_of(self._shown.what, theme.LARGE, theme.BOLD) + px(14))
        if room.width() > 0:
            draw_text(painter, room, self._shown.fix, theme.LARGE, ink, may_cut=True)
        painter.end()

    def _room(self) -> QRect:
        """What the buttons at the right leave."""
        lefts = [widget.x() for widget in (self._offer, self._dismiss, self._keys) if widget.isVisible()]
        right = min(lefts, default=self.width()) - px(10)
        return QRect(px(16), 0, right - px(16), self.height())


def _of(alarm: Alarm) -> Notice:
    return Notice(alarm.what, alarm.fix, Tone.BAD if alarm.rank <= 1 else Tone.WAIT)
