"""Selling as the desk sees it: presses go in, proofs come out. Loop thread only; the disk is on the writer thread.

A press is on disk before anything leaves the machine; only what the shop confirmed moves a drop on (laws 3 and 4).
"""

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from console.commerce import drops, presses
from console.commerce.disk import Disk
from console.commerce.drops import Press
from console.commerce.figures import figures
from console.commerce.outbox import DropRow, Kept, KeptOrder, Message, MessageState, Outbox
from console.commerce.sender import Sender
from console.commerce.shops.port import Answer, ShopClient, StreamedOrder, Verdict
from console.commerce.state import Checkout, Drop, DropState, Lamp, Order, Sale
from console.commerce.tasks import tell_of_a_bug
from console.commerce.watcher import Watcher
from console.contract import orders as wire
from console.contract.errors import ContractError
from console.contract.events import EventType
from console.contract.orders import DropStatus
from console.core.alarms import Alarms, Rank
from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.links import Link, LinkState
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.settings.show import Show

log = logging.getLogger(__name__)

PENDING_AFTER_S: Final = 2.0
DOWN_WORTH_AN_ALARM_S: Final = 3.0
TICK_S: Final = 5.0
ORDERS_SHOWN: Final = 200
AFTER_ORDERS_S: Final = 0.3  # how soon a drop's state is read again after orders: at most so often
POLL_S: Final = {
    DropState.ASKING: 1.0,
    DropState.OPEN: 3.0,
    DropState.SOLD_OUT: 3.0,
    DropState.ARMED: 5.0,
}
SELDOM_S: Final = 15.0
CHECKOUT_POLL_S: Final = 5.0
CHECKOUT: Final = "/checkout"  # the checkout's lane; no drop can be named so
MAY_BE_OPEN: Final = frozenset({DropState.FIRING, DropState.OPEN, DropState.SOLD_OUT, DropState.ASKING})


class Commerce:
    """The sale of one show. Presses answer with an Outcome and never raise for what people can cause."""

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
        self._show = show
        self._shop = shop
        self._clock = clock
        self._journal = journal
        self._alarms = alarms
        self._show_run = show_run
        self._open_within_s = open_within_s
        self._disk = Disk(data_dir / "outbox.sqlite", writer)
        self._sender = Sender(
            shop,
            self._disk,
            clock=clock,
            journal=journal,
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
        self._versions: dict[str, int] = {}  # counts a drop's presses and answers: an older view of it is no news
        self._presses: dict[str, int] = {}
        self._busy: set[str] = set()  # drops whose press is being written
        self._stopped: set[tuple[str, int]] = set()  # drop and run that STOP SALE closed: they stay closed
        self._waiting: dict[str, asyncio.Future[Outcome]] = {}
        self._orders: dict[str, Order] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._down_alarm: asyncio.TimerHandle | None = None
        self._is_started = False
        self._kept_nothing: UserError | None = None
        first = tuple(presses.drop_of(item) for item in show.drops)
        self.state: Observable[Sale] = Observable(
            Sale(
                kind=shop.kind,
                link=Link(LinkState.CONNECTING),
                url=shop.url,
                public_url=shop.public_url,
                drops=first,
                chosen=first[0].id if first else None,
                currency=first[0].currency if first else "EUR",
            )
        )

    # Life

    async def start(self) -> None:
        """Take up where the last process ended, and connect. A disk that fails is an alarm: nothing can be pressed."""
        try:
            await self._disk.open()
            kept = await self._disk.do(Outbox.load, self._show_run)
        except UserError as error:
            self._kept_nothing = error
            self._on_disk_trouble(error)
            kept = Kept((), (), (), {})
        self._resume(kept)
        self._sender.add(kept.messages)
        self._count_pending()
        self._is_started = True
        if self._shop.kind == "manual":
            self._change(link=Link(LinkState.UP, "Nothing answers for this shop: you confirm by hand."))
        else:
            self._change(url=self._shop.url, public_url=self._shop.public_url)
            self._watcher.start(kept.facts.get("orders_mark", ""))
            for lane in (CHECKOUT, *(drop.id for drop in self.state.value.drops)):
                self._watcher.ask_within(lane, 0.0)
        self._background(self._tick_for_ever(), "figures")

    async def close(self) -> None:
        """End; what is pending stays on disk for the next start."""
        if self._down_alarm:
            self._down_alarm.cancel()
        await self._watcher.close()
        await self._sender.close()
        for task in self._tasks:
            if task.get_name() == "figures":
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._disk.close()
        await self._shop.close()

    # What the director can do

    def choose(self, drop_id: str) -> None:
        """Make this the drop that D and F act on. Raises UserError when there is no such drop."""
        self._need(drop_id)
        self._change(chosen=drop_id)
        self._keep(facts={"chosen": drop_id})

    async def arm(self, drop_id: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Check and reserve everything at the shop. Done when the shop holds it as armed."""
        return await self._on_drop(drop_id, Press.ARM, origin)

    async def disarm(self, drop_id: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Give back what arming reserved."""
        return await self._on_drop(drop_id, Press.DISARM, origin)

    async def fire(self, drop_id: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Start selling the armed drop, and open the checkout. Done when the shop confirmed both."""
        return await self._on_drop(drop_id, Press.FIRE, origin)

    async def close_drop(self, drop_id: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """End the sale of one drop before its time; tried until the shop confirms."""
        return await self._on_drop(drop_id, Press.CLOSE, origin)

    async def renew(self, drop_id: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Make a closed drop a draft again, its run one higher. The shop hears of it when it is armed."""
        return await self._on_drop(drop_id, Press.RENEW, origin)

    async def open_checkout(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Let buyers pay."""
        return await self._on_checkout(EventType.CHECKOUT_OPENED, origin)

    async def close_checkout(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Let nobody pay; tried until the shop confirms."""
        return await self._on_checkout(EventType.CHECKOUT_CLOSED, origin)

    async def stop_sale(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Close the checkout and every drop that may be open, at once; openings on their way are called back."""
        self._journal.write("sale.stop", origin)
        sale = self.state.value
        maybe_open = [drop for drop in sale.drops if drop.state in MAY_BE_OPEN]
        self._stopped |= {(drop.id, drop.run) for drop in maybe_open}
        self._change(is_stopping=True)
        closing = [drop for drop in maybe_open if not self._is_on_its_way(drop.id, EventType.DROP_CLOSED)]
        messages = [self._message(presses.closed(self._show, drop, self._stamp())) for drop in closing]
        if not self._is_on_its_way(CHECKOUT, EventType.CHECKOUT_CLOSED):
            messages.append(self._message(presses.checkout(self._show, self._stamp(), is_open=False)))
        after = [drops.closed_by_hand(drop) for drop in closing]
        gone = self._openings([CHECKOUT, *(drop.id for drop in maybe_open)])
        try:
            messages = await self._commit(messages, after, gone, facts={"is_stopping": "1"})
        except UserError as error:
            # The one press that is sent although the disk fails: to sell on would be worse than to forget it.
            self._on_disk_trouble(error)
            self._send(messages, after, gone)
        self._sender.try_now()
        self._check_stop()
        return await self._confirmed(messages or [m for m in self._sender.pending if m.id in self._waiting])

    async def take_back_stop(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Stop trying to stop: closings that are not confirmed are called back."""
        if not self.state.value.is_stopping:
            return Outcome.refused("STOP SALE is not waiting.", "There is nothing to take back.")
        self._journal.write("sale.stop_taken_back", origin)
        closings = {EventType.DROP_CLOSED, EventType.CHECKOUT_CLOSED}
        gone = [message for message in self._sender.pending if message.type in closings]
        self._stopped.clear()
        self._change(is_stopping=False)
        try:
            await self._commit([], [], gone, facts={"is_stopping": ""})
        except UserError as error:
            return Outcome.failed(error.what, error.fix)
        for drop in self.state.value.drops:
            self._watcher.ask_within(drop.id, 0.0)
        return Outcome.done("The stop was taken back.")

    async def confirm_by_hand(self, drop_id: str, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Say that what waits for this drop (and the checkout) was done on the platform. Only without an API."""
        if self._shop.kind != "manual":
            return Outcome.refused("This shop answers by itself.", "Wait for its answer.")
        waiting = [*self._sender.in_lane(drop_id)[:1], *self._sender.in_lane(CHECKOUT)]
        if not waiting:
            return Outcome.refused("Nothing waits to be confirmed.", "Arm or fire the drop first.")
        try:
            for message in waiting:
                await self._sender.settle_by_hand(message)
                self._claim(message, origin)
        except UserError as error:
            return Outcome.failed(error.what, error.fix)
        return Outcome.done("Confirmed by hand.")

    # Presses

    async def _on_drop(self, drop_id: str, press: Press, origin: Origin) -> Outcome:
        try:
            drop = self._need(drop_id)
            self._check(drop, press)
            self._busy.add(drop_id)
            try:
                messages = await self._press(drop, press, origin)
            finally:
                self._busy.discard(drop_id)
        except UserError as error:
            return Outcome.refused(error.what, error.fix)
        return await self._confirmed(messages)

    def _check(self, drop: Drop, press: Press) -> None:
        """Raises UserError when `press` is not possible now: by the state, or because one is on its way."""
        if self._kept_nothing is not None:
            raise self._kept_nothing
        if not self._is_started:
            raise UserError("The sale is still starting.", fix="Press again in a moment.")
        drops.check(drop, press)
        if press is Press.FIRE and self.state.value.is_stopping:
            raise UserError("STOP SALE is not confirmed yet.", fix="Wait for it, or take it back.")
        closing = {EventType.DROP_CLOSED, EventType.DROP_DISARMED}
        if drop.id in self._busy or any(m.type in closing for m in self._sender.in_lane(drop.id)):
            raise UserError(f"The last press for {drop.title} is still on its way.", fix="Wait for the shop's answer.")

    async def _press(self, drop: Drop, press: Press, origin: Origin) -> list[Message]:
        now = self._stamp()
        gone: list[Message] = []
        made: list[presses.Made] = []
        match press:
            case Press.ARM:
                after = drops.armed_by_hand(drop)
                made = [presses.armed(self._show, drop, now)]
            case Press.DISARM:
                after = drops.disarmed_by_hand(drop)
                made = [presses.disarmed(self._show, drop, now)]
                gone = list(self._sender.in_lane(drop.id))
            case Press.FIRE:
                after = drops.fired_by_hand(drop, closes_at=now.at + timedelta(seconds=drop.duration_s))
                made = [presses.opened(self._show, after, now)]
                self._stopped.discard((drop.id, drop.run))
                if self.state.value.checkout is not Checkout.OPEN:
                    made.append(presses.checkout(self._show, now, is_open=True))
            case Press.CLOSE:
                after = drops.closed_by_hand(drop)
                made = [presses.closed(self._show, drop, now)]
                gone = self._openings([drop.id])
            case Press.RENEW:
                after = drops.renewed(drop)
        messages = await self._commit([self._message(one) for one in made], [after], gone)
        words = {Press.ARM: "arming", Press.DISARM: "disarming", Press.FIRE: "fired", Press.CLOSE: "closing"}
        kind = f"drop.{words.get(press, 'renewed')}"
        self._journal.write(kind, origin, drop=drop.id, run=after.run, events=[m.id for m in messages])
        log.info("%s %s", kind, drop.id)
        return messages

    async def _on_checkout(self, type: EventType, origin: Origin) -> Outcome:
        try:
            if self._kept_nothing is not None:
                raise self._kept_nothing
            is_open = type is EventType.CHECKOUT_OPENED
            if is_open and self.state.value.is_stopping:
                raise UserError("STOP SALE is not confirmed yet.", fix="Wait for it, or take it back.")
            if CHECKOUT in self._busy or self._is_on_its_way(CHECKOUT, type):
                raise UserError("The checkout's last press is still on its way.", fix="Wait for the shop's answer.")
            self._busy.add(CHECKOUT)
            try:
                made = self._message(presses.checkout(self._show, self._stamp(), is_open=is_open))
                messages = await self._commit([made], [], list(self._sender.in_lane(CHECKOUT)))
            finally:
                self._busy.discard(CHECKOUT)
        except UserError as error:
            return Outcome.refused(error.what, error.fix)
        self._journal.write("checkout.opening" if is_open else "checkout.closing", origin)
        return await self._confirmed(messages)

    async def _commit(
        self,
        messages: Sequence[Message],
        after: Sequence[Drop],
        gone: Sequence[Message],
        facts: dict[str, str] | None = None,
    ) -> list[Message]:
        """One press in one transaction; when it is on disk it is shown and sent. Raises UserError when it is not."""
        counts = {message.lane: self._presses.get(message.lane, 0) + 1 for message in messages}
        rows = [replace(self._row(drop), presses=counts.get(drop.id, self._presses.get(drop.id, 0))) for drop in after]
        if CHECKOUT in counts:
            facts = {**(facts or {}), "checkout_presses": str(counts[CHECKOUT])}
        supersede = [message.id for message in gone]
        new = await self._disk.do(Outbox.press, messages, drops=rows, supersede=supersede, facts=facts)
        self._send(new, after, gone)
        return list(new)

    def _send(self, messages: Sequence[Message], after: Sequence[Drop], gone: Sequence[Message]) -> None:
        for drop in after:
            self._put(drop, is_kept=False)
        for message in messages:
            self._presses[message.lane] = self._presses.get(message.lane, 0) + 1
        for message in gone:
            self._journal.write("outbox.superseded", Origin.CONSOLE, event=message.id, type=message.type)
            self._resolve(message.id, Outcome.failed("It was called back by a later press."))
        loop = asyncio.get_running_loop()
        self._waiting.update({message.id: loop.create_future() for message in messages})
        self._sender.drop(message.id for message in gone)
        self._sender.add(messages)
        self._count_pending()

    async def _confirmed(self, messages: Iterable[Message]) -> Outcome:
        """What the shop made of these: the worst of them; pending after 2 s without an answer."""
        futures = [self._waiting[message.id] for message in messages if message.id in self._waiting]
        if not futures:
            return Outcome.done()
        await asyncio.wait(futures, timeout=PENDING_AFTER_S)
        outcomes = [future.result() for future in futures if future.done()]
        for outcome in outcomes:
            if not outcome.is_done:
                return outcome
        if len(outcomes) < len(futures):
            why = self.state.value.link.why or "The shop has not answered yet."
            return Outcome.pending(f"{why} It is kept on disk and tried again.")
        return outcomes[0]

    # What the shop answers

    def _on_answer(self, message: Message, state: MessageState, answer: Answer) -> None:
        """Sender's news of one message."""
        self._show_held(message, answer)
        self._count_pending()
        if answer.verdict is Verdict.ACCEPTED:
            self._on_link(Link(LinkState.UP))
        if message.drop is None:
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
        if state is MessageState.DONE:
            self._put(drops.seen(drop, answer.status))
            proved = drops.has_happened(type, message.run, answer.status)
            self._journal.write(type.value, Origin.OUTSIDE, drop=drop.id, run=drop.run, event=message.id, proved=proved)
            words = f"{drop.title} is {self._need(drop.id).state.value.replace('_', ' ')} at the shop."
            self._resolve(message.id, Outcome.done(words) if proved else Outcome.failed(words))
        elif state is MessageState.REFUSED:
            self._put(drops.refused(drop, type, why=answer.why, fix=answer.fix))
            self._resolve(message.id, Outcome.failed(answer.why, answer.fix))
        else:
            why = "The opening did not reach the shop in time and is not sent late."
            self._put(drops.in_doubt(drop, why=why, fix="The shop is being asked how it stands."))
            self._resolve(message.id, Outcome.failed(why, "Wait until the shop answers, then fire again."))
        # A try that may still land is waited out before the shop's word counts.
        after_s = self._shop.timeout_s if answer.is_uncertain and state is MessageState.EXPIRED else 0.0
        self._watcher.ask_within(drop.id, after_s if state is not MessageState.DONE else AFTER_ORDERS_S)

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

    def _set_checkout(self, checkout: Checkout) -> None:
        self._versions[CHECKOUT] = self._versions.get(CHECKOUT, 0) + 1
        self._change(checkout=checkout)
        self._keep(facts={"checkout": checkout.value})

    def _claim(self, message: Message, origin: Origin) -> None:
        if message.drop is None:
            self._set_checkout(_checkout(message.type))
        else:
            self._put(drops.by_hand(self._need(message.drop), EventType(message.type)))
        self._journal.write(message.type, origin, drop=message.drop, event=message.id, by_hand=True)
        self._count_pending()
        self._check_stop()

    def _on_status(self, drop_id: str, status: DropStatus | None, version: int) -> None:
        """The shop's state of a drop, asked for when it had `version`."""
        drop = self.state.value.drop(drop_id)
        if drop is None:
            return
        if version != self._versions.get(drop_id, 0) or drop_id in self._busy:
            self._watcher.ask_within(drop_id, AFTER_ORDERS_S)
            return
        if self._sender.in_lane(drop_id):
            if status is not None:
                self._put(drops.counted(drop, status), is_kept=False, is_news=False)
        else:
            self._adopt(drop, status)
        self._watch(self._need(drop_id))
        self._check_stop()

    def _on_checkout_status(self, is_open: bool | None, version: int) -> None:
        """The shop's checkout, where it can be asked for."""
        is_settled = version == self._versions.get(CHECKOUT, 0) and not self._sender.in_lane(CHECKOUT)
        if is_open is not None and is_settled and CHECKOUT not in self._busy:
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
            self._put(replace(after, lamp=drop.lamp, why=drop.why, fix=drop.fix), is_news=False)
        else:
            if drop.state is DropState.ASKING and drop.lamp is Lamp.LOST and after.state is DropState.ARMED:
                why = "The opening did not reach the shop in time and was not sent late."
                after = replace(after, lamp=Lamp.LOST, why=why, fix="Fire it again.")
            self._put(after)
            was = drop.state.value
            self._journal.write(
                f"drop.{after.state.value}", Origin.OUTSIDE, drop=drop.id, run=after.run, was=was, expected=is_expected
            )
        if after.state in {DropState.OPEN, DropState.SOLD_OUT} and (after.id, after.run) in self._stopped:
            self._background(self._close_again(after), "closing again")

    async def _close_again(self, drop: Drop) -> None:
        """An opening that was called back landed late all the same: STOP SALE holds."""
        made = self._message(presses.closed(self._show, drop, self._stamp()))
        try:
            await self._commit([made], [drops.closed_by_hand(drop)], [])
        except UserError as error:
            self._on_disk_trouble(error)
            self._send([made], [drops.closed_by_hand(drop)], [])

    def _watch(self, drop: Drop) -> None:
        """Ask again as often as the drop's state is worth, and when its time is over."""
        wait_s = POLL_S.get(drop.state, SELDOM_S)
        if drop.closes_at and drop.state in {DropState.OPEN, DropState.SOLD_OUT}:
            left_s = (drop.closes_at - self._clock.now()).total_seconds() + 0.1
            wait_s = min(wait_s, max(left_s, 0.5))
        self._watcher.ask_within(drop.id, wait_s)

    async def _on_orders(self, batch: list[StreamedOrder]) -> None:
        orders = [item.order for item in batch if item.order is not None]
        rows = [KeptOrder(order.id, order.state, wire.order_to_json(order)) for order in orders]
        try:
            fresh: Sequence[bool] = await self._disk.do(Outbox.keep_orders, self._show_run, rows, mark=batch[-1].mark)
        except UserError as error:
            self._on_disk_trouble(error)
            fresh = [order.id not in self._orders or self._orders[order.id].state != order.state for order in orders]
        for order, is_fresh in zip(orders, fresh, strict=True):
            if is_fresh:
                self._orders[order.id] = _order(order)
                self._journal.write("order.received", Origin.OUTSIDE, **order.model_dump(mode="json"))
                self._watcher.ask_within(order.drop, AFTER_ORDERS_S)
        self._show_orders()

    # How it is shown

    def _resume(self, kept: Kept) -> None:
        rows = {row.id: row for row in kept.drops}
        self._presses = {row.id: row.presses for row in kept.drops}
        self._presses[CHECKOUT] = int(kept.facts.get("checkout_presses", "0"))
        under_way = {message.drop for message in kept.messages}
        resumed = tuple(
            presses.resumed(drop, rows[drop.id], is_under_way=drop.id in under_way) if drop.id in rows else drop
            for drop in self.state.value.drops
        )
        is_stopping = bool(kept.facts.get("is_stopping"))
        chosen = kept.facts.get("chosen")
        known = Checkout._value2member_map_.get(kept.facts.get("checkout", ""))
        for body in kept.orders:
            try:
                order = _order(wire.order_from_json(body))
            except ContractError as error:
                log.info("an order on disk cannot be read: %s", error)
                continue
            self._orders[order.id] = order
        self._change(
            drops=resumed,
            checkout=known if isinstance(known, Checkout) else Checkout.UNKNOWN,
            is_stopping=is_stopping,
            chosen=chosen if any(drop.id == chosen for drop in resumed) else self.state.value.chosen,
        )
        if is_stopping:
            self._stopped = {(drop.id, drop.run) for drop in resumed if drop.state in MAY_BE_OPEN}
        self._show_orders()

    def _put(self, drop: Drop, *, is_kept: bool = True, is_news: bool = True) -> None:
        """Show the drop; `is_kept`: on disk too; `is_news`: an answer that was asked for before is out of date."""
        old = self.state.value.drop(drop.id)
        if is_news:
            self._versions[drop.id] = self._versions.get(drop.id, 0) + 1
        if drop == old:
            return
        self._change(drops=tuple(drop if one.id == drop.id else one for one in self.state.value.drops))
        if is_kept:
            self._keep(drop)
        if drop.state is DropState.ASKING:
            what = f"{drop.title} is in doubt. {drop.why}".strip()
            fix = drop.fix or "The shop is being asked; close the drop if it does not answer."
            self._alarms.raise_(f"drop.asking.{drop.id}", "drop.asking", what, fix=fix, rank=Rank.MONEY)
        elif old is not None and old.state is DropState.ASKING:
            self._alarms.clear(f"drop.asking.{drop.id}")

    def _change(self, **fields: object) -> None:
        self.state.set(replace(self.state.value, **fields))  # type: ignore[arg-type]

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

    def _show_held(self, message: Message, answer: Answer) -> None:
        if answer.verdict is Verdict.HELD:
            self._change(outbox_held=f"{answer.why} {answer.fix}")
            self._alarms.raise_("outbox.held", "outbox.held", answer.why, fix=answer.fix, rank=Rank.MONEY)
        elif self.state.value.outbox_held:
            self._change(outbox_held="")
            self._alarms.clear("outbox.held")

    def _show_orders(self) -> None:
        sale = self.state.value
        counted = figures(self._orders.values(), now=self._clock.now(), currency=sale.currency)
        newest = sorted(self._orders.values(), key=lambda order: (order.at, order.id), reverse=True)
        self._change(
            orders=tuple(newest[:ORDERS_SHOWN]),
            sold=counted.sold,
            revenue_minor=counted.revenue_minor,
            revenue_per_minute=counted.per_minute,
        )

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

    def _on_disk_trouble(self, error: UserError | None) -> None:
        if error is None:
            self._alarms.clear("outbox.disk")
        else:
            self._alarms.raise_("outbox.disk", "outbox.disk", error.what, fix=error.fix, rank=Rank.MONEY)

    def _count_pending(self) -> None:
        self._change(outbox_pending=len(self._sender.pending))

    # Small help

    def _need(self, drop_id: str) -> Drop:
        drop = self.state.value.drop(drop_id)
        if drop is None:
            raise UserError(f'There is no drop "{drop_id}".', fix="Choose one of the show's drops.")
        return drop

    def _stamp(self) -> presses.Stamp:
        within_s = None if self._shop.kind == "manual" else self._open_within_s
        return presses.Stamp(self._clock.now(), self._clock.mono_ns(), within_s)

    def _message(self, made: presses.Made) -> Message:
        """One press, one intent: the number moves on only when the press is on disk, so that a twin is passed over."""
        lane = made.event.drop or CHECKOUT
        return presses.message(made, lane=lane, number=self._presses.get(lane, 0) + 1)

    def _openings(self, lanes: Iterable[str]) -> list[Message]:
        opening = {EventType.DROP_OPENED, EventType.CHECKOUT_OPENED}
        return [m for lane in lanes for m in self._sender.in_lane(lane) if m.type in opening]

    def _is_on_its_way(self, lane: str, type: EventType) -> bool:
        return any(message.type == type for message in self._sender.in_lane(lane))

    def _row(self, drop: Drop) -> DropRow:
        pressed = self._presses.get(drop.id, 0)
        return DropRow(drop.id, drop.run, drop.state.value, drop.stock_left, drop.sold, drop.closes_at, pressed)

    def _keep(self, *changed: Drop, facts: dict[str, str] | None = None) -> None:
        """Write what is shown behind the press's back; it is only needed by the next start."""
        if self._kept_nothing is None:
            rows = [self._row(drop) for drop in changed]
            self._background(self._write(rows, facts), "keeping drops")

    async def _write(self, rows: list[DropRow], facts: dict[str, str] | None) -> None:
        try:
            await self._disk.do(Outbox.press, [], drops=rows, facts=facts)
        except UserError as error:
            self._on_disk_trouble(error)

    def _background(self, work: Coroutine[None, None, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(tell_of_a_bug)

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            if self._orders:
                self._show_orders()

    def _resolve(self, message_id: str, outcome: Outcome) -> None:
        future = self._waiting.pop(message_id, None)
        if future is not None and not future.done():
            future.set_result(outcome)


def _checkout(type: str) -> Checkout:
    return Checkout.OPEN if type == EventType.CHECKOUT_OPENED else Checkout.CLOSED


def _order(order: wire.Order) -> Order:
    return Order(
        order.id,
        order.drop,
        order.run,
        order.quantity,
        order.amount_minor,
        order.currency,
        order.source,
        order.state,
        order.at,
    )
