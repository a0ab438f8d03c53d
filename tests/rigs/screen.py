"""A virtual screen of the test's own, keys pressed on it, and pictures of it. Usable outside pytest."""

import os
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self


class Screen:
    """An Xvfb on a free display. `environment` is what programs on it need."""

    def __init__(self, size: str = "1920x1080") -> None:
        read, write = os.pipe()
        self._xvfb = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp", "+extension", "GLX"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as told:
            self.display = f":{told.readline().strip()}"
        self.environment = {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}
        self._next_key_s = 0.0  # monotonic

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._xvfb.terminate()
        self._xvfb.wait(5)

    def _xdotool(self, *arguments: str) -> str:
        done = subprocess.run(
            ["xdotool", *arguments], env={**os.environ, **self.environment}, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def focus(self, title: str, *, within_s: float = 20.0) -> str:
        """Give the window whose title holds `title` the keyboard; returns its id. There is no window manager here."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            found = self._xdotool("search", "--onlyvisible", "--name", title).splitlines()
            if found:
                self._xdotool("windowfocus", "--sync", found[-1])
                return found[-1]
            time.sleep(0.1)
        raise AssertionError(f"no window {title} within {within_s} s")

    def windows(self, title: str) -> list[str]:
        """The ids of the windows to be seen whose title holds `title`."""
        return self._xdotool("search", "--onlyvisible", "--name", title).split()

    def point(self, x: int, y: int) -> None:
        """Move the pointer there."""
        self._xdotool("mousemove", str(x), str(y))

    def key(self, key: str) -> None:
        """Press and release a key (xdotool's names), no quicker after the last than a finger can: see RELEASE_MS."""
        time.sleep(max(0.0, self._next_key_s - time.monotonic()))
        self._xdotool("key", key)
        self._next_key_s = time.monotonic() + 0.05

    def hold(self, key: str, seconds: float) -> None:
        """Hold a key down for so long."""
        self._xdotool("keydown", key)
        time.sleep(seconds)
        self._xdotool("keyup", key)

    def down(self, key: str) -> None:
        """Press a key and keep it."""
        self._xdotool("keydown", key)

    def up(self, key: str) -> None:
        """Let a key go."""
        self._xdotool("keyup", key)

    def blur(self) -> None:
        """Take the keyboard away from every window, as another program would."""
        self._xdotool("windowfocus", "1")  # PointerRoot

    def click(self, x: int, y: int) -> None:
        """Click the left button there."""
        self._xdotool("mousemove", str(x), str(y), "click", "1")

    def drag(self, x: int, from_y: int, to_y: int) -> None:
        """Drag something up or down with the left button, in steps of 3 pixels as a hand does."""
        self._xdotool("mousemove", str(x), str(from_y), "mousedown", "1")
        step = 3 if to_y > from_y else -3
        for y in (*range(from_y, to_y, step), to_y):
            self._xdotool("mousemove", str(x), str(y))
        self._xdotool("mouseup", "1")

    def wheel(self, x: int, y: int, *, up: int) -> None:
        """Turn the wheel so many notches up there, or (less than 0) down."""
        self._xdotool("mousemove", str(x), str(y))
        for _ in range(abs(up)):
            self._xdotool("click", "4" if up > 0 else "5")

    def type(self, text: str) -> None:
        """Type text."""
        self._xdotool("type", text)

    def picture(self, path: Path) -> Path:
        """Write what is on the screen to a PNG."""
        subprocess.run(
            ["import", "-window", "root", str(path)],
            env={**os.environ, **self.environment},
            check=True,
            capture_output=True,
        )
        return path
