"""The outbox's lines and the shop's contradictions as rows of words. Pure but for the theme's colours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtGui import QColor

from console.commerce.lines import Contradiction, LineState, OutboxLine
from console.commerce.state import Sale
from widgets import theme
from widgets.times import clock_words

Item = OutboxLine | Contradiction

STATES: Final[dict[LineState, tuple[str, QColor]]] = {
    LineState.WAITING: ("■", theme.AMBER_SOFT),
    LineState.SENDING: ("→", theme.AMBER_SOFT),
    LineState.ASKING: ("?", theme.AMBER_SOFT),
    LineState.BY_HAND: ("■", theme.AMBER_SOFT),
    LineState.CONFIRMED: ("✓", theme.GREEN_SOFT),
    LineState.REFUSED: ("▲", theme.RED_SOFT),
    LineState.EXPIRED: ("▲", theme.RED_SOFT),
    LineState.SUPERSEDED: ("·", theme.SOFT),
    LineState.GIVEN_UP: ("×", theme.SOFT),
}
_OPEN: Final = {
    LineState.SENDING: "waiting for the answer",
    LineState.ASKING: "it may have landed: asked before anything is sent",
    LineState.BY_HAND: "do it on the platform, then confirm it",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what was pressed and how it is above, how it went below."""

    sign: str
    colour: QColor
    what: str
    state: str
    when: str
    story: str

    @property
    def below(self) -> str:
        """The second line: when, then how it went, the most telling first."""
        return f"{self.when} · {self.story}" if self.story else self.when

    @property
    def words(self) -> str:
        """All of it, for a screen reader."""
        return f"{self.what}: {self.state}. {self.below}"


def items_of(sale: Sale) -> tuple[Item, ...]:
    """What is under way first; then all that is over, the shop's contradictions among it, newest first."""
    waiting = [line for line in sale.outbox if not line.state.has_ended]
    ended = [line for line in sale.outbox if line.state.has_ended]
    over: list[Item] = sorted([*sale.contradictions, *ended], key=_when, reverse=True)
    return (*waiting, *over)


def id_of(item: Item) -> str:
    """What a row is known by while others come and go."""
    return item.id if isinstance(item, OutboxLine) else f"{item.drop} {item.at.timestamp()}"


def row_of(item: Item, now: datetime) -> Row:
    """The row of an item at `now`."""
    if isinstance(item, Contradiction):
        both = f"it said {item.first}, then {item.then}"
        return Row("▲", theme.RED_SOFT, f"The shop on {item.title}", "contradicts itself", _clock(item.at), both)
    sign, colour = STATES[item.state]
    tries = "" if item.tries == 0 else "1 try" if item.tries == 1 else f"{item.tries} tries"
    when = _joined(_clock(item.pressed_at), tries, _age_words(item, now))
    return Row(sign, colour, item.what, item.state.value, when, _joined(*_story(item, now)))


def _story(line: OutboxLine, now: datetime) -> tuple[str, ...]:
    """How it went, the most telling first."""
    said = f"asked, the shop said: {line.said}" if line.said else ""
    if line.state is LineState.GIVEN_UP:
        return f"because: {line.reason}", line.answer
    if line.state.has_ended:
        return (line.answer, said)
    if line.state is LineState.WAITING:
        return _next_words(line, now), line.answer
    return _OPEN[line.state], said, line.answer


def _age_words(line: OutboxLine, now: datetime) -> str:
    age_s = line.age_s(now)
    if not line.state.has_ended:
        return f"for {clock_words(age_s)}"
    return f"after {age_s:.1f} s" if age_s < 10 else f"after {clock_words(age_s)}"


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _next_words(line: OutboxLine, now: datetime) -> str:
    if line.next_try_at is None:
        return "behind the one before it" if line.tries == 0 else ""
    return f"next try in {max(0, round((line.next_try_at - now).total_seconds()))} s"


def _when(item: Item) -> datetime:
    return item.pressed_at if isinstance(item, OutboxLine) else item.at


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%H:%M:%S}"
