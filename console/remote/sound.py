"""What `GET /v1/state` tells of the sound. Pure; the contract's names, additions at the end.

Levels are dBFS with the floor -120; a loudness or a leak that was not measured is null.
"""

from console.audio.state import NO_LOUDNESS_LUFS, Channel, Interface, Level, Loudness, Recording, Return
from console.desk.view import DeskView


def sound_of(desk: DeskView) -> dict[str, object]:
    """The sound as the director sees it."""
    sound, levels = desk.sound.value, desk.levels()
    channel_levels = [*levels.channels, *[Level()] * len(sound.channels)]
    return_levels = [*levels.returns, *[Level()] * len(sound.returns)]
    loudness = [*levels.returns_loudness, *[Loudness()] * len(sound.returns)]
    return {
        "link": sound.link.state.value,
        "why": sound.link.why,
        "device": sound.device,
        "xruns": sound.xruns,
        "channels": [_channel(each, level) for each, level in zip(sound.channels, channel_levels, strict=False)],
        "returns": [
            _return(each, level, its_loudness, sorted(sound.own_channels(each)))
            for each, level, its_loudness in zip(sound.returns, return_levels, loudness, strict=False)
        ],
        "is_talkback_open": sound.is_talkback_open,
        "programme": {"ports": [_level(level) for level in levels.programme], **_loudness(levels.programme_loudness)},
        "meters": desk.show.value.audio.meters.model_dump(),
        "is_loudness_paused": sound.is_loudness_paused,
        "presets": list(sound.presets),
        "preset": sound.preset,
        "recording": _recording(sound.recording),
        "interfaces": [_interface(each) for each in sound.interfaces],
        "talking_inputs": sorted(sound.talking_inputs),
    }


def _level(level: Level) -> dict[str, object]:
    return {
        "peak_dbfs": round(level.peak_dbfs, 1),
        "rms_dbfs": round(level.rms_dbfs, 1),
        "hold_dbfs": round(level.hold_dbfs, 1),
        "ballistic_dbfs": round(level.ballistic_dbfs, 1),
        "true_peak_dbtp": round(level.true_peak_dbtp, 1),
        "clips": level.clips,
    }


def _channel(channel: Channel, level: Level) -> dict[str, object]:
    return {
        "name": channel.name,
        "is_muted": channel.is_muted and not channel.is_obs_unknown,
        "is_solo": channel.is_solo,
        "gain_db": channel.gain_db,
        "mute_acts_on": channel.mute_acts_on,
        **_level(level),
        "is_pfl": channel.is_pfl,
        "is_talking_muted": channel.is_talking_muted,
        "pan": channel.pan,
        "high_pass_hz": channel.high_pass_hz,
        "polarity": channel.is_inverted,
        "delay_ms": channel.delay_ms,
        "is_muted_here": channel.is_muted_here,
        "muted_only_in": channel.muted_only_in or None,
    }


def _return(made_for: Return, level: Level, loudness: Loudness, locked_out: list[str]) -> dict[str, object]:
    return {
        "name": made_for.name,
        "leak": made_for.leak.value,
        "detail": made_for.leak_detail,
        **_level(level),
        "leak_db": _rounded(made_for.leak_db),
        "leak_delay_ms": _rounded(made_for.leak_delay_ms),
        "floor_db": _rounded(made_for.floor_db),
        "listener": list(made_for.listener),
        "locked_out": locked_out,
        "made_by": made_for.made_by,
        "gains_db": dict(made_for.gains_db),
        "has_talkback": made_for.has_talkback,
        "is_spoken_into": made_for.is_spoken_into,
        "is_dimmed": made_for.is_dimmed,
        "limiter_dbfs": made_for.limiter_dbfs,
        "reduction_db": round(level.reduction_db, 1),
        **_loudness(loudness),
    }


def _loudness(loudness: Loudness) -> dict[str, object]:
    return {
        "momentary_lufs": _lufs(loudness.momentary_lufs),
        "short_term_lufs": _lufs(loudness.short_term_lufs),
        "integrated_lufs": _lufs(loudness.integrated_lufs),
        "range_lu": round(loudness.range_lu, 1),
        "momentary_max_lufs": _lufs(loudness.momentary_max_lufs),
        "short_term_max_lufs": _lufs(loudness.short_term_max_lufs),
        "max_true_peak_dbtp": round(loudness.true_peak_dbtp, 1),
    }


def _interface(interface: Interface) -> dict[str, object]:
    return {
        "name": interface.name,
        "link": interface.link.state.value,
        "why": interface.link.why,
        "fix": interface.link.fix,
        "device": interface.device,
        "sample_rate_hz": interface.sample_rate_hz,
        "delay_ms": interface.delay_ms,
        "xruns": interface.xruns,
        "drift_ppm": interface.drift_ppm,
    }


def _recording(recording: Recording) -> dict[str, object]:
    return {
        "is_running": recording.is_running,
        "since": recording.since or None,
        "folder": recording.folder,
        "files": recording.files,
        "parts": recording.parts,
        "gaps": recording.gaps,
        "minutes_left": _rounded(recording.minutes_left),
        "why": recording.why,
        "fix": recording.fix,
    }


def _lufs(lufs: float) -> float | None:
    return None if lufs <= NO_LOUDNESS_LUFS else round(lufs, 1)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
