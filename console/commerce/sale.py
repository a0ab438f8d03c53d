"""Selling as the desk sees it: presses go in, proofs come out. Loop thread only; the disk is on the writer thread.

A press is on disk before anything leaves the machine; only what the shop confirmed moves a drop on (laws 3 and 4).
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from typing import Final

from console.commerce import changes, drops, presses
from console.commerce.board import ENDED_SHOWN
from console.commerce.book import CHECKOUT, MAY_BE_OPEN, MENDING
from console.commerce.counter import CounterSale
from console.commerce.drops import Press
from console.commerce.lines import LISTED
from console.commerce.outbox import Kept, Message, Outbox, Record
from console.commerce.reach import Reached
from console.commerce.shops.port import ShopTrouble
from console.commerce.shops.wares import Wares
from console.commerce.state import Checkout, Drop, DropState, Lamp, Wanted
from console.commerce.voiding import Voiding, runs_text
from console.contract.events import EventType
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.links import Link, LinkState
from console.core.outcome import Outcome

log = logging.getLogger(__name__)

SELLING: Final = frozenset({DropState.OPEN, DropState.SOLD_OUT})
PENDING_AFTER_S: Final = 2.0
CALLING_TIME: Final = "calling time"
CALL_EVERY_S: Final = 0.5


class Commerce(Voiding, CounterSale):
    """The sale of one show. Presses answer with an Outcome and never raise for what people can cause."""

    async def start(self) -> None:
        """Take up where the last process ended, and connect. A disk that fails is an alarm: nothing can be pressed."""
        records: tuple[Record, ...] = ()
        try:
            await self._disk.open()
            kept = await self._disk.do(Outbox.load, self._show_run)
            records = await self._disk.do(Outbox.records, self._show_run, ended=ENDED_SHOWN)
        except UserError as error:
            self._kept_nothing = error
            self._on_disk_trouble(error)
            kept = Kept((), (), (), {})
        self._resume(kept)
        self._board.load(records)
        self._sender.add(kept.messages)
        self._count_pending()
        self._is_started = True
        self._change(url=self._shop.url, public_url=self._shop.public_url)
        if self._shop.kind == "manual":
            self._change(link=Link(LinkState.UP, "Nothing answers for this shop: you confirm by hand."))
            self._background(self._call_time_for_ever(), CALLING_TIME)
        else:
            self._watcher.start(kept.facts.get("orders_mark", ""))
            for lane in (CHECKOUT, *(drop.id for drop in self.state.value.drops)):
                self._watcher.ask_within(lane, 0.0)
        self._background(self._tick_for_ever(), "figures")

    def show_reach(self, reached: Reached) -> None:
        """Show whether buyers can reach the shop."""
        self._change(reach=reached)

    async def close(self) -> None:
        """End; what is pending stays on disk for the next start."""
        if self._down_alarm:
            self._down_alarm.cancel()
        await self._watcher.close()
        self._figures.close()
        await self._sender.close()
        for task in self._tasks:
            if task.get_name() in {"figures", MENDING, CALLING_TIME}:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._is_mending:
            with contextlib.suppress(UserError):  # the alarm says so; the next start asks the shop
                await self._keep_what_is_owed()
        await self._disk.close()
        await self._shop.close()

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

    async def change(self, drop_id: str, wanted: Wanted, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Ask the shop for a new price, stock, end or mark of an armed or open drop; shown when it has made it."""
        return await self._on_change(drop_id, lambda drop: wanted, origin)

    async def extend(self, drop_id: str, seconds: float, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Let an open drop close `seconds` later than it would; presses add up."""
        return await self._on_change(drop_id, lambda drop: changes.longer(drop, seconds), origin)

    async def open_checkout(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Let buyers pay."""
        return await self._on_checkout(EventType.CHECKOUT_OPENED, origin)

    async def close_checkout(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Let nobody pay; tried until the shop confirms."""
        return await self._on_checkout(EventType.CHECKOUT_CLOSED, origin)

    async def stop_sale(self, *, origin: Origin = Origin.CONSOLE) -> Outcome:
        """Close the checkout and every drop that may be open, at once; openings on their way are called back."""
        self._journal.write("sale.stop", origin)
        is_new = not self.state.value.is_stopping
        self._change(is_stopping=True)  # from now on nothing is fired
        async with self._pressing:  # a FIRE that is being written is on its way then, and is called back, too
            self._change(is_stopping=True)  # again: it may have been over, with nothing open yet
            maybe_open = [drop for drop in self.state.value.drops if drop.state in MAY_BE_OPEN]
        runs = {(drop.id, drop.run) for drop in maybe_open}
        self._stopped |= runs
        self._stopping = runs if is_new and runs else self._stopping | runs
        closing = [drop for drop in maybe_open if not self._is_on_its_way(drop.id, EventType.DROP_CLOSED)]
        messages = [self._message(presses.closed(self._show, drop, self._stamp())) for drop in closing]
        if not self._is_on_its_way(CHECKOUT, EventType.CHECKOUT_CLOSED):
            messages.append(self._message(presses.checkout(self._show, self._stamp(), is_open=False)))
        after = [drops.closed_by_hand(drop) for drop in closing]
        gone = self._before_closing([CHECKOUT, *(drop.id for drop in maybe_open)])
        try:
            facts = {"is_stopping": "1", "stopping": runs_text(self._stopping)}
            messages = await self._commit(messages, after, gone, facts)
        except UserError as error:
            # The one press that is sent although the disk fails: to sell on would be worse than to forget it.
            self._on_disk_trouble(error)
            self._owed_gone += [message.id for message in gone]
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
        self._stopping.clear()
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

    async def _call_time_for_ever(self) -> None:
        """No machine closes a sale on a platform that answers nobody: at its time the closing is asked for."""
        while True:
            await asyncio.sleep(CALL_EVERY_S)
            now = self._clock.now()
            for drop in self.state.value.drops:
                is_over = drop.state in SELLING and drop.closes_at is not None and drop.closes_at <= now
                if is_over and not self._is_on_its_way(drop.id, EventType.DROP_CLOSED):
                    await self._on_drop(drop.id, Press.CLOSE, Origin.AUTOMATION)

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

    async def _on_change(self, drop_id: str, wish: Callable[[Drop], Wanted], origin: Origin) -> Outcome:
        try:
            drop = self._need(drop_id)
            self._check(drop, Press.CHANGE)
            wanted = wish(drop)
            changes.check(drop, wanted, self._clock.now())
            self._busy.add(drop_id)
            try:
                made = presses.changed(self._show, drop, wanted, self._stamp())
                messages = await self._commit_change(self._message(made), drop_id, wanted)
            finally:
                self._busy.discard(drop_id)
        except UserError as error:
            return Outcome.refused(error.what, error.fix)
        asked = [change for message in messages if (change := changes.asked(message)) is not None]
        for change in asked:
            was = {"was_price_minor": drop.price_minor, "was_stock": drop.stock}
            self._journal.write("drop.changing", origin, **changes.as_fields(change), **was)
        log.info("drop.changing %s", drop.id)
        return await self._confirmed(messages)

    def _check(self, drop: Drop, press: Press) -> None:
        """Raises UserError when `press` is not possible now: by the state, or because one is on its way."""
        if self._kept_nothing is not None:
            raise self._kept_nothing
        if not self._is_started:
            raise UserError("The sale is still starting.", fix="Press again in a moment.")
        drops.check(drop, press)
        if press in {Press.ARM, Press.RENEW} and self._in_show(drop.id) is None:
            raise UserError(f"{drop.title} is not in the show any more.", fix="Add it to the show again.")
        if press is Press.FIRE and self.state.value.is_stopping:
            raise UserError("STOP SALE is not confirmed yet.", fix="Wait for it, or take it back.")
        if press is Press.FIRE and self._is_on_its_way(drop.id, EventType.DROP_CHANGED):
            what = f"A change of {drop.title} is still on its way."
            raise UserError(what, fix="Wait for the shop's answer, or disarm it.")
        closing = {EventType.DROP_CLOSED, EventType.DROP_DISARMED}
        if drop.id in self._busy or any(m.type in closing for m in self._sender.in_lane(drop.id)):
            raise UserError(f"The last press for {drop.title} is still on its way.", fix="Wait for the shop's answer.")

    async def _press(self, drop: Drop, press: Press, origin: Origin) -> list[Message]:
        tickets, wares = await self._brought(drop) if press is Press.ARM else ((), Wares())
        now = self._stamp()
        gone: list[Message] = []
        made: list[presses.Made] = []
        match press:
            case Press.ARM:
                after = drops.armed_by_hand(drop)
                made = [presses.armed(self._show, drop, now, wares, tickets=tickets)]
            case Press.DISARM:
                after = drops.disarmed_by_hand(drop)
                made = [presses.disarmed(self._show, drop, now)]
                gone = [message for message in self._sender.in_lane(drop.id) if message.type not in LISTED]
            case Press.FIRE:
                after = drops.fired_by_hand(drop, now.at, stream_delay_s=self.state.value.stream_delay.seconds)
                made = [presses.opened(self._show, after, now)]
                self._stopped.discard((drop.id, drop.run))
                before = self.state.value.fired_before
                self._change(fired_before=tuple(run for run in before if run != (drop.id, drop.run)))
                if self.state.value.checkout is not Checkout.OPEN:
                    made.append(presses.checkout(self._show, now, is_open=True))
            case Press.CLOSE:
                after = drops.closed_by_hand(drop)
                made = [presses.closed(self._show, drop, now)]
                gone = self._before_closing([drop.id])
            case Press.RENEW:
                after = drops.renewed(drop)
        facts = self._note_fired(drop, now.at) if press is Press.FIRE else None
        messages = await self._commit([self._message(one) for one in made], [after], gone, facts)
        words = {Press.ARM: "arming", Press.DISARM: "disarming", Press.FIRE: "fired", Press.CLOSE: "closing"}
        kind = f"drop.{words.get(press, 'renewed')}"
        self._journal.write(kind, origin, drop=drop.id, run=after.run, events=[m.id for m in messages])
        log.info("%s %s", kind, drop.id)
        return messages

    async def _brought(self, drop: Drop) -> tuple[tuple[str, ...], Wares]:
        """What ARM sends beside what the show says. Raises UserError when the show says otherwise by then."""
        planned = self._in_show(drop.id)
        brought = await self._tickets(drop), await self._bring(drop.id)
        if self._in_show(drop.id) != planned:
            raise UserError(f"{drop.title} was changed in the show just now.", fix="Look at it, then arm it again.")
        return brought

    async def _tickets(self, drop: Drop) -> tuple[str, ...]:
        """The tickets of a drop; none when it is sold without. Raises UserError when they cannot be made."""
        planned = self._in_show(drop.id)
        if planned is None or planned.access is None or planned.access.tickets is None:
            return ()
        try:
            return await self._shop.tickets(drop.id, planned.access.tickets)
        except ShopTrouble as trouble:
            raise UserError(trouble.why, fix=trouble.fix) from trouble

    async def tickets(self, drop_id: str) -> tuple[str, ...]:
        """Every ticket of a drop, as buyers get them. Raises UserError: there are none, or no key to make them."""
        drop = self._need(drop_id)
        made = await self._tickets(drop)
        if not made:
            raise UserError(f"{drop.title} is sold without tickets.", fix="Give it [drops.access] tickets = 100.")
        return made

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
            told = [drop.why for drop in self.state.value.drops if drop.lamp is Lamp.WAITING and drop.why]
            why = self.state.value.outbox_held or next(iter(told), "") or self.state.value.link.why
            why = why or "The shop has not answered yet."
            return Outcome.pending(f"{why} It is kept on disk and tried again.")
        return outcomes[0]

    def _before_closing(self, lanes: Iterable[str]) -> list[Message]:
        """What a closing makes pointless: it never waits behind an opening or a change that hangs."""
        pointless = {EventType.DROP_OPENED, EventType.CHECKOUT_OPENED, EventType.DROP_CHANGED}
        return [m for lane in lanes for m in self._sender.in_lane(lane) if m.type in pointless]
