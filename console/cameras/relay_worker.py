"""A relay's worker process: takes one stream once, and pours it as it is into ports of this machine.

libVLC opens the address and hands its bytes on undecoded (demux "dump" into a loopback socket): no picture is made
here, nothing is mixed anew, and nothing waits for a clock. One thread of ours sends them on at once.
"""

import contextlib
import os
import random
import socket
import threading
import time
from typing import Final

from console.cameras.messages import Password, Report, Stage
from console.cameras.mrl import Address, media_options, parse_mrl, with_password
from console.cameras.packets import Packets
from console.cameras.player import Phase, Player
from console.cameras.reasons import Reason, no_part, reason
from console.cameras.worker import FAREWELL_S, _silence_libraries
from console.workers.frames import FrameWriter, frames_size
from console.workers.port import WorkerPort

TURN_S: Final = 0.1
SILENT_S: Final = 2.0  # nothing came for so long: the address is opened anew
PATIENCE_S: Final = 8.0  # until the first byte
FIRST_WAIT_S: Final = 0.3
LONGEST_WAIT_S: Final = 4.0
ROOM_BYTES: Final = 1 << 22  # of the socket between libVLC and us: a key frame comes at once
HERE: Final = "127.0.0.1"
NO_TS: Final = Reason(
    "What comes is no MPEG-TS, and only that can be handed on as it is.",
    "Let the encoder send MPEG-TS, or let OBS open the address.",
)


def main(
    port: WorkerPort, *, mrl: str, options: tuple[str, ...], ports: tuple[int, ...], has_password: bool = False
) -> None:
    """Take `mrl` and send its bytes to these UDP `ports` of this machine, until told to stop.

    With `has_password` nothing is opened before the password has come through the port: it is in no argument.
    """
    port.beat()
    _silence_libraries()
    memory = memoryview(bytearray(frames_size(2, 2)))  # no picture ever comes
    player = Player(FrameWriter(memory), memory)
    port.beat()
    with Pump(ports) as pump:
        watch = RelayWatch(port, player, pump, address=parse_mrl(mrl), options=options, has_password=has_password)
        try:
            watch.run()
        finally:  # what takes one caller must be free for OBS at once
            player.close(patience_s=FAREWELL_S)


class Pump:
    """Sends on what comes in at its own port, packet by packet. A context manager; the sending is a thread's."""

    def __init__(self, ports: tuple[int, ...]) -> None:
        self.bytes = 0
        self.came_ns = 0  # when bytes came last
        self._to = [(HERE, each) for each in ports]
        self._packets = Packets()
        self._in = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._in.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_BYTES)
        self._in.bind((HERE, 0))
        self._out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)

    def __enter__(self) -> "Pump":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._out.sendto(b"", self._in.getsockname())  # wakes the thread
        self._thread.join()
        self._in.close()
        self._out.close()

    @property
    def port(self) -> int:
        """Where its bytes are to be sent."""
        return int(self._in.getsockname()[1])

    @property
    def is_ts(self) -> bool | None:
        """Whether what comes is MPEG-TS; None: too little came to tell."""
        return self._packets.is_ts

    def restart(self) -> None:
        """Another stream follows: what is left of the one before belongs to nothing."""
        self._packets = Packets()

    def _run(self) -> None:
        while data := self._in.recv(65_536):
            self.bytes += len(data)
            self.came_ns = time.monotonic_ns()
            for datagram in self._packets.feed(data):
                for to in self._to:
                    with contextlib.suppress(OSError):  # nobody there, or no room: the next one follows
                        self._out.sendto(datagram, to)


class RelayWatch:
    """The worker's turn: opens, looks whether bytes come, gives up, tries again."""

    def __init__(
        self,
        port: WorkerPort,
        player: Player,
        pump: Pump,
        *,
        address: Address,
        options: tuple[str, ...],
        has_password: bool,
    ) -> None:
        self._port = port
        self._player = player
        self._pump = pump
        self._address = address  # without the password: fit to be shown
        into = (":demux=dump,none", ":demuxdump-access=udp", f":demuxdump-file={HERE}:{pump.port}")
        self._options = (*media_options(address, options), *into)
        self._password = ""
        self._has_password = has_password
        self._told: Report | None = None
        self._report = Report(Stage.OPENING)
        self._opened_ns = 0
        self._retry_at_s: float | None = None if has_password else 0.0
        self._wait_s = FIRST_WAIT_S

    def run(self) -> None:
        """Take turns until the port says stop (by exception) or libVLC hangs (by the process's end)."""
        if not self._player.can_open(self._address.scheme):
            missing = no_part(self._address.scheme)
            self._report, self._has_password, self._retry_at_s = _lost(missing), False, None
        while True:
            self._turn(time.monotonic())
            if self._report != self._told:
                self._told = self._report
                self._port.send(self._report)
            self._port.beat()
            self._obey(self._port.receive(TURN_S))

    def _turn(self, now_s: float) -> None:
        if self._player.phase is Phase.IDLE:
            if self._retry_at_s is not None and now_s >= self._retry_at_s:
                self._open(now_s)
            return
        has_come = self._pump.came_ns > self._opened_ns
        if has_come and self._pump.is_ts:
            self._report, self._wait_s = Report(Stage.PLAYING), FIRST_WAIT_S
        heard_s = max(self._opened_ns, self._pump.came_ns) / 1e9
        is_over = self._player.phase in (Phase.ENDED, Phase.ERROR)
        if is_over or now_s - heard_s > (SILENT_S if has_come else PATIENCE_S) or self._pump.is_ts is False:
            self._give_up(now_s, has_come=has_come, has_ended=is_over)

    def _open(self, now_s: float) -> None:
        self._pump.restart()
        self._opened_ns = round(now_s * 1e9)
        address, more = with_password(self._address, self._password)
        self._player.open(address, (*self._options, *more))

    def _give_up(self, now_s: float, *, has_come: bool, has_ended: bool) -> None:
        found = NO_TS if self._pump.is_ts is False else reason(
            self._address,
            list(self._player.errors),
            had_picture=has_come,
            has_ended=has_ended,
            has_password=self._has_password,
        )  # fmt: skip
        self._report = _lost(found)
        if not self._player.close():
            self._port.send(self._report)
            os._exit(3)
        self._retry_at_s = now_s + self._wait_s * random.uniform(0.8, 1.2)
        self._wait_s = min(LONGEST_WAIT_S, self._wait_s * 2)

    def _obey(self, message: object) -> None:
        if isinstance(message, Password) and self._has_password:
            self._password = message.value
            self._retry_at_s = 0.0


def _lost(found: Reason) -> Report:
    return Report(Stage.LOST, why=found.why, fix=found.fix)
