"""The sound engine's process: opens the device, keeps it open, obeys the console. Its numpy work is in `process`.

Main thread: commands, heartbeat, retries. The blocks run in a thread of the device's own, with real-time priority
where the machine permits. The heartbeat stops when the blocks stop, so that the supervisor ends a process that hangs
in a dead sound server, which says nothing and cannot be closed.
"""

import os
import time
from typing import TYPE_CHECKING, Final

from console.audio.blame import Blame, away
from console.audio.layout import Layout, Routing
from console.audio.messages import EngineDown, EngineUp, Play, ResetClips, Xruns
from console.audio.opening import OPENING_S, TICK_S, opened
from console.audio.plan import PRACTICE, Plan
from console.audio.real_time import ask_for_real_time, freeze
from console.core.errors import UserError
from console.workers.port import WorkerPort

if TYPE_CHECKING:
    from console.audio.device import Device, RunBlock
    from console.audio.matrix import Samples
    from console.audio.patch import Patch
    from console.audio.process import Block

HEARTBEAT_S: Final = 0.75
LEAVE_S: Final = 0.5
"""How long the sound has to fall silent when the engine is told to end."""


def heartbeat_s(plan: Plan) -> float:
    """How long the engine may be silent, in seconds; more when blocks themselves are longer.

    A sound server that dies is noticed in 20 ms without it; this finds one that hangs. Less than this, and a laptop
    that is busy starting kills an engine that is well.
    """
    return max(HEARTBEAT_S, 4 * plan.block_frames / plan.sample_rate_hz)


def main(
    port: WorkerPort,
    *,
    plan: Plan,
    meters_path: str,
    ring_path: str,
    clips: dict[str, str],
    lanes: tuple[tuple[str, str], ...] = (),
) -> None:
    """Run the sound until told to stop; returns when a device vanished: only a new process is sure to find it.

    lanes: the memory shared with each of the plan's interfaces, as paths: what is heard there, what is sent there.
    """
    # before numpy is loaded: a thread pool would add waits to every block
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    # a sound server is the person's to start
    os.environ.setdefault("JACK_NO_START_SERVER", "1")
    meters, ring = port.shared(meters_path), port.shared(ring_path)
    shared = [(port.shared(heard).buffer, port.shared(sent).buffer) for heard, sent in lanes]
    engine = _Engine(port, plan, clips, (meters.buffer, ring.buffer), shared)
    engine.run()


class _Engine:
    """The main thread's part."""

    def __init__(
        self,
        port: WorkerPort,
        plan: Plan,
        clips: dict[str, str],
        buffers: tuple[memoryview, memoryview],
        lanes: list[tuple[memoryview, memoryview]],
    ) -> None:
        self._port = port
        self._plan = plan
        self._clips = clips
        self._buffers = buffers
        self._lanes = lanes
        self._layout = Layout(plan)
        self._routing: Routing | None = None
        self._block: Block | None = None
        self._said: object = None

    def run(self) -> None:
        while self._routing is None:  # never a sound before the mutes are known
            self._obey(TICK_S)
        device = opened(
            self._port,
            lambda is_first: _open(self._plan, self._layout, self._clips, is_first=is_first),
            obey=self._obey,
            missed=lambda error: self._say(EngineDown(error.what, error.fix)),
        )
        self._block = self._make_block(device)
        self._block.route(self._routing)
        freeze()
        try:
            device.start(_with_priority(self._block))
        except UserError as error:
            self._say(EngineDown(error.what, error.fix))
            return
        try:
            self._watch(device, self._block)
        finally:
            leave(device, self._block)

    def _obey(self, wait_s: float) -> None:
        """Take the console's commands for up to `wait_s`. Raises Stopped."""
        message = self._port.receive(wait_s)
        while message is not None:
            if isinstance(message, Routing):
                self._routing = message
                if message.plan is not None:
                    self._go_on_as(message.plan)
                if self._block:
                    self._block.route(message)
            elif isinstance(message, ResetClips) and self._block:
                self._block.wants_clip_reset = True
            elif isinstance(message, Play) and self._block:
                self._block.play(message.made_for, message.sound)
            message = self._port.receive(0)

    def _go_on_as(self, plan: Plan) -> None:
        """The same ports by other names, from now on and for a device that is opened later."""
        names = {was.name: now.name for was, now in zip(self._plan.channels, plan.channels, strict=True)}
        self._clips = {names.get(name, name): clip for name, clip in self._clips.items()}
        self._plan, self._layout = plan, Layout(plan)

    def _say(self, message: object) -> None:
        if message != self._said:
            self._said = message
            self._port.send(message)

    def _make_block(self, device: "Device") -> "Block":
        from console.audio.levels import ROWS
        from console.audio.process import Block, ring_frames
        from console.workers.rings import CaptureRing, MeterBlock

        plan, columns = self._plan, self._layout.columns
        frames = ring_frames(plan.sample_rate_hz, plan.block_frames)
        return Block(
            self._layout,
            sample_rate_hz=device.sample_rate_hz,
            block_frames=plan.block_frames,
            meters=MeterBlock(self._buffers[0], rows=ROWS, columns=columns),
            ring=CaptureRing(self._buffers[1], frames=frames, columns=columns),
            patch=self._make_patch(device) if plan.wings else None,
        )

    def _make_patch(self, device: "Device") -> "Patch":
        from console.audio.lanes import Lane
        from console.audio.patch import Patch

        lanes = [
            (Lane(heard, ports=wing.inputs), Lane(sent, ports=wing.outputs))
            for wing, (heard, sent) in zip(self._plan.wings, self._lanes, strict=True)
        ]
        frames = self._plan.block_frames
        return Patch(self._layout, lanes, sample_rate_hz=device.sample_rate_hz, block_frames=frames)

    def _watch(self, device: "Device", block: "Block") -> None:
        """Beat as long as blocks come; returns when the device says that it is gone."""
        seen, since_s, xruns, xruns_at_s = 0, time.monotonic(), block.xruns, 0.0
        is_said = False
        blame = Blame(1e9 * self._plan.block_frames / device.sample_rate_hz)
        while device.is_alive:
            self._obey(TICK_S)
            now_s = time.monotonic()
            blame.note(now_s, block.worsts.take(), away())
            if block.callbacks != seen:
                seen, since_s = block.callbacks, now_s
                self._port.beat()
                if not is_said:
                    is_said = True
                    self._say(_up(self._plan, self._layout, device))
            elif seen == 0 and now_s - since_s < OPENING_S:
                self._port.beat()  # the first block may take a while to come
            if block.xruns != xruns and now_s - xruns_at_s >= 1.0:
                xruns, xruns_at_s = block.xruns, now_s
                self._port.send(Xruns(xruns, *blame.judge(now_s)))
        self._say(
            EngineDown(f'The sound device "{device.name}" is gone.', "Connect it again; it comes back by itself.")
        )


def leave(device: "Device", block: "Block") -> None:
    """Leave with silence, not with a click: the stream is cut where it stands when this process ends."""
    block.fade_out()
    give_up_s = time.monotonic() + LEAVE_S
    while device.is_alive and not block.is_silent and time.monotonic() < give_up_s:
        time.sleep(TICK_S / 4)
    if block.is_silent:
        time.sleep(2 * TICK_S)  # what a driver still holds is heard first


def _open(plan: Plan, layout: Layout, clips: dict[str, str], *, is_first: bool) -> "Device":
    from console.audio import device as port_audio
    from console.audio.practice_device import PracticeDevice

    if plan.device == PRACTICE:
        return PracticeDevice(layout, clips, sample_rate_hz=plan.sample_rate_hz, block_frames=plan.block_frames)
    if not is_first:
        port_audio.refresh()
    return port_audio.open_device(
        plan.device,
        sample_rate_hz=plan.sample_rate_hz,
        block_frames=plan.block_frames,
        inputs=layout.own_inputs,
        # where interfaces have all the ports, it is still the clock
        outputs=layout.own_outputs or int(bool(plan.wings) and not layout.own_inputs),
    )


def _missing(plan: Plan, layout: Layout, device: "Device") -> tuple[set[int], set[int]]:
    """The inputs and the outputs that neither the device nor an interface has."""
    inputs = set(range(device.inputs + 1, layout.own_inputs + 1))
    outputs = set(range(device.outputs + 1, layout.own_outputs + 1))
    for wing in plan.wings:
        inputs.difference_update(wing.input_ports)
        outputs.difference_update(wing.output_ports)
    return inputs, outputs


def _up(plan: Plan, layout: Layout, device: "Device") -> EngineUp:
    """What to tell the console, with all that is less than the show asked for."""
    faults, fixes = [], []
    if device.sample_rate_hz != plan.sample_rate_hz:
        faults.append(f"It runs at {device.sample_rate_hz} Hz, not at {plan.sample_rate_hz}.")
        fixes.append(f"Set sample_rate_hz = {device.sample_rate_hz}, or change the device's rate.")
    inputs, outputs = _missing(plan, layout, device)
    deaf = [channel.name for channel in plan.channels if inputs.intersection(channel.inputs)]
    deaf += [f"the loopback of {made_for.name}" for made_for in plan.returns if inputs.intersection(made_for.loopback)]
    if inputs.intersection(plan.programme):
        deaf.append("the programme")
    if deaf:
        faults.append(f"It has {device.inputs} inputs of the {layout.own_inputs} asked for: {', '.join(deaf)} silent.")
        fixes.append("Give these channels other inputs, or use a device with more.")
    mute = [
        bus.made_for.name if bus.made_for else "the monitor"
        for bus in layout.buses
        if outputs.intersection(bus.outputs)
    ]
    if mute:
        faults.append(
            f"It has {device.outputs} outputs of the {layout.own_outputs} asked for: no way out for {', '.join(mute)}."
        )
        fixes.append("Give these returns other outputs, or use a device with more.")
    return EngineUp(
        device.name,
        device.sample_rate_hz,
        plan.block_frames,
        device.inputs,
        device.outputs,
        " ".join(faults),
        " ".join(fixes),
    )


def _with_priority(block: "Block") -> "RunBlock":
    """The block's work, which on its first call asks for real-time priority for the thread that it runs in."""

    def run(sound: "Samples", out: "Samples") -> None:
        if block.callbacks == 0:
            ask_for_real_time()
        block.run(sound, out)

    return run
