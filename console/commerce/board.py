"""The lines of the outbox, followed message by message: what is under way, then what ended. Loop thread; no I/O."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from console.commerce.lines import LineState, OutboxLine, status_words
from console.commerce.outbox import Message, MessageState, Record
from console.commerce.shops.port import Answer, Verdict

ENDED_SHOWN: Final = 100
LONGEST_WORDS: Final = 500

_OF: Final = {
    MessageState.PENDING: LineState.WAITING,
    MessageState.DONE: LineState.CONFIRMED,
    MessageState.REFUSED: LineState.REFUSED,
    MessageState.EXPIRED: LineState.EXPIRED,
    MessageState.SUPERSEDED: LineState.SUPERSEDED,
    MessageState.GIVEN_UP: LineState.GIVEN_UP,
}


class Board:
    """`lines` as they are now; `on_change` is called with them whenever one says something else."""

    def __init__(
        self,
        *,
        title_of: Callable[[str | None], str],
        now: Callable[[], datetime],
        on_change: Callable[[tuple[OutboxLine, ...]], None],
    ) -> None:
        self._title_of = title_of
        self._now = now
        self._on_change = on_change
        self._lines: dict[str, OutboxLine] = {}  # oldest first

    @property
    def lines(self) -> tuple[OutboxLine, ...]:
        """What is under way, newest first; then what ended last, newest first."""
        newest = tuple(reversed(self._lines.values()))
        under_way = tuple(line for line in newest if not line.state.has_ended)
        return (*under_way, *(line for line in newest if line.state.has_ended))

    def load(self, records: Iterable[Record]) -> None:
        """Take up what the last process left, oldest first: what may have landed is asked about."""
        for record in records:
            self._lines[record.id] = line_of(record, self._title_of(record.drop))
        self._tell()

    def add(self, messages: Iterable[Message]) -> None:
        """Presses that are on disk."""
        for message in messages:
            line = OutboxLine(
                message.id, message.type, message.drop, self._title_of(message.drop), message.run, message.pressed_at
            )
            self._lines[message.id] = line
        self._tell()

    def asking(self, message: Message) -> None:
        """The shop is being asked whether an earlier try landed."""
        self._put(message.id, state=LineState.ASKING, next_try_at=None)

    def said(self, message: Message, words: str) -> None:
        """What the shop said to that."""
        self._put(message.id, said=words)

    def sending(self, message: Message) -> None:
        """A try begins."""
        self._put(message.id, state=LineState.SENDING, tries=message.tries, next_try_at=None)

    def waits(self, message: Message, answer: Answer, next_try_at: datetime | None) -> None:
        """A try settled nothing; what may have landed is asked about next. `next_try_at` is None where nothing is."""
        state = LineState.ASKING if message.is_uncertain else LineState.WAITING
        if answer.verdict is Verdict.BY_HAND:
            state = LineState.BY_HAND
        self._put(message.id, state=state, answer=answer_words(answer), next_try_at=next_try_at)

    def ended(self, ids: Iterable[str], state: MessageState, *, answer: str = "", reason: str = "") -> None:
        """Messages are settled."""
        for id in ids:
            line = self._lines.get(id)
            if line is not None:
                words = answer or line.answer
                self._lines[id] = replace(
                    line, state=_OF[state], answer=words, reason=reason, next_try_at=None, ended_at=self._now()
                )
        self._tell()

    def line(self, id: str) -> OutboxLine | None:
        """The line of a message, as long as it is shown."""
        return self._lines.get(id)

    def _put(self, id: str, **fields: object) -> None:
        line = self._lines.get(id)
        if line is not None:
            self._lines[id] = replace(line, **fields)  # type: ignore[arg-type]
            self._tell()

    def _tell(self) -> None:
        ended = [id for id, line in self._lines.items() if line.state.has_ended]
        for id in ended[:-ENDED_SHOWN]:
            del self._lines[id]
        self._on_change(self.lines)


def answer_words(answer: Answer) -> str:
    """An answer in a line: its code, and what the shop said of itself or of the drop."""
    taken = "taken" if answer.verdict is Verdict.ACCEPTED else ""
    said = answer.why or (status_words(answer.status) if answer.status is not None else taken)
    code = "" if answer.code is None or str(answer.code) in said else str(answer.code)
    return " ".join(part for part in (code, said) if part)[:LONGEST_WORDS]


def line_of(record: Record, title: str) -> OutboxLine:
    """A message on disk as a line; one that may have landed before the restart is asked about."""
    state = _OF[record.state]
    if record.state is MessageState.PENDING and record.is_uncertain:
        state = LineState.ASKING
    return OutboxLine(
        record.id,
        record.type,
        record.drop,
        title,
        record.run,
        record.pressed_at,
        state,
        record.tries,
        record.answer,
        record.said,
        record.reason,
        ended_at=record.ended_at,
    )
