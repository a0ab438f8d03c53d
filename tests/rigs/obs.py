"""A real OBS Studio under Xvfb, on a free port, in a home of its own; and a bare client to see it with.

`RealObs` is a context manager; use it in a pytest fixture or by hand. Blocking throughout: call it from fixtures
or through `asyncio.to_thread`. Needs Debian's obs-studio and xvfb.
"""

import base64
import contextlib
import hashlib
import json
import math
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import wave
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

ALL_EVENTS = (1 << 11) - 1 | 1 << 17  # everything but the meters
COLOURS = {"Wide": 0xFF3030C0, "Close": 0xFF30C030, "Table": 0xFFC03030, "Safe": 0xFF808080, "Slides": 0xFF30C0C0}
SCENES = ("Wide", "Close", "Table", "Safe", "Slides", "Slides twin", "Nested")


class BareObs:
    """The plainest client of obs-websocket 5 there is: an independent witness. `events` holds what came so far."""

    def __init__(self, url: str, password: str, *, subscriptions: int = ALL_EVENTS) -> None:
        self._stack = contextlib.ExitStack()
        self._socket: ClientConnection = self._stack.enter_context(connect(url, open_timeout=5, max_size=None))
        hello = self._receive()["authentication"]
        secret = base64.b64encode(hashlib.sha256((password + hello["salt"]).encode()).digest())
        answer = base64.b64encode(hashlib.sha256(secret + hello["challenge"].encode()).digest()).decode()
        identify = {"rpcVersion": 1, "authentication": answer, "eventSubscriptions": subscriptions}
        self._socket.send(json.dumps({"op": 1, "d": identify}))
        self._receive()
        self.events: list[tuple[str, dict[str, Any]]] = []

    def _receive(self, timeout: float | None = 10) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._socket.recv(timeout=timeout))
        data: dict[str, Any] = message["d"]
        if message["op"] == 5:
            self.events.append((data["eventType"], data.get("eventData", {})))
        return data

    def call(self, request: str, **data: Any) -> dict[str, Any]:
        """The answer's data. Raises RuntimeError with OBS's comment when it refuses."""
        message_id = secrets.token_hex(4)
        wanted = {"requestType": request, "requestId": message_id, "requestData": data}
        self._socket.send(json.dumps({"op": 6, "d": wanted}))
        while True:
            answer = self._receive()
            if answer.get("requestId") == message_id:
                break
        if not answer["requestStatus"]["result"]:
            raise RuntimeError(f"{request}: {answer['requestStatus']}")
        result: dict[str, Any] = answer.get("responseData") or {}
        return result

    def wait_event(self, event: str, timeout_s: float = 5.0) -> dict[str, Any]:
        """The next event of that name that has not been waited for. Raises TimeoutError."""
        deadline = time.monotonic() + timeout_s
        while True:
            for index, (name, data) in enumerate(self.events):
                if name == event:
                    del self.events[: index + 1]
                    return data
            self._receive(max(0.001, deadline - time.monotonic()))

    def close(self) -> None:
        """Say goodbye."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def free_port() -> int:
    """A TCP port that is free on loopback now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RealObs:
    """OBS Studio 29 with scenes Wide, Close, Table, Safe, Slides, Slides twin (same input) and Nested (holds Table).

    Wide and Table play the sound input "Mic". Canvas 640x360 at 30 fps unless told otherwise.
    """

    def __init__(self, *, width: int = 640, height: int = 360, scenes: bool = True) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="cuedrop-obs-"))
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
        profile = config / "basic" / "profiles" / "Untitled"
        profile.mkdir(parents=True)
        (config / "global.ini").write_text(
            "[General]\nFirstRun=true\nLastVersion=486539266\nEnableAutoUpdates=false\n"
            "[Basic]\nProfile=Untitled\nProfileDir=Untitled\n"
            f"[OBSWebSocket]\nFirstLoad=false\nServerEnabled=true\nServerPort={self.port}\n"
            f"AuthRequired=true\nServerPassword={self.password}\nAlertsEnabled=false\n"
        )
        width, height = self._size
        (profile / "basic.ini").write_text(
            "[General]\nName=Untitled\n"
            f"[Video]\nBaseCX={width}\nBaseCY={height}\nOutputCX={width}\nOutputCY={height}\nFPSCommon=30\n"
            f"[SimpleOutput]\nFilePath={self.home}\nRecFormat=mkv\nVBitrate=400\n[Output]\nMode=Simple\n"
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
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, RuntimeError, TimeoutError), self.client() as client:
                client.call("GetSceneList")
                return
            if self._obs is not None and self._obs.poll() is not None:
                raise RuntimeError(f"OBS ended:\n{(self.home / 'obs.log').read_text()[-2000:]}")
            time.sleep(0.2)
        raise TimeoutError("OBS did not start")

    def client(self, *, subscriptions: int = ALL_EVENTS) -> BareObs:
        """A bare client, connected."""
        return BareObs(self.url, self.password, subscriptions=subscriptions)

    def _build_scenes(self) -> None:
        sound = self.home / "mic.wav"
        write_tone(sound)
        with self.client() as client:
            build_scenes(client, size=self._size, sound=sound)

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
            self._obs.wait(10)
            self._obs = None

    def stop(self) -> None:
        """End it politely, so that it saves its scenes."""
        if self._obs is not None:
            self._obs.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._obs.wait(10)
            self.kill()

    def close(self) -> None:
        """End OBS and its display, and remove its home."""
        self.kill()
        if self._xvfb is not None:
            self._xvfb.terminate()
            self._xvfb.wait(10)
            self._xvfb = None
        shutil.rmtree(self.home, ignore_errors=True)


def build_scenes(client: BareObs, *, size: tuple[int, int], sound: Path) -> None:
    """The rig's scenes, inputs and sound, in place of what there was; Wide on air, direct mode, Cut."""
    width, height = size
    old = [scene["sceneName"] for scene in client.call("GetSceneList")["scenes"]]
    for scene in SCENES:
        client.call("CreateScene", sceneName=scene)
    client.call("SetCurrentProgramScene", sceneName="Wide")
    for scene in old:  # before the inputs are made: that makes OBS save, and a removal alone does not
        client.call("RemoveScene", sceneName=scene)
    for scene, colour in COLOURS.items():
        settings: dict[str, Any] = {"color": colour, "width": width, "height": height}
        make_input(client, scene, f"{scene} picture", "color_source_v3", settings)
    make_input(client, "Wide", "Mic", "ffmpeg_source", {"local_file": str(sound), "looping": True})
    client.call("CreateSceneItem", sceneName="Table", sourceName="Mic")
    client.call("CreateSceneItem", sceneName="Slides twin", sourceName="Slides picture")
    client.call("CreateSceneItem", sceneName="Nested", sourceName="Table")
    frame = {"color": 0xFFFFFFFF, "width": 100, "height": 20}
    make_input(client, "Nested", "Frame", "color_source_v3", frame)
    reset(client)


def reset(client: BareObs) -> None:
    """Back to the start: direct mode, Cut, Wide on air and nothing else."""
    client.call("SetStudioModeEnabled", studioModeEnabled=False)
    client.call("SetCurrentSceneTransition", transitionName="Cut")
    client.call("SetCurrentProgramScene", sceneName="Wide")
    client.call("SetInputMute", inputName="Mic", inputMuted=False)
    deadline = time.monotonic() + 5
    others = [f"{scene} picture" for scene in COLOURS if scene != "Wide"]
    while not is_active(client, "Wide picture") or any(is_active(client, other) for other in others):
        if time.monotonic() > deadline:
            raise TimeoutError("OBS does not go back to Wide")


def is_active(client: BareObs, source: str) -> bool:
    """Whether an input is on program."""
    return bool(client.call("GetSourceActive", sourceName=source)["videoActive"])


def make_input(client: BareObs, scene: str, name: str, kind: str, settings: dict[str, Any]) -> None:
    """Put a new input into a scene."""
    client.call("CreateInput", sceneName=scene, inputName=name, inputKind=kind, inputSettings=settings)


def write_tone(path: Path, *, seconds: float = 2.0, peak_dbfs: float = -20.0) -> None:
    """A mono WAV of 1 kHz at `peak_dbfs`, 48 kHz."""
    peak = 32767 * 10 ** (peak_dbfs / 20)
    frames = (round(peak * math.sin(2 * math.pi * 1000 * n / 48000)) for n in range(round(48000 * seconds)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(b"".join(struct.pack("<h", frame) for frame in frames))


@contextlib.contextmanager
def running_obs() -> Iterator[RealObs]:
    """A running OBS with scenes; for fixtures."""
    with RealObs() as obs:
        yield obs
