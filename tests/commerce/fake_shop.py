"""A shop of the tests' own: a plain HTTP server that speaks the contract, counts every id, and misbehaves when told.

Runs in a thread of its own, so that it outlives the consoles that are killed around it.
"""

import json
import random
import ssl
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from console.contract import events, signing
from console.contract.counter import Stocked
from console.contract.errors import SignatureError
from console.contract.events import Event, EventType
from console.core.clock import Clock, SystemClock, rfc3339

TERMS = ("price_minor", "stock", "closes_at", "sold_out")
SECRET = signing.new_secret()
Fault = Callable[["_Handler", str], bool]  # (handler, "before" | "after") -> True when it took over


class Refusal(Exception):
    """An event that is answered with a code and words."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


class FakeShop:
    """`applied` counts how often each event id had an effect, `received` how often it came in."""

    def __init__(self, *, port: int = 0, clock: Clock | None = None, is_idempotent: bool = True) -> None:
        self.clock = clock or SystemClock()
        self.is_idempotent = is_idempotent
        self.knows_countdowns = True
        self.says_terms = True  # its states hold price, stock and the mark, as they may and need not
        self.drops: dict[str, dict[str, object]] = {}
        self.checkout = "unknown"
        self.highlighted: list[str] = []
        self.counter: Stocked | None = None
        self.received: Counter[str] = Counter()
        self.applied: Counter[str] = Counter()
        self.types: dict[str, str] = {}
        self.history: list[tuple[str, str | None]] = []
        self.fault: Fault | None = None
        self.orders: list[dict[str, object]] = []
        self.orders_per_line = (2, 5)
        self.stream_marks: list[str] = []
        self.asked = 0
        self.bodies: list[bytes] = []
        self.changed = threading.Condition(threading.RLock())
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.shop = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.scheme = "http"

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def with_tls(self, certificate: Path, key: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "https"

    def start(self) -> "FakeShop":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.is_stopping = True
        with self.changed:
            self.changed.notify_all()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def again(self) -> "FakeShop":
        """A stopped shop at its old address, with all that it knew."""
        back = FakeShop(port=self.port, clock=self.clock, is_idempotent=self.is_idempotent)
        kept = {name: value for name, value in vars(self).items() if name not in ("_server", "_thread", "changed")}
        vars(back).update(kept)
        return back.start()

    def sell(
        self,
        drop: str,
        quantity: int = 1,
        *,
        amount_minor: int = 1900,
        order_state: str = "paid",
        currency: str = "EUR",
    ) -> str:
        """An order, whose pieces count as sold; its id."""
        with self.changed:
            status = self.drops[drop]
            status["sold"] = int(str(status["sold"])) + quantity
            status["stock_left"] = int(str(status["stock_left"])) - quantity
            if status["stock_left"] == 0:
                status["state"] = "sold_out"
            id = f"o{len(self.orders) + 1}"
            order = {"id": id, "drop": drop, "run": status["run"], "quantity": quantity}
            money = {"amount_minor": amount_minor, "currency": currency, "source": "livestream", "state": order_state}
            self.orders.append({**order, **money, "at": rfc3339(self.clock.now())})
            self.changed.notify_all()
            return id

    def order(self, id: str) -> dict[str, object]:
        """An order as it was told last."""
        return next(order for order in reversed(self.orders) if order["id"] == id)

    def move(self, id: str, state: str) -> None:
        """An order comes to another state, and the stream tells it again; taken back, its pieces are in stock."""
        with self.changed:
            order = self.order(id)
            if order["state"] not in ("waiting", "held", "confirmed"):
                return
            self.orders.append({**order, "state": state})
            if state != "paid":
                status = self.drops[str(order["drop"])]
                status["sold"] = int(str(status["sold"])) - int(str(order["quantity"]))
                status["stock_left"] = int(str(status["stock_left"])) + int(str(order["quantity"]))
            self.changed.notify_all()

    def apply(self, event: Event) -> dict[str, object]:
        with self.changed:
            self.received[event.id] += 1
            self.types[event.id] = event.type.value
            if not (self.is_idempotent and self.applied[event.id]):
                self.applied[event.id] += 1
                self.history.append((event.type.value, event.drop))
                self._obey(event)
            return self.status(event.drop) or {"checkout": self.checkout}

    def status(self, drop: str | None) -> dict[str, object] | None:
        """A drop as it is told."""
        known = self.drops.get(drop or "")
        if known and known["state"] == "countdown" and str(known["opens_at"]) <= rfc3339(self.clock.now()):
            known["state"] = "open"
        terms = () if self.says_terms else ("price_minor", "stock", "sold_out")
        return known and {name: value for name, value in known.items() if name not in terms}

    def _obey(self, event: Event) -> None:
        if isinstance(event.data, events.Highlighted):
            self.highlighted = list(event.data.drops)
        elif isinstance(event.data, Stocked):
            self.counter = event.data
        elif event.type is EventType.COUNTER_CLOSED:
            self.counter = None
        else:
            self._obey_of_a_sale(event)

    def _obey_of_a_sale(self, event: Event) -> None:
        data = event.data
        match event.type:
            case EventType.DROP_ARMED if isinstance(data, events.Armed):
                terms = {"price_minor": data.price_minor, "stock": data.stock, "sold_out": False}
                self._put(data.drop, data.run, "armed", stock_left=data.stock, sold=0, closes_at=None, **terms)
            case EventType.DROP_CHANGED if isinstance(data, events.Changed):
                known = self.drops.get(data.drop, {})
                if known.get("run") == data.run and known.get("state") in ("armed", "countdown", "open", "sold_out"):
                    self._change(data)
            case EventType.DROP_OPENED if isinstance(data, events.Opened):
                if self.drops.get(data.drop, {}).get("state") == "armed":
                    counts = data.opens_at if self.knows_countdowns else None
                    self._put(data.drop, data.run, "countdown" if counts else "open", closes_at=rfc3339(data.closes_at))
                    self.drops[data.drop]["opens_at"] = rfc3339(counts) if counts else None
            case EventType.DROP_CLOSED | EventType.DROP_DISARMED if isinstance(data, events.Ended):
                self._put(data.drop, data.run, "closed" if event.type is EventType.DROP_CLOSED else "draft")
            case EventType.ORDERS_VOIDED | EventType.ORDERS_PAID if isinstance(data, events.Listed):
                self._move_all(data.orders, "void" if event.type is EventType.ORDERS_VOIDED else "paid")
            case EventType.CHECKOUT_OPENED | EventType.CHECKOUT_CLOSED:
                self.checkout = "open" if event.type is EventType.CHECKOUT_OPENED else "closed"
            case _:
                raise AssertionError(event)

    def _move_all(self, ids: tuple[str, ...], state: str) -> None:
        for id in ids:
            self.move(id, state)

    def _change(self, data: events.Changed) -> None:
        said = data.model_dump(mode="json", exclude_none=True)
        status = {**self.drops[data.drop], **said}
        status["stock_left"] = int(str(status["stock"])) - int(str(status["sold"]))
        if status["state"] in ("open", "sold_out"):
            status["state"] = "sold_out" if status["sold_out"] or not status["stock_left"] else "open"
        self._put(data.drop, data.run, str(status["state"]), **{k: status[k] for k in (*TERMS, "stock_left")})

    def _put(self, drop: str, run: int, state: str, **fields: object) -> None:
        old = self.drops.get(drop, {"id": drop, "stock_left": None, "sold": 0, "closes_at": None})
        self.drops[drop] = {**old, "run": run, "state": state, **fields}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    shop: FakeShop
    is_stopping = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed, or does not like our certificate."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 30
    body = b""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def answer(self, code: int, body: bytes = b"{}", **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def do_POST(self) -> None:
        shop = self.server.shop
        self.body = body = self.rfile.read(int(self.headers["Content-Length"]))
        shop.bodies.append(body)
        if self.server.is_stopping:
            return self.hang_up()
        if shop.fault and shop.fault(self, "before"):
            return None
        try:
            id = signing.verify(SECRET, dict(self.headers.items()), body, shop.clock.now())
        except SignatureError as error:
            return self.answer(401, json.dumps({"detail": str(error)}).encode())
        event = events.from_json(body)
        assert event.id == id == signing.parse_idempotency_key(self.headers["Idempotency-Key"])
        try:
            status = shop.apply(event)
        except Refusal as refusal:
            return self.answer(refusal.code, json.dumps({"detail": str(refusal)}).encode())
        if shop.fault and shop.fault(self, "after"):
            return None
        return self.answer(200, json.dumps(status).encode())

    def do_GET(self) -> None:
        shop = self.server.shop
        if self.server.is_stopping:
            return self.hang_up()
        if self.path == "/v1/orders":
            return self._stream()
        shop.asked += 1
        if shop.fault and shop.fault(self, "ask"):
            return None
        with shop.changed:
            status = shop.status(self.path.rsplit("/", 1)[1])
        return self.answer(404) if status is None else self.answer(200, json.dumps(status).encode())

    def _stream(self) -> None:
        shop = self.server.shop
        mark = self.headers.get("Last-Event-ID", "")
        shop.stream_marks.append(mark)
        if shop.fault and shop.fault(self, "stream"):
            return
        at = int(mark or 0)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b": hello\n\n")
        self.wfile.flush()
        self.close_connection = True
        for_this_connection = random.Random(at).randint(*shop.orders_per_line)
        while not self.server.is_stopping:
            with shop.changed:
                if len(shop.orders) <= at:
                    shop.changed.wait(0.2)
                waiting = shop.orders[at:]
            for order in waiting:
                at += 1
                text = f"id: {at}\ndata: {json.dumps(order)}\n\n: comment\n\n"
                self.wfile.write(text.encode())
                for_this_connection -= 1
                if for_this_connection == 0:  # lines break; the next connection resumes
                    return


def always(code: int, body: bytes = b"{}", **headers: str) -> Fault:
    """Every event is answered so."""

    def fault(handler: _Handler, when: str) -> bool:
        if when != "before":
            return False
        handler.answer(code, body, **headers)
        return True

    return fault
