"""The switcher's share of `GET /v1/state`: OBS, its backup, sources, outputs, looks, failover. Pure."""

from datetime import datetime, timedelta

from console.core.clock import Clock, rfc3339
from console.desk.view import DeskView
from scenes.outputs.state import Output
from scenes.sources.state import Media, Source
from scenes.state import Backup, Take


def obs_of(desk: DeskView) -> dict[str, object]:
    """The leading OBS, and beside it the other one of two (`backup`; null when there is one alone)."""
    obs, clock = desk.switcher.value, desk.clock
    return {
        "link": obs.link.state.value,
        "is_practice": obs.is_practice,
        "studio_mode": obs.studio_mode,
        "program": obs.program,
        "claimed": obs.claimed,
        "preview": obs.preview,
        "in_transition": obs.in_transition,
        "scenes": [scene.name for scene in obs.scenes],
        "why": obs.link.why,
        "transition": obs.transition,
        "transitions": list(obs.transitions),
        "transition_ms": obs.transition_ms,
        "take": _take(obs.take, clock),
        "stream": obs.stream.value,
        "record": obs.record.value,
        "version": obs.version,
        "t_bar": obs.t_bar,
        "is_black": obs.is_black,
        "overrides": {
            scene.name: {"transition": scene.override, "duration_ms": scene.override_ms}
            for scene in obs.scenes
            if scene.override is not None
        },
        "is_hot": desk.hot.value,
        "backup": None if obs.backup is None else _backup(obs.backup, clock),
    }


def _take(take: Take | None, clock: Clock) -> dict[str, object] | None:
    if take is None:
        return None
    return {
        "scene": take.scene,
        "state": take.state.value,
        "why": take.why,
        "fix": take.fix,
        "on_air": take.on_air,
        "is_safe": take.is_safe,
        "due": _time(take.due_mono_ns, clock),
    }


def _backup(backup: Backup, clock: Clock) -> dict[str, object]:
    """`obs`: which of the two these values are of; the other one leads."""
    return {
        "obs": "main" if backup.leads else "backup",
        "leads": backup.leads,
        "link": backup.link.state.value,
        "why": backup.link.why,
        "program": backup.program,
        "claimed": backup.claimed,
        "preview": backup.preview,
        "take": _take(backup.take, clock),
        "differences": list(backup.differences),
    }


def sources_of(desk: DeskView) -> dict[str, object]:
    """The sources of the scene that is looked at, and the media that run on program."""
    sources, now_ns = desk.sources.value, desk.clock.mono_ns()
    return {
        "scene": sources.scene,
        "rows": [_source(row, now_ns) for row in sources.rows],
        "on_air": [_media(media, now_ns) for media in sources.on_air],
    }


def _source(row: Source, now_ns: int) -> dict[str, object]:
    return {
        "name": row.name,
        "holder": row.holder,
        "kind": row.kind,
        "depth": row.depth,
        "is_visible": row.is_visible,
        "is_locked": row.is_locked,
        "is_muted": row.is_muted,
        "filters": [{"name": each.name, "kind": each.kind, "is_enabled": each.is_enabled} for each in row.filters],
        "text": row.text,
        "file": row.file,
        "media": None if row.media is None else _media(row.media, now_ns),
    }


def _media(media: Media, now_ns: int) -> dict[str, object]:
    left_s = media.left_s(now_ns)
    return {
        "source": media.source,
        "state": media.state.value,
        "duration_ms": media.duration_ms,
        "left_s": None if left_s is None else round(left_s, 1),
        "is_looping": media.is_looping,
    }


def outputs_of(desk: DeskView) -> dict[str, object]:
    """Stream, recording, replay buffer and virtual camera as OBS tells them, and how well it works."""
    outputs, clock = desk.outputs.value, desk.clock
    return {
        "stream": _output(outputs.stream, clock),
        "record": _output(outputs.record, clock),
        "replay": None if outputs.replay is None else _output(outputs.replay, clock),
        "vcam": None if outputs.vcam is None else _output(outputs.vcam, clock),
        "why_no_replay": outputs.why_no_replay,
        "why_no_vcam": outputs.why_no_vcam,
        "note": outputs.note,
        "fps": round(outputs.fps, 1),
        "render_ms": round(outputs.render_ms, 2),
        "lagged_frames": outputs.lagged_frames,
        "skipped_frames": outputs.skipped_frames,
        "cpu_pct": round(outputs.cpu_pct, 1),
        "disk_free_mb": outputs.disk_free_mb,
        "disk_left_min": outputs.disk_left_min,
    }


def _output(output: Output, clock: Clock) -> dict[str, object]:
    return {
        "state": output.state.value,
        "since": _time(output.since_mono_ns, clock),
        "bitrate_kbps": output.bitrate_kbps,
        "congestion": output.congestion,
        "skipped_frames": output.skipped_frames,
        "total_frames": output.total_frames,
        "is_paused": output.is_paused,
    }


def looks_of(desk: DeskView) -> dict[str, object]:
    """The looks by name, the one that runs, whether one is recorded, and every line of the last run."""
    looks = desk.looks.value
    last = looks.last
    return {
        "names": [look.name for look in looks.looks],
        "running": looks.running,
        "is_recording": looks.recording is not None,
        "can_undo": looks.can_undo,
        "last": None
        if last is None
        else {
            "look": last.look,
            "outcome": last.outcome.result.value,
            "why": last.outcome.why,
            "steps": [{"line": step.line, "is_done": step.is_done, "why": step.why} for step in last.steps],
        },
    }


def failover_of(desk: DeskView) -> dict[str, object]:
    """Whether failover is on, what it sees, and when it would take SAFE."""
    failover = desk.failover.value
    return {
        "is_on": failover.is_on,
        "why": failover.why,
        "due": _time(failover.due_mono_ns, desk.clock),
        "is_held": failover.is_held,
        "has_taken": failover.has_taken,
    }


def starts_of(desk: DeskView) -> list[dict[str, object]]:
    """The drops that are about to be fired by themselves, and when."""
    return [{"drop": one.drop, "due": _time(one.due_mono_ns, desk.clock)} for one in desk.starts.value.announced]


def _time(mono_ns: int | None, clock: Clock) -> str | None:
    """A monotonic moment as wall time; 0 and None are none."""
    if not mono_ns:
        return None
    at: datetime = clock.now() + timedelta(seconds=(mono_ns - clock.mono_ns()) / 1e9)
    return rfc3339(at)
