"""Serves the control API on the console's own loop, and tells where in `<data-dir>/control.json`."""

import asyncio
import contextlib
import json
import os
import secrets
from pathlib import Path

from console.desk.view import DeskView
from console.remote.api import Api
from console.remote.serving import Serving, address_of, bind
from console.settings.secrets import hide
from console.show.journal import FileJournal


class ControlServer:
    """The control API while it listens. `url` is where, `token` what callers bear."""

    def __init__(self, url: str, token: str, file: Path, *, serving: Serving) -> None:
        self.url = url
        self.token = token
        self._file = file
        self._serving = serving

    @classmethod
    async def start(cls, desk: DeskView, journal: FileJournal, listen: str, data_dir: Path) -> "ControlServer":
        """Listen on `listen` ("host:port"; port 0 picks one). Raises UserError when that cannot be."""
        fix = "Choose another port with --control, or 127.0.0.1:0 for any free one."
        listener = bind(listen, who="The control API", fix=fix)
        token = secrets.token_urlsafe(32)
        hide(token)
        serving = Serving(Api(desk, journal, token).app, listener)
        url = address_of(serving.host, serving.port)
        file = data_dir / "control.json"
        await asyncio.to_thread(_write_private, file, json.dumps({"url": url, "token": token}))
        return cls(url, token, file, serving=serving)

    async def close(self) -> None:
        """Listen no more; open event streams are cut."""
        await self._serving.close(cuts_streams=True)
        with contextlib.suppress(OSError):  # a disk that fails must not keep the rest from ending; the file is stale
            await asyncio.to_thread(self._file.unlink, True)


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
