"""What a tile says of its camera, in words: short at rest, everything on hover and in solo. Pure; times in ns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from console.cameras.looks import FROZEN_S
from console.cameras.state import FLOOR_DBFS, Camera, CameraState, Origin
from console.desk.camera_words import bitrate_words, delay_words, never_came
from widgets.rates import Rates
from widgets.times import clock_words

STATE_WORDS: Final = {
    CameraState.CONNECTING: "CONNECTING",
    CameraState.STALLED: "STALLED",
    CameraState.FROZEN: "SAME PICTURE",
    CameraState.BLACK: "BLACK",
    CameraState.LOST: "LOST",
}
ENOUGH: Final = 0.85  # of the pictures that there are: fewer is worth a word
CALM: Final = 0.95
OLD_S: Final = 1.0  # a picture older than that is worth a colour
SHARES: Final = "shares what is left"
NOT_IN_OBS: Final = "scene not in OBS"


@dataclass(frozen=True, slots=True)
class Rest:
    """What stands beside the name: from the most to the least of it, as there is room; amber when it is trouble."""

    texts: tuple[str, ...] = ()
    is_trouble: bool = False
    note: str = ""  # why there is trouble


def state_words(camera: Camera | None, now_ns: int) -> tuple[str, ...]:
    """How it is and for how long, from the most to the least of it: "LOST 0:08 · trying", "LOST 0:08", "LOST".

    Nothing while it is live. The same picture is a doubt, and a question.
    """
    if camera is None or camera.state is CameraState.LIVE:
        return ()
    age_s = max(0.0, (now_ns - camera.since_mono_ns) / 1e9)
    word = "NO PICTURE" if never_came(camera) else STATE_WORDS[camera.state]
    if camera.state is CameraState.FROZEN:
        same_s = age_s + FROZEN_S
        age = f"{int(same_s)} s?" if same_s < 60 else f"{clock_words(same_s)}?"
        return f"{word} {age}", f"SAME {age}", "SAME?"
    timed = f"{word} {clock_words(age_s)}"
    return (f"{timed} · trying", timed, word) if camera.state is CameraState.LOST else (timed, word)


def rest(camera: Camera | None, rates: Rates, now_ns: int) -> Rest:
    """A few figures for the tile at rest: delay, relay, pictures a second; from OBS the picture's age instead."""
    if camera is None or camera.state is not CameraState.LIVE:
        return Rest()
    if camera.origin is Origin.OBS:
        return _of_obs(rates, now_ns)
    others = " · ".join(part for part in (_relay_mark(camera), _late_words(camera)) if part)
    short = fps_words(camera, rates)
    if is_short(camera, rates):
        return Rest((short, short.removesuffix(" fps")), is_trouble=True, note=SHARES if shares(camera, rates) else "")
    whole = " · ".join(part for part in (others, short) if part)
    return Rest((whole, others or short, short))


def shares(camera: Camera, rates: Rates) -> bool:
    """True when pictures that arrive are left out here: this machine gives what is on air and next the most."""
    return skips(rates) or bool(camera.stats.dropped and _is_slow(camera))


def skips(rates: Rates) -> bool:
    """True when the window clearly shows fewer pictures than come to it."""
    return rates.came_fps > 0 and rates.shown_fps < ENOUGH * rates.came_fps


def is_short(camera: Camera, rates: Rates) -> bool:
    """True when clearly fewer pictures are shown than the camera makes; as many as it promised are enough."""
    promised = camera.stats.expected_fps
    is_enough = promised > 0 and rates.shown_fps >= CALM * promised
    return (skips(rates) and not is_enough) or _is_slow(camera)


def _is_slow(camera: Camera) -> bool:
    stats = camera.stats
    return stats.expected_fps > 0 and 0 < stats.arriving_fps < ENOUGH * stats.expected_fps


def fps_words(camera: Camera, rates: Rates) -> str:
    """ "30 fps", or "12 of 30 fps" when it is fewer than there are."""
    stats = camera.stats
    if stats.expected_fps and stats.arriving_fps >= CALM * stats.expected_fps and not is_short(camera, rates):
        return f"{stats.expected_fps:.0f} fps"  # 29 now and 31 then are no news
    here = stats.arriving_fps or camera.fps
    if skips(rates):
        here = min(here, rates.shown_fps) if here else rates.shown_fps
    wanted = stats.expected_fps or (rates.came_fps if is_short(camera, rates) else 0.0)
    if is_short(camera, rates) and wanted:
        return f"{here:.0f} of {wanted:.0f} fps"
    return f"{here:.0f} fps" if here else ""


def age_words(age_s: float) -> str:
    """How old a picture is at most: "0.3 s old"; whole seconds from two on."""
    return f"{int(age_s)} s old" if age_s >= 2 else f"{max(0.1, age_s):.1f} s old"


def facts(camera: Camera | None, rates: Rates, now_ns: int, *, level_dbfs: float = FLOOR_DBFS) -> tuple[str, ...]:
    """All that is known, a short line each; what is not known is left out."""
    if camera is None:
        return ()
    stats = camera.stats
    arriving = min(stats.arriving_fps, stats.expected_fps)  # 26 of 25 is a wobble of the second, and no news
    made = f"{arriving:.0f} of {stats.expected_fps:.0f} fps arrive" if stats.expected_fps else ""
    size = f"{stats.width} × {stats.height}" if stats.width and stats.height else ""
    age_s = rates.age_s(now_ns)
    known = (
        "from OBS, by screenshots" if camera.origin is Origin.OBS else made or fps_words(camera, rates),
        f"{rates.shown_fps:.0f} of {rates.came_fps:.0f} fps shown" if skips(rates) else "",
        SHARES if shares(camera, rates) else "",
        f"{stats.dropped} dropped" if stats.expected_fps else "",
        bitrate_words(stats.bitrate_kbps),
        " ".join(part for part in (size, stats.codec) if part),
        f"{stats.decoder} decoding" if stats.decoder else "",
        f"picture {age_words(age_s)}" if age_s is not None else "",
        f"delay {_late_words(camera)}" if camera.delay_ms is not None else "",
        f"own sound {level_dbfs:.0f} dB" if level_dbfs > FLOOR_DBFS else "",
        f"relay: {camera.relay}" if camera.relay else "",
        _reconnects_words(stats.reconnects),
    )
    return tuple(line for line in known if line)


def in_rows(lines: Iterable[str], fits: Callable[[str], bool]) -> list[str]:
    """As many of `lines` side by side as fit into each row, in their order."""
    rows: list[str] = []
    for line in lines:
        joined = f"{rows[-1]} · {line}" if rows else line
        if rows and fits(joined):
            rows[-1] = joined
        else:
            rows.append(line)
    return rows


def _of_obs(rates: Rates, now_ns: int) -> Rest:
    age_s = rates.age_s(now_ns)
    if age_s is None:
        return Rest(("from OBS", "OBS"))
    words = age_words(age_s)
    return Rest((f"OBS · {words}", words, words.removesuffix(" old")), is_trouble=age_s > OLD_S)


def _relay_mark(camera: Camera) -> str:
    return "relay" if camera.relay else ""


def _late_words(camera: Camera) -> str:
    return delay_words(camera.delay_ms) if camera.delay_ms is not None else ""


def _reconnects_words(count: int) -> str:
    return f"reconnected {count} times" if count > 1 else "reconnected once" if count else ""
