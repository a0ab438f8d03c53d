"""The practice studio as a worker: the practice OBS in a process of its own, so that it costs the window nothing.

It never connects anywhere; it only listens on loopback.
"""

import asyncio
import os
from typing import Any, Final

from console.practice.obs import PracticeObs
from console.workers.port import Stopped, WorkerPort

LOOK_S: Final = 0.05  # how often the console's messages are looked at
BEAT_EVERY: Final = 4  # looks
DEAD: Final = 70  # the exit code when it was told to die


def main(port: WorkerPort, *, port_number: int = 0, password: str | None = None) -> None:
    """Run the practice OBS until told to end; sends {"url", "password"} once it listens.

    port_number: where; 0 picks a free port. password: None makes one up. Messages from the console are a dict of
    PracticeObs.misbehave's arguments.
    """
    asyncio.run(_run(port, port_number, password))


async def _run(port: WorkerPort, port_number: int, password: str | None) -> None:
    async with PracticeObs(port=port_number, password=password, on_die=lambda: os._exit(DEAD)) as obs:
        obs.do(lambda studio: studio.set_studio_mode(True))  # a newcomer sees preview and program at once
        port.send({"url": obs.url, "password": obs.password})
        looks = 0
        while True:
            if looks % BEAT_EVERY == 0:
                port.beat()
            looks += 1
            try:
                message: Any = port.receive(0)
            except Stopped:
                return
            if isinstance(message, dict):
                obs.misbehave(**message)
            await asyncio.sleep(LOOK_S)
