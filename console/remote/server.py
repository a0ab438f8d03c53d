"""Serves the control API on the console's own loop, and tells where in `<data-dir>/control.json`."""

import asyncio
import contextlib
import json
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from console.core.errors import UserError
from console.desk.view import DeskView
from console.remote.api import Api
from console.settings.secrets import hide
from console.show.journal import FileJournal


class _Server(uvicorn.Server):
    """Ctrl-C and SIGTERM stay the console's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class ControlServer:
    """The control API while it listens. `url` is where, `token` what callers bear."""

    def __init__(
        self, url: str, token: str, file: Path, *, server: _Server, listener: socket.socket, task: "asyncio.Task[None]"
    ) -> None:
        self.url = url
        self.token = token
        self._file = file
        self._server = server
        self._listener = listener
        self._task = task

    @classmethod
    async def start(cls, desk: DeskView, journal: FileJournal, listen: str, data_dir: Path) -> "ControlServer":
        """Listen on `listen` ("host:port"; port 0 picks one). Raises UserError when that cannot be."""
        listener = _bind(listen)
        host, port = listener.getsockname()[:2]
        url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        token = secrets.token_urlsafe(32)
        hide(token)
        api = Api(desk, journal, token)
        config = uvicorn.Config(
            api.app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        server = _Server(config)
        task = asyncio.ensure_future(server.serve(sockets=[listener]))
        file = data_dir / "control.json"
        await asyncio.to_thread(_write_private, file, json.dumps({"url": url, "token": token}))
        return cls(url, token, file, server=server, listener=listener, task=task)

    async def close(self) -> None:
        """Listen no more; open event streams are cut."""
        self._server.should_exit = True
        self._server.force_exit = True
        await self._task
        self._listener.close()
        with contextlib.suppress(OSError):  # a disk that fails must not keep the rest from ending; the file is stale
            await asyncio.to_thread(self._file.unlink, True)


def _bind(listen: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    try:
        if not 0 <= int(port) <= 65_535:  # the resolver takes larger ones modulo 65,536
            raise ValueError("there is no such port")
        family, *_, address = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)[0]
    except (OSError, ValueError, OverflowError) as error:
        raise _cannot_listen(listen, error) from error
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)  # before control.json says so: who reads it may call at once
    except (OSError, OverflowError) as error:
        listener.close()
        raise _cannot_listen(listen, error) from error
    return listener


def _cannot_listen(listen: str, error: Exception) -> UserError:
    reason = getattr(error, "strerror", None) or str(error)
    return UserError(
        f"The control API cannot listen on {listen}: {reason}.",
        fix="Choose another port with --control, or 127.0.0.1:0 for any free one.",
    )


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
