"""The shop's store on SQLite: one file, one connection, one thread at a time (the till's writer).

WAL with synchronous=FULL: what was answered survives a power cut.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from console.contract.counter import Stocked
from console.contract.events import Event, EventType, Highlighted, Listed
from console.contract.orders import OrderState
from console.core.clock import rfc3339
from console.core.errors import UserError
from console.shop import rules, schema
from console.shop.counter import Counter, CounterSale, Press, Receipt, Takings
from console.shop.counter_table import CounterTable
from console.shop.drop_table import DropTable
from console.shop.goods import (
    BY_LINK,
    PIECES,
    UNPAID,
    Books,
    Drop,
    Logged,
    Order,
    PieceState,
    Reason,
    Refused,
    Terms,
    Wish,
)
from console.shop.order_lists import OrderLists
from console.shop.order_moves import OrderMoves
from console.shop.order_table import OrderTable
from console.shop.rules import Verdict
from console.shop.store import EventAnswer


class SqliteStore:
    """The store in one SQLite file."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises UserError when it cannot be used."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5.0)
        except (sqlite3.Error, OSError) as error:
            raise _unusable(path, error) from error
        self._db.row_factory = sqlite3.Row
        self._drops = DropTable(self._db)
        self._orders = OrderTable(self._db)
        self._counter = CounterTable(self._db)
        self._lists = OrderLists(self._db)
        self._moves = OrderMoves(self._drops, self._orders, self._counter)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten
            version = schema.prepare(self._db)
        except sqlite3.Error as error:
            self._db.close()
            raise _unusable(path, error) from error
        if version > schema.VERSION:
            self._db.close()
            raise UserError(
                f"{path} was written by a newer Cuedrop.", fix="Install that version or use another --data-dir."
            )

    def drops(self) -> tuple[Drop, ...]:
        """The newest run of every drop."""
        return self._drops.newest()

    def is_checkout_open(self) -> bool:
        """Whether buyers may pay now."""
        return bool(self._db.execute("SELECT is_open FROM checkout").fetchone()[0])

    def highlighted(self) -> tuple[str, ...]:
        """The ids of the drops that stand first on the buyers' list, as they were last named."""
        row = self._db.execute("SELECT value FROM facts WHERE name = 'highlighted'").fetchone()
        return tuple(row["value"].split()) if row is not None else ()

    def apply(self, event: Event, digest: str, now: datetime) -> EventAnswer:
        """Obey `event` once; its id's first final answer for every repeat."""
        with self._transaction():
            known = self._db.execute("SELECT * FROM events WHERE id = ?", (event.id,)).fetchone()
            if known is not None:
                if known["digest"] != digest:
                    return EventAnswer(Verdict.GONE, why="This id was used before for another event.")
                return EventAnswer(Verdict(known["verdict"]), known["status"], known["why"])
            answer = self._obey(event, now)
            if answer.verdict is not Verdict.LATER:
                self._db.execute(
                    "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (event.id, digest, event.type, answer.verdict, answer.status, answer.why, rfc3339(now)),
                )
            return answer

    def order(self, wish: Wish, now: datetime) -> Order | Refused:
        """Take the order or refuse it; for every repeat of its key the order as it is by now, or the first refusal."""
        return self.orders([wish], now)[0]

    def orders(self, wishes: Sequence[Wish], now: datetime) -> Sequence[Order | Refused]:
        """What `order` says of each, in their order, made durable together: all of it or, when it raises, nothing."""
        with self._transaction():
            return [self._answer(wish, now) for wish in wishes]

    def pay(self, id: str, by: str, now: datetime) -> Order | Refused:
        """The money for an order is there; a paid one stays as it is."""
        with self._transaction():
            order = self._orders.one(id=id)
            if order is None or order.state not in (*UNPAID, OrderState.PAID):
                return Refused(Reason.MOVED)
            if order.state is OrderState.PAID:
                return order
            paid = self._moves.pay(order, by, now)
            self._serve_waiting(now)  # whom nothing can reach any more is told at once
            return paid

    def give_back(self, id: str, buyer: str, now: datetime) -> Order | Refused:
        """A buyer's own reservation, or place in the waiting list, is void; a void one stays as it is."""
        with self._transaction():
            order = self._orders.one(id=id)
            if order is None or order.buyer != buyer:
                return Refused(Reason.MOVED)
            if order.state is OrderState.VOID:
                return order
            if order.state not in (OrderState.WAITING, OrderState.HELD):
                return Refused(Reason.MOVED)
            given = self._moves.let_go(order, OrderState.VOID, now)
            self._serve_waiting(now)
            return given

    def refund(self, id: str, now: datetime, *, returns: bool) -> Order | Refused:
        """A paid order's money was given back; with `returns` its pieces too."""
        with self._transaction():
            order = self._orders.one(id=id)
            refunded = Refused(Reason.MOVED) if order is None else self._moves.refund(order, now, returns=returns)
            self._serve_waiting(now)
            return refunded

    def press(self, press: Press | CounterSale, now: datetime) -> Order | Refused:
        """Do what was pressed at the counter; a repeat of its key finds the order as it is by now."""
        with self._transaction():
            known = self._orders.answered(press)
            if known is not None:
                return known
            answer = self._moves.sell(press, now) if isinstance(press, CounterSale) else self._moves.do(press, now)
            self._orders.keep_answer(press, answer, now)
            self._serve_waiting(now)
            return answer

    def tidy(self, now: datetime) -> int:
        """What time alone does: sales open and close, holds end, who waits gets what came back; returns how much."""
        with self._transaction():
            count = self._drops.move_due(now)
            for order in self._orders.run_out(now):
                self._moves.let_go(order, OrderState.EXPIRED, now)
                count += 1
            return count + self._serve_waiting(now)

    def forget(self, before: datetime) -> int:
        """Erase what a buyer can be known by from orders that nothing happened to since; returns how many."""
        with self._transaction():
            count = self._orders.forget(before)
        if count:  # what the file's journal still holds, too
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return count

    def next_due(self) -> datetime | None:
        """When `tidy` has something to do next by time alone; None: never, as things are."""
        return min(filter(None, (self._drops.next_move(), self._orders.next_end())), default=None)

    def is_holding(self) -> bool:
        """Whether any order, of whatever drop and run, holds pieces unpaid."""
        return self._orders.next_end() is not None

    def orders_after(self, seq: int, *, limit: int) -> Sequence[Logged]:
        """What became of orders after `seq`, oldest first; from the first when `seq` is from another store's life."""
        return self._orders.log_after(seq, limit=limit)

    def newest_change(self) -> int:
        """The number of the newest change of an order; 0 before the first."""
        return self._orders.newest_change()

    def orders_of(self, buyer: str) -> Sequence[Order]:
        """What one buyer has ordered, of whatever drop and run, oldest first."""
        return self._orders.of(buyer)

    def order_of(self, *, id: str = "", pickup: str = "") -> Order | None:
        """The one order of that id, or of that pick-up number."""
        return self._orders.one(id=id, pickup=pickup)

    def waiting(self) -> Sequence[Order]:
        """All who wait for a piece, of whatever drop, first come first."""
        return self._orders.all_waiting()

    def receipt(self, token: str) -> Receipt | None:
        """The order with that token, and what its receipt says beside it."""
        order = self._orders.one(token=token) if token else None
        if order is None:
            return None
        if order.run == 0:
            seller, tax_note = self._counter.terms()
            return Receipt(order, seller, tax_note, self._counter.unlock_of(order.drop, order.sku))
        terms = self.terms(order.drop, order.run)
        return Receipt(order, terms.seller, terms.tax_note, terms.unlock or "")

    def terms(self, drop: str, run: int) -> Terms:
        """How that run was sold; as by default, when it was never armed here."""
        known = self._drops.one(drop, run)
        return Terms() if known is None else known.terms

    def counter(self) -> Counter:
        """What the counter sells."""
        return self._counter.stand()

    def to_collect(self, *, limit: int) -> Sequence[Order]:
        """What is held, confirmed, or paid and not handed over; the newest `limit`, newest first."""
        return self._lists.to_collect(limit=limit)

    def takings(self, since: datetime) -> Sequence[Takings]:
        """What came in and was given back since then, each way of paying and currency apart."""
        return self._lists.takings(since)

    def all_orders(self) -> Sequence[Order]:
        """Every order, oldest first."""
        return self._lists.all()

    def books(self) -> Books:
        """Everything counted once more, from the orders up."""
        return self._drops.books()

    def close(self) -> None:
        """Let the database go."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk may have rolled it back already
                self._db.execute("ROLLBACK")
            raise

    def _obey(self, event: Event, now: datetime) -> EventAnswer:
        if isinstance(event.data, Highlighted):
            return self._obey_highlights(event.data)
        if isinstance(event.data, Stocked) or event.type is EventType.COUNTER_CLOSED:
            return self._obey_about_counter(event)
        if event.type in (EventType.CHECKOUT_OPENED, EventType.CHECKOUT_CLOSED):
            return self._obey_checkout(event, now)
        if event.drop is None:
            return EventAnswer(Verdict.GONE, why=f"This shop knows nothing of {event.type.value}.")
        if isinstance(event.data, Listed):
            return self._obey_about_orders(event.data, event.type, now)
        before = self._drops.one(event.drop)
        ruling = rules.rule(before, event, now)
        if ruling.verdict is Verdict.ACCEPTED and ruling.drop is not None and ruling.drop != before:
            self._drops.save(ruling.drop)
            self._serve_waiting(now)  # there may be more pieces now, or no wait any more
        status = "" if ruling.drop is None else self._status(ruling.drop.id, now, ruling.drop)
        return EventAnswer(ruling.verdict, status, ruling.why)

    def _obey_highlights(self, data: Highlighted) -> EventAnswer:
        ids = " ".join(data.drops)
        self._db.execute("INSERT OR REPLACE INTO facts VALUES ('highlighted', ?)", (ids,))
        return EventAnswer(Verdict.ACCEPTED, data.model_dump_json())

    def _obey_about_counter(self, event: Event) -> EventAnswer:
        if isinstance(event.data, Stocked):
            self._counter.stock(event.data)
            return EventAnswer(Verdict.ACCEPTED, '{"counter":"open"}')
        self._counter.close()
        return EventAnswer(Verdict.ACCEPTED, '{"counter":"closed"}')

    def _obey_about_orders(self, data: Listed, type: EventType, now: datetime) -> EventAnswer:
        drop = self._drops.one(data.drop, data.run)
        if drop is None:
            return EventAnswer(Verdict.GONE, why=f"There was no run {data.run} of it here.")
        for id in data.orders:
            order = self._orders.one(id=id)
            if order is None or (order.drop, order.run) != (data.drop, data.run) or order.state not in UNPAID:
                continue
            if type is EventType.ORDERS_VOIDED:
                self._moves.let_go(order, OrderState.VOID, now)
            else:
                self._moves.pay(order, BY_LINK, now)
        self._serve_waiting(now)
        return EventAnswer(Verdict.ACCEPTED, self._status(drop.id, now, drop))

    def _status(self, id: str, now: datetime, drop: Drop) -> str:
        return (self._drops.one(id, drop.run) or drop).status(now).model_dump_json()

    def _obey_checkout(self, event: Event, now: datetime) -> EventAnswer:
        if event.has_expired(now):
            return EventAnswer(Verdict.GONE, why="It came after it had expired: the moment is over.")
        is_open = event.type is EventType.CHECKOUT_OPENED
        self._db.execute("UPDATE checkout SET is_open = ?", (is_open,))
        self._serve_waiting(now)
        return EventAnswer(Verdict.ACCEPTED, '{"checkout":"open"}' if is_open else '{"checkout":"closed"}')

    def _answer(self, wish: Wish, now: datetime) -> Order | Refused:
        known = self._orders.answered(wish)
        if known is not None:
            return known
        answer = self._sell(wish, now)
        # Not kept: anybody could fill the disk with drops that there never were.
        if not isinstance(answer, Refused) or answer.reason is not Reason.NOT_OPEN:
            self._orders.keep_answer(wish, answer, now)
        return answer

    def _sell(self, wish: Wish, now: datetime) -> Order | Refused:
        drop = self._drops.one(wish.drop)
        bought = 0 if drop is None else self._orders.pieces_of(drop.id, drop.run, wish.buyer)
        refused = rules.refusal(drop, wish, bought=bought, is_checkout_open=self.is_checkout_open(), now=now)
        if refused is not None or drop is None:
            return refused or Refused(Reason.NOT_OPEN)
        code = rules.code_to_use(drop, wish, now)
        if code is not None and self._orders.is_code_used(drop, code):
            return Refused(Reason.CODE_USED)
        asked = rules.asked(drop, wish, now)
        granted = self._grant(drop, asked, waits=wish.waits)
        if isinstance(granted, Refused):
            return granted
        order = self._orders.add(granted)
        if code is not None:
            self._orders.use_code(drop, code, order)
        return order

    def _grant(self, drop: Drop, order: Order, *, waits: bool) -> Order | Refused:
        """The order with its pieces taken, or in the waiting list."""
        none = Refused(Reason.SOLD_OUT, left=drop.left_of(order.sku))
        where = PIECES[order.state]
        if where is None:  # whoever pays first: but nobody is let in when nothing is left
            return order if drop.left_of(order.sku) >= order.quantity else none
        is_turn = drop.waiting == 0 or not self._orders.is_awaited(order)
        pool = self._drops.take(drop, order.sku, order.quantity, where) if is_turn else None
        if pool is not None:
            return replace(order, pool=pool)
        if waits and rules.may_wait(drop, order):
            return replace(order, state=OrderState.WAITING, expires_at=None)
        return none

    def _serve_waiting(self, now: datetime) -> int:
        """Give what is left to those who wait, first come first served; end the wait of whom nothing can reach."""
        is_open = self.is_checkout_open()
        return sum(self._serve(drop, is_open, now) for drop in self._drops.with_waiting())

    def _serve(self, drop: Drop, is_checkout_open: bool, now: datetime) -> int:
        is_over = rules.is_wait_over(drop, now, is_checkout_open=is_checkout_open)
        may_offer = is_checkout_open and not drop.is_sold_out_by_hand and not rules.is_first_paid(drop)
        done: list[Order] = []
        held_up: set[str] = set()  # nobody behind gets a piece before the one who is next
        for order in self._orders.waiting(drop):
            if is_over or rules.is_hopeless(self._drops.one(drop.id, drop.run), order):
                done.append(self._moves.let_go(order, OrderState.EXPIRED, now))
            elif may_offer and order.sku not in held_up:
                pool = self._drops.take(drop, order.sku, order.quantity, PieceState.HELD)
                if pool is None:
                    held_up.add(order.sku)
                else:
                    ends = rules.held_until(drop, now)
                    done.append(self._orders.move(order, OrderState.HELD, now, pool=pool, expires_at=ends))
        return len(done)


def _unusable(path: Path, error: Exception) -> UserError:
    return UserError(
        f"The shop cannot keep its orders in {path} ({error}).",
        fix="Free space on that disk or choose another folder with --data-dir.",
    )
