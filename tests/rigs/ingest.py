"""An RTMP ingest for one publisher: ffmpeg listening, which writes down what arrives. Blocking; needs ffmpeg."""

import shutil
import subprocess
import time
from pathlib import Path

from tests.rigs.obs import free_port

LISTENS_WITHIN_S = 30.0
TCP_LISTEN = "0A"  # Linux, include/net/tcp_states.h


class Ingest:
    """A stream's far side at `server` with the key `KEY`. Killed and started again at the same address."""

    KEY = "cam"

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.file = folder / "arrived.flv"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def server(self) -> str:
        """Its address, as OBS wants it."""
        return f"rtmp://127.0.0.1:{self.port}/live"

    @property
    def arrived(self) -> int:
        """Bytes that arrived since it was started."""
        return self.file.stat().st_size if self.file.exists() else 0

    @staticmethod
    def is_installed() -> bool:
        """True when this machine has what it takes."""
        return shutil.which("ffmpeg") is not None

    def start(self) -> None:
        """Listen for a publisher; returns when it does. Raises TimeoutError."""
        self.file.unlink(missing_ok=True)
        command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-listen", "1"]
        command += ["-i", f"{self.server}/{self.KEY}", "-c", "copy", "-flush_packets", "1", "-f", "flv", str(self.file)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + LISTENS_WITHIN_S
        while not self._listens():
            if time.monotonic() > deadline:
                raise TimeoutError("ffmpeg does not listen")
            time.sleep(0.02)

    def _listens(self) -> bool:
        """Looked up, not tried: it takes one connection, and that is the publisher's."""
        rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return any(row[1].endswith(f":{self.port:04X}") and row[3] == TCP_LISTEN for row in rows)

    def kill(self) -> None:
        """Gone at once, with the publisher's connection."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None
