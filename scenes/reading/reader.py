"""Reads OBS into the model: whole after a connection or another scene collection, else only what an event named.

Loop thread only. What changes while it is read is read once more, so that what comes out was true together.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from console.core.links import Link
from scenes.reading import sync
from scenes.reading.library import Library
from scenes.state import Scene
from scenes.switcher import FOLDED, Model
from scenes.taking.proof import universe
from scenes.wire.line import Line
from scenes.wire.socket import Message

WHOLE: Final = "CurrentSceneCollectionChanged"
SETTINGS: Final = frozenset(
    {"CurrentProfileChanged", "CurrentSceneTransitionChanged", "StudioModeStateChanged", "SceneTransitionListChanged"}
)
_OF_SETTINGS: Final = frozenset({"CurrentPreviewSceneChanged", "CurrentSceneTransitionDurationChanged"})


@dataclass(slots=True)
class _Told:
    """What events told while OBS was being read as a whole: newer than the answers."""

    active: dict[str, bool] = field(default_factory=dict)
    mutes: dict[str, bool] = field(default_factory=dict)
    is_base_stale: bool = True

    def note(self, event: str, data: Message) -> None:
        name = data.get("inputName")
        if event == "InputActiveStateChanged" and isinstance(name, str):
            self.active[name] = data.get("videoActive") is True
        elif event == "InputMuteStateChanged" and isinstance(name, str):
            self.mutes[name] = data.get("inputMuted") is True
        elif event in FOLDED or event in SETTINGS:
            self.is_base_stale = True


class Reader:
    """One OBS, read. `note` every event; while `is_stale`: `catch_up`, then `applied`, or the `whole`."""

    def __init__(self, safe_scene: str | None) -> None:
        self._safe_scene = safe_scene
        self._library = Library()
        self._told: _Told | None = None
        self._settings: sync.Base | None = None  # as read, and not yet applied
        self._wants_settings = False
        self._is_reading_settings = False  # what events tell of them until they are applied is newer
        self.wants_whole = True  # nothing that is known is worth keeping

    @property
    def is_stale(self) -> bool:
        """Something has to be read."""
        return self.wants_whole or self._wants_settings or self._library.is_stale

    def note(self, event: str, data: Message) -> bool:
        """Take note of an event; True when something has to be read because of it."""
        if self._told is not None:
            self._told.note(event, data)
        if event == WHOLE:
            self.wants_whole = True
        elif event in SETTINGS or (self._is_reading_settings and event in _OF_SETTINGS):
            self._wants_settings = True
        else:
            return self._library.note(event, data)
        return True

    def want_settings(self) -> None:
        """Modes and transitions are to be read, whatever events say."""
        self._wants_settings = True

    async def whole(self, line: Line, *, link: Link, at_ns: int) -> Model:
        """The model as OBS is now, not yet settled. Raises ObsRefused (207 while OBS loads), ObsGone."""
        self.wants_whole, self._wants_settings, self._library = False, False, Library()
        self._settings, self._is_reading_settings = None, False
        self._told = told = _Told()
        try:
            return await self._whole(line, told, link=link, at_ns=at_ns)
        except BaseException:
            self.wants_whole = True
            raise
        finally:
            self._told = None

    async def _whole(self, line: Line, told: _Told, *, link: Link, at_ns: int) -> Model:
        library = self._library
        active: dict[str, bool] = {}
        base: sync.Base = {}
        scenes: tuple[Scene, ...] = ()
        while told.is_base_stale or library.is_stale:
            if told.is_base_stale:
                told.is_base_stale = False
                base = await sync.read_base(line)
            await library.catch_up(line)
            scenes = library.scenes(scenes)
            unknown = sorted(universe(scenes) - active.keys())
            found = await sync.read_active(line, unknown)
            active |= {name: name in found for name in unknown}
        muted = {name: True for name in library.muted(frozenset())} | told.mutes
        shown = sync.shown_of(base, scenes, _true(muted), safe_scene=self._safe_scene, link=link, at_ns=at_ns)
        return Model(
            shown,
            _true(active | told.active),
            cut_name=sync.name_of(base, sync.CUT_KIND),
            fade_name=sync.name_of(base, sync.FADE_KIND),
        )

    async def catch_up(self, line: Line) -> None:
        """Read what changed. Raises ObsRefused (207), ObsGone: then the whole is to be read."""
        try:
            if self._wants_settings:
                self._wants_settings, self._is_reading_settings = False, True
                self._settings = await sync.read_settings(line)
            await self._library.catch_up(line)
        except BaseException:
            self.wants_whole = True
            raise

    def applied(self, model: Model) -> Model:
        """`model` with what was read since."""
        shown = model.shown
        changes: dict[str, Any] = {
            "scenes": self._library.scenes(shown.scenes),
            "muted_inputs": self._library.muted(shown.muted_inputs),
        }
        settings, self._settings, self._is_reading_settings = self._settings, None, False
        if settings is None or self._wants_settings:  # they changed meanwhile, and are read once more
            return model.showing(**changes)
        changes |= sync.settings_of(settings)
        if not changes["studio_mode"]:
            changes.pop("preview", None)  # outside Studio Mode it is the console's own choice
        fresh = model.showing(**changes)
        return replace(
            fresh,
            cut_name=sync.name_of(settings, sync.CUT_KIND),
            fade_name=sync.name_of(settings, sync.FADE_KIND),
        )


def _true(names: dict[str, bool]) -> frozenset[str]:
    return frozenset(name for name, is_so in names.items() if is_so)
