"""What OBS says of its outputs, made into a value: its events at once, its answers once a second. Pure.

Rates are differences of OBS's counters over the console's clock; a counter that falls began anew (OBS does that when
a stream connects again) and gives no rate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from scenes.outputs.state import OUTPUT_STATES, Output, Outputs, Sample
from scenes.state import OutputState
from scenes.wire.socket import Message

EVENTS: Final = {
    "StreamStateChanged": "stream",
    "RecordStateChanged": "record",
    "ReplayBufferStateChanged": "replay",
    "VirtualcamStateChanged": "vcam",
}
HISTORY: Final = 300  # samples, one a second
RATE_OVER_S: Final = 30.0  # a recording is written in bursts: its rate is taken over this
RATE_FROM_S: Final = 3.0  # less than this is no rate yet
STUCK_S: Final = 20.0  # a start or an end that is not told for so long is what OBS's state says
SINCE_MOVED_S: Final = 0.5  # OBS counts in frames: smaller changes of the beginning are only its rounding

_PAUSES: Final = {"OBS_WEBSOCKET_OUTPUT_PAUSED": True, "OBS_WEBSOCKET_OUTPUT_RESUMED": False}


@dataclass(frozen=True, slots=True)
class Counters:
    """OBS's counters as they were: what the next reading is compared with. None: OBS told none."""

    at_ns: int
    stream_bytes: float | None = None
    record_bytes: float | None = None
    skipped: float = 0
    lagged: float = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """The outputs, and what they are judged by."""

    outputs: Outputs = Outputs()
    counters: tuple[Counters, ...] = ()  # oldest first, the last RATE_OVER_S
    told_ns: Mapping[str, int] = field(default_factory=dict)  # when an event last told of an output


def after_event(reading: Reading, event: str, data: Message, *, at_ns: int) -> Reading:
    """The reading after one event; unknown events and broken ones change nothing."""
    which = EVENTS.get(event)
    said = data.get("outputState")
    state = OUTPUT_STATES.get(said) if isinstance(said, str) else None
    if which is None or state is None:
        return reading
    old: Output = getattr(reading.outputs, which) or Output()
    is_paused = _PAUSES.get(str(said), old.is_paused and state is OutputState.ON)
    new = _moved(replace(old, is_paused=is_paused), state, at_ns=at_ns)
    return replace(
        reading,
        outputs=_with(reading.outputs, which, new),
        told_ns={**reading.told_ns, which: at_ns},
    )


def after_answers(reading: Reading, answers: Mapping[str, Message], *, at_ns: int, with_states: bool = True) -> Reading:
    """The reading after OBS answered; a request that is missing in `answers` was refused.

    with_states: False when an event came while the answers were on their way: it may be newer than they are.
    """
    stats, stream, record = (answers.get(name, {}) for name in ("GetStats", "GetStreamStatus", "GetRecordStatus"))
    count = Counters(
        at_ns,
        _number(stream.get("outputBytes")),
        _number(record.get("outputBytes")),
        skipped=(_number(stats.get("outputSkippedFrames")) or 0) + (_number(stream.get("outputSkippedFrames")) or 0),
        lagged=_number(stats.get("renderSkippedFrames")) or 0,
    )
    outputs = _worked(reading.outputs, stats)
    if with_states:
        outputs = _stated(outputs, answers, reading.told_ns, at_ns)
    outputs = _measured(outputs, reading.counters, count, stream, stats)
    kept = tuple(each for each in reading.counters if at_ns - each.at_ns <= RATE_OVER_S * 1e9)
    return replace(reading, outputs=outputs, counters=(*kept, count))


def after_the_end(reading: Reading) -> Reading:
    """The reading while OBS is not heard: its outputs as last known, without what was measured of them."""
    outputs = reading.outputs
    calm: dict[str, Any] = {
        which: replace(output, bitrate_kbps=None, congestion=None)
        for which in EVENTS.values()
        if (output := getattr(outputs, which)) is not None
    }
    return replace(reading, outputs=replace(outputs, disk_left_min=None, **calm), counters=(), told_ns={})


def _with(outputs: Outputs, which: str, output: Output | None) -> Outputs:
    changes: dict[str, Any] = {which: output}
    return replace(outputs, **changes)


def _worked(outputs: Outputs, stats: Message) -> Outputs:
    return replace(
        outputs,
        fps=_number(stats.get("activeFps")) or 0.0,
        render_ms=_number(stats.get("averageFrameRenderTime")) or 0.0,
        lagged_frames=round(_number(stats.get("renderSkippedFrames")) or 0),
        skipped_frames=round(_number(stats.get("outputSkippedFrames")) or 0),
        cpu_pct=_number(stats.get("cpuUsage")) or 0.0,
        disk_free_mb=_number(stats.get("availableDiskSpace")),
    )


def _stated(outputs: Outputs, answers: Mapping[str, Message], told_ns: Mapping[str, int], at_ns: int) -> Outputs:
    requests = {
        "stream": "GetStreamStatus",
        "record": "GetRecordStatus",
        "replay": "GetReplayBufferStatus",
        "vcam": "GetVirtualCamStatus",
    }
    changes: dict[str, Any] = {}  # Output or None, by the name of the field
    for which, request in requests.items():
        status = answers.get(request)
        if status is not None:
            old: Output = getattr(outputs, which) or Output()
            fresh_s = (at_ns - told_ns.get(which, 0)) / 1e9
            changes[which] = _status(old, status, fresh_s, at_ns)
        elif which in ("replay", "vcam"):
            changes[which] = None
    return replace(outputs, **changes)


def _status(old: Output, status: Message, told_s: float, at_ns: int) -> Output:
    is_active = status.get("outputActive") is True
    if status.get("outputReconnecting") is True:
        state = OutputState.RECONNECTING
    elif is_active:
        state = OutputState.STOPPING if _holds(old, OutputState.STOPPING, told_s) else OutputState.ON
    else:
        state = OutputState.STARTING if _holds(old, OutputState.STARTING, told_s) else OutputState.OFF
    paused = status.get("outputPaused")
    new = _moved(replace(old, is_paused=is_active and paused is True), state, at_ns=at_ns)
    duration = _number(status.get("outputDuration"))
    if duration and new.since_mono_ns is not None:
        began = at_ns - round(duration * 1e6)
        if abs(began - new.since_mono_ns) > SINCE_MOVED_S * 1e9:
            new = replace(new, since_mono_ns=began)
    return new


def _holds(old: Output, state: OutputState, told_s: float) -> bool:
    """What an event told and OBS's status has no word for."""
    return old.state is state and told_s < STUCK_S


def _moved(old: Output, state: OutputState, *, at_ns: int) -> Output:
    if state in (OutputState.OFF, OutputState.STARTING):
        return replace(old, state=state, since_mono_ns=None, bitrate_kbps=None, congestion=None)
    return replace(old, state=state, since_mono_ns=old.since_mono_ns or at_ns)


def _measured(
    outputs: Outputs, before: tuple[Counters, ...], now: Counters, stream: Message, stats: Message
) -> Outputs:
    last = before[-1] if before else None
    streamed = _kbps(last.stream_bytes, now.stream_bytes, now.at_ns - last.at_ns) if last else None
    written = _kbps(last.record_bytes, now.record_bytes, now.at_ns - last.at_ns) if last else None
    outputs = replace(
        outputs,
        stream=replace(
            outputs.stream,
            bitrate_kbps=streamed if outputs.stream.state is not OutputState.OFF else None,
            congestion=_number(stream.get("outputCongestion")) if outputs.stream.state is not OutputState.OFF else None,
            skipped_frames=round(_number(stream.get("outputSkippedFrames")) or 0),
            total_frames=round(_number(stream.get("outputTotalFrames")) or 0),
        ),
        record=replace(
            outputs.record,
            bitrate_kbps=written if outputs.record.state is not OutputState.OFF else None,
            skipped_frames=outputs.skipped_frames,
            total_frames=round(_number(stats.get("outputTotalFrames")) or 0),
        ),
        disk_left_min=_left_min(outputs, before, now),
    )
    sample = Sample(
        now.at_ns,
        bitrate_kbps=outputs.stream.bitrate_kbps or outputs.record.bitrate_kbps or 0.0,
        congestion=outputs.stream.congestion or 0.0,
        render_ms=outputs.render_ms,
        skipped=round(max(0.0, now.skipped - last.skipped)) if last else 0,
        lagged=round(max(0.0, now.lagged - last.lagged)) if last else 0,
    )
    return replace(outputs, history=(*outputs.history[1 - HISTORY :], sample))


def _kbps(before: float | None, now: float | None, took_ns: int) -> float | None:
    if before is None or now is None or now < before or took_ns <= 0:
        return None
    return (now - before) * 8 / 1000 / (took_ns / 1e9)


def _left_min(outputs: Outputs, before: tuple[Counters, ...], now: Counters) -> float | None:
    """Minutes until the disk is full, as it was recorded lately; None while nothing is."""
    if outputs.record.state is not OutputState.ON or outputs.record.is_paused or outputs.disk_free_mb is None:
        return None
    first = now
    for each in reversed(before):
        if each.record_bytes is None or first.record_bytes is None or each.record_bytes > first.record_bytes:
            break
        first = each
    took_s = (now.at_ns - first.at_ns) / 1e9
    written = (now.record_bytes or 0) - (first.record_bytes or 0)
    if took_s < RATE_FROM_S or written <= 0:
        return None
    return outputs.disk_free_mb * 1024 * 1024 / (written / took_s) / 60


def _number(value: object) -> float | None:
    """`value` when it is a number that can be, else None."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < 1e18 else None  # type: ignore[arg-type, operator]
