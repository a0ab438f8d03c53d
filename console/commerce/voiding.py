"""Orders taken back unpaid, or marked paid by hand: the list, the press, and what became of each. Loop thread only.

The shop decides: what cannot be voided or paid any more it passes over, and the orders stream tells of each order.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from console.commerce import drops, presses
from console.commerce.ledger import TAKEN_BACK, UNPAID
from console.commerce.lines import LISTED
from console.commerce.outbox import Kept, Message, MessageState, Outbox
from console.commerce.shops.port import Answer, StreamedOrder
from console.commerce.state import Drop, Lamp, Order, OrderList
from console.commerce.tending import Tending
from console.contract import events
from console.contract.books import Books
from console.contract.events import EventType, Listed
from console.contract.orders import DropStatus, OrderState
from console.core.alarms import Rank
from console.core.clock import rfc3339
from console.core.errors import UserError
from console.core.journal import Origin
from console.core.outcome import Outcome

MOST_AT_ONCE: Final = 1_000  # orders in one event
CLOCKS_APART: Final = timedelta(seconds=60)  # the shop's clock may be behind ours: better listed than passed over
TOLD_WITHIN_S: Final = 2.0
FIRED: Final = "fired "  # and a run: the fact that holds when it was fired first
_ENDS: Final = {EventType.ORDERS_VOIDED: OrderState.VOID, EventType.ORDERS_PAID: OrderState.PAID}
_VERBS: Final = {EventType.ORDERS_VOIDED: "voided", EventType.ORDERS_PAID: "marked paid"}
_OTHERWISE: Final = {
    OrderState.PAID: "paid meanwhile",
    OrderState.VOID: "voided before",
    OrderState.EXPIRED: "had run out",
    OrderState.REFUNDED: "refunded meanwhile",
}
Run = tuple[str, int]  # drop and run


class Voiding(Tending):
    """The sale with hands on its unpaid orders."""

    def _resume(self, kept: Kept) -> None:
        named = {name: at for name, at in kept.facts.items() if name.startswith(FIRED)}
        self._fired = {_runs(name.removeprefix(FIRED))[0]: datetime.fromisoformat(at) for name, at in named.items()}
        super()._resume(kept)
        if self.state.value.is_stopping:
            self._stopping = {*_runs(kept.facts.get("stopping", "")), *self._stopped}
        self._change(stopped=_runs(kept.facts.get("stopped", "")))

    def show_books(self, books: Books | None) -> None:
        """What our own shop counted last; books that do not add up are an alarm until they do."""
        if books is None:
            return
        self._change(books=books)
        if books.wrong:
            what = f"The shop's books are wrong: {books.wrong[0]}."
            more = f" {len(books.wrong) - 1} more." if len(books.wrong) > 1 else ""
            fix = "STOP SALE, copy shop.sqlite, then compare its orders with the pieces on the table."
            self._alarms.raise_("shop.books", "shop.books", f"{what}{more}", fix=fix, rank=Rank.MONEY)
        else:
            self._alarms.clear("shop.books")

    # --- the list ---

    async def list_orders(self, drop_id: str | None = None, run: int | None = None) -> Outcome:
        """Show the unpaid orders of a drop's run since FIRE; without a drop those of the runs that were stopped last,
        else of the chosen drop. Done when there are any."""
        sale = self.state.value
        runs = sale.stopped
        if drop_id is not None or not self._since_fire(runs):
            try:
                drop = self._need(drop_id or sale.chosen or "")
            except UserError as error:
                return Outcome.refused(error.what, error.fix)
            runs = ((drop.id, run or drop.run),)
        found = self._since_fire(runs)
        if not found:
            titles = ", ".join(dict.fromkeys(self._title_of(drop) for drop, _ in runs))
            return Outcome.refused(f"{titles} has no unpaid orders since FIRE.", "There is nothing to void.")
        self._change(listed=OrderList(runs, found, self._asked()))
        return Outcome.done(f"{_orders(len(found))} unpaid.")

    async def unlist_orders(self) -> Outcome:
        """Look through no orders any more."""
        self._change(listed=None)
        return Outcome.done()

    def _since_fire(self, runs: Iterable[Run]) -> tuple[Order, ...]:
        """The unpaid orders of these runs; what a counter sold before FIRE is not among them."""
        since = {run: self._fired[run] - CLOCKS_APART if run in self._fired else None for run in runs}
        return tuple(
            order
            for order in self._ledger.unpaid
            if (run := (order.drop, order.run)) in since and ((at := since[run]) is None or order.at >= at)
        )

    def _note_fired(self, drop: Drop, at: datetime) -> dict[str, str]:
        """FIRE was pressed: the fact to keep with it."""
        first = self._fired.setdefault((drop.id, drop.run), at)
        return {f"{FIRED}{drop.id}/{drop.run}": rfc3339(first)}

    def _show_orders(self) -> None:
        super()._show_orders()
        self._change(unpaid=self._ledger.unpaid)
        self._show_listed()

    def _show_listed(self) -> None:
        """The list as everything is now; an order that was on it stays, whatever became of it."""
        listed = self.state.value.listed
        if listed is None:
            return
        known = {order.id: self._ledger.order(order.id) or order for order in listed.orders}
        known.update((order.id, order) for order in self._since_fire(listed.runs))
        self._change(listed=OrderList(listed.runs, tuple(known.values()), self._asked()))

    def _asked(self) -> frozenset[str]:
        """The orders that are on their way to the shop."""
        return frozenset(id for message in self._sender.pending for id in _ids(message))

    # --- the presses ---

    async def void_orders(
        self, drop_id: str, ids: Sequence[str], *, run: int | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Take unpaid orders of one run back; their pieces are in stock again. Tried until the shop confirms."""
        return await self._about_orders(EventType.ORDERS_VOIDED, drop_id, ids, run=run, origin=origin)

    async def pay_orders(
        self, drop_id: str, ids: Sequence[str], *, run: int | None = None, origin: Origin = Origin.CONSOLE
    ) -> Outcome:
        """Say that the money for unpaid orders of one run is there. Tried until the shop confirms."""
        return await self._about_orders(EventType.ORDERS_PAID, drop_id, ids, run=run, origin=origin)

    async def _about_orders(
        self, type: EventType, drop_id: str, ids: Sequence[str], *, run: int | None, origin: Origin
    ) -> Outcome:
        try:
            drop = self._need(drop_id)
            number = run or drop.run
            async with self._pressing:
                chosen = self._chosen(drop, number, ids)
                messages = await self._commit_orders(type, drop, number, [order.id for order in chosen])
        except UserError as error:
            return Outcome.refused(error.what, error.fix)
        kind = "orders.voiding" if type is EventType.ORDERS_VOIDED else "orders.paying"
        amount = sum(order.amount_minor for order in chosen)
        self._journal.write(
            kind, origin, drop=drop.id, run=number, orders=[order.id for order in chosen], amount_minor=amount
        )
        outcome = await self._confirmed(messages)
        return await self._told(type, [order.id for order in chosen]) if outcome.is_done else outcome

    def _chosen(self, drop: Drop, run: int, ids: Sequence[str]) -> tuple[Order, ...]:
        """The orders of these ids that may be asked for now, each once. Raises UserError when there is none."""
        if self._kept_nothing is not None:
            raise self._kept_nothing
        if not self._is_started:
            raise UserError("The sale is still starting.", fix="Press again in a moment.")
        if self._shop.kind == "manual":
            raise UserError("This shop does not tell its orders.", fix="Void them on the platform.")
        if self.state.value.is_stopping:
            raise UserError("STOP SALE is not confirmed yet.", fix="Wait for it: then the list is whole.")
        known = {order.id: order for order in self._ledger.unpaid if (order.drop, order.run) == (drop.id, run)}
        strange = [id for id in ids if (order := self._ledger.order(id)) is None or order.drop != drop.id]
        if strange:
            what = f"{drop.title} has no order {strange[0]}."
            raise UserError(what, fix="Look at the list of its unpaid orders.")
        asked = self._asked()
        unpaid = [known[id] for id in dict.fromkeys(ids) if id in known]
        if not unpaid:
            raise UserError("None of these orders is unpaid any more.", fix="Nothing was sent.")
        fresh = tuple(order for order in unpaid if order.id not in asked)
        if not fresh:
            raise UserError("Just that is on its way already.", fix="Wait for the shop's answer.")
        return fresh

    async def _commit_orders(self, type: EventType, drop: Drop, run: int, ids: Sequence[str]) -> list[Message]:
        """One press in one transaction, an event for each MOST_AT_ONCE orders. Raises UserError."""
        first = self._presses.get(drop.id, 0) + 1
        parts = [tuple(ids[at : at + MOST_AT_ONCE]) for at in range(0, len(ids), MOST_AT_ONCE)]
        messages = [
            replace(
                presses.message(
                    presses.about_orders(self._show, type, Listed(drop=drop.id, run=run, orders=part), self._stamp()),
                    lane=drop.id,
                    number=first + number,
                ),
                show_run=self._show_run,
            )
            for number, part in enumerate(parts)
        ]
        row = replace(self._row(self._need(drop.id)), presses=first + len(parts) - 1)
        new = await self._disk.do(Outbox.press, messages, drops=[row])
        self._send(new, [], [])
        self._show_listed()
        return list(new)

    async def _told(self, type: EventType, ids: Sequence[str]) -> Outcome:
        """What became of each, once the orders stream has told; what it has not told in time is said, too."""
        told = asyncio.Event()

        def look(_: object) -> None:
            if not any(self._state_of(id) in UNPAID for id in ids):
                told.set()

        undo = self.state.watch(look)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TOLD_WITHIN_S):
                    await told.wait()
        finally:
            undo()
        states = Counter(self._state_of(id) for id in ids)
        return Outcome.done(words(type, states))

    def _state_of(self, id: str) -> str:
        order = self._ledger.order(id)
        return order.state if order is not None else ""

    # --- what the shop says ---

    async def _on_orders(self, batch: list[StreamedOrder]) -> None:
        for order in (item.order for item in batch):
            if order is not None and order.state in TAKEN_BACK:
                self._witness.gave_back(order.drop)
        await super()._on_orders(batch)

    def _on_answer(self, message: Message, state: MessageState, answer: Answer) -> None:
        super()._on_answer(message, state, answer)
        if message.type not in LISTED:
            return
        if state is MessageState.DONE:
            ids = list(_ids(message))
            self._journal.write(
                message.type, Origin.OUTSIDE, drop=message.drop, run=message.run, event=message.id, orders=ids
            )
            self._resolve(message.id, Outcome.done())
        elif state is not MessageState.PENDING:
            self._resolve(message.id, Outcome.failed(f"{answer.why} Every order is as it was.", answer.fix))
        self._show_listed()

    def _on_drop_answer(self, drop: Drop, message: Message, state: MessageState, answer: Answer) -> None:
        if message.type not in LISTED:
            super()._on_drop_answer(drop, message, state, answer)
        elif state is MessageState.PENDING:
            self._put(drops.waiting(drop, why=answer.why, fix=answer.fix), is_kept=False)
        else:
            if answer.status is not None:
                drop = drops.counted(drop, answer.status)
            if not self._sender.in_lane(drop.id) and drop.lamp is Lamp.WAITING:
                drop = replace(drop, lamp=Lamp.CONFIRMED, why="", fix="")
            self._put(drop)

    def _is_ours(self, drop: Drop, status: DropStatus | None) -> bool:
        under_way = self._sender.in_lane(drop.id)
        is_moved = status is None or (status.state.value, status.run) != (drop.state.value, drop.run)
        return any(message.type not in LISTED or not is_moved for message in under_way)

    def _doubtful(self, message: Message, reason: str) -> Drop | None:
        return None if message.type in LISTED else super()._doubtful(message, reason)

    def _check_stop(self) -> None:
        was_stopping = self.state.value.is_stopping
        super()._check_stop()
        if was_stopping and not self.state.value.is_stopping:
            self._change(stopped=tuple(sorted(self._stopping)))
            self._keep(facts={"stopped": runs_text(self.state.value.stopped)})


def words(type: EventType, states: Counter[str]) -> str:
    """What became of the orders that were asked for, by the state in which each is: "12 of 13 voided; ..."."""
    end, count = _ENDS[type], states.total()
    done = states[end]
    head = f"{_orders(count)} {_VERBS[type]}" if done == count else f"{done} of {count} {_VERBS[type]}"
    rest = [
        f"{states[state]} {_be(states[state], said)}"
        for state, said in _OTHERWISE.items()
        if state is not end and states[state]
    ]
    open_ = sum(states[state] for state in UNPAID)
    rest += [f"{open_} {_be(open_, 'still unpaid at the shop')}"] if open_ else []
    return f"{'; '.join([head, *rest])}."


def _be(count: int, said: str) -> str:
    return said if said.startswith("had") else f"{'was' if count == 1 else 'were'} {said}"


def _orders(count: int) -> str:
    return f"{count} {'order' if count == 1 else 'orders'}"


def _ids(message: Message) -> tuple[str, ...]:
    if message.type not in LISTED:
        return ()
    data = events.from_json(message.body).data
    return data.orders if isinstance(data, Listed) else ()


def runs_text(runs: Iterable[Run]) -> str:
    """Runs of drops, as a fact keeps them."""
    return " ".join(f"{drop}/{run}" for drop, run in runs)


def _runs(fact: str) -> tuple[Run, ...]:
    pairs = (part.rsplit("/", 1) for part in fact.split())
    return tuple((drop, int(run)) for drop, run in pairs)
