"""One websocket to OBS: obs-websocket-py, hardened. The only file that imports it.

`HardenedObs` runs in its own thread (connect, Identify, receive) and knows nothing of asyncio: it hands each message
to the callbacks that it was given. Sending is for the owner's thread and never waits: frames are small, and a peer
that takes nothing more is a dead one. Everything that the library does with threads, waiting and reconnecting is
replaced; its request classes, its authentication and its websocket are kept.
"""

import contextlib
import ipaddress
import json
import logging
import re
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import websocket
from obswebsocket import obsws

log = logging.getLogger(__name__)

EVENTS_ALL: Final = (1 << 11) - 1  # EventSubscription::All and Ui, obs-websocket protocol 5
EVENTS_METERS: Final = 1 << 16  # InputVolumeMeters: every 50 ms even when empty, so the heartbeat too
EVENTS_ACTIVE: Final = 1 << 17  # InputActiveStateChanged: the proof of a take
SUBSCRIPTIONS: Final = EVENTS_ALL | EVENTS_METERS | EVENTS_ACTIVE

QUICKACK: Final[int | None] = getattr(socket, "TCP_QUICKACK", None)  # only Linux has it
CONNECT_TIMEOUT_S: Final = 3.0
SILENCE_S: Final = 1.5  # the meters come every 50 ms: thirty missing ones are no hiccup
NO_LINGER: Final = struct.pack("ii", 1, 0)  # struct linger: closing sends a reset, and nothing that waits to be sent

CLOSE_AUTHENTICATION_FAILED: Final = 4009  # WebSocketCloseCode, obs-websocket protocol 5
CLOSE_UNSUPPORTED_RPC: Final = 4010
CLOSE_SESSION_INVALIDATED: Final = 4011

Message = dict[str, Any]

_METERS: Final = re.compile(rb'"eventType" ?: ?"InputVolumeMeters"')  # within a text its quotes were escaped


class LineError(Exception):
    """The line ended or never was: `why` and `fix` in the director's words; `code` is the websocket's, if any."""

    def __init__(self, why: str, *, fix: str = "", code: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.fix = fix
        self.code = code


WRONG_PASSWORD = (
    "OBS refuses the password.",
    "Copy it from OBS: Tools, WebSocket Server Settings, Show Connect Info.",
)
NO_PASSWORD = ("OBS wants a password and none is kept.", WRONG_PASSWORD[1])
NOT_THERE = (
    "OBS does not answer.",
    "Start OBS; in Tools, WebSocket Server Settings, the server must be enabled.",
)
NOT_OBS = ("What answers is not obs-websocket 5.", "Look at the address in the show file; OBS uses port 4455.")
SILENT = ("OBS has gone silent.", "Look at OBS; the console tries again by itself.")
CLOSED = ("OBS closed the connection.", "Look at OBS; the console tries again by itself.")
KICKED = ("Somebody ended this connection in OBS.", "Look at OBS: Tools, WebSocket Server Settings.")


class HardenedObs(obsws):  # type: ignore[misc]  # the library has no types
    """One connection, from the first packet to the last; not used again after its end.

    `on_message` and `on_end` are called on this connection's thread and must not block; one that raises is logged
    and costs that message only. `heard_ns` is when the peer was last heard (time.monotonic_ns); meters are kept in
    `meters` and told to nobody.
    """

    def __init__(
        self,
        url: str,
        password: str | None,
        *,
        on_message: Callable[[Message], None],
        on_end: Callable[[LineError], None],
        subscriptions: int = SUBSCRIPTIONS,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        silence_s: float = SILENCE_S,
    ) -> None:
        super().__init__(password=password or "", legacy=False, timeout=connect_timeout_s)
        self.heard_ns = 0
        self.meters: bytes | None = None  # the newest meters as they came, whole: read across threads
        self._url = url
        self._has_password = bool(password)
        self._on_message = on_message
        self._on_end = on_end
        self._subscriptions = subscriptions
        self._silence_s = silence_s
        self._dropped: LineError | None = None
        self._writable: selectors.BaseSelector | None = None
        self._thread = threading.Thread(target=self._run, name="obs-link", daemon=True)

    def start(self) -> None:
        """Connect and receive on an own thread; `on_end` is called exactly once, at the end."""
        self._thread.start()

    def connect(self) -> None:
        """Connect and identify, within the time-out. Raises LineError. Blocks: for this connection's thread."""
        try:
            self.ws = websocket.create_connection(
                self._url,
                timeout=self.timeout,
                enable_multithread=True,
                redirect_limit=0,
                skip_utf8_validation=True,  # byte by byte in Python, 1 s for 5 MB; json looks at them anyway
                http_no_proxy=["*"],
            )
            self._auth()
            self.ws.settimeout(self._silence_s)
        except websocket.WebSocketTimeoutException as error:
            raise LineError(*NOT_THERE[:1], fix=NOT_THERE[1]) from error
        except (ValueError, websocket.WebSocketAddressException) as error:
            raise LineError("The address of OBS leads nowhere.", fix="Look at [obs] url in the show file.") from error
        except (websocket.WebSocketBadStatusException, websocket.WebSocketProtocolException) as error:
            raise LineError(NOT_OBS[0], fix=NOT_OBS[1]) from error
        except (OSError, websocket.WebSocketException) as error:
            raise LineError(NOT_THERE[0], fix=NOT_THERE[1]) from error

    def disconnect(self) -> None:
        """End the connection, also one that never was; does not wait."""
        self.drop(LineError("The console closed the connection."))

    def drop(self, why: LineError) -> None:
        """Cut the line now, from any thread; `on_end` is called with `why`. Does not wait.

        What the system has not sent yet is thrown away: on a half-open line it would arrive when the line is back,
        and be carried out late.
        """
        if self._dropped is None:
            self._dropped = why
        sock = getattr(self.ws, "sock", None)
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
                sock.shutdown(socket.SHUT_RDWR)  # wakes the receiving thread, which closes

    def call(self, obj: object) -> None:
        """Not this way: it would block. `Line.call` gives a future."""
        raise NotImplementedError("use Line.call")

    def post(self, op: int, data: Message) -> None:
        """Send one message at once, without waiting. Raises LineError when the peer takes nothing more."""
        if self._writable is None or self._dropped is not None:
            raise self._dropped or LineError(NOT_THERE[0], fix=NOT_THERE[1])
        text = json.dumps({"op": op, "d": data}, separators=(",", ":"))
        try:
            if not self._writable.select(0):
                raise LineError(SILENT[0], fix=SILENT[1])
            self.ws.send(text)
        except (OSError, ValueError, websocket.WebSocketException) as error:
            raise LineError(CLOSED[0], fix=CLOSED[1]) from error

    def _run(self) -> None:
        end = LineError(CLOSED[0], fix=CLOSED[1])
        try:
            self.connect()
            self._receive_for_ever()
        except LineError as error:
            end = error
        except Exception:  # a link's thread: its bug must not end the rest
            log.exception("the OBS connection's thread failed")
            end = LineError("The connection to OBS broke.", fix="The console tries again by itself.")
        finally:
            self._close()
            self._tell(self._on_end, self._dropped or end)

    def _close(self) -> None:
        writable, self._writable = self._writable, None
        if writable is not None:
            writable.close()
        if self.ws is not None:
            with contextlib.suppress(OSError, websocket.WebSocketException):
                self.ws.shutdown()  # type: ignore[no-untyped-call]

    def _tell(self, callback: Callable[[Any], None], value: object) -> None:
        try:
            callback(value)
        except Exception:  # a link's thread: a bug in a callback costs one message
            log.exception("a callback of the OBS connection failed")

    def _auth(self) -> None:
        """Hello, Identify, Identified. Replaces the library's: own subscriptions, plain words for each refusal."""
        hello = self._handshake_message(0)
        identify: Message = {"rpcVersion": 1, "eventSubscriptions": self._subscriptions}
        challenge = hello.get("authentication")
        if isinstance(challenge, dict):
            if not self._has_password:
                raise LineError(NO_PASSWORD[0], fix=NO_PASSWORD[1], code=CLOSE_AUTHENTICATION_FAILED)
            try:
                identify["authentication"] = self._build_auth_string(challenge["salt"], challenge["challenge"])
            except (KeyError, TypeError) as error:
                raise LineError(NOT_OBS[0], fix=NOT_OBS[1]) from error
        self.ws.send(json.dumps({"op": 1, "d": identify}))
        self._handshake_message(2)
        self._writable = selectors.DefaultSelector()
        self._writable.register(self.ws.fileno(), selectors.EVENT_WRITE)  # type: ignore[no-untyped-call]

    def _handshake_message(self, op: int) -> Message:
        """The next message's data, which must have this op; the whole handshake ends within the time-out each."""
        message = self._receive()
        if message is None or message.get("op") != op or not isinstance(message.get("d"), dict):
            raise LineError(NOT_OBS[0], fix=NOT_OBS[1])
        data: Message = message["d"]
        return data

    def _receive_for_ever(self) -> None:
        self._tell(self._on_message, {"op": 2, "d": {}})
        while self._dropped is None:
            try:
                message = self._receive()
            except websocket.WebSocketTimeoutException as error:
                raise LineError(SILENT[0], fix=SILENT[1]) from error
            except (OSError, websocket.WebSocketException) as error:
                raise LineError(CLOSED[0], fix=CLOSED[1]) from error
            if message is not None:
                self._tell(self._on_message, message)

    def _acknowledge(self) -> None:
        """Acknowledge at once what has come: OBS holds its next small message back until then (Nagle's algorithm).

        The system waits up to 40 ms otherwise, which made a take's events 14 ms late (measured). It falls back to
        waiting by itself, so it is told after each message.
        """
        sock = getattr(self.ws, "sock", None)
        if QUICKACK is not None and sock is not None:
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)

    def _receive(self) -> Message | None:
        """The next message; None for meters and for what is not understood. Raises LineError when the peer closes."""
        opcode, data = self.ws.recv_data()
        self.heard_ns = time.monotonic_ns()
        self._acknowledge()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise _closing(data)
        if _METERS.search(data):  # twenty a second: kept for whoever looks, and nobody is woken
            self.meters = data
            return None
        try:
            message = json.loads(data)
        except ValueError:  # UnicodeDecodeError and JSONDecodeError are both
            message = None
        if not isinstance(message, dict):
            log.info("OBS sent something that is no message: %.80r", data)
            return None
        return message


def is_loopback(url: str) -> bool:
    """Whether the address is this machine's own."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _closing(data: bytes) -> LineError:
    code = struct.unpack("!H", data[:2])[0] if len(data) >= 2 else None
    words = {
        CLOSE_AUTHENTICATION_FAILED: WRONG_PASSWORD,
        CLOSE_UNSUPPORTED_RPC: NOT_OBS,
        CLOSE_SESSION_INVALIDATED: KICKED,
    }.get(code or 0, CLOSED)
    return LineError(words[0], fix=words[1], code=code)
