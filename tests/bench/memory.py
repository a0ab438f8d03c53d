"""What the practice show holds in memory at its end: the console against a bare window, a tile against a bare player.

PSS: a page that several processes share counts in parts, so that the sum is what the machine gives.
"""

import os
import subprocess
import sys
from pathlib import Path

import psutil

from tests.bench.figures import Figure, against
from tests.bench.rehearsal import play
from tests.bench.xtest import XDisplay
from tests.rigs.console import ROOT
from tests.rigs.screen import Screen

CLIP = ROOT / "resources" / "practice" / "wide.mp4"
# The least that plays a clip into memory with python-vlc; it says when the tenth picture has come, and plays on.
PLAYER = """
import ctypes, sys, threading, vlc
picture = ctypes.create_string_buffer(640 * 360 * 4)
at = ctypes.cast(picture, ctypes.c_void_p).value
seen, ten = [], threading.Event()
@vlc.CallbackDecorators.VideoLockCb
def lock(_, planes):
    planes[0] = at
@vlc.CallbackDecorators.VideoDisplayCb
def show(_, __):
    seen.append(1)
    len(seen) == 10 and ten.set()
vlc_ = vlc.Instance("--quiet", "--intf=dummy", "--no-audio", "--avcodec-hw=none", "--avcodec-threads=2")
player = vlc_.media_player_new(sys.argv[1])
player.video_set_callbacks(lock, ctypes.cast(None, vlc.CallbackDecorators.VideoUnlockCb), show, None)
player.video_set_format("RV32", 640, 360, 640 * 4)
player.play()
print("plays" if ten.wait(20) else "does not play", flush=True)
sys.stdin.read()
"""


def measure() -> list[Figure]:
    """Megabytes (PSS) at the end of the practice show, its RSS in the spread."""
    window, player = _bare_window(), _bare_player()
    held = play().memory
    figures = []
    for name, (rss, pss) in sorted(held.items()):
        if name.endswith("'") or name == "resource tracker":
            continue
        floor, what = (player, "bare libVLC player") if "camera" in name else (window, "bare PySide6 window")
        alike = [other for process, other in held.items() if process.rstrip("'") == name]
        spread = f"RSS {rss / 1e6:.0f} MB" + (f", {len(alike)} of them" if len(alike) > 1 else "")
        figures.append(against(f"memory of the {name}, {what}", pss / 1e6, floor / 1e6, "MB", spread))
    whole = sum(pss for _, pss in held.values())
    figures.append(
        against("memory of all of it, bare PySide6 window", whole / 1e6, window / 1e6, "MB", f"{len(held)} processes")
    )
    return figures


def _bare_window() -> int:
    """PSS of a process that shows an empty window on a display of its own, bytes."""
    with Screen("1920x1080") as screen, XDisplay(screen.display) as display:
        command = [sys.executable, "-m", "tests.bench.bare", "0", "Bare window"]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **screen.environment})
        try:
            display.wait_window("Bare window")
            return int(psutil.Process(process.pid).memory_full_info().pss)
        finally:
            process.kill()
            process.wait()


def _bare_player(clip: Path = CLIP) -> int:
    """PSS of a process that plays a clip into memory, bytes."""
    command = [sys.executable, "-c", PLAYER, str(clip)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline().strip() != "plays":
                raise RuntimeError("the bare player does not play")
            return int(psutil.Process(process.pid).memory_full_info().pss)
        finally:
            process.kill()
