"""What is wrong with OBS beside its link: outputs, disk, media that runs out, the second OBS. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from console.core.alarms import Rank
from scenes.outputs.state import Outputs, Sample
from scenes.sources.state import Media, MediaState, SceneSources
from scenes.state import Backup, OutputState, Switcher

ENDS_SOON_S: Final = 10.0
WORTH_WARNING_MS: Final = 20_000  # a jingle is over before anybody could act on a warning
DISK_MIN: Final = 10.0
LATELY: Final = 5  # samples, one a second: what lasted so long is no hiccup
CONGESTED: Final = 0.5  # of 1: the line takes half of what it should, and frames will be skipped
TOO_MANY: Final = 0.02  # of all frames of that time: a picture that stutters, seen by everybody


@dataclass(frozen=True, slots=True)
class Trouble:
    """An alarm to be: its arguments."""

    id: str
    kind: str
    what: str
    fix: str
    rank: Rank


def troubles(switcher: Switcher, sources: SceneSources, outputs: Outputs, now_mono_ns: int) -> tuple[Trouble, ...]:
    """Everything of that kind that is wrong now."""
    second = () if switcher.backup is None else tuple(_second(switcher.backup))
    if not switcher.link.is_up:  # what was known of it is old
        return second
    return (*_media(sources, now_mono_ns), *_outputs(outputs), *second)


def _media(sources: SceneSources, now_mono_ns: int) -> Iterator[Trouble]:
    for media in sources.on_air:
        if _ends_soon(media, now_mono_ns):
            yield Trouble(
                f"media.{media.source}",
                "media.ending",
                f'"{media.source}" is on air and ends in less than {ENDS_SOON_S:.0f} s.',
                "Take the next scene in time, or start it again.",
                Rank.ON_AIR,
            )


def _ends_soon(media: Media, now_mono_ns: int) -> bool:
    left_s = media.left_s(now_mono_ns)
    is_long = media.duration_ms is not None and media.duration_ms >= WORTH_WARNING_MS
    return media.state is MediaState.PLAYING and is_long and left_s is not None and left_s < ENDS_SOON_S


def _outputs(outputs: Outputs) -> Iterator[Trouble]:
    left_min = outputs.disk_left_min
    if outputs.record.state is OutputState.ON and left_min is not None and left_min < DISK_MIN:
        what = f"The disk of the recording is full in less than {max(1, round(left_min))} min."
        yield Trouble("disk", "disk.nearly_full", what, "Free space on that disk, or stop the recording.", Rank.LINK)
    lately = outputs.history[-LATELY:]
    if len(lately) < LATELY:
        return
    if outputs.stream.state is OutputState.RECONNECTING:
        fix = "OBS tries again by itself; look at the network."
        yield Trouble("stream", "stream.reconnecting", "The stream has lost its server.", fix, Rank.ON_AIR)
    elif outputs.stream.state is OutputState.ON:
        yield from _stream(lately, outputs.fps)
    lagged = sum(sample.lagged for sample in lately)
    if outputs.fps > 0 and lagged > TOO_MANY * outputs.fps * LATELY:
        what = f"OBS cannot draw fast enough: {lagged} frames late in {LATELY} s."
        fix = "Close other programs, or take the heavy sources out of the scene."
        yield Trouble("lagging", "obs.lagging", what, fix, Rank.ON_AIR)


def _stream(lately: tuple[Sample, ...], fps: float) -> Iterator[Trouble]:
    skipped = sum(sample.skipped for sample in lately)
    congestion = sum(sample.congestion for sample in lately) / len(lately)
    is_skipping = fps > 0 and skipped > TOO_MANY * fps * LATELY
    if is_skipping or congestion >= CONGESTED:
        what = f"The line is too slow for the stream: congestion {congestion:.0%}, {skipped} frames skipped in 5 s."
        fix = "Take other traffic off the line, or lower the bitrate before the next stream."
        yield Trouble("congestion", "stream.congested", what, fix, Rank.ON_AIR)


def _second(backup: Backup) -> Iterator[Trouble]:
    other = "main OBS" if backup.leads else "backup OBS"
    if not backup.link.is_up and backup.link.fix:  # without one nobody has tried to connect yet
        what = f"The {other} is away: {backup.link.why or 'it does not answer.'}"
        yield Trouble("backup", "backup.down", what, backup.link.fix, Rank.LINK)
    if backup.leads:
        what = "The backup leads: takes are judged by it."
        yield Trouble("backup.leads", "backup.leads", what, "Let the main OBS lead again when it is well.", Rank.NOTE)
    if backup.differences:
        more = f" (and {len(backup.differences) - 1} more)" if len(backup.differences) > 1 else ""
        what = f"The two OBS are not alike. {backup.differences[0]}{more}."
        fix = f"Make the {other} like the one that leads, or put it right by hand."
        yield Trouble("backup.differs", "backup.differs", what, fix, Rank.LINK)
