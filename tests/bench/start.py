"""From process start to a window that can be used, and to a whole practice studio, against a bare PySide6 window."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, paired
from tests.bench.xtest import XDisplay
from tests.rigs.console import ConsoleProcess
from tests.rigs.screen import Screen

PAIRS = 5


def measure(*, pairs: int = PAIRS) -> list[Figure]:
    """Seconds to "usable" (window seen, control API answers) and to "whole"; the first pair warms the disk's cache."""
    usable, whole, floors = [], [], []
    with Screen("1920x1080") as screen, XDisplay(screen.display) as display:
        for _ in range(pairs + 1):
            floors.append(_bare(screen, display))
            one, all_of_it = _practice(screen, display)
            usable.append(one)
            whole.append(all_of_it)
    return [
        paired("start to a usable window (practice), bare PySide6 window", usable[1:], floors[1:], "s"),
        paired("start to a whole practice studio, bare PySide6 window", whole[1:], floors[1:], "s"),
    ]


def _bare(screen: Screen, display: XDisplay) -> float:
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.bench.bare", "0", "Bare window"]
    process = subprocess.Popen(command, env={**os.environ, **screen.environment})
    try:
        return display.wait_window("Bare window") - began
    finally:
        process.kill()
        process.wait()


def _practice(screen: Screen, display: XDisplay) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        console = ConsoleProcess(Path(folder) / "data", "--practice", environment=screen.environment)
        try:
            seen = display.wait_window("Cuedrop")
            console.wait_for_control()
            console.state()
            answered = time.monotonic()
            console.until_state(is_whole, within_s=40)
            return max(seen, answered) - began, time.monotonic() - began
        finally:
            console.end()


def is_whole(state: dict[str, Any]) -> bool:
    """True when OBS, sound, shop and every camera are up."""
    links = (state["obs"]["link"], state["audio"]["link"], state["shop"]["link"])
    return set(links) == {"up"} and all(camera["state"] == "live" for camera in state["cameras"])
