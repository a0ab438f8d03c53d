"""A real OBS Studio under Xvfb, on a free port, in a home of its own; and a bare client to see it with.

`RealObs` is a context manager; use it in a pytest fixture or by hand. Blocking throughout: call it from fixtures
or through `asyncio.to_thread`. Needs Debian's obs-studio and xvfb.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.rigs.bare import ALL_EVENTS, BareObs
from tests.rigs.collection import (
    SCENES,
    build_scenes,
    fill,
    is_active,
    reset,
    write_collection,
    write_media,
    write_tone,
)

__all__ = [
    "ALL_EVENTS",
    "SCENES",
    "BareObs",
    "RealObs",
    "build_scenes",
    "free_port",
    "is_active",
    "reset",
    "write_tone",
]


def free_port() -> int:
    """A TCP port that is free on loopback now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RealObs:
    """OBS Studio 29 with scenes Wide, Close, Table, Safe, Slides, Slides twin (same input), Nested (holds Table),
    Titles (text Title with filter Tint, image Logo, media Clip, group Corner with Badge) and Spare (empty).

    Wide and Table play the sound input "Mic"; transitions Cut, Fade and Stinger; a replay buffer of 5 s. Canvas
    640x360 at 30 fps unless told otherwise. Several run side by side: each has its own home, port and display.
    """

    def __init__(self, *, width: int = 640, height: int = 360, scenes: bool = True) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="cuedrop-obs-"))
        self.media = write_media(self.home)
        self.port = free_port()
        self.password = secrets.token_hex(8)
        self._size = (width, height)
        self._wants_scenes = scenes
        self._xvfb: subprocess.Popen[bytes] | None = None
        self._obs: subprocess.Popen[bytes] | None = None
        self.display = ""

    @property
    def url(self) -> str:
        """Its address."""
        return f"ws://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """OBS's process id. Raises RuntimeError when it is not running."""
        if self._obs is None:
            raise RuntimeError("this OBS is not running")
        return self._obs.pid

    @staticmethod
    def is_installed() -> bool:
        """True when this machine has what it takes."""
        return bool(shutil.which("obs") and shutil.which("Xvfb"))

    def __enter__(self) -> Self:
        try:
            self._write_home()
            self._start_display()
            self.start()
            if self._wants_scenes:
                self._build_scenes()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write_home(self) -> None:
        config = self.home / ".config" / "obs-studio"
        named = ""
        if self._wants_scenes:
            write_collection(config / "basic" / "scenes" / "Rig.json", self.media, name="Rig")
            named = "SceneCollection=Rig\nSceneCollectionFile=Rig\n"
        profile = config / "basic" / "profiles" / "Untitled"
        profile.mkdir(parents=True)
        (config / "global.ini").write_text(
            "[General]\nFirstRun=true\nLastVersion=486539266\nEnableAutoUpdates=false\n"
            f"[Basic]\nProfile=Untitled\nProfileDir=Untitled\n{named}"
            f"[OBSWebSocket]\nFirstLoad=false\nServerEnabled=true\nServerPort={self.port}\n"
            f"AuthRequired=true\nServerPassword={self.password}\nAlertsEnabled=false\n"
        )
        width, height = self._size
        (profile / "basic.ini").write_text(
            "[General]\nName=Untitled\n"
            f"[Video]\nBaseCX={width}\nBaseCY={height}\nOutputCX={width}\nOutputCY={height}\nFPSCommon=30\n"
            f"[SimpleOutput]\nFilePath={self.home}\nRecFormat=mkv\nVBitrate=400\n"
            "RecQuality=Small\nRecRB=true\nRecRBTime=5\nRecRBSize=32\n[Output]\nMode=Simple\n"
        )

    def _start_display(self) -> None:
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "+extension", "GLX"]
        self._xvfb = subprocess.Popen(
            [*command, "-nolisten", "tcp"],
            pass_fds=[writing],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as answer:
            self.display = ":" + answer.readline().strip()

    def start(self, *, wait: bool = True) -> None:
        """Start OBS (again, with the scenes that it had); returns when it has loaded."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "DISPLAY": self.display, "LANG": "C.UTF-8"}
        environment["XDG_RUNTIME_DIR"] = str(self.home)
        command = ["obs", "--multi", "--minimize-to-tray", "--disable-updater", "--disable-missing-files-check"]
        with (self.home / "obs.log").open("ab") as out:
            self._obs = subprocess.Popen(
                [*command, "--disable-shutdown-check"], env=environment, stdout=out, stderr=out
            )
        if wait:
            self.wait_ready()

    def wait_ready(self, timeout_s: float = 60.0) -> None:
        """Return when OBS answers requests. Raises TimeoutError."""
        deadline = time.monotonic() + timeout_s
        self.wait_socket(timeout_s)
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, RuntimeError, TimeoutError), self.client() as client:
                client.call("GetSceneList")
                return
            time.sleep(0.05)
        raise TimeoutError("OBS did not load")

    def wait_socket(self, timeout_s: float = 60.0) -> None:
        """Return when OBS listens; it may still be loading (207). Raises TimeoutError."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            if self._obs is not None and self._obs.poll() is not None:
                raise RuntimeError(f"OBS ended:\n{(self.home / 'obs.log').read_text()[-2000:]}")
            time.sleep(0.01)
        raise TimeoutError("OBS did not start")

    def renew(self) -> None:
        """Kill it and start it as new, at the same address: what it held and how it was are forgotten."""
        self.kill()
        shutil.rmtree(self.home / ".config", ignore_errors=True)
        self._write_home()
        self.start()
        if self._wants_scenes:
            self._build_scenes()

    def restart(self, *, wait: bool = True) -> None:
        """Kill it and start it again, with the scenes that it last saved."""
        self.kill()
        self.start(wait=wait)

    def client(self, *, subscriptions: int = ALL_EVENTS) -> BareObs:
        """A bare client, connected."""
        return BareObs(self.url, self.password, subscriptions=subscriptions)

    def _build_scenes(self) -> None:
        with self.client() as client:
            build_scenes(client, size=self._size, media=self.media)

    def fill(self, *, scenes: int, inputs: int) -> None:
        """Many more scenes and inputs."""
        with self.client() as client:
            fill(client, scenes=scenes, inputs=inputs)

    def reset(self, client: BareObs) -> None:
        """Back to the start: direct mode, Cut, Wide on air."""
        reset(client)

    def freeze(self) -> None:
        """Stop it in its tracks (SIGSTOP); `thaw` wakes it."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on (SIGCONT)."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it at once (SIGKILL); `start` brings it back."""
        if self._obs is not None:
            self._obs.kill()
            self._obs.wait(30)
            self._obs = None

    def stop(self) -> None:
        """End it politely, so that it saves its scenes."""
        if self._obs is not None:
            self._obs.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._obs.wait(30)
            self.kill()

    def close(self) -> None:
        """End OBS and its display, and remove its home."""
        self.kill()
        if self._xvfb is not None:
            self._xvfb.terminate()
            self._xvfb.wait(30)
            self._xvfb = None
        shutil.rmtree(self.home, ignore_errors=True)


@contextlib.contextmanager
def running_obs() -> Iterator[RealObs]:
    """A running OBS with scenes; for fixtures."""
    with RealObs() as obs:
        yield obs
