"""Delivers what the outbox holds: per lane one after the other, tried until settled. Loop thread only.

Every try carries the same id and the same bytes. What may have landed without an answer is asked for first.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from console.commerce.board import Board, answer_words
from console.commerce.changes import has_landed
from console.commerce.disk import Disk
from console.commerce.lines import LISTED, status_words
from console.commerce.outbox import Message, MessageState, Outbox, again
from console.commerce.shops.port import Answer, ShopClient, ShopTrouble, Verdict
from console.commerce.tasks import tell_of_a_bug
from console.contract.events import EventType
from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal, Origin

FIRST_BACKOFF_S: Final = 0.2
LONGEST_BACKOFF_S: Final = 5.0
HAD_IT: Final = "The shop had it already."
HELD_BACKOFF_S: Final = 5.0  # a person has to mend something; it goes on by itself within this time

_SENT_AGAIN: Final = frozenset(  # absolute, and no shop is asked for them
    {EventType.DROPS_HIGHLIGHTED, EventType.COUNTER_STOCKED, EventType.COUNTER_CLOSED}
)

OnAnswer = Callable[[Message, MessageState, Answer], None]


def backoff_s(tries: int) -> float:
    """How long to wait after the `tries`th try: doubling up to LONGEST_BACKOFF_S, at random between half and all."""
    whole = min(FIRST_BACKOFF_S * 2.0 ** min(tries - 1, 16), LONGEST_BACKOFF_S)
    return whole * random.uniform(0.5, 1.0)


class Sender:
    """The lanes. `on_answer` hears of every try: PENDING when it will be tried again, else how it was settled."""

    def __init__(
        self,
        shop: ShopClient,
        disk: Disk,
        *,
        clock: Clock,
        journal: Journal,
        board: Board,
        on_answer: OnAnswer,
        on_disk_trouble: Callable[[UserError | None], None],
    ) -> None:
        self._shop = shop
        self._disk = disk
        self._clock = clock
        self._journal = journal
        self._board = board
        self._on_answer = on_answer
        self._on_disk_trouble = on_disk_trouble
        self._lanes: dict[str, list[Message]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._nudges: dict[str, asyncio.Event] = {}  # of lanes that wait for their next try
        self._is_closed = False
        self._unsettled: list[tuple[str, MessageState, str, datetime]] = []  # ends that the disk refused, oldest first

    @property
    def pending(self) -> tuple[Message, ...]:
        """Everything that is not settled."""
        return tuple(message for lane in self._lanes.values() for message in lane)

    def in_lane(self, lane: str) -> tuple[Message, ...]:
        """What is not settled in one lane, in order."""
        return tuple(self._lanes.get(lane, ()))

    def add(self, messages: Iterable[Message]) -> None:
        """Deliver these, which are on disk; each behind what its lane holds already, but before what is about orders:
        no closing waits for a void that hangs. One that is let go of for that is tried again, with the same id."""
        for message in messages:
            queue = self._lanes.setdefault(message.lane, [])
            of_orders = len(queue) if message.type in LISTED else _place_of_orders(queue)
            queue.insert(of_orders, message)
            if of_orders == 0 and len(queue) > 1:
                self._restart(message.lane)
            else:
                self._start(message.lane)

    def drop(self, ids: Iterable[str]) -> None:
        """Forget messages that were superseded on disk; a try that is under way is let go of."""
        gone = set(ids)
        for lane, queue in list(self._lanes.items()):
            if not any(message.id in gone for message in queue):
                continue
            under_way = queue[0].id in gone
            self._lanes[lane] = [message for message in queue if message.id not in gone]
            if under_way:
                self._restart(lane)

    def try_now(self, lane: str | None = None) -> None:
        """Wait no longer, in one lane or in all: the line is back, or a person mended something.

        A last try that may still land after a restart is waited out all the same.
        """
        for name in [lane] if lane is not None else list(self._nudges):
            nudge = self._nudges.pop(name, None)
            if nudge is not None:
                nudge.set()

    async def settle_by_hand(self, message: Message) -> None:
        """The director says that it was done. Raises UserError when that cannot be kept."""
        await self._disk.do(Outbox.settle, [message.id], MessageState.DONE, answer="by hand", at=self._clock.now())
        self._journal.write("outbox.answered", Origin.CONSOLE, event=message.id, type=message.type, verdict="by_hand")
        self._board.ended([message.id], MessageState.DONE, answer="by hand")
        self.drop([message.id])

    async def close(self) -> None:
        """End all lanes; what is pending stays on disk."""
        self._is_closed = True
        tasks = [*self._tasks.values(), *self._ending]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, lane: str) -> None:
        task = self._tasks.get(lane)
        is_run = task is not None and not task.done()  # one that died of a bug begins anew with the next press
        if not is_run and self._lanes.get(lane) and not self._is_closed:
            self._tasks[lane] = asyncio.create_task(self._run(lane), name=f"outbox {lane}")
            self._tasks[lane].add_done_callback(tell_of_a_bug)

    def _restart(self, lane: str) -> None:
        task = self._tasks.pop(lane, None)
        if task is not None:
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        self._start(lane)

    async def _run(self, lane: str) -> None:
        while self._lanes.get(lane):
            await self._deliver(self._lanes[lane][0])
        self._lanes.pop(lane, None)
        self._tasks.pop(lane, None)

    async def _deliver(self, message: Message) -> None:
        """Try until it is settled. A message from before a restart first waits out its last try."""
        if message.is_uncertain and not message.is_fresh:
            await self._wait_out(message)
        while not self._has_expired(message):
            message, answer = await self._try(message)
            if answer.verdict in {Verdict.ACCEPTED, Verdict.REFUSED}:
                state = MessageState.DONE if answer.verdict is Verdict.ACCEPTED else MessageState.REFUSED
                await self._settle(message, state, answer)
                return
            if answer.verdict is Verdict.BY_HAND:
                self._board.waits(message, answer, None)
                self._on_answer(message, MessageState.PENDING, answer)
                await asyncio.Event().wait()
            message = await self._put_off(message, answer)
        self._journal.write("outbox.expired", Origin.CONSOLE, event=message.id, type=message.type, drop=message.drop)
        late = Answer(Verdict.REFUSED, why="It could not be delivered in time.", is_uncertain=message.is_uncertain)
        await self._settle(message, MessageState.EXPIRED, late)

    async def _try(self, message: Message) -> tuple[Message, Answer]:
        if message.is_uncertain and not message.is_fresh:
            proved = await self._ask(message)
            if proved is not None:
                return message, proved
        if message.is_fresh:
            message = replace(message, is_fresh=False)  # its first try was noted with the press
        else:
            message = again(message, self._clock.now())
            await self._note(Outbox.tried, message)
        self._board.sending(message)
        self._journal.write(
            "outbox.sent", Origin.CONSOLE, event=message.id, type=message.type, drop=message.drop, tries=message.tries
        )
        answer = await self._shop.post(message.id, message.body)
        return replace(message, is_uncertain=answer.is_uncertain), answer

    async def _ask(self, message: Message) -> Answer | None:
        """Whether an earlier try landed: ACCEPTED when the shop's state proves it, None when it must be sent again."""
        if self._shop.kind == "manual" or message.type in _SENT_AGAIN:
            return None
        self._board.asking(message)
        try:
            words, answer = await (self._ask_checkout(message) if message.drop is None else self._ask_drop(message))
        except ShopTrouble as trouble:
            verdict = Verdict.HELD if trouble.is_held else Verdict.AGAIN
            return Answer(verdict, why=trouble.why, fix=trouble.fix, is_uncertain=True)
        self._board.said(message, words)
        await self._note(Outbox.said, message.id, words)
        self._journal.write("outbox.asked", Origin.CONSOLE, event=message.id, type=message.type, said=words,
                            has_it=answer is not None)  # fmt: skip
        return answer

    async def _ask_drop(self, message: Message) -> tuple[str, Answer | None]:
        """What the shop says of the message's drop, and its answer when that proves it. Raises ShopTrouble."""
        status = await self._shop.ask(message.drop or "")
        has_it = has_landed(message, status)
        return status_words(status), Answer(Verdict.ACCEPTED, status=status, why=HAD_IT) if has_it else None

    async def _ask_checkout(self, message: Message) -> tuple[str, Answer | None]:
        """The same of the checkout; a shop that cannot be asked that is sent it again."""
        is_open = await self._shop.ask_checkout()
        if is_open is None:
            return "nothing: it cannot be asked that", None
        has_it = is_open is (message.type == EventType.CHECKOUT_OPENED)
        return f"checkout {'open' if is_open else 'closed'}", Answer(Verdict.ACCEPTED, why=HAD_IT) if has_it else None

    async def _settle(self, message: Message, state: MessageState, answer: Answer) -> None:
        kind = "outbox.refused" if state is MessageState.REFUSED else "outbox.answered"
        if state is not MessageState.EXPIRED:
            self._journal.write(
                kind, Origin.CONSOLE, event=message.id, type=message.type, code=answer.code, why=answer.why
            )
        queue = self._lanes.get(message.lane, [])
        queue[:] = [other for other in queue if other.id != message.id]
        words, now = answer_words(answer), self._clock.now()
        self._board.ended([message.id], state, answer=words)
        self._on_answer(message, state, answer)
        if not await self._note(Outbox.settle, [message.id], state, answer=words, at=now):
            self._unsettled.append((message.id, state, words, now))

    async def _put_off(self, message: Message, answer: Answer) -> Message:
        pause_s = HELD_BACKOFF_S if answer.verdict is Verdict.HELD else backoff_s(message.tries)
        pause_s = max(pause_s, answer.retry_after_s or 0.0)
        next_at = self._clock.now() + timedelta(seconds=pause_s)
        self._board.waits(message, answer, next_at)
        self._on_answer(message, MessageState.PENDING, answer)
        await self._note(
            Outbox.put_off,
            message.id,
            answer=answer_words(answer),
            is_uncertain=message.is_uncertain,
            next_try_at=next_at,
        )
        await self._pause(message, pause_s)
        return message

    async def settle_owed(self) -> None:
        """Note the ends that the disk refused. Raises UserError when it does again."""
        while self._unsettled:
            id, state, answer, at = self._unsettled[0]
            await self._disk.do(Outbox.settle, [id], state, answer=answer, at=at)
            self._unsettled.pop(0)

    async def _note(self, method: Callable[..., None], /, *args: object, **kwargs: object) -> bool:
        """Write to the outbox; False when the disk fails: that costs an alarm, not the delivery."""
        try:
            await self._disk.do(method, *args, **kwargs)
        except UserError as error:
            self._on_disk_trouble(error)
            return False
        self._on_disk_trouble(None)
        return True

    async def _wait_out(self, message: Message) -> None:
        """Wait until the last try of a process before this one has landed or never will: nobody can shorten that."""
        waited_s = max((self._clock.now() - message.tried_at).total_seconds(), 0.0)
        left_s = self._left_s(message)
        wait_s = min(self._shop.timeout_s - waited_s, self._shop.timeout_s if left_s is None else left_s)
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    async def _pause(self, message: Message, seconds: float) -> None:
        """Wait, but not past the message's end, and no longer than until try_now."""
        left_s = self._left_s(message)
        wait_s = seconds if left_s is None else min(seconds, max(left_s, 0.0))
        if wait_s > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):  # wait_for may swallow a cancellation on Python 3.11
                    await self._nudges.setdefault(message.lane, asyncio.Event()).wait()

    def _has_expired(self, message: Message) -> bool:
        left_s = self._left_s(message)
        return left_s is not None and left_s <= 0

    def _left_s(self, message: Message) -> float | None:
        """Seconds until it must not be sent any more. By the monotonic clock where we have it: somebody who sets
        the machine's clock must not lose an opening or send one late."""
        if message.deadline_mono_ns is not None:
            return (message.deadline_mono_ns - self._clock.mono_ns()) / 1e9
        return _seconds(message.expires_at, self._clock.now())


def _place_of_orders(queue: list[Message]) -> int:
    """Where in a lane the messages about orders begin; its end when there are none."""
    return next((place for place, message in enumerate(queue) if message.type in LISTED), len(queue))


def _seconds(until: datetime | None, now: datetime) -> float | None:
    return None if until is None else (until - now).total_seconds()
