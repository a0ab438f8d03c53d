"""A TCP proxy that spoils the line: half-open, slow, trickling, stalling, flapping, garbage. For the tests' loop.

This kernel has no netem; on a TCP line a lost packet is a stall and then a burst, which is what `trickle` and `stall`
make. All of it can be changed while connections run.
"""

import asyncio
import contextlib
import socket
import struct
from typing import Self

CHUNK = 65_536
ESTABLISHED = 1  # TCP_ESTABLISHED, Linux, include/net/tcp_states.h
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset


class Proxy:
    """Listens on a free port and hands on to `host`:`port`. `connections` counts what was accepted so far."""

    def __init__(self, port: int, *, host: str = "127.0.0.1") -> None:
        self._target = (host, port)
        self.delay_s = 0.0  # before each chunk is handed on, either way
        self.chunk = CHUNK  # at most so many bytes at once
        self.is_refusing = False  # accepts and closes at once
        self.connections = 0
        self.upward = 0  # bytes that the client sent
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._server: asyncio.Server | None = None
        self._writers: dict[asyncio.StreamWriter, bool] = {}  # True: the client's side
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        """The address of an OBS behind it."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def open_connections(self) -> int:
        """Clients that are connected now."""
        return sum(self._writers.values())

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hold(self) -> None:
        """Half-open: everything stays connected, and nothing arrives."""
        self._flowing.clear()

    def let_flow(self) -> None:
        """Go on; what was held arrives."""
        self._flowing.set()

    def trickle(self, *, chunk: int, delay_s: float) -> None:
        """A line of `chunk` / `delay_s` bytes a second, in small pieces."""
        self.chunk, self.delay_s = chunk, delay_s

    def be_fine(self) -> None:
        """A good line again."""
        self.chunk, self.delay_s = CHUNK, 0.0
        self._flowing.set()

    def cut(self) -> None:
        """Break every connection with a reset."""
        for writer in tuple(self._writers):
            _reset(writer)

    def garbage(self, data: bytes) -> None:
        """Put `data` into what the clients hear."""
        for writer, is_client in self._writers.items():
            if is_client:
                writer.write(data)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.is_refusing:
            _reset(writer)
            return
        try:
            up_reader, up_writer = await asyncio.open_connection(*self._target)
        except OSError:
            _reset(writer)
            return
        self._writers |= {writer: True, up_writer: False}
        tasks = [
            asyncio.create_task(self._pump(reader, writer, up_writer, is_upward=True)),
            asyncio.create_task(self._pump(up_reader, up_writer, writer, is_upward=False)),
        ]
        self._tasks.update(tasks)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
                self._tasks.discard(task)
            for each in (writer, up_writer):
                self._writers.pop(each, None)
                _reset(each)

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        source: asyncio.StreamWriter,
        writer: asyncio.StreamWriter,
        *,
        is_upward: bool,
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(self.chunk):
                self.upward += len(data) if is_upward else 0
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                await self._flowing.wait()
                if _has_given_up(source):
                    return  # whoever sent it gave up meanwhile: on a dead line it would never have left the sender
                writer.write(data)
                await writer.drain()


def _has_given_up(peer: asyncio.StreamWriter) -> bool:
    sock = peer.get_extra_info("socket")
    return sock is None or sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != ESTABLISHED


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close at once; the peer sees a reset, not an end."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.close()
