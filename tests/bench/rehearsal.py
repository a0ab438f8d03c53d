"""One practice show with four tiles in a real window on Xvfb, watched from outside, for window and memory."""

import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.rigs.console import ROOT
from tests.rigs.screen import Screen

FLOOR_S = 10.0
BESIDE_S = 30.0
LOOK_EVERY_S = 2.0
LATEST_S = 120.0


@dataclass
class Played:
    """What one rehearsal left behind. Lateness in milliseconds, memory in bytes."""

    lateness: dict[str, float] = field(default_factory=dict)
    bare_alone: dict[str, float] = field(default_factory=dict)
    bare_beside: dict[str, float] = field(default_factory=dict)
    stalls_at_start: list[float] = field(default_factory=list)
    stalls_in_show: list[float] = field(default_factory=list)
    memory: dict[str, tuple[int, int]] = field(
        default_factory=dict
    )  # process -> (RSS, PSS), the last look before the end


@functools.cache
def play() -> Played:
    """Play the practice show once, with a bare window before it (the floor) and one beside it (the same load)."""
    played = Played()
    with Screen("1920x1080") as screen, tempfile.TemporaryDirectory() as folder:
        played.bare_alone = _lateness(_bare(screen, FLOOR_S))
        command = [sys.executable, "-m", "console", "rehearse", "--data-dir", folder]
        environment = {**os.environ, **screen.environment}
        console = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            beside = _watch(console, Path(folder), screen, played)
        finally:
            console.kill()
            console.wait()
        if console.returncode:
            raise RuntimeError(f"the rehearsal ended with {console.returncode}")
        played.bare_beside = _lateness(beside)
        _read_journal(Path(folder), played)
    return played


def _watch(console: "subprocess.Popen[bytes]", folder: Path, screen: Screen, played: Played) -> "subprocess.Popen[str]":
    """Look at its processes until it ends; once it is up, have a bare window beside it. Returns that window."""
    beside: subprocess.Popen[str] | None = None
    deadline = time.monotonic() + LATEST_S
    while console.poll() is None and time.monotonic() < deadline:
        if entries(folder, "action"):
            beside = beside or _bare(screen, BESIDE_S)
            if not entries(folder, "window.lateness"):  # it ends: workers are going
                played.memory = _memory(console.pid) or played.memory
        time.sleep(LOOK_EVERY_S)
    if beside is None:
        raise RuntimeError("the rehearsal never came to its first action")
    return beside


def _bare(screen: Screen, seconds: float) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.bench.bare", str(seconds), "bare"]
    return subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **screen.environment}, stdout=subprocess.PIPE, text=True
    )


def _lateness(bare: "subprocess.Popen[str]") -> dict[str, float]:
    out, _ = bare.communicate(timeout=60)
    found: dict[str, float] = json.loads(out)
    return found


def entries(folder: Path, kind: str) -> list[dict[str, Any]]:
    """The journal's entries of one kind so far."""
    found = []
    for path in (folder / "journal").glob("*.jsonl"):
        for line in path.read_text().splitlines(keepends=True):
            if line.endswith("\n"):
                found.append(json.loads(line))
    return [entry for entry in found if entry["kind"] == kind]


def _read_journal(folder: Path, played: Played) -> None:
    first = min(entry["mono_ns"] for entry in entries(folder, "action"))
    for stall in entries(folder, "window.stall"):
        (played.stalls_at_start if stall["mono_ns"] < first else played.stalls_in_show).append(stall["ms"])
    last = entries(folder, "window.lateness")[-1]
    played.lateness = {name: last[name] for name in ("p50_ms", "p99_ms", "max_ms", "count")}


def _memory(pid: int) -> dict[str, tuple[int, int]]:
    """RSS and PSS of the console and of each process below it, by what each is."""
    found: dict[str, tuple[int, int]] = {}
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return {}
    for process in family:
        try:
            name, memory = name_of(process, is_console=process.pid == pid), process.memory_full_info()
        except psutil.Error:
            continue
        while name in found:
            name += "'"
        found[name] = (memory.rss, memory.pss)
    return found


def name_of(process: psutil.Process, *, is_console: bool) -> str:
    """What a process of the family is: by its command line, and workers by the libraries that they map."""
    if is_console:
        return "console"
    command = " ".join(process.cmdline())
    if "resource_tracker" in command:
        return "resource tracker"
    if "spawn_main" not in command:
        return "shop"
    maps = " ".join(mapped.path for mapped in process.memory_maps())
    if "libvlc" in maps:
        return "camera worker"
    return "practice studio" if "PIL" in maps else "sound engine"
