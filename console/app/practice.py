"""A run in the practice studio: its OBS in a worker, its buyers over HTTP, who pays, and the offer of a real OBS."""

import asyncio
import os
import random
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from console.commerce.state import DropState
from console.contract.orders import OrderState
from console.core.journal import Origin
from console.desk.desk import Desk
from console.desk.view import Notice, Tone
from console.practice import buyers, studio
from console.practice.show import VOICES, practice_show
from console.settings.show import Drop, Show
from console.workers.supervisor import Supervisor, WorkerSpec
from scenes.wire.greeting import answers

NICENESS: Final = 5  # the window of a rehearsal shares its processor with the whole studio
PAY_EVERY_S: Final = 4.0
_UNPAID: Final = (OrderState.HELD, OrderState.CONFIRMED)
RESOURCES = Path(__file__).resolve().parents[2] / "resources"

Spawn = Callable[[Coroutine[Any, Any, object]], None]


class Practice:
    """The practice studio of one run. It never connects to a real OBS; it only offers one that answers."""

    def __init__(self) -> None:
        self._port = _free_port()
        self.password = os.urandom(12).hex()
        self._served: set[tuple[str, int]] = set()  # drops whose buyers have come

    @property
    def obs_url(self) -> str:
        """Where the practice OBS will listen."""
        return f"ws://127.0.0.1:{self._port}"

    @property
    def voices(self) -> dict[str, str]:
        """The sound of each channel: a WAV file by the channel's name."""
        return {name: str(RESOURCES / "practice" / file) for name, file in VOICES.items()}

    def start(self, supervisor: Supervisor, *, on_ready: Callable[[], None]) -> None:
        """Start the practice OBS; it is started anew when it dies, at the same address. `on_ready`: it listens."""
        supervisor.start(
            WorkerSpec(
                "practice studio",
                studio.main,
                {"port_number": self._port, "password": self.password},
                niceness=NICENESS,
            ),
            on_message=lambda message: on_ready(),
        )

    def let_buyers_in(self, desk: Desk, shop_url: Callable[[], str], spawn: Spawn) -> None:
        """Send simulated buyers over HTTP, once for each drop that is open."""
        for drop in desk.sale.value.drops:
            key = (drop.id, drop.run)
            if drop.state is DropState.OPEN and key not in self._served:
                self._served.add(key)
                spawn(buyers.run(shop_url(), drop=drop.id))
                spawn(self._let_them_pay(desk, drop.id, drop.run))

    async def _let_them_pay(self, desk: Desk, drop: str, run: int) -> None:
        """Say every few seconds who has paid at the counter, for as long as the drop is on sale, and once more."""
        rng, asked = random.Random(), set[str]()
        is_on_sale = True
        while is_on_sale:
            await asyncio.sleep(PAY_EVERY_S)
            sale = desk.sale.value
            state = next((one.state for one in sale.drops if (one.id, one.run) == (drop, run)), None)
            is_on_sale = state in (DropState.OPEN, DropState.SOLD_OUT)
            theirs = [order for order in sale.orders if (order.drop, order.run) == (drop, run)]
            unpaid = [order.id for order in theirs if order.state in _UNPAID]
            if paying := buyers.payers(unpaid, asked, rng):
                await desk.parts.commerce.pay_orders(drop, paying, run=run, origin=Origin.AUTOMATION)

    async def look_for_a_real_obs(self, desk: Desk) -> None:
        """Offer the OBS on the usual address when one answers; its greeting is read, no request is sent."""
        if await asyncio.to_thread(answers):
            what, fix = "OBS Studio answers on this machine.", "Make a show of your own from it."
            desk.notice.set(Notice(what, fix, Tone.GOOD, "show.from_obs"))


def show_in_practice(show: Show | None) -> Show:
    """The practice show, with the drops and cues of `show` to rehearse; their scenes where the practice studio has one.

    The host's page is where it is in the show, so that a phone finds it there in rehearsal, too.
    """
    practice = practice_show(RESOURCES)
    if show is None:
        return practice
    there = {camera.scene for camera in practice.cameras} | {practice.obs.safe_scene}
    cues = tuple(cue if cue.scene in there else cue.model_copy(update={"scene": None}) for cue in show.cues)
    drops = tuple(_drop_in_practice(drop, has_scene=drop.scene in there) for drop in show.drops)
    changes = {"name": show.name, "drops": drops or practice.drops, "cues": cues, "host": show.host}
    return practice.model_copy(update=changes)


def _drop_in_practice(drop: Drop, *, has_scene: bool) -> Drop:
    """The drop without its code, and without a scene that cannot be taken; then there is none to come back from."""
    changes: dict[str, object] = {"overlay": None}
    if not has_scene:
        changes |= {"scene": None, "at_end": "stay" if drop.at_end == "back" else drop.at_end}
    return drop.model_copy(update=changes)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
