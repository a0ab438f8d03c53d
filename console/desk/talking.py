"""Who talks into an input that is muted in OBS: the third value of its meters, before the fader. Loop thread only.

The channels of Cuedrop's own that are muted in Cuedrop are listened to by the analyst; these are the inputs that the
show names in OBS, whoever muted them. OBS's meters come every 50 ms and miss peaks: good for this, no clip detector.
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
    ) -> frozenset[Trouble]:
        """Who talks while muted in OBS, not again who is known to by their own channel."""
        limits = limits_of(show.audio)
        known = {channel.obs_input for channel in channels if channel.is_talking_muted}
        named = named_inputs(show)
        for name in dict.fromkeys((*named, *self._loud_dbfs)):  # what has left the show is silent from now on
            level = levels.get(name)
            fallen_dbfs = self._loud_dbfs.get(name, _FLOOR_DBFS) - _FALL_DB_PER_S * elapsed_s
            is_open = name not in named or name not in muted or name in known
            loud_dbfs = _FLOOR_DBFS if is_open or level is None else max(fallen_dbfs, level.before_fader_dbfs)
            self._loud_dbfs[name] = loud_dbfs
            limit = limits.talking_dbfs + PEAK_OVER_RMS_DB
            check = Check(Kind.TALKING, f"{name} (OBS)", loud_dbfs, limit, _MARGIN_DB, limits.talking_s)
            self._holds.tell(check, elapsed_s)
        return self._holds.present
