"""Who talks into an input that is muted in OBS: the third value of its meters, before the fader. Loop thread only.

The channels of Cuedrop's own that are muted in Cuedrop are listened to by the analyst; these are all inputs of OBS,
whoever muted them: each is marked, and those that the show names are an alarm, too. OBS's meters come every 50 ms and
miss peaks: good for this, no clip detector.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from console.audio.sound_alarms import Check, Holds, Kind, Trouble, limits_of
from console.audio.state import Channel
from console.desk.mics import named_inputs
from console.settings.show import Show
from scenes.state import InputLevel

PEAK_OVER_RMS_DB: Final = 12.0
"""How much higher the peaks of speech are than its mean, which the limit is meant for."""

_FALL_DB_PER_S: Final = 20.0  # a syllable is remembered until the next
_MARGIN_DB: Final = 6.0
_FLOOR_DBFS: Final = -120.0


class TalkingMuted:
    """Remembers how loud each muted input was; `look` a few times a second."""

    def __init__(self) -> None:
        self._holds = Holds()
        self._loud_dbfs: dict[str, float] = {}

    def look(
        self,
        show: Show,
        channels: Iterable[Channel],
        *,
        levels: Mapping[str, InputLevel],
        muted: frozenset[str],
        elapsed_s: float,
    ) -> frozenset[str]:
        """The inputs that somebody talks into while they are muted in OBS; not those whose own channel knows it."""
        limits = limits_of(show.audio)
        known = {channel.obs_input for channel in channels if channel.is_talking_muted}
        for name in dict.fromkeys((*levels, *self._loud_dbfs)):  # what has left OBS is silent from now on
            level = levels.get(name) if name in muted and name not in known else None
            fallen_dbfs = self._loud_dbfs.pop(name, _FLOOR_DBFS) - _FALL_DB_PER_S * elapsed_s
            loud_dbfs = _FLOOR_DBFS if level is None else max(fallen_dbfs, level.before_fader_dbfs)
            limit = limits.talking_dbfs + PEAK_OVER_RMS_DB
            self._holds.tell(Check(Kind.TALKING, name, loud_dbfs, limit, _MARGIN_DB, limits.talking_s), elapsed_s)
            self._loud_dbfs[name] = loud_dbfs
        talking = frozenset(trouble.name for trouble in self._holds.present)
        self._loud_dbfs = {name: dbfs for name, dbfs in self._loud_dbfs.items() if name in levels or name in talking}
        return talking


def alarms_of(show: Show, talking: frozenset[str]) -> frozenset[Trouble]:
    """What of it is an alarm: the inputs that channels and cameras name. All of OBS's would plague the director."""
    return frozenset(Trouble(Kind.TALKING, f"{name} (OBS)") for name in named_inputs(show) if name in talking)
