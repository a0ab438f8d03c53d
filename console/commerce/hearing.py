"""What the shop says, and what it means for the sale: answers, states, orders, the line. Loop thread only.

Only what the shop confirmed moves a drop on (law 4). What is sent because of it goes through the same outbox.
"""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Final

from console.commerce import changes, drops, presses
from console.commerce.board import Board
from console.commerce.book import APART, CHECKOUT, FIRED, MAY_BE_OPEN, Book, counted, lane_of
from console.commerce.contradictions import Witness
from console.commerce.order_keeping import OrderKeeper
from console.commerce.outbox import KeptOrder, Message, MessageState, Outbox
from console.commerce.sender import Sender
from console.commerce.shops.port import Answer, ShopClient, StreamedOrder, Verdict
from console.commerce.state import AS_IT_IS, Checkout, Drop, DropState, Lamp, Wanted
from console.commerce.watcher import Watcher
from console.contract import orders as wire
from console.contract.events import Changed, EventType
from console.contract.orders import DropStatus
from console.core.alarms import Alarms, Rank
from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.links import Link, LinkState
from console.core.outcome import Outcome
from console.settings.show import Show

log = logging.getLogger(__name__)

DOWN_WORTH_AN_ALARM_S: Final = 3.0
AFTER_ORDERS_S: Final = 0.3  # how soon a drop's state is read again after orders: at most so often
CHECKOUT_POLL_S: Final = 5.0


class Hearing(Book):
    """The sale with its line to the shop."""

    def __init__(
        self,
        show: Show,
        *,
        data_dir: Path,
        shop: ShopClient,
        clock: Clock,
        journal: Journal,
        alarms: Alarms,
        writer: Executor,
        show_run: str = "",
        open_within_s: float = 10.0,
    ) -> None:
        """`show_run` names the journal's run: the figures count its orders. `open_within_s`: a drop that could not
        be opened so long after FIRE is not opened late."""
        super().__init__(
            show,
            data_dir=data_dir,
            shop=shop,
            clock=clock,
            journal=journal,
            alarms=alarms,
            writer=writer,
            show_run=show_run,
        )
        self._open_within_s = open_within_s
        self._down_alarm: asyncio.TimerHandle | None = None
        self._pressing = asyncio.Lock()  # a press, or the mending of what was not kept: never one over the other
        self._orders = OrderKeeper(self._disk, self._show_run)
        self._owed_gone: list[str] = []  # called back, and the disk does not know
        self._witness = Witness()
        self._may_land_until: dict[str, float] = {}  # the loop's time: an old try may reach the shop until then
        self._board = Board(title_of=self._title_of, now=clock.now, on_change=lambda lines: self._change(outbox=lines))
        self._sender = Sender(
            shop,
            self._disk,
            clock=clock,
            journal=journal,
            board=self._board,
            on_answer=self._on_answer,
            on_disk_trouble=self._on_disk_trouble,
        )
        self._watcher = Watcher(
            shop,
            checkout=CHECKOUT,
            on_checkout=self._on_checkout_status,
            on_status=self._on_status,
            on_orders=self._on_orders,
            on_link=self._on_link,
            version_of=lambda drop: self._versions.get(drop, 0),
        )

    def _on_answer(self, message: Message, state: MessageState, answer: Answer) -> None:
        """Sender's news of one message."""
        pair = self._witness.answer(message.id, message.type, message.run, answer)
        if pair is not None:
            self._name_contradiction(message.lane, pair)
        elif answer.verdict is Verdict.ACCEPTED:
            self._alarms.clear(f"shop.contradicts.{message.lane}")
        self._show_held(message, answer)
        self._count_pending()
        if answer.verdict is Verdict.ACCEPTED:
            self._on_link(Link(LinkState.UP))
        if message.lane in APART:
            self._on_answer_apart(message, state, answer)
        elif message.drop is None:
            self._on_checkout_answer(message, state, answer)
        else:
            drop = self.state.value.drop(message.drop)
            if drop is not None and drop.run == message.run:
                self._on_drop_answer(drop, message, state, answer)
        self._check_stop()

    def _on_drop_answer(self, drop: Drop, message: Message, state: MessageState, answer: Answer) -> None:
        type = EventType(message.type)
        if state is MessageState.PENDING:
            self._put(drops.waiting(drop, why=answer.why, fix=answer.fix), is_kept=False)
            if answer.verdict is Verdict.BY_HAND:
                self._resolve(message.id, Outcome.pending(f"{answer.why} {answer.fix}"))
            return
        if (change := changes.asked(message)) is not None:
            self._on_change_answer(drop, message, change, answer=answer, state=state)
        elif state is MessageState.DONE:
            self._put(drops.seen(drop, answer.status))
            proved = drops.has_happened(type, message.run, answer.status)
            after = self._need(drop.id)
            self._journal.write(type.value, Origin.OUTSIDE, event=message.id, proved=proved, **drops.told(after))
            words = f"{drop.title} is {drops.AT_SHOP[after.state]} at the shop."
            self._resolve(message.id, Outcome.done(words) if proved else Outcome.failed(words))
        elif state is MessageState.REFUSED:
            self._put(drops.refused(drop, type, why=answer.why, fix=answer.fix))
            self._resolve(message.id, Outcome.failed(answer.why, answer.fix))
        else:
            why = "The opening did not reach the shop in time and is not sent late."
            self._put(drops.in_doubt(drop, why=why, fix="The shop is being asked how it stands."))
            self._resolve(message.id, Outcome.failed(why, "Wait until the shop answers, then fire again."))
        if answer.is_uncertain and state is MessageState.EXPIRED:
            self._ask_when_landed(drop.id)
        else:
            self._watcher.ask_within(drop.id, 0.0 if state is not MessageState.DONE else AFTER_ORDERS_S)

    def _on_change_answer(
        self, drop: Drop, message: Message, change: Changed, *, answer: Answer, state: MessageState
    ) -> None:
        """How a change of a drop ended: made, refused, or too late; what is shown is what the shop says."""
        wanted = changes.of(self._sender.in_lane(drop.id))
        if state is MessageState.DONE:
            drop = changes.made(drop, change, answer.status)
        elif state is MessageState.REFUSED:
            drop = changes.refused(drop, change, why=answer.why, fix=answer.fix)
        else:
            is_of_before = message.deadline_mono_ns is None
            wanted = drop.wanted if answer.is_uncertain or is_of_before else wanted
            drop = changes.late(drop, change, is_uncertain=answer.is_uncertain, is_of_before=is_of_before)
        is_made = drop.lamp is Lamp.CONFIRMED
        if state is MessageState.DONE:
            self._journal.write(message.type, Origin.OUTSIDE, event=message.id, proved=is_made, **changes.terms(drop))
        words = changes.done_words(drop, change)
        self._resolve(message.id, Outcome.done(words) if is_made else Outcome.failed(drop.why, drop.fix))
        self._put(replace(drop, wanted=wanted, lamp=Lamp.SENT if is_made and wanted != AS_IT_IS else drop.lamp))

    def _on_checkout_answer(self, message: Message, state: MessageState, answer: Answer) -> None:
        if state is MessageState.PENDING:
            if answer.verdict is Verdict.BY_HAND:
                self._resolve(message.id, Outcome.pending(f"{answer.why} {answer.fix}"))
            return
        if state is MessageState.DONE:
            self._set_checkout(_checkout(message.type))
            self._journal.write(message.type, Origin.OUTSIDE, event=message.id)
            self._resolve(message.id, Outcome.done())
        else:
            self._resolve(message.id, Outcome.failed(answer.why or "The checkout did not follow.", answer.fix))

    def _ask_when_landed(self, lane: str) -> None:
        """A try that may still land is waited out before the shop's word counts."""
        self._may_land_until[lane] = asyncio.get_running_loop().time() + self._shop.timeout_s
        self._watcher.ask_within(lane, self._shop.timeout_s)

    def _is_word_final(self, lane: str, version: int) -> bool:
        """Whether what was asked for at `version` is still news, and nothing is on its way that would change it."""
        may_land = asyncio.get_running_loop().time() < self._may_land_until.get(lane, 0.0)
        return version == self._versions.get(lane, 0) and lane not in self._busy and not may_land

    def _claim(self, message: Message, origin: Origin) -> None:
        change = changes.asked(message)
        said: dict[str, object] = {"drop": message.drop}
        if message.drop is None:
            self._set_checkout(_checkout(message.type))
        elif change is not None:
            drop = changes.confirmed_by_hand(self._need(message.drop), change)
            self._put(replace(drop, wanted=changes.of(self._sender.in_lane(drop.id))))
            said = changes.terms(drop)
        else:
            self._put(drops.by_hand(self._need(message.drop), EventType(message.type)))
        self._journal.write(message.type, origin, event=message.id, by_hand=True, **said)
        self._count_pending()
        self._check_stop()

    def _on_status(self, drop_id: str, status: DropStatus | None, version: int) -> None:
        """The shop's state of a drop, asked for when it had `version`."""
        drop = self.state.value.drop(drop_id)
        if drop is None:
            return
        if not self._is_word_final(drop_id, version):
            self._watcher.ask_within(drop_id, AFTER_ORDERS_S)
            return
        on_its_way = [message.type for message in self._sender.in_lane(drop_id)]
        pair, is_certain = self._witness.state(drop_id, status, on_its_way=on_its_way)
        if pair is not None and is_certain:
            self._name_contradiction(drop_id, pair)
        elif pair is not None:
            self._watcher.ask_within(drop_id, AFTER_ORDERS_S)
        if self._is_ours(drop, status):
            if status is not None:
                self._put(drops.counted(drop, status), is_kept=False, is_news=False)
        else:
            self._adopt(drop, status)
        self._watcher.ask_within(drop_id, drops.ask_again_s(self._need(drop_id), self._clock.now()))
        self._check_stop()

    def _is_ours(self, drop: Drop, status: DropStatus | None) -> bool:
        """Whether something of ours is on its way that `status` may come from, or be overtaken by."""
        return bool(self._sender.in_lane(drop.id))

    def _on_checkout_status(self, is_open: bool | None, version: int) -> None:
        """The shop's checkout, where it can be asked for."""
        is_final = self._is_word_final(CHECKOUT, version) and not self._sender.in_lane(CHECKOUT)
        if is_open is not None and is_final:
            checkout = Checkout.OPEN if is_open else Checkout.CLOSED
            if checkout is not self.state.value.checkout:
                self._set_checkout(checkout)
                self._journal.write(f"checkout.{checkout.value}", Origin.OUTSIDE)
            self._check_stop()
        self._watcher.ask_within(CHECKOUT, CHECKOUT_POLL_S)

    def _adopt(self, drop: Drop, status: DropStatus | None) -> None:
        is_expected = drops.is_expected(drop, status, self._clock.now())
        after = drops.seen(drop, status, lamp=Lamp.CONFIRMED if is_expected else Lamp.CHANGED)
        if after.state is drop.state:
            heard = after if status is None else changes.heard(drop, status, after)
            if changes.terms(heard) != changes.terms(drop):
                self._journal.write(EventType.DROP_CHANGED.value, Origin.OUTSIDE, **changes.terms(heard))
            self._put(heard, is_news=False)
        else:
            if drop.wanted != AS_IT_IS:
                after = replace(after, wanted=AS_IT_IS) if status is None else changes.heard(drop, status, after)
            elif drop.state is DropState.ASKING and drop.lamp is Lamp.LOST and after.state is DropState.ARMED:
                why = "The opening did not reach the shop in time and was not sent late."
                after = replace(after, lamp=Lamp.LOST, why=why, fix="Fire it again.")
            self._put(after)
            was = drop.state.value
            self._journal.write(
                f"drop.{after.state.value}", Origin.OUTSIDE, drop=drop.id, run=after.run, was=was, expected=is_expected
            )
        if after.state in FIRED and (after.id, after.run) in self._stopped:
            self._background(self._close_again(after), "closing again")

    async def _close_again(self, drop: Drop) -> None:
        """An opening that was called back landed late all the same: STOP SALE holds."""
        made = self._message(presses.closed(self._show, drop, self._stamp()))
        try:
            await self._commit([made], [drops.closed_by_hand(drop)], [])
        except UserError as error:
            self._on_disk_trouble(error)
            self._send([made], [drops.closed_by_hand(drop)], [])

    async def _on_orders(self, batch: list[StreamedOrder]) -> None:
        told = (item.order for item in batch if item.order is not None)
        orders = self._ledger.settled(told, now=self._clock.now())
        rows = [KeptOrder(order.id, order.state, wire.order_to_json(order)) for order in orders]
        show_runs: Sequence[str | None]
        try:
            show_runs = await self._orders.keep(rows, batch[-1].mark)
        except UserError as error:
            self._on_disk_trouble(error)
            is_known = (self._ledger.state_of(order.id) == order.state for order in orders)
            show_runs = [None if known else self._show_run for known in is_known]
        for order, show_run in zip(orders, show_runs, strict=True):
            if show_run is not None:
                self._take(order, is_ours=show_run == self._show_run)
                self._watcher.ask_within(order.drop, AFTER_ORDERS_S)
        self._show_orders()

    async def _keep_what_is_owed(self) -> None:
        async with self._pressing:
            facts = self._facts()
            rows = [self._row(drop) for drop in self.state.value.drops]
            gone = tuple(self._owed_gone)
            at = self._clock.now()
            await self._disk.do(Outbox.press, self._sender.pending, drops=rows, supersede=gone, facts=facts, at=at)
            self._owed_gone.clear()
        await self._sender.settle_owed()
        await self._orders.settle()

    def _check_stop(self) -> None:
        """STOP SALE is confirmed when the checkout is closed and no drop may be open."""
        sale = self.state.value
        if not sale.is_stopping or sale.checkout is not Checkout.CLOSED:
            return
        if self._sender.in_lane(CHECKOUT) or any(drop.state in MAY_BE_OPEN for drop in sale.drops):
            return
        self._change(is_stopping=False)
        self._keep(facts={"is_stopping": ""})
        self._journal.write("sale.stopped", Origin.OUTSIDE)

    def _on_link(self, link: Link) -> None:
        if link == self.state.value.link:
            return
        was_up = self.state.value.link.is_up
        self._change(link=link, url=self._shop.url, public_url=self._shop.public_url)
        if link.is_up:
            log.info("the shop is there")
            self._sender.try_now()
            self._alarms.clear("shop.down")
            if self._down_alarm:
                self._down_alarm.cancel()
                self._down_alarm = None
            if not was_up:
                self._journal.write("shop.up", Origin.OUTSIDE, url=self._shop.url)
        elif self._down_alarm is None:
            log.info("the shop is away: %s", link.why)
            loop = asyncio.get_running_loop()
            self._down_alarm = loop.call_later(DOWN_WORTH_AN_ALARM_S, self._alarm_that_it_is_down)

    def _alarm_that_it_is_down(self) -> None:
        self._down_alarm = None
        link = self.state.value.link
        if not link.is_up:
            rank = Rank.MONEY if any(drop.state in MAY_BE_OPEN for drop in self.state.value.drops) else Rank.LINK
            self._alarms.raise_("shop.down", "shop.down", link.why, fix=link.fix, rank=rank)

    async def _commit(
        self,
        messages: Sequence[Message],
        after: Sequence[Drop],
        gone: Sequence[Message],
        facts: dict[str, str] | None = None,
    ) -> list[Message]:
        """One press in one transaction; when it is on disk it is shown and sent. Raises UserError when it is not."""
        async with self._pressing:
            counts = {message.lane: self._presses.get(message.lane, 0) + 1 for message in messages}
            rows = [
                replace(self._row(drop), presses=counts.get(drop.id, self._presses.get(drop.id, 0))) for drop in after
            ]
            facts = {**(facts or {}), **counted(counts)}
            supersede = [message.id for message in gone]
            at = self._clock.now()
            new = await self._disk.do(Outbox.press, messages, drops=rows, supersede=supersede, facts=facts, at=at)
            self._send(new, after, gone)
            return list(new)

    async def _commit_change(self, message: Message, drop_id: str, wanted: Wanted) -> list[Message]:
        """The press of a change, as _commit does it; it moves nothing, so an answer that comes meanwhile stands."""
        async with self._pressing:
            row = replace(self._row(self._need(drop_id)), presses=self._presses.get(drop_id, 0) + 1)
            new = await self._disk.do(Outbox.press, [message], drops=[row])
            self._send(new, [changes.by_hand(self._need(drop_id), wanted)], [])
            return list(new)

    def _send(self, messages: Sequence[Message], after: Sequence[Drop], gone: Sequence[Message]) -> None:
        for drop in after:
            self._put(drop, is_kept=False)
        for message in messages:
            self._presses[message.lane] = self._presses.get(message.lane, 0) + 1
        for message in gone:
            self._journal.write("outbox.superseded", Origin.CONSOLE, event=message.id, type=message.type)
            self._resolve(message.id, Outcome.failed("It was called back by a later press."))
        self._board.ended((message.id for message in gone), MessageState.SUPERSEDED)
        self._board.add(messages)
        for message in messages:
            self._witness.pressed(message.lane, message.type)
        loop = asyncio.get_running_loop()
        self._waiting.update({message.id: loop.create_future() for message in messages})
        self._sender.drop(message.id for message in gone)
        self._sender.add(messages)
        self._count_pending()

    def _message(self, made: presses.Made) -> Message:
        """One press, one intent: the number moves on only when the press is on disk, so that a twin is passed over."""
        lane = lane_of(made.event)
        message = presses.message(made, lane=lane, number=self._presses.get(lane, 0) + 1)
        return replace(message, show_run=self._show_run)

    def _stamp(self) -> presses.Stamp:
        within_s = None if self._shop.kind == "manual" else self._open_within_s
        return presses.Stamp(self._clock.now(), self._clock.mono_ns(), within_s)

    def _is_on_its_way(self, lane: str, type: EventType) -> bool:
        return any(message.type == type for message in self._sender.in_lane(lane))

    def _count_pending(self) -> None:
        self._change(outbox_pending=len(self._sender.pending))


def _checkout(type: str) -> Checkout:
    return Checkout.OPEN if type == EventType.CHECKOUT_OPENED else Checkout.CLOSED
