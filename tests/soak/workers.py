"""Camera workers, sound engine and practice studio killed or hung, over and over: all heals, nothing is left."""

import os
import random
import signal
import tempfile
import time
from pathlib import Path

import psutil

from tests.bench.rehearsal import name_of
from tests.bench.start import is_whole
from tests.rigs.console import ConsoleProcess
from tests.soak.campaign import Effort, Held, Result, growth

HEALED_WITHIN_S = 30.0
KINDS = ("camera worker", "camera worker", "sound engine", "practice studio")


def run(effort: Effort, result: Result) -> None:
    """Each turn ends one worker of a headless practice console and waits until the whole studio is up again."""
    chance = random.Random(effort.seed)
    looks: list[Held] = []
    with tempfile.TemporaryDirectory() as folder:
        console = ConsoleProcess(Path(folder) / "data", "--practice", "--headless")
        try:
            console.wait_for_control()
            console.until_state(is_whole, within_s=HEALED_WITHIN_S)
            for turn in effort.turns(60):
                if not _turn(console, chance, result, turn):
                    break
                looks.append(Held.by(console.process.pid))
            result.losses += growth(looks)
            if looks:
                print(f"workers: {looks[0]} at first, {looks[-1]} at last")
        finally:
            _end(console, result)


def _turn(console: ConsoleProcess, chance: random.Random, result: Result, turn: int) -> bool:
    """End one worker; False when the studio did not come back."""
    kind = chance.choice(KINDS)
    victims = [each for each in psutil.Process(console.process.pid).children() if _is(each, kind)]
    if not victims:
        result.losses.append(f"turn {turn}: there is no {kind}")
        return False
    victim = chance.choice(victims)
    is_hang = chance.random() < 0.2
    os.kill(victim.pid, signal.SIGSTOP if is_hang else signal.SIGKILL)
    result.counts["hangs" if is_hang else "kills"] += 1
    began_s = time.monotonic()
    try:
        console.until(lambda: not victim.is_running(), within_s=HEALED_WITHIN_S, what=f"the end of the {kind}")
        console.until_state(is_whole, within_s=HEALED_WITHIN_S)
    except AssertionError as error:
        result.losses.append(f"turn {turn}, {kind} {'hung' if is_hang else 'killed'}: {str(error)[:1500]}")
        return False
    slowest = round(max(result.counts["slowest ms"], (time.monotonic() - began_s) * 1e3))
    result.counts["slowest ms"] = slowest
    time.sleep(chance.choice([0.0, 0.0, 0.5, 6.0]))  # a worker that lived for 5 s is started anew at once
    return True


def _is(process: psutil.Process, kind: str) -> bool:
    try:
        return name_of(process, is_console=False) == kind
    except psutil.Error:
        return False


def _end(console: ConsoleProcess, result: Result) -> None:
    """End the console; whatever outlives it is a loss."""
    family = psutil.Process(console.process.pid).children(recursive=True) if console.process.poll() is None else []
    if code := console.end():
        result.losses.append(f"the console ended with {code}")
    _, alive = psutil.wait_procs(family, timeout=5)
    for process in alive:
        result.losses.append(f"process {process.pid} outlived the console: {' '.join(process.cmdline())[:200]}")
        process.kill()
