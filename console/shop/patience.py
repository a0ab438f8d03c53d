"""HTTP connections that do not wait for ever: who opens one must say what they want soon. Loop thread.

uvicorn limits the pause between two requests alone; a few thousand connections that send nothing, or a byte now and
then, would keep every buyer out.
"""

import asyncio
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_WITHIN_S: Final = 10.0


class Patient(H11Protocol):
    """uvicorn's HTTP/1.1, closing a connection on which no request has become complete in time."""

    _giving_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take what came; a request that has begun must be whole in time, however many pieces it comes in."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing to wait for any more."""
        super().connection_lost(exc)
        self._stop()

    def _watch(self) -> None:
        is_answered = self.cycle is None or self.cycle.response_complete
        if self.conn.their_state is not h11.IDLE and not is_answered:
            self._stop()  # what the request's body may take is the answer's own business
        elif self._giving_up is None:
            self._giving_up = self.loop.call_later(HEAD_WITHIN_S, self.transport.close)

    def _stop(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None
