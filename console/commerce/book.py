"""What is known of the sale, shown and kept: the one observable, and the rows behind it. Loop thread only."""

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from console.commerce import changes, drops, presses
from console.commerce.contradictions import Pair
from console.commerce.disk import Disk
from console.commerce.ledger import Ledger
from console.commerce.lines import LISTED, Contradiction, contradictions_of, contradictions_text
from console.commerce.outbox import DropRow, Kept, Message, MessageState, Outbox
from console.commerce.pacing import Paced
from console.commerce.shops.port import Answer, ShopClient, Verdict
from console.commerce.state import Checkout, Drop, DropState, Order, Sale, StreamDelay
from console.commerce.tasks import tell_of_a_bug
from console.contract import orders as wire
from console.contract.errors import ContractError
from console.contract.events import Event, EventType
from console.core.alarms import Alarms, Rank
from console.core.clock import Clock
from console.core.errors import UserError
from console.core.journal import Journal, Origin
from console.core.links import Link, LinkState
from console.core.observable import Observable
from console.core.outcome import Outcome
from console.settings import show as settings

log = logging.getLogger(__name__)

TICK_S: Final = 5.0
FIGURES_EVERY_S: Final = 0.5  # at most, however many orders come
OPENED: Final = "opened/"  # and a drop's id, "/", its run: the fact that says when
MEND_EVERY_S: Final = 2.0
MENDING: Final = "mending the outbox"
ORDERS_SHOWN: Final = 200
CONTRADICTIONS_SHOWN: Final = 20
MEASURED: Final = "stream_delay"  # the fact that holds how late viewers see the picture
CHECKOUT: Final = "/checkout"  # the checkout's lane; no drop can be named so
HIGHLIGHTS: Final = "/highlights"  # the lane of what stands first for buyers: refused there, nothing else waits
FIRED: Final = frozenset({DropState.COUNTDOWN, DropState.OPEN, DropState.SOLD_OUT})
MAY_BE_OPEN: Final = FIRED | {DropState.FIRING, DropState.ASKING}
_NOT_OPENING: Final = frozenset({DropState.DRAFT, DropState.OPEN, DropState.SOLD_OUT, DropState.CLOSED})
COUNTER: Final = "/counter"  # the lane of what the table in the room sells
APART: Final = (HIGHLIGHTS, COUNTER)  # about the whole shop, absolute, and no state is asked for
COUNTED: Final = (CHECKOUT, *APART)
_LANES: Final = {
    EventType.DROPS_HIGHLIGHTED: HIGHLIGHTS,
    EventType.COUNTER_STOCKED: COUNTER,
    EventType.COUNTER_CLOSED: COUNTER,
}
_OF_THE_SALE: Final = (  # what a drop has from its sale; the rest is as the show says, as long as it is a draft
    "run", "state", "stock_left", "sold", "opens_at", "room_lead_s", "closes_at", "lamp", "why", "fix", "is_held",
    "wanted",
)  # fmt: skip


class Book(ABC):
    """The sale as shown. Shows at once; what the next start needs is written behind it."""

    def __init__(
        self,
        show: settings.Show,
        *,
        data_dir: Path,
        shop: ShopClient,
        clock: Clock,
        journal: Journal,
        alarms: Alarms,
        writer: Executor,
        show_run: str = "",
    ) -> None:
        self._show = show
        self._shop = shop
        self._clock = clock
        self._journal = journal
        self._alarms = alarms
        self._show_run = show_run
        self._data_dir = data_dir
        self._disk = Disk(data_dir / "outbox.sqlite", writer)
        self._versions: dict[str, int] = {}  # counts a drop's presses and answers: an older view of it is no news
        self._presses: dict[str, int] = {}
        self._absent: dict[str, DropRow] = {}  # drops that were kept and are not in the show, or not any more
        self._busy: set[str] = set()  # drops whose press is being written
        self._stopped: set[tuple[str, int]] = set()  # drop and run that STOP SALE closed: they stay closed
        self._stopping: set[tuple[str, int]] = set()  # those of the last STOP SALE
        self._fired: dict[tuple[str, int], datetime] = {}  # when each run of a drop was fired first
        self._waiting: dict[str, asyncio.Future[Outcome]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_started = False
        self._is_mending = False
        self._kept_nothing: UserError | None = None
        first = tuple(presses.drop_of(item) for item in show.drops)
        self._ledger = Ledger(first[0].currency if first else "EUR")
        self._figures = Paced(self._show_figures, FIGURES_EVERY_S)
        self.state: Observable[Sale] = Observable(
            Sale(
                kind=shop.kind,
                link=Link(LinkState.CONNECTING),
                url=shop.url,
                public_url=shop.public_url,
                drops=first,
                chosen=first[0].id if first else None,
                currency=self._ledger.currency,
                stream_delay=StreamDelay(show.shop.stream_delay_s),
            )
        )

    def _resume(self, kept: Kept) -> None:
        rows = {row.id: row for row in kept.drops}
        self._presses = {row.id: row.presses for row in kept.drops}
        for lane in COUNTED:
            self._presses[lane] = int(kept.facts.get(presses_fact(lane), "0"))
        self._absent = {id: row for id, row in rows.items() if self.state.value.drop(id) is None}
        under_way = {message.drop for message in kept.messages if message.type not in LISTED}
        resumed = tuple(
            replace(
                presses.resumed(drop, rows[drop.id], is_under_way=drop.id in under_way),
                wanted=changes.of(message for message in kept.messages if message.drop == drop.id),
            )
            if drop.id in rows
            else drop
            for drop in self.state.value.drops
        )
        is_stopping = bool(kept.facts.get("is_stopping"))
        opening = {row.id for row in kept.drops if row.state in {DropState.FIRING, DropState.COUNTDOWN}}
        chosen = kept.facts.get("chosen")
        known = Checkout._value2member_map_.get(kept.facts.get("checkout", ""))
        for body in kept.orders:
            try:
                order = shown_order(wire.order_from_json(body))
            except ContractError as error:
                log.info("an order on disk cannot be read: %s", error)
                continue
            self._ledger.put(order)
        for name, at in kept.facts.items():
            if name.startswith(OPENED):
                drop, run = name.removeprefix(OPENED).split("/")
                self._ledger.opened(drop, int(run), datetime.fromisoformat(at))
        self._change(
            drops=resumed,
            checkout=known if isinstance(known, Checkout) else Checkout.UNKNOWN,
            is_stopping=is_stopping,
            fired_before=tuple((drop.id, drop.run) for drop in resumed if drop.id in opening),
            stream_delay=self._kept_delay(kept.facts.get(MEASURED, "")),
            contradictions=contradictions_of(self._show_run, kept.facts.get("contradictions", "")),
            chosen=chosen if any(drop.id == chosen for drop in resumed) else self.state.value.chosen,
            highlighted=tuple(
                id for id in kept.facts.get("highlighted", "").split() if self.state.value.drop(id) is not None
            ),
        )
        if is_stopping:
            self._stopped |= {(drop.id, drop.run) for drop in resumed if drop.state in MAY_BE_OPEN}
        self._show_orders()

    def keep_delay(self, seconds: float | None) -> None:
        """Viewers see the picture so late, measured: kept for this show run. None: as the show file says."""
        delay = StreamDelay(self._show.shop.stream_delay_s) if seconds is None else StreamDelay(seconds, True)
        self._change(stream_delay=delay)
        self._keep(facts={MEASURED: "" if seconds is None else f"{seconds} {self._show_run}"})

    def _kept_delay(self, fact: str) -> StreamDelay:
        """What was measured in this show run before a restart; else as the show file says."""
        seconds, _, run = fact.partition(" ")
        is_ours = bool(seconds) and run == self._show_run
        return StreamDelay(float(seconds), True) if is_ours else StreamDelay(self._show.shop.stream_delay_s)

    def _put(self, drop: Drop, *, is_kept: bool = True, is_news: bool = True) -> None:
        """Show the drop; `is_kept`: on disk too; `is_news`: an answer that was asked for before is out of date."""
        old = self.state.value.drop(drop.id)
        if drop.state is DropState.DRAFT:  # what was changed, was changed for one run
            drop = self._as_in_show(drop)
        if old is not None:
            drop = drops.remembering(drop, old)
        if is_news:
            self._versions[drop.id] = self._versions.get(drop.id, 0) + 1
        if drop == old:
            return
        self._change(drops=tuple(drop if one.id == drop.id else one for one in self.state.value.drops))
        if old is not None and old.state not in _NOT_OPENING:
            self._note_opening(drop)
        if is_kept:
            self._keep(drop)
        if drop.state is DropState.ASKING:
            what = f"{drop.title} is in doubt. {drop.why}".strip()
            fix = drop.fix or "The shop is being asked; close the drop if it does not answer."
            self._alarms.raise_(f"drop.asking.{drop.id}", "drop.asking", what, fix=fix, rank=Rank.MONEY)
        elif old is not None and old.state is DropState.ASKING:
            self._alarms.clear(f"drop.asking.{drop.id}")

    def _note_opening(self, drop: Drop) -> None:
        """The figures count from it, after the next start too."""
        now = self._clock.now()
        is_open = drop.state in {DropState.OPEN, DropState.SOLD_OUT}
        at = min(drop.opens_at or now, now)
        if is_open and self._ledger.opened(drop.id, drop.run, at):
            self._keep(facts={f"{OPENED}{drop.id}/{drop.run}": at.isoformat()})

    def _change(self, **fields: object) -> None:
        self.state.set(replace(self.state.value, **fields))  # type: ignore[arg-type]

    def _set_checkout(self, checkout: Checkout) -> None:
        self._versions[CHECKOUT] = self._versions.get(CHECKOUT, 0) + 1
        self._change(checkout=checkout)
        self._keep(facts={"checkout": checkout.value})

    def _take(self, order: wire.Order, *, is_ours: bool) -> None:
        """Count an order that is new or changed, and write it down; not `is_ours`: it came in an earlier show."""
        if is_ours:
            self._ledger.put(shown_order(order))
        fields = order.model_dump(mode="json", exclude_none=True)
        self._journal.write("order.received" if is_ours else "order.of_earlier_show", Origin.OUTSIDE, **fields)

    def _show_orders(self) -> None:
        self._change(orders=self._ledger.newest(ORDERS_SHOWN))
        self._figures()

    def _show_figures(self) -> None:
        now = self._clock.now()
        ends = {(drop.id, drop.run): drop.closes_at for drop in self.state.value.drops if drop.closes_at is not None}
        self._change(figures=self._ledger.figures(now), drop_figures=self._ledger.by_drop(now, ends))

    def _show_held(self, message: Message, answer: Answer) -> None:
        if answer.verdict is Verdict.HELD:
            self._change(outbox_held=f"{answer.why} {answer.fix}")
            self._alarms.raise_("outbox.held", "outbox.held", answer.why, fix=answer.fix, rank=Rank.MONEY)
        elif self.state.value.outbox_held:
            self._change(outbox_held="")
            self._alarms.clear("outbox.held")

    def _on_disk_trouble(self, error: UserError | None) -> None:
        if error is not None:
            self._alarms.raise_("outbox.disk", "outbox.disk", error.what, fix=error.fix, rank=Rank.MONEY)
            if not self._is_mending and self._kept_nothing is None:
                self._is_mending = True
                self._background(self._mend(), MENDING)
        elif not self._is_mending:
            self._alarms.clear("outbox.disk")

    async def _mend(self) -> None:
        """Write what the disk refused until it is kept; then the alarm is over."""
        is_owed = True
        while is_owed:
            await asyncio.sleep(MEND_EVERY_S)
            with contextlib.suppress(UserError):
                await self._keep_what_is_owed()
                is_owed = False
        self._is_mending = False
        self._alarms.clear("outbox.disk")
        log.info("the outbox is kept again")

    def _facts(self) -> dict[str, str]:
        """What is kept of the sale beside its drops."""
        sale = self.state.value
        return {
            **counted(self._presses),
            "checkout": sale.checkout.value,
            "chosen": sale.chosen or "",
            "is_stopping": "1" if sale.is_stopping else "",
            "highlighted": " ".join(sale.highlighted),
        }

    @abstractmethod
    async def _keep_what_is_owed(self) -> None:
        """Bring the disk to what is shown. Raises UserError when it refuses again."""

    @abstractmethod
    def _on_answer_apart(self, message: Message, state: MessageState, answer: Answer) -> None:
        """What the shop said to a message of a lane APART."""

    def _title_of(self, drop_id: str | None) -> str:
        """A drop's title, or its id when the show has it no more; "" for the checkout."""
        drop = self.state.value.drop(drop_id) if drop_id else None
        return drop.title if drop is not None else drop_id or ""

    def _name_contradiction(self, lane: str, pair: Pair) -> None:
        """Show two things that cannot both be true; the next press that the shop takes ends the alarm."""
        first, then = pair
        title = "the checkout" if lane == CHECKOUT else self._title_of(lane)
        found = Contradiction(lane, title, self._clock.now(), first, then)
        self._change(contradictions=(found, *self.state.value.contradictions)[:CONTRADICTIONS_SHOWN])
        self._keep(facts={"contradictions": contradictions_text(self._show_run, self.state.value.contradictions)})
        self._journal.write("shop.contradiction", Origin.OUTSIDE, drop=lane, first=first, then=then)
        fix = "Look at the shop before you sell on; STOP SALE when in doubt."
        self._alarms.raise_(f"shop.contradicts.{lane}", "shop.contradicts", found.words, fix=fix, rank=Rank.MONEY)

    def _need(self, drop_id: str) -> Drop:
        drop = self.state.value.drop(drop_id)
        if drop is None:
            raise UserError(f'There is no drop "{drop_id}".', fix="Choose one of the show's drops.")
        return drop

    def _in_show(self, drop_id: str) -> settings.Drop | None:
        """The drop as the show has it now; None when it has it no more."""
        return next((item for item in self._show.drops if item.id == drop_id), None)

    def _as_in_show(self, drop: Drop) -> Drop:
        planned = self._in_show(drop.id)
        if planned is None:
            return drop
        kept = {name: getattr(drop, name) for name in _OF_THE_SALE}
        return replace(presses.drop_of(planned), **kept)

    def _row(self, drop: Drop) -> DropRow:
        return DropRow(
            drop.id,
            drop.run,
            drop.state.value,
            drop.stock_left,
            drop.sold,
            drop.closes_at,
            presses=self._presses.get(drop.id, 0),
            price_minor=drop.price_minor,
            stock=drop.stock,
            is_held=drop.is_held,
            opens_at=drop.opens_at,
            room_lead_s=drop.room_lead_s,
            pieces=presses.pieces_text(drop),
        )

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
            if self._ledger:
                self._show_orders()

    def _resolve(self, message_id: str, outcome: Outcome) -> None:
        future = self._waiting.pop(message_id, None)
        if future is not None and not future.done():
            future.set_result(outcome)


def presses_fact(lane: str) -> str:
    """Under which name the presses of a lane without a drop are counted on disk."""
    return f"{lane.removeprefix('/')}_presses"


def counted(presses: Mapping[str, int]) -> dict[str, str]:
    """What is kept of how often lanes without a drop were pressed."""
    return {presses_fact(lane): str(count) for lane, count in presses.items() if lane in COUNTED}


def lane_of(event: Event) -> str:
    """The lane in which an event leaves."""
    return event.drop or _LANES.get(event.type, CHECKOUT)


def shown_order(order: wire.Order) -> Order:
    """An order of the wire as the desk knows it."""
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
        order.viewed_at,
        order.changed_at,
        sku=order.sku,
    )
