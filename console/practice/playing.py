"""Media of the practice OBS: clips that run, pause, end and start again when their input goes on air.

No clock (time comes in through `now_s`); the length of a clip is read from its file's header. It follows OBS Studio
29.0.2's ffmpeg_source, asked on the day.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from console.practice.clips import duration_ms
from console.practice.filtering import Filtering
from console.practice.values import Input, Intent
from console.practice.versions import SETTINGS_EVENTS
from console.practice.wire import Refused, Status

MEDIA_KIND: Final = "ffmpeg_source"
NONE, PLAYING, PAUSED, STOPPED, ENDED = (
    f"OBS_MEDIA_STATE_{word}" for word in ("NONE", "PLAYING", "PAUSED", "STOPPED", "ENDED")
)
ACTION: Final = "OBS_WEBSOCKET_MEDIA_INPUT_ACTION_"
ACTIONS: Final = ("PLAY", "PAUSE", "STOP", "RESTART", "NEXT", "PREVIOUS")


@dataclass(frozen=True, slots=True)
class Player:
    """A clip's transport: where it was (ms) at a time (s)."""

    state: str = NONE
    at_ms: float = 0.0
    at_s: float = 0.0


class Playing(Filtering):
    """All sources, and the clips among them."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self._players: dict[str, Player] = {}

    # -- what is seen

    def media_status(self, name: str) -> dict[str, Any]:
        """State, length and place in ms; null where nothing plays."""
        input, player = self.input(name), self._players.get(name, Player())
        if player.state not in (PLAYING, PAUSED):
            return {"mediaState": player.state, "mediaDuration": None, "mediaCursor": None}
        cursor = self._cursor_ms(input, player)
        return {"mediaState": player.state, "mediaDuration": _length_ms(input) or 0, "mediaCursor": round(cursor)}

    def _cursor_ms(self, input: Input, player: Player) -> float:
        length_ms = _length_ms(input)
        if length_ms is None:
            return 0.0
        gone_ms = (self.now_s - player.at_s) * 1000 if player.state == PLAYING else 0.0
        at_ms = player.at_ms + gone_ms
        return at_ms % length_ms if _is_on(input, "looping", False) else min(at_ms, length_ms)

    # -- what is done

    def media_action(self, name: str, action: str) -> None:
        """One of ACTIONS; on anything but a clip it does nothing, as in OBS."""
        input = self.input(name)
        if input.kind != MEDIA_KIND or action in ("NEXT", "PREVIOUS"):
            return
        player = self._players.get(name, Player())
        if action == "STOP" and player.state in (PLAYING, PAUSED):
            self._end(name)
        elif action == "STOP":
            self._players[name] = Player(STOPPED)
        elif action == "PAUSE":
            self._players[name] = Player(PAUSED, self._cursor_ms(input, player), self.now_s)
        else:
            is_on = action == "PLAY" and player.state in (PLAYING, PAUSED)
            self._start(input, at_ms=self._cursor_ms(input, player) if is_on else 0.0)
        self._tell_action(name, action)

    def seek_media(self, name: str, to_ms: float, *, is_offset: bool = False) -> None:
        """Go to a place. Refused with 604 when it neither plays nor is paused. Past its end it ends."""
        input = self.input(name)
        player = self._players.get(name, Player())
        if player.state not in (PLAYING, PAUSED):
            words = "The media input must be playing or paused in order to set the cursor position."
            raise Refused(Status.WRONG_STATE_OF_RESOURCE, words)
        if is_offset:
            to_ms += self._cursor_ms(input, player)
        self._players[name] = replace(player, at_ms=max(0.0, to_ms), at_s=self.now_s)
        self._end_what_ended()

    def put_settings(self, name: str, settings: dict[str, Any], *, is_overlay: bool) -> None:
        """Change an input's settings; without overlay the old ones go. A clip starts over."""
        input = self.input(name)
        input.settings = {**input.settings, **settings} if is_overlay else dict(settings)
        if self.version >= SETTINGS_EVENTS:
            self.tell("InputSettingsChanged", Intent.INPUTS, inputName=name, inputSettings=dict(input.settings))
        self._loaded(input)

    # -- what happens by itself

    def _loaded(self, input: Input) -> None:
        """A clip starts when it is loaded, unless it waits for going on air."""
        if input.kind != MEDIA_KIND:
            return
        if not _file(input):
            self._players.pop(input.name, None)
        elif input.name in self._active() or not _is_on(input, "restart_on_activate", True):
            self._start(input)

    def _start(self, input: Input, *, at_ms: float = 0.0) -> None:
        self._players[input.name] = Player(PLAYING, at_ms, self.now_s)
        self.tell("MediaInputPlaybackStarted", Intent.MEDIA_INPUTS, inputName=input.name)
        if _length_ms(input) is None:
            self._end(input.name)

    def _end(self, name: str) -> None:
        self._players[name] = Player(ENDED)
        self.tell("MediaInputPlaybackEnded", Intent.MEDIA_INPUTS, inputName=name)

    def _tell_action(self, name: str, action: str) -> None:
        data = {"inputName": name, "mediaAction": ACTION + action}
        self.tell("MediaInputActionTriggered", Intent.MEDIA_INPUTS, **data)

    def _came_on_air(self, name: str) -> None:
        input = self.inputs[name]
        if input.kind == MEDIA_KIND and _file(input) and _is_on(input, "restart_on_activate", True):
            self._start(input)
            self._tell_action(name, "RESTART")

    def _left_air(self, name: str) -> None:
        input = self.inputs[name]
        state = self._players.get(name, Player()).state
        if state in (PLAYING, PAUSED) and _is_on(input, "restart_on_activate", True):
            self._end(name)

    def _ends_s(self, name: str) -> float | None:
        """When a clip ends by itself; None when it does not."""
        player, input = self._players[name], self.inputs[name]
        length_ms = _length_ms(input)
        if player.state != PLAYING or length_ms is None or _is_on(input, "looping", False):
            return None
        return player.at_s + max(0.0, length_ms - player.at_ms) / 1000

    def _end_what_ended(self) -> None:
        for name in list(self._players):
            ends_s = self._ends_s(name)
            if ends_s is not None and self.now_s >= ends_s:
                self._end(name)

    def _media_due_s(self) -> list[float]:
        return [ends_s for name in self._players if (ends_s := self._ends_s(name)) is not None]

    def _active(self) -> frozenset[str]:
        """The inputs on air; what the buses know."""
        return frozenset()

    # -- when sources come and go

    def _source_left(self, name: str) -> None:
        super()._source_left(name)
        self._players.pop(name, None)

    def _source_renamed(self, old: str, new: str) -> None:
        super()._source_renamed(old, new)
        if old in self._players:
            self._players[new] = self._players.pop(old)


def _file(input: Input) -> str:
    value = input.settings.get("local_file", "")
    return value if isinstance(value, str) else ""


def _length_ms(input: Input) -> int | None:
    return duration_ms(_file(input))


def _is_on(input: Input, name: str, default: bool) -> bool:
    value = input.settings.get(name, default)
    return value if isinstance(value, bool) else default
