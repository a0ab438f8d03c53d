"""An HTTP app on a socket of its own, served on the console's loop."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from console.core.errors import UserError

GRACE_S = 1


class _Server(uvicorn.Server):
    """Ctrl-C and SIGTERM stay the console's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Serving:
    """An app while it listens. `host` and `port` are where."""

    def __init__(self, app: ASGIApp, listener: socket.socket, *, most_connections: int | None = None) -> None:
        """`listener` is bound and listening; it is closed with this."""
        self.host, self.port = listener.getsockname()[:2]
        self._listener = listener
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="off",
                ws="none",
                limit_concurrency=most_connections,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self._task = asyncio.ensure_future(self._server.serve(sockets=[listener]))

    async def close(self, *, cuts_streams: bool) -> None:
        """Listen no more; open streams are cut, or have GRACE_S to say their last word."""
        self._server.should_exit = True
        self._server.force_exit = cuts_streams
        await self._task
        self._listener.close()


def bind(listen: str, *, who: str, fix: str) -> socket.socket:
    """A socket that listens on "host:port"; port 0 picks one. Raises UserError in the name of `who`."""
    host, _, port = listen.rpartition(":")
    try:
        if not 0 <= int(port) <= 65_535:  # the resolver takes larger ones modulo 65,536
            raise ValueError("there is no such port")
        family, *_, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
    except (OSError, ValueError, OverflowError) as error:
        raise _cannot_listen(listen, error, who=who, fix=fix) from error
    # asyncio sends at once (TCP_NODELAY) only where the protocol is named: else each answer may wait 40 ms for an ACK
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":  # there it would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)  # before anybody is told: who hears of it may call at once
    except (OSError, OverflowError) as error:
        listener.close()
        raise _cannot_listen(listen, error, who=who, fix=fix) from error
    return listener


def address_of(host: str, port: int) -> str:
    """`http://host:port`, an IPv6 address in brackets."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _cannot_listen(listen: str, error: Exception, *, who: str, fix: str) -> UserError:
    reason = getattr(error, "strerror", None) or str(error)
    return UserError(f"{who} cannot listen on {listen}: {reason}.", fix=fix)
